"""The words that ask for an expert opinion, and what is read out of the rest of a message."""

from domain.language.intents import Intent, Topic
from domain.parsing.identifiers import take_national_and_postal_codes, take_renovation_code
from domain.services.expert.kind_words import KIND_NAMES, take_kind

EXPERT_INTENT = Intent(
    "expert",
    (
        "کارشناسی",
        "حق کارشناسی",
        "درخواست کارشناسی",
        "expert",
        "expert opinion",
        "karshenasi",
        "haghe karshenasi",
        "hagh karshenasi",
    ),
    slot_readers=(take_renovation_code, take_national_and_postal_codes, take_kind),
    rest_slot="text",
    required_slots=("kind", "national_code", "postal_code", "text"),
    alternatives={"postal_code": ("renovation_code",)},
    price_readers={"kind": take_kind},
    hint_words=tuple(spelling for spellings in KIND_NAMES.values() for spelling in spellings),
    topic=Topic("expert", ("کارشناسی ها",)),
    is_form=True,
)
