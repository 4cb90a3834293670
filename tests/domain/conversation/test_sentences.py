"""Kinds of sentences: said plainly, refused, asked, quoted; in every word of every command.

`EFFORT=2 pytest` on this file tries every word with every refusal and courtesy (tests/support/effort.py).
"""

from datetime import datetime

import pytest

from domain.conversation.dialogue.frames import Dialogue, OptOut, Perform
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.dialogue.yes_no import read_yes_or_no
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.conversation.reading.sentences import Mood
from domain.language.intents import Intent
from domain.services import list_intents, services_by_key
from tests.support.effort import EFFORT
from tests.support.refusing_sentences import (
    ARGUMENTS,
    ASIDES,
    INTENTS,
    RARER_REFUSALS,
    REFUSALS,
    TEXTS,
    courteous_sentences,
    list_words,
    refusing_sentences,
)
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
GRAMMAR = Grammar(list_intents())
CONVERSATION = Conversation(GRAMMAR, services_by_key())
CODE = "123456786"
STRIDE = 11 if EFFORT == 1 else 1
"""Stride through the sentences that are tried: every so manieth. Eleven divides no number of refusals or courtesies, so
each of them is tried, and only not with each of the others."""


def does(text: str) -> str | None:
    """Return the intent that a text carries out without a question, at the beginning of a conversation; None: none."""
    step = CONVERSATION.read_text(Dialogue(), text, NOW)
    return step.frame.intent if isinstance(step, Perform) else "opt_out" if isinstance(step, OptOut) else None


@each_row("intent", INTENTS)
def test_no_word_of_any_command_acts_in_a_refusal(intent: Intent) -> None:
    """Every word with every negation; every negation of the first word with every courtesy."""
    sentences = [text for word in list_words(intent) for text in refusing_sentences(intent, word, CODE)]
    for refusals in (REFUSALS, RARER_REFUSALS):
        refusing = refusing_sentences(intent, intent.certain_words[0], CODE, refusals)
        sentences += [text for one in refusing for text in courteous_sentences(one)]
    assert [text for text in dict.fromkeys(sentences[::STRIDE]) if does(text)] == []
    assert len(sentences) > 300


@pytest.mark.parametrize("intent", [one for one in INTENTS if one.is_binding], ids=lambda one: one.name)
def test_what_is_asked_about_quoted_or_told_is_not_done(intent: Intent) -> None:
    said = [form for word in list_words(intent) for form in (f"{word} {CODE}", f"{CODE} رو {word} کنید", word)]
    asides = [aside.format(said=one) for one in said for aside in ASIDES]
    asides += [text for one in asides[: 2 * len(ASIDES)] for text in courteous_sentences(one)]
    assert [text for text in asides[::STRIDE] if does(text) in {"cancel", "confirm", "deny", "opt_out"}] == []


@each_row("intent", INTENTS)
def test_every_command_is_plain_with_courtesies_alone(intent: Intent) -> None:
    said = f"{intent.certain_words[0]} {ARGUMENTS[intent.name].format(code=CODE)} {TEXTS.get(intent.name, '')}".strip()
    for text in courteous_sentences(said):
        parsed = GRAMMAR.parse_message(text, NOW)
        if intent.rest_slot and parsed.intent == intent.name:
            continue  # a courtesy behind a text is part of it
        assert (parsed.intent, parsed.mood) == (intent.name, Mood.PLAIN), text


