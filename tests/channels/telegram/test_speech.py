"""Texts read aloud: what the voices say, the note that messengers play, and that without one the text comes alone."""

import shutil
import subprocess
from dataclasses import replace

import pytest

from channels.telegram import speech
from domain.messages.keyboards import ReplyMarkup, SpokenText
from domain.messages.spoken_texts import write_for_speech
from domain.messages.translations import load_translation
from domain.values.languages import PERSIAN, Language, in_language
from tests.channels.telegram.running_bot import Bot
from tests.channels.telegram.test_carrier import queued
from tests.fakes.bot_people import Person
from tests.support.chat_person import Person as ChatPerson
from tests.support.chat_person import labels
from tests.support.municipality import ORDER, Municipality

TURKMEN = load_translation("tk").language
CODE = "\u200e617\u00a0234\u00a0567\u200f"
BILL_ID = "9999999900969"


def sounds(language: Language, text: str) -> str:
    """Return the phonemes that a voice says for a text, without stress, pauses, white space and shades of a vowel."""
    command = ("espeak-ng", "-q", "-x", "-v", language.voice, text)
    phonemes = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    return "".join(sign for sign in phonemes if sign not in " ',_!:;\n").lower()


def spoken(language: Language, text: str) -> str:
    with in_language(language):
        return write_for_speech(text)


@pytest.mark.parametrize("language", [PERSIAN, TURKMEN])
def test_codes_and_ids_are_said_digit_by_digit(language: Language) -> None:
    for text, digits in ((CODE, "617234567"), (BILL_ID, BILL_ID)):
        said = sounds(language, spoken(language, text))
        assert said == "".join(sounds(language, digit) for digit in digits)


@pytest.mark.parametrize(
    ("language", "amount", "parts"),
    [
        (PERSIAN, "۱٬۲۵۰٬۰۰۰ ریال", ("یک", "پنجاه", "هزار", "ریال")),
        (PERSIAN, "۹۹٬۹۹۹٬۰۰۰ ریال", ("نه", "هزار", "ریال")),
        (TURKMEN, "1 250 000 rial", ("bir", "iki", "elli", "müň", "rial")),
    ],
)
def test_amounts_are_one_number(language: Language, amount: str, parts: tuple[str, ...]) -> None:
    said = sounds(language, spoken(language, amount))
    assert [part for part in parts if sounds(language, part) not in said] == []
    naught = "صفر" if language is PERSIAN else "nol"
    assert sounds(language, naught) not in said


@pytest.mark.parametrize(
    ("language", "text", "read"),
    [
        (PERSIAN, "بازدید ۱۴۰۵/۰۹/۰۹ ۰۸:۰۰", "بازدید 9 آذر 1405 ساعت 8"),
        (PERSIAN, "دوشنبه ۹ آذر ساعت ۱۰:۳۰", "دوشنبه 9 آذر ساعت 10 و 30 دقیقه"),
        (TURKMEN, "barlag 1405/09/09 08:30", "barlag 9 Azer 1405 sagat 8 30 minut"),
    ],
)
def test_days_and_hours_are_said_as_people_say_them(language: Language, text: str, read: str) -> None:
    assert spoken(language, text) == read
    assert "slas" not in sounds(language, read)


async def test_a_text_to_be_read_comes_below_a_voice_note(bot: Bot, reza: Person) -> None:
    reza.starts()
    await queued(bot, reza, "درخواست ثبت شد", ReplyMarkup(spoken=SpokenText("درخواست ثبت شد", "fa")))
    await bot.deliver()
    note = reza.messages[-1]
    assert note.text == "درخواست ثبت شد"
    assert note.document is not None
    assert note.document.content.startswith(b"OggS")


async def test_without_the_programs_or_in_time_the_text_comes_alone(
    bot: Bot, reza: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reza.starts()
    shown = ReplyMarkup(spoken=SpokenText("سلام", "fa"))
    monkeypatch.setenv("PATH", "/nowhere")
    await queued(bot, reza, "بی برنامه", shown)
    await bot.deliver()
    monkeypatch.undo()
    assert shutil.which("espeak-ng")
    monkeypatch.setattr(speech, "SPEECH_SECONDS", 0.0)
    await queued(bot, reza, "بی زمان", shown)
    await bot.deliver()
    assert [(message.text, message.document) for message in reza.messages] == [("بی برنامه", None), ("بی زمان", None)]


async def test_who_asks_hears_the_state_of_a_request_where_voices_are_on(town: Municipality) -> None:
    person = await ChatPerson(town).linked()
    await person.says(ORDER)
    submitted = await person.says("بله")
    assert "بخوان" not in labels(submitted)
    assert "spoken" not in ((await person.says("بخوان")).content or {})
    policy = replace(town.desk.policy, voice_channels=frozenset({person.channel}))
    town.desk.engine = replace(town.desk.engine, policy=policy)
    asked = await person.says("بخوان")
    assert "بخوان" in labels(asked)
    read_text, voice = (asked.content or {})["spoken"]
    assert (voice, "درخواست" in read_text, "بررسی" in read_text) == ("fa", True, True)
