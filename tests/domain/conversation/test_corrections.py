"""Words in a form beside the answer to its question: changed answers, doubts, and how often it was asked."""

import pytest

from domain.conversation.dialogue.corrections import is_unsure
from domain.conversation.dialogue.frames import AMEND_STEP, CONFIRM_STEP, Ask, Dialogue, Left, Refused
from domain.conversation.reading.field_changes import FieldWords
from domain.parsing.tokens import TokenStream
from domain.services.machinery.vocabulary import MACHINERY_INTENT
from tests.support.conversation_line import FORM, ITEMS, ConversationLine
from tests.support.tables import each_row

WORDS = FieldWords(MACHINERY_INTENT.field_words)
SUMMARY = (*FORM, "کوچه بهار")


@pytest.fixture
def line() -> ConversationLine:
    """A line without a dialogue."""
    return ConversationLine()


@each_row(
    ("text", "change"),
    [
        ("نه اشتباه شد", ("", "")),
        ("اشتباه تایپ کردم", ("", "")),
        ("آدرس را عوض کن", ("place", "")),
        ("آدرس‌شو عوض کن به خیابان امام، کوچه ۵", ("place", "خیابان امام، کوچه ۵")),
        ("محلش عوض شده، میدان شهرداری", ("place", "میدان شهرداری")),
        ("آقا آدرسو اشتباه دادم", ("place", "")),
        ("ساعتش را بکن ۱۰", ("start", "۱۰")),
        ("ساعتو ببرید ۲ بعدازظهر", ("start", "۲ بعدازظهر")),
        ("ساعت ۱۰ رو بکن ۱۱ لطفا", ("start", "۱۱")),
        ("saatesh 10 bashe", ("start", "10")),
        ("تاریخو بندازید پنجشنبه", ("date", "پنجشنبه")),
        ("مدتش رو زیاد کنید ۸ ساعت", ("items", "۸ ساعت")),
        ("دستگاه رو بکنید بولدوزر", ("items", "بولدوزر")),
        ("نه فردا", ("", "فردا")),
        ("منظورم گریدر بود", ("", "گریدر")),
        ("ببخشید ۶ ساعت", ("", "۶ ساعت")),
        ("من اشتباهی ۴ ساعت زدم ۶ ساعت", ("", "۶ ساعت")),
    ],
)
def test_what_shall_be_changed_is_read(text: str, change: tuple[str, str]) -> None:
    read = WORDS.read_change(TokenStream(text))
    assert read is not None
    assert (read.field_name, read.value_text) == change


@each_row(
    "text",
    [
        "خیابان امام جنب پارک", "لودر", "ساعت ۸", "بله درسته", "نه", "نه ممنون", "آدرس: خیابان امام", "خیابان نه متری",
        "راننده مسیر را عوض کرد و بد رفتار بود", "لودر ۴ ساعت فردا ساعت ۸ باشه خیابان امام", "آدرس رو عوض نکنید",
    ],
)  # fmt: skip
def test_what_changes_nothing_is_no_change(text: str) -> None:
    assert WORDS.read_change(TokenStream(text)) is None


@pytest.mark.parametrize(
    ("asked_after", "text", "changed"),
    [
        (FORM, "۶ ساعت", {"items": [{**ITEMS[0], "hours": 6}]}),
        (FORM, "نه پس‌فردا", {"date": "2026-11-26"}),
        (FORM, "شنبه", {"date": "2026-11-28"}),
        (FORM, "ساعت ۹", {"start": "09:00"}),
        (FORM, "۱۱", {"start": "11:00"}),
        (FORM[:3], "۱۰ ساعت لازمه", {"items": [{**ITEMS[0], "hours": 10}]}),
        (FORM[:2], "۵ ساعت", {"items": [{**ITEMS[0], "hours": 5}]}),
        (FORM[:3], "نه شنبه", {"date": "2026-11-28"}),
        (FORM[:3], "گریدر", {"items": [{**ITEMS[0], "machine": "grader"}]}),
    ],
)
def test_the_answer_to_an_earlier_question_is_taken_there(
    line: ConversationLine, asked_after: tuple[str, ...], text: str, changed: dict[str, object]
) -> None:
    asked = line.is_asked(*asked_after)
    before = line.dialogue.frames[-1].slots
    step = line.says(text)
    assert isinstance(step, Ask)
    assert (step.frame.asked, step.frame.slots) == (asked, before | changed)
    assert step.taken == next(iter(changed), "")


@pytest.mark.parametrize("text", ["خیابان ۱۰", "کوچه فردا", "جنب میدان ساعت", "روستای صفر، زمین ۶ هکتاری"])
def test_a_place_stays_a_place(line: ConversationLine, text: str) -> None:
    assert line.is_asked(*FORM, text) == CONFIRM_STEP
    assert line.dialogue.frames[-1].slots["place"] == text


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("ساعتش را بکن ۱۰", {"start": "10:00"}),
        ("نه، ساعت ۹", {"start": "09:00"}),
        ("پس‌فردا", {"date": "2026-11-26"}),
        ("آدرس رو عوض کن به خیابان معلم", {"place": "خیابان معلم"}),
        ("ماشین را بکن گریدر", {"items": [{**ITEMS[0], "machine": "grader"}]}),
        ("لودر ۶ ساعت", {"items": [{**ITEMS[0], "hours": 6}]}),
    ],
)
def test_the_summary_is_shown_again_with_what_was_changed(
    line: ConversationLine, text: str, changed: dict[str, object]
) -> None:
    line.says(*SUMMARY)
    before = line.dialogue.frames[-1].slots
    assert line.is_asked(text) == CONFIRM_STEP
    assert line.dialogue.frames[-1].slots == before | changed
    assert line.does("بله")["intent"] == "machinery"


