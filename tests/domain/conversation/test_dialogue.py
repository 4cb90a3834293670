"""The order of reading inside a dialogue (channels.md), point by point, without a store."""

from dataclasses import replace

import pytest

from domain.conversation.dialogue.frames import CONFIRM_STEP, Ask, Left, OptOut, Perform, Unknown
from domain.conversation.dialogue.offers import MOST_FRAMES
from domain.conversation.dialogue.turns import Conversation
from domain.fleet.resources import MACHINE_TYPES
from domain.parsing.machine_names import MACHINE_NAMES
from domain.services import SERVICES, services_by_key
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.errors import CodeMistyped
from tests.support.conversation_line import CODE, FORM, GRAMMAR, ConversationLine


@pytest.fixture
def line() -> ConversationLine:
    """A line without a dialogue."""
    return ConversationLine()


# (1) «لغو11», exit, back


@pytest.mark.parametrize("text", ["لغو11", "لغو ۱۱", "لغو١١", "stop"])
@pytest.mark.parametrize("before", [(), ("ماشین",), FORM, (*FORM, "کوچه بهار")])
def test_opt_out_goes_before_everything(line: ConversationLine, before: tuple[str, ...], text: str) -> None:
    line.says(*before)
    waiting = line.dialogue
    assert line.says(text) == OptOut(is_stopped=True)
    assert line.dialogue == waiting


@pytest.mark.parametrize("text", ["انصراف", "exit", "خروج", "لغو"])
def test_exit_leaves_the_form(line: ConversationLine, text: str) -> None:
    line.says(*FORM)
    assert line.says(text) == Left(left=True)
    assert line.intents == []


def test_exit_leaves_one_dialogue_and_the_waiting_one_stays(line: ConversationLine) -> None:
    assert line.is_asked(*FORM, f"پاسخ {CODE}") == "text"
    assert line.says("انصراف") == Left(left=True)
    assert line.intents == ["machinery"]
    assert line.is_asked("کوچه بهار") == CONFIRM_STEP


def test_exit_outside_leaves_nothing(line: ConversationLine) -> None:
    assert line.says("انصراف") == Left(left=False)


def test_back_goes_back_as_far_as_wanted(line: ConversationLine) -> None:
    assert line.is_asked(*FORM, "کوچه بهار") == CONFIRM_STEP
    for field in ("place", "start", "date", "items"):
        assert line.is_asked("قبلی") == field
    assert line.is_asked("قبلی") == "items"
    done = line.does("گریدر", "۳", "شنبه", "۹", "میدان", "تایید")
    assert done["items"] == [{"machine": "grader", "count": 1, "hours": 3}]


def test_back_reaches_what_was_said_in_the_first_message(line: ConversationLine) -> None:
    assert line.is_asked("ماشین لودر ۴ ساعت فردا ساعت ۸", "کوچه بهار") == CONFIRM_STEP
    for field in ("place", "start", "date", "items"):
        assert line.is_asked("قبلی") == field


def test_back_outside_means_nothing(line: ConversationLine) -> None:
    assert line.says("قبلی") == Unknown()


# (2) the asked field's own parser


@pytest.mark.parametrize(
    ("text", "start"), [("11", "11:00"), ("۱۱", "11:00"), ("12", "12:00"), ("۱۲.", "12:00"), ("11.", "11:00")]
)
def test_a_number_asked_for_takes_bare_11_and_12_as_an_hour(line: ConversationLine, text: str, start: str) -> None:
    line.says("ماشین", "لودر ۴ ساعت", "فردا")
    assert line.is_asked(text) == "place"
    assert line.dialogue.frames[0].slots["start"] == start


@pytest.mark.parametrize(("text", "hours"), [("11", 11), ("۱۲", 12), ("یازده", 11)])
def test_a_number_asked_for_takes_them_as_hours(line: ConversationLine, text: str, hours: int) -> None:
    assert line.is_asked("ماشین", "لودر") == "items.hours"
    assert line.is_asked(text) == "date"
    assert line.dialogue.frames[0].slots["items"] == [{"machine": "loader", "count": 1, "hours": hours}]


def test_nine_digits_answer_a_question_for_a_code_before_its_menu(line: ConversationLine) -> None:
    assert line.is_asked("لغو") == "code"
    line.is_offered("987654320", CODE)
    assert line.does("۱۲۳ ۴۵۶ ۷۸۶") == {"intent": "cancel", "code": CODE}


def test_a_number_chooses_from_the_menu_of_codes(line: ConversationLine) -> None:
    line.says("لغو")
    line.is_offered("987654320", CODE)
    assert line.is_refused("3") == "invalid_field:menu"
    assert line.intents == ["cancel"]
    assert line.does("۲") == {"intent": "cancel", "code": CODE}


