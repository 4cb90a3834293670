"""The words that ask for a hall; the rest is asked field by field."""

from domain.language.intents import Intent, Topic

HALL_INTENT = Intent(
    "hall_hire",
    ("سالن", "رزرو سالن", "اجاره سالن", "hall"),
    topic=Topic("hall_hire"),
    is_form=True,
)
