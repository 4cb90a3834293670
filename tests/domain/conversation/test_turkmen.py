"""Turkmen messages, in Latin and in Arabic letters: what they want, what they refuse; Persian stays Persian."""

import json
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from domain.conversation.dialogue.yes_no import read_yes_or_no
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.conversation.reading.sentences import Mood
from domain.parsing.answers import read_date, read_hours, read_number, read_start_hour
from domain.parsing.tokens import TokenStream
from domain.services import SERVICES, list_intents

DATA = Path(__file__).parents[2] / "data"
NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
GRAMMAR = Grammar(list_intents(SERVICES))
CODE = "123456786"


def parse(text: str) -> ParsedMessage:
    return understand_message(GRAMMAR, text, NOW)


def read_samples(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def test_turkmen_messages_are_understood_in_both_scripts() -> None:
    samples = read_samples("turkmen-messages.jsonl")
    wrong = [str(sample["text"]) for sample in samples if read_result(str(sample["text"])) != sample]
    assert len(samples) >= 150
    assert len(wrong) <= len(samples) * 0.05, "\n".join(wrong)


def read_result(text: str) -> dict[str, object]:
    message = parse(text).as_json()
    return {"text": text, "intent": message["intent"], "slots": message["slots"]}


@pytest.mark.parametrize("name", ["sms-samples.jsonl", "sms-more.jsonl"])
def test_no_persian_or_english_message_is_read_as_turkmen(name: str) -> None:
    texts = [str(sample["text"]) for sample in read_samples(name)]
    assert [text for text in texts if TokenStream(text).is_turkmen] == []


GREETINGS = ("", "salam, ", "Salawmaleýkim hormatly ýoldaş ", "haýyş edýärin ", "سالام ")
THANKS = ("", " sag boluň", ", haýyş edýärin", " ساغ بول")
REFUSALS = (
    *(f"{{}} {verb}" for verb in ("etmäň", "etmän", "etme", "edilmesin", "etmesin", "edäýmäň", "etmeli däl")),
    *(f"{{}} {verb}" for verb in ("islämok", "islemeýärin", "islemeýäris", "isleman", "gerek däl", "gerek dal")),
    *(f"{{}} {verb}" for verb in ("gerek ýok", "gerekmejek", "däl", "etmek islämok", "etmek islemeýärin")),
    *(f"{{}} {verb}" for verb in ("اتمأنگ", "گرک دأل", "گرک دال", "ایسله‌مه‌یأرین")),
)
BINDING_COMMANDS = ("goýbolsun", "goybolsun", "قویبولسون", "tassyk", "ret", f"{CODE} goýbolsun", f"goýbolsun {CODE}")
FORM_COMMANDS = ("maşyn", "loder", "dynç", "dync almak", "kran", "دینچ", "لودر", "rugsat")
NEGATED_VERBS = ("ýatyrmaň", "ýatyrma", "yatyrman", "ýatyrmasyn", "ýatyrylmasyn", "ýatyrmak islämok", "یاتیرمانگ")


def list_refusing_texts() -> list[str]:
    commands = [refusal.format(command) for refusal in REFUSALS for command in (*BINDING_COMMANDS, *FORM_COMMANDS)]
    verbs = [text for verb in NEGATED_VERBS for text in (verb, f"{verb} {CODE}", f"{CODE} {verb}", f"arzamy {verb}")]
    return [f"{greeting}{text}{thanks}" for greeting, text, thanks in product(GREETINGS, commands + verbs, THANKS)]


def test_nothing_is_done_that_is_refused_in_turkmen() -> None:
    done = []
    for text in list_refusing_texts():
        message = parse(text)
        is_binding = GRAMMAR.is_binding(message.intent)
        if message.intent in {"machinery", "taxi_leave", "expert", "opt_out"} or (
            is_binding and message.mood is Mood.PLAIN
        ):
            done.append(f"{text}: {message.intent} {message.mood}")
    assert done == []


@pytest.mark.parametrize(
    "text",
    [
        f"{CODE} goýbolsun etsem bolýarmy?",
        f"goýbolsun diýdiler {CODE}",
        f"goňşym {CODE} ýatyryň diýdi",
        f"nädip ýatyrmaly {CODE}",
    ],
)
def test_what_is_asked_or_quoted_in_turkmen_is_not_said_plainly(text: str) -> None:
    message = parse(text)
    assert not (GRAMMAR.is_binding(message.intent) and message.mood is Mood.PLAIN)


def test_necessity_and_infinitive_are_no_negation() -> None:
    assert parse(f"tölemeli {CODE}").intent == "pay"
    assert parse("dynç almak isleýärin").intent == "taxi_leave"
    assert parse("dynç almaly").intent == "taxi_leave"


def test_what_is_needed_calls_its_service_and_is_shown_before_it_is_done() -> None:
    message = parse("loder gerek ertir sagat 8-de 4 sagat Gümişan obasynda")
    assert (message.intent, message.mood) == ("machinery", Mood.UNCLEAR)
    assert message.slots["place"] == "Gümişan obasynda"


@pytest.mark.parametrize(
    ("text", "hour"),
    [("sagat sekiz ýarymda", "08:30"), ("irden ýedide", "07:00"), ("agşam 6-da", "18:00"), ("ساغات سکیز", "08:00")],
)
def test_hours_that_are_asked_for(text: str, hour: str) -> None:
    assert f"{read_start_hour(text):%H:%M}" == hour


def test_days_lengths_and_numbers_that_are_asked_for() -> None:
    days = [str(read_date(text, NOW)) for text in ("ertir", "birigün", "anna güni", "azeriň 15-i", "ارتیر")]
    assert days == ["2026-11-25", "2026-11-26", "2026-11-27", "2026-12-06", "2026-11-25"]
    assert [read_hours(text) for text in ("dört sagat", "iki ýarym sagat", "اوچ ساغات")] == [4, 2.5, 3]
    assert [read_number(text) for text in ("üç", "on iki", "ýigrimi bäş", "بیر", "bäş")] == [3, 12, 25, 1, 5]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("hawa", True), ("هاوا", True), ("razy", None), ("men razy", True), ("ýok", False), ("یوق", False)],
)
def test_yes_and_no(text: str, *, meaning: bool | None) -> None:
    assert read_yes_or_no(text) is meaning
