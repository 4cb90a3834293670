"""A form by texts: complete at once, or asked field by field; summaries, corrections and mistakes (channels.md)."""

import pytest

from domain.conversation.dialogue.frames import CONFIRM_STEP, Left
from tests.support.conversation_line import FORM, ITEMS, ConversationLine


@pytest.fixture
def line() -> ConversationLine:
    """A line without a dialogue."""
    return ConversationLine()


def test_a_complete_first_message_needs_no_summary(line: ConversationLine) -> None:
    done = line.does("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام جنب پارک")
    assert done == {
        "intent": "machinery",
        "items": ITEMS,
        "date": "2026-11-25",
        "start": "08:00",
        "place": "خیابان امام جنب پارک",
    }


def test_what_is_missing_is_asked_one_by_one_and_summed_up(line: ConversationLine) -> None:
    assert line.is_asked("ماشین") == "items"
    assert line.is_asked("لودر") == "items.hours"
    assert line.is_asked("4") == "date"
    assert line.is_asked("فردا") == "start"
    assert line.is_asked("۸") == "place"
    assert line.is_asked("کوچه بهار") == CONFIRM_STEP
    assert line.does("1")["place"] == "کوچه بهار"


@pytest.mark.parametrize("yes", ["1", "۱", "1.", "بله", "بله.", "تایید", "تأیید", "تایید میکنم", "ok", "Yes", "آره"])
def test_yes_confirms(line: ConversationLine, yes: str) -> None:
    assert line.does(*FORM, "کوچه بهار", yes)["intent"] == "machinery"
    assert line.intents == []


@pytest.mark.parametrize("no", ["2", "۲", "خیر", "نه", "رد", "no", "انصراف", "لغو"])
def test_no_gives_it_up(line: ConversationLine, no: str) -> None:
    assert line.says(*FORM, "کوچه بهار", no) == Left(left=True)
    assert line.intents == []


def test_neither_yes_nor_no_is_asked_again(line: ConversationLine) -> None:
    line.says(*FORM, "کوچه بهار")
    assert line.is_refused("شاید") == "invalid_field:confirm:yes_or_no"
    assert line.is_refused("3") == "invalid_field:confirm:yes_or_no"
    assert line.intents == ["machinery"]


def test_a_past_date_in_a_first_message_is_asked_again_with_the_reason(line: ConversationLine) -> None:
    assert line.is_refused("ماشین لودر ۴ ساعت ۱۴۰۵/۸/۱ ساعت ۸ کوچه بهار") == "invalid_field:date:past"
    assert line.dialogue.frames[0].asked == "date"
    assert line.is_asked("شنبه") == CONFIRM_STEP


def test_a_date_that_does_not_exist_is_asked_again_with_the_reason(line: ConversationLine) -> None:
    assert line.is_refused("ماشین لودر ۴ ساعت ۳۱ مهر ساعت ۸ کوچه بهار").startswith("invalid_field:date")
    assert line.dialogue.frames[0].asked == "date"


def test_too_many_hours_in_a_first_message_are_asked_again_with_the_reason(line: ConversationLine) -> None:
    assert line.is_refused("ماشین لودر ۳۰ ساعت فردا ساعت ۸ کوچه بهار") == "invalid_field:items:range"
    frame = line.dialogue.frames[0]
    assert (frame.asked, frame.gap, frame.slots["items"]) == ("items", "hours", [{"machine": "loader", "count": 1}])
    assert line.is_asked("4") == CONFIRM_STEP
    assert line.does("1")["items"] == ITEMS


def test_too_many_hours_in_an_answer_keep_the_machine(line: ConversationLine) -> None:
    line.says("ماشین")
    assert line.is_refused("بولدوزر ۳۰ ساعت") == "invalid_field:items:range"
    assert line.is_asked("4") == "date"
    assert line.dialogue.frames[0].slots["items"] == [{"machine": "bulldozer", "count": 1, "hours": 4}]