@pytest.mark.parametrize("choice", ["۲", "روز", "تاریخ را", "اصلاح روز"])
def test_who_names_no_field_is_asked_which(line: ConversationLine, choice: str) -> None:
    assert line.is_asked(*SUMMARY, "نه اشتباه شد") == AMEND_STEP
    assert line.dialogue.frames[-1].options == ["items", "date", "start", "place"]
    assert line.is_asked(choice) == "date"
    assert line.is_asked("شنبه") == CONFIRM_STEP
    assert line.does("۱")["date"] == "2026-11-28"


def test_an_hour_that_can_be_read_twice_is_asked_also_when_it_is_changed(line: ConversationLine) -> None:
    assert line.is_asked(*SUMMARY, "ساعتش را بکن ۳") == "start"
    assert line.dialogue.frames[-1].options == ["15:00", "03:00"]
    assert line.is_asked("۱") == CONFIRM_STEP


def test_an_error_in_the_middle_asks_the_last_question_again(line: ConversationLine) -> None:
    assert line.is_asked(*FORM, "ای وای اشتباه شد") == "start"
    assert line.is_asked("۹") == "place"


# What nobody knows


@pytest.mark.parametrize(
    "text",
    [
        "نمی‌دانم", "نمیدونم والا خودتون ببینید", "هر وقت شد", "هر ساعتی که بشه", "فرقی نمی‌کنه", "شاید یک روز",
        "nemidunam", "بستگی به کار داره",
        "کارشناس بیاد نظر بده", "هر کدوم که ارزون تره", "هرچی شما بگید", "هنوز مشخص نیست",
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_to_the_unit(line: ConversationLine, text: str) -> None:
    step = line.says("ماشین", "لودر", text)
    assert isinstance(step, Ask)
    assert (step.frame.asked, step.taken, step.frame.left_open) == ("date", "hours", ["hours"])


def test_what_was_left_open_is_settled_by_who_says_it_after_all(line: ConversationLine) -> None:
    assert line.is_asked("ماشین", "لودر", "نمی‌دانم", "هر وقت شد", "فرقی نداره", "کوچه بهار") == CONFIRM_STEP
    assert line.dialogue.frames[-1].left_open == ["hours", "date", "start"]
    line.says("۶ ساعت", "روز را بکن شنبه")
    assert line.dialogue.frames[-1].left_open == ["start"]


@pytest.mark.parametrize(("text", "date"), [("شاید فردا", "2026-11-25"), ("فکر کنم شنبه", "2026-11-28")])
def test_who_is_not_sure_but_says_something_is_taken_at_that(line: ConversationLine, text: str, date: str) -> None:
    assert line.is_asked("ماشین", "لودر ۴ ساعت", text) == "start"
    assert line.dialogue.frames[-1].slots["date"] == date


def test_a_place_that_is_not_known_is_no_place(line: ConversationLine) -> None:
    step = line.says(*FORM, "نمی‌دونم")
    assert isinstance(step, Ask)
    assert (step.frame.asked, step.is_unsure) == ("place", True)


@pytest.mark.parametrize("text", ["خیابان امام", "نمی‌خوام", "۴ ساعت", "فردا", "پشت خانه هر چه بادا باد"])
def test_a_plain_answer_is_not_unsure(text: str) -> None:
    assert not is_unsure(text)


# How often it is asked


def test_how_often_a_question_was_asked_is_counted(line: ConversationLine) -> None:
    tries = [line.says(*texts).frame.tries for texts in (("ماشین", "لودر"), ("چی",), ("چی؟",), ("۴",))]  # type: ignore[union-attr]
    assert tries == [1, 2, 3, 1]


def test_a_dialogue_of_an_older_version_goes_on(line: ConversationLine) -> None:
    line.says(*FORM)
    stored = line.dialogue.as_json()
    for frame in stored["frames"]:
        del frame["tries"], frame["left_open"]
    assert Dialogue.from_json(stored).frames[-1].asked == "place"


# Offers, and commands of one kind


def test_yes_to_a_single_offer_goes_on_with_what_was_said(line: ConversationLine) -> None:
    line.offers("فردا ساعت ۸ لودر ۴ ساعت می‌خوام خیابان امام", "machinery")
    assert line.is_asked("بله") == CONFIRM_STEP
    assert line.dialogue.frames[-1].slots["items"] == ITEMS


@pytest.mark.parametrize(("answer", "intents"), [("ماشین‌آلات", ["machinery"]), ("۲", ["machinery"]), ("نه", [])])
def test_an_offer_is_chosen_by_name_too_or_refused(line: ConversationLine, answer: str, intents: list[str]) -> None:
    line.offers("فردا ساعت ۸ لودر ۴ ساعت می‌خوام", "pay", "machinery")
    step = line.says(answer)
    assert (line.intents, isinstance(step, Refused)) == (intents, not intents)
    if intents:
        assert line.dialogue.frames[-1].slots["items"] == ITEMS


def test_a_command_of_the_same_kind_replaces_the_waiting_one(line: ConversationLine) -> None:
    line.says("پاسخ 123456786", "قبض", "پاسخ 246253584")
    assert line.intents.count("reply") == 1
    assert line.says("انصراف") == Left(left=True)
