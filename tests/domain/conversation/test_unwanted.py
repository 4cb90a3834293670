"""Writers who do not want something: what is wanted instead, and which request shall end, which is asked and never
done."""

from datetime import datetime

import pytest

from domain.conversation.dialogue.frames import OptOut
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.sentences import Mood
from domain.parsing.negation import find_negations
from domain.parsing.tokens import read_once
from tests.support.conversation_line import CODE, FORM, GRAMMAR, ConversationLine
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("کمپرسی نمیخوام لودر میخوام", "loader"),
        ("لودر لازم نداریم غلتک بفرستید", "roller"),
        ("سلام بولدوزر نمیخواستیم گریدر لازم داریم فردا", "grader"),
        ("kompresi nemikham loder mikham", "loader"),
        ("kran gerek däl loder gerek", "loader"),
    ],
)
def test_what_is_wanted_in_place_of_what_is_refused_is_ordered(text: str, machine: str) -> None:
    message = understand_message(GRAMMAR, text, NOW)
    assert (message.intent, message.mood) == ("machinery", Mood.UNCLEAR)
    assert [item.machine for item in message.slots["items"]] == [machine]


def test_a_machine_amid_a_form_is_changed() -> None:
    line = ConversationLine()
    line.says(*FORM)
    line.says("لودر نمیخوام گریدر میخوام")
    assert [item["machine"] for item in line.dialogue.frames[-1].slots["items"]] == ["grader"]


@each_row(
    "text",
    [
        "پشیمون شدم {} رو نمیخوام",
        "منصرف شدم {} دیگه لازم نیست",
        "این {} رو لازم نداریم دیگه",
        "نظرم عوض شد {} نمیخوام",
        "{} digar nemikham",
        "{} لغو کنید دیگه لازم نداریم",
        "{} ýatyryň, indi gerek däl",
        "عرضه‌می {} یاتیرینگ، ایندی گرک دأل",
    ],
)
def test_what_is_not_wanted_any_more_is_asked_to_be_cancelled(text: str) -> None:
    message = understand_message(GRAMMAR, text.format(CODE), NOW)
    assert (message.intent, message.slots) == ("cancel", {"code": CODE})
    assert message.mood is not Mood.PLAIN


@pytest.mark.parametrize(
    "text",
    ["{} رو لغو نکنید", "نمیخوام {} لغو بشه", "گفتم لغوش نکنین {}", "{} ýatyrmaň", "{} goýbolsun islämok", "{} نیومد"],
)
def test_who_wants_no_end_is_not_asked_for_one(text: str) -> None:
    assert understand_message(GRAMMAR, text.format(CODE), NOW).intent != "cancel"


@each_row(
    ("text", "is_unwanted"),
    [
        ("همسایه لودر آورد دیگه لازم نیست بیاین", True),
        ("آقا نیاین دیگه پشیمون شدم", True),
        ("اون لودری که گفته بودم رو دیگه نمیخوام", True),
        ("نمی‌خواد بیاین کارم انجام شد", True),
        ("سلام نیازی نیست ماشین بفرستید با بیل جمعش کردیم", True),
        ("لودر نفرستید یه ماشین دیگه گرفتم", True),
        ("دیگه نمی خواد زحمت بکشید همسایه آورد", True),
        ("niyain karam anjam shod", True),
        ("نیازی به ماشین نیست انجام شد", True),
        ("نیاز به لودر دارم فردا", False),
        ("راننده نمیخواد کار کنه", False),
        ("دیگه پیامک نمیخوام", False),
        ("نمیخوام لغو بشه", False),
        ("لازم نیست خودم بیام؟", False),
        ("خاک نریزید تو کوچه", False),
        ("اگه فردا نیاید شکایت می‌کنم", False),
        ("اگر تا ظهر ماشین نفرستید زنگ می‌زنم شهردار", False),
        ("age farda nayaid shekayat mikonam", False),
        ("اگه میشه نیاید، انجام شد", True),
    ],
)
def test_a_request_may_be_unwanted_without_its_code(text: str, is_unwanted: bool) -> None:
    assert find_negations(read_once(text)).withdraws_order is is_unwanted


@pytest.mark.parametrize("text", ["نیازی نیست ماشین بفرستید، خودمون آوردیم", "لازم نیست لودر بفرستید تموم شد"])
def test_what_need_not_be_sent_is_not_ordered(text: str) -> None:
    assert understand_message(GRAMMAR, text, NOW).intent == "unknown"


@pytest.mark.parametrize("text", ["اگه فردا نیاید شکایت می‌کنم", "اگر تا شنبه نیاین میرم فرمانداری"])
def test_who_threatens_waits_for_somebody(text: str) -> None:
    assert understand_message(GRAMMAR, text, NOW).intent == "track"


STOPPED = (
    *(f"{words}{mark}{words}" for words in ("لغو11", "لغو ۱۱", "stop") for mark in (" ", "\n", "، ")),
    *(f"{label} {number}" for label in ("عدد", "شماره") for number in ("۱۱", "11")),
    *(f"{word}{mark}" for word in ("off", "OFF", "Stop") for mark in ("", ".", "!")),
    *(
        frame.format(f"{message} {verb}")
        for frame in ("{}", "دیگه {}", "لطفا دیگه به من {}", "{} دیگه", "سلام برام {}")
        for message in ("پیام", "پیامک", "اس ام اس")
        for verb in ("ندین", "نفرستید", "نفرستین", "ندید", "نده")
    ),
    *(f"{before}{message} {verb}" for before in ("", "indi ", "maňa ") for message in ("SMS", "habarnama", "habar")
      for verb in ("ibermäň", "bermäň", "ugratmaň", "ýollamaň")),
    "maňa indi habar gerek däl", "اندی خبر ایبرمأڭ", "ماڭا پیام یوللاماڭ",
)  # fmt: skip


def test_who_forbids_messages_and_says_nothing_else_stops_them_at_once() -> None:
    reactions = {text: ConversationLine().says(text) for text in STOPPED}
    assert {text for text, reaction in reactions.items() if reaction != OptOut(is_stopped=True)} == set()


@pytest.mark.parametrize(
    "text",
    ["چرا پیام نمیدین", "پیامک نیومد", "پیام ندادین هنوز؟", "دیگه لودر نفرستید", "لغو", "پیامک رهگیری نیومده", "عدد ۴"],
)
def test_what_only_speaks_of_messages_stops_none(text: str) -> None:
    assert not isinstance(ConversationLine().says(text), OptOut)


def test_a_labelled_number_answers_what_is_asked() -> None:
    line = ConversationLine()
    line.says("ماشین لودر")
    assert not isinstance(line.says("عدد ۱۱"), OptOut)
