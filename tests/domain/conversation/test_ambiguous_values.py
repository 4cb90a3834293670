"""Values that can be read in several ways, and names of what is not there: never taken without a word."""

from datetime import datetime

import pytest

from domain.conversation.reading.grammar import Grammar
from domain.services import list_intents
from domain.values.errors import AmbiguousField
from tests.support.conversation_line import ConversationLine

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
GRAMMAR = Grammar(list_intents())
ORDER = "ماشین لودر ۴ ساعت {when} خیابان امام"


@pytest.mark.parametrize(
    ("when", "field", "options"),
    [
        ("فردا ساعت ۳", "start", ("15:00", "03:00")),
        ("فردا ساعت ۸ یا ۹", "start", ("08:00", "09:00")),
        ("فردا ساعت ۸ یا ساعت ۱۰", "start", ("08:00", "10:00")),
        ("تاریخ ۵/۹ ساعت ۸", "date", ("2026-11-26", "2027-07-31")),
        ("فردا یا شنبه ساعت ۸", "date", ("2026-11-25", "2026-11-28")),
    ],
)
def test_what_can_be_read_two_ways_is_doubted(when: str, field: str, options: tuple[str, ...]) -> None:
    parsed = GRAMMAR.parse_message(ORDER.format(when=when), NOW)
    doubt = parsed.problems_by_slot[field]
    assert isinstance(doubt, AmbiguousField)
    assert (doubt.options, parsed.slots["place"]) == (options, "خیابان امام")


@pytest.mark.parametrize(
    "when", ["فردا ساعت ۳ عصر", "فردا ساعت 03:00", "فردا عصر ساعت ۴", "۵ آذر ساعت ۸", "۱۴۰۵/۹/۵ ساعت ۸"]
)
def test_what_is_clear_is_not_doubted(when: str) -> None:
    assert GRAMMAR.parse_message(ORDER.format(when=when), NOW).problems_by_slot == {}


@pytest.mark.parametrize(
    ("text", "machine", "place"),
    [
        ("ماشین هلیکوپتر ۴ ساعت فردا ساعت ۸ خیابان امام", "هلیکوپتر", "خیابان امام"),
        ("ماشین تراکتور ۴ ساعت فردا ساعت ۸", "تراکتور", None),
        ("ماشین زرافه ۴ ساعت فردا ساعت ۸", "زرافه", None),
        ("ماشین لودر و تراکتور ۴ ساعت فردا ساعت ۸ خیابان امام", "تراکتور", "خیابان امام"),
        ("ماشین لودر و زرافه ۴ ساعت فردا ساعت ۸ خیابان امام", "زرافه", "خیابان امام"),
    ],
)
def test_a_machine_that_is_not_there_is_told_and_is_no_place(text: str, machine: str, place: str | None) -> None:
    parsed = GRAMMAR.parse_message(text, NOW)
    assert (parsed.problems_by_slot["items"].params["given"], parsed.slots.get("place")) == (machine, place)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ماشین لودر می‌خوام ۴ ساعت فردا ساعت ۸", None),
        ("ماشین لودر میخام ۴ ساعت فردا ساعت ۸", None),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ می‌خوام خیابان امام", "خیابان امام"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام می‌خواهم لطفا", "خیابان امام"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام لازم دارم", "خیابان امام"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ جنب کارگاه تراکتور", "جنب کارگاه تراکتور"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ بصیرآباد", "بصیرآباد"),
    ],
)
def test_a_wish_is_no_part_of_the_place(text: str, place: str | None) -> None:
    parsed = GRAMMAR.parse_message(text, NOW)
    assert (parsed.problems_by_slot, parsed.slots.get("place")) == ({}, place)


@pytest.mark.parametrize("numbers", ["4947113455", "0499370898 4947113456", "0499370898"])
def test_ten_digits_that_may_be_a_mistyped_national_code_become_no_postal_code(numbers: str) -> None:
    parsed = GRAMMAR.parse_message(f"کارشناسی تفکیک {numbers} زمین پشت مدرسه", NOW)
    assert parsed.problems_by_slot["national_code"].reason == "national_or_postal"
    assert "postal_code" not in parsed.slots


def test_a_score_out_of_ten_is_no_score_out_of_five() -> None:
    parsed = GRAMMAR.parse_message("امتیاز 123456786 ۴ از ۱۰", NOW)
    assert ("score" in parsed.slots, dict(parsed.rejected_texts)) == (False, {"score": "۴ از ۱۰"})


def test_the_last_day_of_a_leave_waits_for_the_first() -> None:
    parsed = GRAMMAR.parse_message("مرخصی ۳ روز از ۵/۱۰ سفر", NOW)
    assert ("to" in parsed.slots, parsed.partial_values["days"]) == (False, 3)
    assert parsed.problems_by_slot["from"].reason == "two_days"


def test_of_several_days_the_one_behind_from_begins_a_leave_and_two_with_an_or_are_asked() -> None:
    parsed = GRAMMAR.parse_message("مرخصی جمعه راه می‌افتم ولی از شنبه", NOW)
    assert (parsed.slots["from"].isoformat(), "from" in parsed.problems_by_slot) == ("2026-11-28", False)
    problem = GRAMMAR.parse_message("مرخصی جمعه یا شنبه", NOW).problems_by_slot["from"]
    assert isinstance(problem, AmbiguousField)
    assert problem.options == ("2026-11-27", "2026-11-28")


# In a dialogue: the readings are offered by number


@pytest.mark.parametrize(
    ("answer", "start"),
    [("1", "15:00"), ("۲", "03:00"), ("عصر", "15:00"), ("بامداد", "03:00"), ("۱۶", "16:00"), ("۴ عصر", "16:00")],
)
def test_which_hour_is_asked(answer: str, start: str) -> None:
    line = ConversationLine()
    assert line.is_asked("ماشین", "لودر ۴ ساعت", "فردا", "ساعت ۳") == "start"
    assert line.dialogue.frames[-1].options == ["15:00", "03:00"]
    assert line.is_asked(answer) == "place"
    assert line.dialogue.frames[-1].slots["start"] == start


def test_which_hour_of_a_whole_order_is_asked_and_the_summary_shown() -> None:
    line = ConversationLine()
    assert line.is_asked(ORDER.format(when="فردا ساعت ۳")) == "start"
    assert line.is_asked("1") == "confirm"
    assert line.does("بله")["start"] == "15:00"


@pytest.mark.parametrize(("answer", "day"), [("1", "2026-11-26"), ("2", "2027-07-31"), ("۶ آذر", "2026-11-27")])
def test_which_day_is_asked(answer: str, day: str) -> None:
    line = ConversationLine()
    assert line.is_asked("ماشین", "لودر ۴ ساعت", "۵/۹") == "date"
    assert line.is_asked(answer) == "start"
    assert line.dialogue.frames[-1].slots["date"] == day


@pytest.mark.parametrize("answer", ["ساعت ۸", "یک روز", "۲ دستگاه"])
def test_hours_are_asked_again(answer: str) -> None:
    line = ConversationLine()
    assert line.is_asked("ماشین", "لودر") == "items.hours"
    line.is_refused(answer)
    assert line.dialogue.frames[-1].gap == "hours"
    assert line.is_asked("۴") == "date"
