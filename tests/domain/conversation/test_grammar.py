"""Cases that the samples do not show: what is missing, refused, kept aside or offered; and that no text breaks it."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.language.intents import Topic
from domain.parsing.machines import MachineItem
from domain.services import list_intents
from domain.services.machinery.vocabulary import MACHINERY_INTENT
from domain.services.taxi_leave.vocabulary import TAXI_DUTY_INTENT
from domain.values.text import ascii_digits
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
GRAMMAR = Grammar(list_intents())

WHOLE = (
    "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان کاشانی کوچه ۵",
    "ماشین آلات ۲ کمپرسی و گریدر ۳ ساعت ۱۵ آذر ساعت ۷:۳۰ جاده کردکوی",
    "کارشناسی تفکیک 0499370899 کد پستی 4947113456 زمین یک طبقه",
    "مرخصی از یکشنبه تا ۱۴۰۵/۰۹/۲۰ سفر کربلا",
    "تخلف ۱۲ت۳۴۵ ایران ۵۹ راننده کرایه اضافه گرفت",
    "پیگیری ۱۲۳ ۴۵۶ ۷۸۶",
    "امتیاز 123456786 ۵",
    "پاسخ 123456786 پلاک ۱۴ طبقه دوم",
    "تعرفه بیل مکانیکی ۴ ساعت",
    "سلام وقت بخیر، کمک",
    "لغو ۱۱",
)


def read(text: str) -> ParsedMessage:
    return GRAMMAR.parse_message(text, NOW)


def test_values_have_their_own_types() -> None:
    slots = read("ماشین ۲ لودر ۴ ساعت فردا ساعت ۸ خیابان امام").slots

    assert slots["items"] == (MachineItem("loader", hours=4, count=2),)
    assert (slots["date"], slots["start"]) == (date(2026, 11, 25), time(8))


@each_row(
    ("text", "missing"),
    [
        ("ماشین", ("items", "date", "start", "place")),
        ("ماشین لودر ۴ ساعت و کمپرسی فردا", ("hours", "start", "place")),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام", ()),
        ("کارشناسی تفکیک", ("national_code", "postal_code", "text")),
        ("مرخصی از فردا", ("to",)),
        ("تخلف راننده بد بود", ("plate",)),
        ("تخلف تاکسی ۱۱۴", ("text",)),
        ("عوارض", ()),
        ("پیگیری", ("code",)),
        ("قبض", ("code",)),
        ("قبض 7748317800142", ()),
        ("نظر ماشین آلات", ("text",)),
        ("نظر خوب بود", ("code",)),
        ("امتیاز 123456786", ("score",)),
        ("تعرفه", ("machine",)),
        ("تعرفه لودر", ("hours",)),
        ("تعرفه تفکیک", ()),
        ("راهنما", ()),
    ],
)
def test_missing_fields_in_asking_order(text: str, missing: tuple[str, ...]) -> None:
    assert read(text).missing_slots == missing


@each_row(
    ("text", "field", "typed"),
    [
        ("ماشین لودر ۴ ساعت ۱۴۰۵/۱۳/۱۰", "date", "۱۴۰۵/۱۳/۱۰"),
        ("ماشین لودر ۴ ساعت ۳۱ آذر", "date", "۳۱ آذر"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۲۵", "start", "ساعت ۲۵"),
        ("کارشناسی تفکیک کد ملی 1234567890", "national_code", "1234567890"),
        ("کارشناسی تفکیک کد پستی 1111111111", "postal_code", "1111111111"),
        ("عوارض ۱۲ت۳۴۵", "plate", "۱۲ت۳۴۵"),
        ("پیگیری 12345678", "code", "12345678"),
        ("امتیاز 123456786 ۷", "score", "۷"),
        ("ماشین ۰ لودر ۴ ساعت", "items", "۰ لودر"),
        ("ماشین لودر ۴ ساعت هفته آینده", "date", "هفته آینده"),
        ("ماشین لودر ۴ ساعت دیروز", "date", "دیروز"),
        ("عوارض 345ت12", "plate", "345ت12"),
        ("ماشین کمپرسی تعداد: صفر فردا", "items", "کمپرسی تعداد: صفر"),
        ("مرخصی از ۱۴۰۵/۱۲/۳۰", "from", "۱۴۰۵/۱۲/۳۰"),
    ],
)
def test_what_was_meant_and_is_wrong_is_refused_not_free_text(text: str, field: str, typed: str) -> None:
    parsed = read(text)

    assert parsed.rejected_texts == {field: typed}
    assert field not in parsed.slots


@pytest.mark.parametrize(
    ("text", "aside"),
    [("مرخصی ۳ روز سفر", {"days": 3}), ("ماشین ۴ ساعت فردا", {"hours": 4}), ("مرخصی دو هفته", {"days": 14})],
)
def test_what_fills_no_slot_yet_is_kept_aside(text: str, aside: dict[str, object]) -> None:
    assert read(text).partial_values == aside


@pytest.mark.parametrize(
    ("text", "slot", "kept"),
    [
        (
            "کارشناسی تفکیک کد ملی 0499370899 کد پستی 4947113456 می‌خواهم دور حیاط دیوار بکشم",
            "text",
            "می‌خواهم دور حیاط دیوار بکشم",
        ),
        ("کارشناسی می‌خوام برای خونه‌ی پدرم", "text", "برای خونه‌ی پدرم"),
        ("تفکیک باغ پدری لازم داریم", "text", None),
        ("کارشناسی تفکیک باغ پدری لازم داریم", "text", "باغ پدری"),
        ("با یه نفر از همکاراتون صحبت کنم", "about", None),
        ("فردا عصر زنگ بزنید، قبضم اشتباهه", "about", "فردا عصر قبضم اشتباهه"),
    ],
)
def test_words_of_wanting_belong_to_the_call_or_to_the_text(text: str, slot: str, kept: str | None) -> None:
    assert read(text).slots.get(slot) == kept


def test_a_mistyped_code_stays_for_the_answer_that_says_so() -> None:
    parsed = read("لغو 123 456 789")

    assert (parsed.intent, parsed.slots) == ("cancel", {"code": "123456789"})


@each_row(
    "text",
    ["پیگیری 123456786", "123456786", "ماشین لودر", "عوارض", "راهنما", "لغو", "انصراف", "درخواست‌ها", "ماشین فردا"],
)
def test_interrupts_a_dialogue(text: str) -> None:
    assert read(text).has_valid_arguments


@each_row(
    "text",
    [
        "پیگیری",
        "ماشین",
        "ماشین خیابان امام",
        "شکایت دارم",
        "نظر من خوب است",
        "سلام",
        "عوارض ۱۲ت۳۴۵",
        "کمک کنید بیایند",
    ],
)
def test_does_not_interrupt_a_dialogue(text: str) -> None:
    assert not read(text).has_valid_arguments


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("لودر میخوام برای فردا", ("machinery",)),
        ("ماشینم خراب شده", ("machinery",)),
        ("من برای پدرم مرخصی می‌خواستم", ("taxi_leave",)),
        ("رد شدم از خیابان", ("deny",)),
        ("سلام خسته نباشید", ()),
    ],
)
def test_an_unknown_message_gets_what_it_may_mean_offered(text: str, offered: tuple[str, ...]) -> None:
    parsed = read(text)

    assert (parsed.intent, parsed.suggested_intents) == ("unknown", offered)


def test_a_glued_keyword_is_set_apart_only_when_the_rest_bears_it_out() -> None:
    assert read("ماشینلودر ۴ ساعت").intent == "machinery"
    assert read("ماشینیست").intent == "unknown"


def test_a_new_service_needs_nothing_but_its_intent() -> None:
    waste = replace(TAXI_DUTY_INTENT, name="waste", certain_words=("پسماند",), weak_words=(), topic=Topic("waste"))
    grammar = Grammar((*list_intents(), waste))

    assert grammar.parse_message("پسماند", NOW).intent == "waste"
    assert grammar.parse_message("راهنما پسماند", NOW).slots == {"service": "waste"}
    assert grammar.parse_message("نظر پسماند دیر جمع می‌شود", NOW).slots == {"service": "waste", "text": "دیر جمع می‌شود"}


def test_a_keyword_cannot_belong_to_two_intents() -> None:
    with pytest.raises(ValueError, match="ماشين"):
        Grammar(
            (*list_intents(), replace(TAXI_DUTY_INTENT, name="other", certain_words=("ماشين",), topic=Topic("other")))
        )
    with pytest.raises(ValueError, match="machinery"):
        Grammar((MACHINERY_INTENT, replace(TAXI_DUTY_INTENT, name="machinery")))


def test_today_is_tehrans_day() -> None:
    late = datetime.fromisoformat("2026-11-24T21:00:00+00:00")

    assert GRAMMAR.parse_message("ماشین لودر امروز", late).slots["date"] == date(2026, 11, 25)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_grammar(text: str) -> None:
    read(text).as_json()


@settings(deadline=None)
@given(st.lists(st.sampled_from([*" ".join(WHOLE).split(), *"،:-\n؟و۰", "تا", "ام"]), max_size=14))
def test_no_row_of_known_words_breaks_the_grammar(words: list[str]) -> None:
    read(" ".join(words)).as_json()
    read("".join(words)).as_json()


RESPELT = {
    "ی": "یيى",
    "ک": "کك",
    "ا": "اأٱ",
    "ه": "هہ",
    " ": (" ", "  ", " \u200f"),
    "پ": ("پ", "پ\u0640"),
    "ر": ("ر", "ر\u064e"),
    "0": "0۰٠",
    "1": "1۱١",
    "2": "2۲٢",
    "3": "3۳٣",
    "4": "4۴٤",
    "5": "5۵٥",
    "6": "6۶٦",
    "7": "7۷٧",
    "8": "8۸٨",
    "9": "9۹٩",
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False))
def test_letters_and_digits_that_mean_the_same_read_the_same(text: str, random: object) -> None:
    plain = ascii_digits(text)
    respelt = "".join(random.choice(RESPELT.get(letter, (letter,))) for letter in plain)  # type: ignore[attr-defined]

    assert _without_free_text(read(respelt)) == _without_free_text(read(plain))


def _without_free_text(parsed: ParsedMessage) -> tuple[object, ...]:
    slots = {name: value for name, value in parsed.slots.items() if name not in ("place", "text", "reason")}
    return parsed.intent, slots, parsed.missing_slots, parsed.has_valid_arguments
