"""Sentences that refuse: every command in every word that calls it, with every negation and courtesy around it.

Made from the tables of the commands and services, so that a new command cannot be forgotten.
"""

import re
from collections.abc import Iterator
from itertools import product

from domain.conversation.reading.vocabulary import COMMAND_INTENTS
from domain.language.intents import Intent
from domain.messages.catalogue import Catalogue
from domain.services import list_intents

INTENTS: tuple[Intent, ...] = (*COMMAND_INTENTS, *list_intents())


def find_example(intent: Intent) -> str:
    """Words after the intent's word in the example of the help about it («۳ بنر ۲ در ۱ متر»); empty without one."""
    key = f"sms.about.{intent.topic.key}" if intent.topic else ""
    texts = Catalogue.load()
    for example in re.findall("«([^»]+)»", texts.text(key)) if key in texts else ():
        for word in sorted(intent.certain_words, key=len, reverse=True):
            if found := re.search(rf"(?:^|\s){word}\s(.+)", example):
                return found[1]
    return ""


ARGUMENTS = {intent.name: find_example(intent) for intent in list_intents()} | {
    "help": "", "track": "{code}", "list": "", "pay": "{code}", "authentic": "{code}", "tariff": "لودر ۴ ساعت",
    "cancel": "{code}", "change": "{code} آدرس خیابان معلم",
    "reply": "{code}", "comment": "{code}", "rate": "{code} ۵", "confirm": "{code}",
    "deny": "{code}", "exit": "", "back": "", "opt_out": "", "opt_in": "",
    "machinery": "لودر ۴ ساعت فردا ساعت ۸ خیابان امام",
    "expert": "تفکیک کد ملی 0499370899 کد پستی 4947113456", "taxi_leave": "از فردا ۳ روز", "taxi_duty": "",
    "taxi_reward": "تاکسی ۱۱۴", "taxi_violation": "تاکسی ۱۱۴", "contact": "", "who_read": "{code}",
    "iban": "IR910120000000100324200001",
}  # fmt: skip
"""Intent → what makes it complete: said here, or in a further service's own help."""

TEXTS = {
    "reply": "پارک شهر",
    "comment": "خوب بود",
    "taxi_reward": "کیف مرا پس داد",
    "taxi_violation": "تند رفت",
    "expert": "زمین پشت مدرسه",
    "taxi_leave": "سفر",
}
"""Intent → the words of the writer's own that go with it."""

REFUSALS = (
    "نکنید", "نکن", "نکنین", "نکنیم", "نمی‌خواهم", "نمیخواهم", "نمی خواهم", "نمی‌خوام", "نمیخوام", "نمیخام",
    "نمی‌خوایم",
    "نخواستم", "نمی‌کنم", "نمیکنم", "نکردم", "نشود", "نشه", "ندهید", "نمی‌دم", "ندارم", "لازم نیست", "نمی‌پذیرم",
    "نفرستید", "نكنيد", "نمي‌خواهم", "nakonid", "nakon", "nemikham", "nemikonam", "nadaram", "don't", "dont", "not",
)  # fmt: skip
"""Refusals and prohibitions as people type them: half spaces, spaces, spoken, Arabic and Latin letters."""

RARER_REFUSALS = (
    "نکنی", "نزنید", "نمی‌خواستم", "نمیخواستیم", "نمی‌کنیم", "نمی‌خوامش", "نمی‌خواستمش", "نشود لطفا",
    "دیگه نکنید",
    "دیگه نمی‌خوام", "فعلا نکنید", "اصلا نمی‌خوام", "هنوز نکنید", "هیچ‌وقت نکنید", "نیازی نیست", "احتیاجی نیست",
    "لازم ندارم",
    "لازم نداریم", "نفرستین", "نده", "ندین", "نمیدیم", "نکنيد", "نکككنید", "نمیخااااام", "nemikhaam", "nemikhahim",
    "nashe",
    "nazanid", "nakonin", "nemidam", "lazem nist", "lazem nadaram", "do not",
)  # fmt: skip
"""More of them, for tests that only read."""

TELLINGS = ("نیست", "نبود", "نشد")
"""Negations that a text of the writer's own may well end in («خوب نبود»), and that deny a bare command all the same."""

ASIDES = (
    "گفتن {said}", "همسایه‌ام میگه {said}", "بابام گفته {said}", "نوشته بود {said}", "راننده گفت {said}",
    "goftan {said}",
    "چطور {said}", "{said} چطوری", "نحوه {said}", "آیا {said}", "{said}؟", "{said} ?", "{said} یا نه", "اگه {said}",
    "شاید {said}", "میشه {said}", "«{said}»", "\"{said}\" یعنی چی", "پیام اومده که {said}", "فکر کنم {said}",
)  # fmt: skip
"""Sentences that ask about a command, quote it or tell of it, and do not give it."""

BEFORE = ("", "سلام ", "لطفا ", "سلام خسته نباشید لطفاً ", "salam ")
BEHIND = ("", " لطفا", " ممنون", "، با تشکر", "!")


def list_words(intent: Intent) -> tuple[str, ...]:
    """Return every word that calls an intent; of whole phrases, which are made of a few words, some."""
    certain_words = intent.certain_words[::40] if intent.is_called_in_sentence else intent.certain_words
    return (*certain_words, *intent.weak_words, *intent.doubtful_words)


def refusing_sentences(intent: Intent, word: str, code: str, refusals: tuple[str, ...] = REFUSALS) -> Iterator[str]:
    """Yield sentences that refuse a command in one of its words: right behind the word, and at the end."""
    assert intent.name in ARGUMENTS, f"say in ARGUMENTS of {__name__} what makes {intent.name!r} complete"
    said = f"{word} {ARGUMENTS[intent.name].format(code=code)}".strip()
    arguments = said.removeprefix(word)
    text = f" {TEXTS[intent.name]}" if intent.name in TEXTS else ""
    for refusal in refusals:
        yield f"{word} {refusal}{arguments}"
        yield f"{word} را {refusal}{arguments}"
        yield f"{said} {refusal}"
        if text:
            yield f"{said}{text} {refusal}"
    if intent.name != "reply":
        yield from (f"{said} {telling}" for telling in TELLINGS)


def courteous_sentences(sentence: str) -> Iterator[str]:
    """Yield a sentence with every courtesy around it."""
    yield from (f"{before}{sentence}{behind}" for before, behind in product(BEFORE, BEHIND))
