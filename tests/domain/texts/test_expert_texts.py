"""Texts of the expert service: their bounds hold, and what is joined from several texts stays short."""

from datetime import date, datetime, timedelta
from typing import Any

from domain.blocks.band_answers import MOST_LISTED_BANDS
from domain.check.texts.bounds import bound_texts
from domain.language.wording import LEFT_TO_RIGHT, RIGHT_TO_LEFT, Wording
from domain.messages.catalogue import Catalogue
from domain.messages.records import MessageClass
from domain.services import SERVICES
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.expert.kinds import OPINION_KINDS
from domain.services.expert.prices import MAX_AREA
from domain.values.calendar import TEHRAN_ZONE
from domain.values.message_parts import count_parts
from domain.values.text import count_code_units, group_digits
from tests.domain.texts.text_bounds import list_bounds
from tests.support.municipality import StandingClock
from tests.support.tables import each_row

TEXTS = bound_texts(SERVICES, Catalogue.load())
WORDING = Wording(TEXTS, {EXPERT_OPINION.key: EXPERT_OPINION}, StandingClock())
DAYS = [date(2026, 3, 21) + timedelta(days=number) for number in range(366)]

REAL: dict[str, list[Any]] = {
    "area": [MAX_AREA],
    "band": [group_digits(MAX_AREA)],
    "count": [100],
    "kind": list(OPINION_KINDS),
    "national_code": ["9" * 10],
    **{
        name: [datetime(day.year, day.month, day.day, 20, 29, tzinfo=TEHRAN_ZONE).isoformat() for day in DAYS]
        for name in ("visit_start", "former_visit")
    },
    "letter_date": [day.isoformat() for day in DAYS],
    "letter_number": ["1405/ک/99999", "9" * 24, "د" * 24],
    "documents": [list(kind.papers) for kind in OPINION_KINDS.values()],
    "missing": [list(kind.papers) for kind in OPINION_KINDS.values()],
}
"""Placeholder → values that can stand for it, the longest among them."""


def shown(name: str, value: Any) -> str:
    """Return a value as a text shows it."""
    return WORDING.render_values(EXPERT_OPINION.form, {name: value})[name]


@each_row("name", REAL)
def test_the_longest_values_bound_the_real_ones(name: str) -> None:
    longest = max(count_code_units(shown(name, value)) for value in REAL[name])
    assert longest <= min(list_bounds(TEXTS, name, EXPERT_OPINION.key))


def test_a_letters_number_reads_from_left_to_right() -> None:
    assert shown("letter_number", "1405/e/12") == f"{LEFT_TO_RIGHT}۱۴۰۵/e/۱۲{RIGHT_TO_LEFT}"
    assert shown("letter_number", "1405/ک/12") == "۱۴۰۵/ک/۱۲"
    assert shown("letter_number", "1234/د") == "۱۲۳۴/د"


def test_prices_are_three_short_lines() -> None:
    lines = [TEXTS.render_longest(f"services.expert.answers.{name}") for name in ("price", "price_metre", "price_note")]
    assert count_parts("\n".join(lines)) <= 3


def test_bands_of_prices_take_a_part_each_and_one_more() -> None:
    lines = [TEXTS.render_longest(f"services.expert.answers.{name}") for name in ("price", "price_metre", "price_note")]
    bands = [TEXTS.render_longest("services.expert.answers.price_band")] * MOST_LISTED_BANDS
    more = TEXTS.render_longest("services.expert.answers.more_bands")
    assert count_parts("\n".join([*lines, *bands, more])) <= 3 + MOST_LISTED_BANDS + 1


def test_the_classes_of_notices() -> None:
    notices = {key.rpartition(".")[2]: TEXTS._find_leaf(key) for key in TEXTS.list_keys("services.expert.notices.")}
    classes = {name: MessageClass(leaf["class"]) for name, leaf in notices.items() if "class" in leaf}
    assert {name for name, cls in classes.items() if cls is MessageClass.REMINDER} == {
        "visit_soon",
        "officer_visit_soon",
        "pay_soon",
    }
    assert classes["pay"] is MessageClass.RECEIPT
