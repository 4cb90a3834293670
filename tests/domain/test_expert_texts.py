"""Texts of the expert service: their bounds hold, and what is joined from several texts stays short."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.blocks.band_answers import LISTED
from domain.language.wording import LEFT_TO_RIGHT, RIGHT_TO_LEFT, Wording
from domain.messages.catalogue import Catalogue, placeholders
from domain.messages.records import MessageClass
from domain.services.expert.declaration import EXPERT_OPINION, MOST_AREA
from domain.services.expert.kinds import KINDS, PAPER_NAMES
from domain.values.calendar import TEHRAN
from domain.values.identifiers import LONGEST_RENOVATION_CODE
from domain.values.message_parts import count_parts
from domain.values.text import grouped

TEXTS = Catalogue.load()
WORDING = Wording(TEXTS, {EXPERT_OPINION.key: EXPERT_OPINION})
DAYS = [date(2026, 3, 21) + timedelta(days=number) for number in range(366)]

REAL: dict[str, list[Any]] = {
    "band": [grouped(MOST_AREA)],
    "count": [100],
    "kind": list(KINDS),
    "national_code": ["9" * 10],
    "postal_code": ["9" * 10, "9" * LONGEST_RENOVATION_CODE],
    "visit_start": [datetime(day.year, day.month, day.day, 20, 29, tzinfo=TEHRAN).isoformat() for day in DAYS],
    "letter_date": [day.isoformat() for day in DAYS],
    "letter_number": ["1405/ک/99999", "9" * 24, "د" * 24],
    "documents": [list(kind.papers) for kind in KINDS.values()],
    "missing": [list(kind.papers) for kind in KINDS.values()],
}
"""Placeholder → values that can stand for it, the longest among them."""


def shown(name: str, value: Any) -> str:
    """Return a value as a text shows it."""
    return WORDING.values(EXPERT_OPINION.form, {name: value})[name]


@pytest.mark.parametrize("name", REAL)
def test_the_longest_values_bound_the_real_ones(name: str) -> None:
    assert max(len(shown(name, value)) for value in REAL[name]) <= len(TEXTS._longest_value(name))


def test_every_placeholder_is_bounded() -> None:
    limited = {name.removeprefix("limits.") for name in TEXTS.keys("limits.")}
    shared = {"code", "amount", "refund", "bill_id", "payment_id", "deadline", "menu"}
    tables = ("notices", "status", "pending", "answers")
    used = {
        name
        for one in tables
        for key in TEXTS.keys(f"services.expert.{one}.")
        for name in placeholders(TEXTS.text(key))
    }
    assert used - limited - shared - set(REAL) == set()


def test_a_letters_number_reads_from_left_to_right() -> None:
    assert shown("letter_number", "1405/e/12") == f"{LEFT_TO_RIGHT}۱۴۰۵/e/۱۲{RIGHT_TO_LEFT}"
    assert shown("letter_number", "1405/ک/12") == "۱۴۰۵/ک/۱۲"
    assert shown("letter_number", "1234/د") == "۱۲۳۴/د"


def test_prices_are_three_short_lines() -> None:
    lines = [TEXTS.longest(f"services.expert.answers.{name}") for name in ("price", "price_metre", "price_note")]
    assert count_parts("\n".join(lines)) <= 3


def test_bands_of_prices_take_a_part_each_and_one_more() -> None:
    lines = [TEXTS.longest(f"services.expert.answers.{name}") for name in ("price", "price_metre", "price_note")]
    bands = [TEXTS.longest("services.expert.answers.price_band")] * LISTED
    more = TEXTS.longest("services.expert.answers.more_bands")
    assert count_parts("\n".join([*lines, *bands, more])) <= 3 + LISTED + 1


def test_kinds_and_papers_have_names() -> None:
    assert {f"choices.kind.{kind}" for kind in KINDS} == set(TEXTS.keys("choices.kind."))
    assert {f"choices.document.{name}" for name in PAPER_NAMES} <= set(TEXTS.keys("choices.document."))


def test_the_classes_of_notices() -> None:
    notices = {key.rpartition(".")[2]: TEXTS._leaf(key) for key in TEXTS.keys("services.expert.notices.")}
    classes = {name: MessageClass(leaf["class"]) for name, leaf in notices.items() if "class" in leaf}
    assert {name for name, cls in classes.items() if cls is MessageClass.REMINDER} == {
        "visit_soon", "officer_visit_soon", "pay_soon",
    }  # fmt: skip
    assert classes["pay"] is MessageClass.RECEIPT