@pytest.mark.parametrize(("number", "machine"), list(enumerate(MACHINE_TYPES, start=1)))
def test_menus_give_every_machine(line: ConversationLine, number: int, machine: str) -> None:
    assert line.is_asked("ماشین", str(number), "4") == "date"
    assert line.dialogue.frames[0].slots["items"] == [{"machine": machine, "count": 1, "hours": 4}]
    other = ConversationLine()
    assert other.does("تعرفه", MACHINE_NAMES[machine][0]) == {"intent": "tariff", "machine": machine}


@pytest.mark.parametrize("text", ["0", "13", "-1", "99"])
def test_a_number_beyond_the_menu_is_asked_again(line: ConversationLine, text: str) -> None:
    line.says("ماشین")
    step = line.says(text)
    if text == "0":  # a bare 0 asks for help, as outside
        assert isinstance(step, Perform)
        assert step.frame.intent == "help"
        return
    assert isinstance(step, Ask)
    assert step.problem is not None
    assert line.dialogue.frames[-1].options == list(MACHINE_TYPES)


def test_a_text_that_answers_takes_precedence_over_a_misspelt_keyword(line: ConversationLine) -> None:
    assert line.is_asked("ماشین") == "items"
    assert line.is_asked("لودر") == "items.hours"
    assert line.is_asked("چهار") == "date"
    assert line.is_asked("شنبه") == "start"


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("items", "هلیکوپتر", "invalid_field:items:no_machine"),
        ("items", "۱۲ لودر", "invalid_field:items:range"),
        ("hours", "۳۰", "invalid_field:items:range"),
        ("hours", "۲٫۲", "invalid_field:items"),
        ("date", "۱۴۰۵/۹/۱", "invalid_field:date:past"),
        ("date", "۱۴۰۵/۷/۳۱", "invalid_field:date"),
        ("start", "صبح", "invalid_field:start:part_of_day"),
        ("start", "۲۵", "invalid_field:start"),
    ],
)
def test_what_cannot_be_the_answer_is_asked_again_with_the_reason(
    line: ConversationLine, field: str, text: str, why: str
) -> None:
    before = {"items": FORM[:1], "hours": ("ماشین", "لودر"), "date": FORM[:2], "start": FORM[:3]}[field]
    line.says(*before)
    standing = line.dialogue.frames[-1].asked
    assert line.is_refused(text).startswith(why)
    assert line.dialogue.frames[-1].asked == standing


def test_an_answer_to_a_command_may_say_more_than_was_asked(line: ConversationLine) -> None:
    line.says("تعرفه")
    assert line.does("لودر ۴ ساعت") == {"intent": "tariff", "machine": "loader", "hours": 4}
    line.says("لغو")
    assert line.does("کد من ۱۲۳ ۴۵۶ ۷۸۶ است") == {"intent": "cancel", "code": CODE}
    line.says("لغو")
    assert line.is_refused("هر دو تا") == "invalid_field:code"


# (3) a keyword with valid arguments interrupts


def test_a_keyword_with_arguments_interrupts_and_the_dialogue_is_resumed(line: ConversationLine) -> None:
    line.says("ماشین", "لودر ۴ ساعت")
    assert line.does(f"پیگیری {CODE}") == {"intent": "track", "code": CODE}
    assert line.intents == ["machinery"]
    assert line.is_asked("فردا") == "start"


def test_an_interruption_that_asks_back_waits_on_top(line: ConversationLine) -> None:
    line.says(*FORM[:2])
    assert line.is_asked(f"پاسخ {CODE}") == "text"
    assert line.intents == ["machinery", "reply"]
    assert line.does("روبروی مدرسه") == {"intent": "reply", "code": CODE, "text": "روبروی مدرسه"}
    assert line.is_asked("فردا") == "start"


@pytest.mark.parametrize(
    "place", ["پرداخت", "وضعیت", "تعرفه", "ماشین", "نظر", "خیابان تعرفه", "123456786", "لغو درخواست"]
)
def test_free_text_takes_what_only_looks_like_a_keyword(line: ConversationLine, place: str) -> None:
    assert line.is_asked(*FORM) == "place"
    step = line.says(place)
    if place == "لغو درخواست":  # a bare cancellation gives the form up
        assert step == Left(left=True)
        return
    assert isinstance(step, Ask)
    assert step.frame.asked == CONFIRM_STEP
    assert step.frame.slots["place"] == place


