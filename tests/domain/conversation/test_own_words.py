"""Texts of the writer's own (a complaint, praise, a comment, a call, a leave): what is not a plain statement of the
writer's own present wish is never stored at once. Made from the tables of commands and services.
"""

from datetime import datetime
from itertools import product

import pytest

from domain.conversation.dialogue.frames import Dialogue, Perform
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.grammar import Grammar
from domain.language.intents import Intent
from domain.services import list_intents, services_by_key
from tests.support.refusing_sentences import ARGUMENTS, BEFORE, INTENTS, TEXTS
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
GRAMMAR = Grammar(list_intents())
CONVERSATION = Conversation(GRAMMAR, services_by_key())
CODE = "123456786"
OWN_WORDS = [intent for intent in INTENTS if intent.keeps_own_words]

DENIALS = ("نمی‌خواستم", "نمی‌گیرم", "نکردم", "نمیخوام", "نگیرید", "نکنید لطفا", "nemikham")
FACTUAL_DENIALS = ("ندارم", "نداشتم", "نیست", "نبود", "نکرد", "نگرفت", "نشد", "nadaram", "nabood nist")
"""Denials that tell why somebody wants a call («بلد نیستم، زنگ بزنید»), or facts of a property («مرز روشن نیست»)."""
QUESTIONS = (
    "؟", "چی شد", "کی جواب میدید", "چرا رد شد", "چطور میشه", "آیا رسیده", "چه جریمه‌ای داره", "کجا برم", "چقدره",
)  # fmt: skip
PASTS = ("کردم", "گرفتم", "دادم دیروز", "فرستادم قبلا", "رفتم", "زدم", "کار کرد", "حل شد ممنون", "kardam")
JOKES = ("😂", "🤣🤣", "شوخی کردم", "خخخخ", "فقط تست", "😏", "هههه", ":))", "الکی")
WITHDRAWALS = (
    "رو پس میگیرم", "را پس می‌گیرم", "پس گرفتم", "رو لغو کنید", "پشیمون شدم", "منصرف شدم", "اشتباه شد", "ولش کن",
    "ro pas migiram", "رو پاک کنید", "را فراموش کنید", "نادیده بگیرید", "دروغ بود", "دروغ گفتم", "ýalan",
    "تصمیمم عوض شد", "بخشیدمش", "آشتی کردیم", "معذرت خواهی کرد و تموم شد", "پسش داد", "البته حق داشت",
)  # fmt: skip
OTHERS = (
    "همسایه‌ام میخواد", "از طرف برادرم", "پسرم گفته", "مامانم میگه", "دوستم شکایت داره", "سفارش مادرم",
    "نظر خانمم اینه", "اگه دوباره شد",
    "شاید", "hamsayam mige",
)  # fmt: skip
DOUBTS = (*DENIALS, *QUESTIONS, *PASTS, *JOKES, *WITHDRAWALS, *OTHERS)

PLAIN_STORIES = (
    "از هر کدام کرایه دربست گرفت", "هزینه را کاش همان روز اول می‌گفتند",
    "راننده دروغ گفت و گران گرفت",
    "راننده کرایه اضافه گرفت", "تند رفت و بوق زد", "کیف مرا پس داد", "خیلی مودب بود", "دستش درد نکنه کیفم را آورد",
    "حرف نداره", "در ایستگاه ایستاده بودم و رد شد رفت", "خسته نباشید عالی بود",
)  # fmt: skip


def does(text: str) -> str | None:
    """Return the intent that a text carries out without a question, at the beginning of a conversation; None: none."""
    step = CONVERSATION.read_text(Dialogue(), text, NOW)
    return step.frame.intent if isinstance(step, Perform) else None


def say(intent: Intent, before: str = "", behind: str = "") -> str:
    """Return a text of this intent with all that it needs, and words right behind the keyword and at the end."""
    arguments = ARGUMENTS[intent.name].format(code=CODE)
    words = (intent.certain_words[0], before, arguments, TEXTS.get(intent.name, "خیابان معلم"), behind)
    return " ".join(filter(None, words))


@pytest.mark.parametrize("intent", OWN_WORDS, ids=lambda one: one.name)
def test_what_is_no_plain_wish_of_the_writer_is_never_stored_at_once(intent: Intent) -> None:
    doubts = DOUBTS if intent.asks_for_person or intent.describes_thing else (*DOUBTS, *FACTUAL_DENIALS)
    texts = [say(intent, behind=doubt) for doubt in doubts]
    texts += [f"{greeting}{say(intent, before=doubt)}" for greeting, doubt in product(BEFORE, doubts)]
    assert [text for text in texts if does(text) == intent.name] == []


@pytest.mark.parametrize("wish", ["به خواهش پسرم", "به خواست مادرم", "به جای برادرم"])
def test_a_complaint_at_the_wish_of_somebody_else_is_shown(wish: str) -> None:
    assert does(f"شکایت ۱۱۴ {wish} تند رفت") is None


@each_row("story", PLAIN_STORIES)
@each_row("name", ["taxi_violation", "taxi_reward", "comment"])
def test_a_plain_story_is_stored_at_once(name: str, story: str) -> None:
    intent = GRAMMAR.find_intent(name)
    assert intent is not None
    text = f"{intent.certain_words[0]} {ARGUMENTS[name].format(code=CODE)} {story}"
    assert does(text) == name


@each_row("word", ["شکایتم", "شکایتمو", "شکایت از تاکسی ۱۱۴", "شکایت ۱۱۴", "گزارشم", "shekayatam"])
@each_row("taking", ["رو پس میگیرم", "را پس می‌گیرم", "پس گرفتم", "ro pas migiram"])
def test_who_takes_a_complaint_back_means_the_complaint(word: str, taking: str) -> None:
    parsed = GRAMMAR.parse_message(f"{word} {taking}", NOW)
    assert parsed.refused_intent == "taxi_violation"