@each_row(
    ("text", "mood"),
    [
        (f"لغو {CODE}", Mood.PLAIN),
        (f"لطفا درخواست {CODE} لغو شود", Mood.PLAIN),
        (f"{CODE} لغو", Mood.PLAIN),
        (f"laghv {CODE} konid", Mood.PLAIN),
        (f"لغو {CODE} شود؟", Mood.QUESTION),
        (f"لغو کنم {CODE}?", Mood.QUESTION),
        (f"«لغو {CODE}»", Mood.QUOTED),
        (f'"لغو {CODE}"', Mood.QUOTED),
        (f"لغو {CODE} شد.", Mood.UNCLEAR),
        (f"درخواست {CODE} لغو شد.", Mood.PLAIN),  # told, as our own texts do: the request is followed
        (f"لغو {CODE} چون باران آمد", Mood.UNCLEAR),
        (f"لغو {CODE} یا نه", Mood.UNCLEAR),
        (f"لغو {CODE} 987654320", Mood.UNCLEAR),
        (f"لغو {CODE} چون نمی‌توانم بیایم", Mood.UNCLEAR),
        (f"لفو {CODE}", Mood.DOUBTFUL),
        (f"پشیمان شدم {CODE}", Mood.DOUBTFUL),
        ("پشیمون شدم", Mood.DOUBTFUL),
        (f"تایید شد {CODE}", Mood.DOUBTFUL),
        (f"رد شد {CODE}", Mood.DOUBTFUL),
        (f"تایید {CODE} مشکلی نیست", Mood.UNCLEAR),
        (f"پاسخ {CODE} ندارم", Mood.UNCLEAR),
        (f"پاسخ {CODE} برق ندارد", Mood.PLAIN),
        (f"نظر {CODE} خوب نبود", Mood.UNCLEAR),
        ("تخلف تاکسی ۱۱۴ سوار نکرد", Mood.UNCLEAR),
        ("تخلف تاکسی ۱۱۴ چرا سیگار می‌کشد؟ خوب نیست", Mood.UNCLEAR),
        ("تخلف تاکسی ۱۱۴ ثبت شده؟", Mood.QUESTION),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام دارید؟", Mood.QUESTION),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام", Mood.PLAIN),
        (f"پیگیری {CODE}؟", Mood.PLAIN),
    ],
)
def test_how_a_command_is_said(text: str, mood: Mood) -> None:
    parsed = GRAMMAR.parse_message(text, NOW)
    assert (parsed.intent != UNKNOWN_INTENT, parsed.mood) == (True, mood)


@each_row(
    ("text", "refused"),
    [
        (f"لطفا لغو نکنید {CODE}", "cancel"),
        (f"لغونکنید {CODE}", ""),
        (f"ردنمیکنم {CODE}", ""),
        (f"رد نمی‌کنم {CODE}", "deny"),
        ("انصراف نمی‌دهم", "exit"),
        ("ماشین نمی‌خوام", "machinery"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام نمی‌خواهم", "machinery"),
        ("شکایت از تاکسی ۱۱۴ ندارم", "taxi_violation"),
        ("لغو ۱۱ نکنید", "opt_out"),
        ("نمی‌خوام دیگه", ""),
    ],
)
def test_what_is_refused_calls_nothing(text: str, refused: str) -> None:
    parsed = GRAMMAR.parse_message(text, NOW)
    assert (parsed.intent, parsed.refused_intent) == (UNKNOWN_INTENT, refused)
    assert "cancel" not in parsed.suggested_intents
    assert "deny" not in parsed.suggested_intents


@pytest.mark.parametrize(
    "text",
    ["لغو ۱۱ دیگه پیام ندین", "laghv11", "Laghv 11", "laghve11", "لغو11 لطفا پیامک نفرستید", "لغو ۱۱ ممنون", "لغو:۱۱"],
)
def test_opting_out_in_other_words(text: str) -> None:
    parsed = GRAMMAR.parse_message(text, NOW)
    assert (parsed.intent, parsed.mood) == ("opt_out", Mood.PLAIN)


@each_row(
    ("text", "meant"),
    [
        *((text, True) for text in ("1", "۱.", "بله", "بله لطفا", "آره", "۱ بله", "یک", "تایید می‌کنم", "باشه", "ok")),
        *((text, False) for text in ("2", "نه", "نه مرسی", "خیر", "نه نمی‌خوام", "نمی‌خواهم", "نکنید", "دو", "na", "رد")),
        *((text, None) for text in ("بله؟", "بله نکنید", "نه بله", "شاید", "بله آدرس اشتباه است", "3", "", "نه غلطه")),
    ],
)
def test_yes_or_no(text: str, *, meant: bool | None) -> None:
    assert read_yes_or_no(text) is meant