def test_a_keyword_with_arguments_interrupts_free_text_too(line: ConversationLine) -> None:
    line.says(*FORM)
    assert line.does(f"پیگیری {CODE}") == {"intent": "track", "code": CODE}
    assert line.does("درخواست‌ها") == {"intent": "list"}
    assert line.is_asked("کوچه بهار") == CONFIRM_STEP


def test_the_same_keyword_again_corrects_the_form(line: ConversationLine) -> None:
    assert line.is_asked(*FORM, "کوچه بهار") == CONFIRM_STEP
    assert line.is_asked("ماشین گریدر ۲ ساعت") == CONFIRM_STEP
    done = line.does("تایید")
    assert done["items"] == [{"machine": "grader", "count": 1, "hours": 2}]
    assert (done["date"], done["place"]) == ("2026-11-25", "کوچه بهار")


def test_the_deepest_nesting_forgets_the_oldest(line: ConversationLine) -> None:
    line.says("ماشین", f"پاسخ {CODE}", "امتیاز 987654320")
    assert line.intents == ["machinery", "reply", "rate"]
    assert len(line.intents) == MOST_FRAMES
    assert line.does("تعرفه لودر ۴ ساعت")["machine"] == "loader"
    assert line.intents == ["machinery", "reply", "rate"]  # what is done at once makes nobody forget
    line.says("لغو")
    assert line.intents == ["reply", "rate", "cancel"]


# (4) a bare code, bare 11 / 12


def test_a_bare_code_interrupts_where_it_is_no_answer(line: ConversationLine) -> None:
    line.says("ماشین")
    assert line.does("۱۲۳-۴۵۶-۷۸۶") == {"intent": "track", "code": CODE}
    assert line.intents == ["machinery"]


@pytest.mark.parametrize(("text", "stopped"), [("12", False), ("۱۲", False), ("11", True), ("۱۱", True)])
@pytest.mark.parametrize("before", [FORM[:1], FORM[:2], (*FORM, "کوچه بهار"), ("امتیاز 123456786",)])
def test_bare_11_and_12_where_they_are_no_answer(
    line: ConversationLine, before: tuple[str, ...], text: str, *, stopped: bool
) -> None:
    line.says(*before)
    waiting = line.dialogue
    assert line.says(text) == OptOut(is_stopped=stopped)
    assert line.dialogue == waiting


# Outside a dialogue


@pytest.mark.parametrize(("text", "stopped"), [("11", True), ("۱۱", True), ("لغو11", True), ("12", False)])
def test_outside_opt_out_comes_first(line: ConversationLine, text: str, *, stopped: bool) -> None:
    assert line.says(text) == OptOut(is_stopped=stopped)


def test_outside_keywords_codes_and_the_unknown(line: ConversationLine) -> None:
    assert line.does(CODE) == {"intent": "track", "code": CODE}
    assert line.does("راهنما") == {"intent": "help"}
    assert line.says("سلام خوبید") == Unknown()
    assert line.intents == []


def test_a_mistyped_code_is_told_and_nothing_waits(line: ConversationLine) -> None:
    for text in ("123456780", "پیگیری 123456780"):
        with pytest.raises(CodeMistyped):
            line.says(text)
        assert line.intents == []
    line.says(*FORM)
    with pytest.raises(CodeMistyped):
        line.says("پیگیری 123456780")
    assert line.intents == ["machinery"]


# A new version of the declaration


def test_a_dialogue_begun_on_an_old_version_restarts(line: ConversationLine) -> None:
    line.says(*FORM)
    newer = replace(MACHINERY_WORK, version=2, state_maps={1: {}})
    line.conversation = Conversation(GRAMMAR, services_by_key((newer,)))
    step = line.says("کوچه بهار")
    assert isinstance(step, Ask)
    assert (step.is_restarted, step.frame.asked, step.frame.version, step.frame.slots) == (True, "items", 2, {})
    assert line.is_asked("لودر ۴ ساعت") == "date"


def test_a_dialogue_of_a_service_that_is_gone_ends(line: ConversationLine) -> None:
    line.says(*FORM)
    line.conversation = Conversation(GRAMMAR, {})
    assert line.does("کوچه بهار") == {"intent": "machinery"}
    assert not line.conversation.forms["machinery"].is_offered


def test_every_service_is_in_the_menu() -> None:
    menu = Conversation(GRAMMAR, services_by_key()).main_menu_intents()
    services = {word.intent.name for one in SERVICES for word in one.keywords}
    services |= {lookup.intent.name for one in SERVICES for lookup in one.lookups if lookup.form}
    assert set(menu[: len(services)]) == services
