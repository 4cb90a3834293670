"""Requests kept and ended in one text; who forbids an end is never asked for one."""

from datetime import datetime
from itertools import product

import pytest

from domain.conversation.reading.endings import read_ending_parts
from domain.conversation.reading.guessing import understand_message
from tests.support.conversation_line import CODE, GRAMMAR
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
OTHER_CODE = "987654320"

KEEPING = ("رو نگه دارید", "نگهش دارید", "بمونه", "سر جاش باشه", "رو لغو نکنید", "لازمه", "رو دست نزنید", "bemoone")
ENDING = ("رو لغو کنید", "لغو بشه", "لغو", "رو کنسل کنین", "کنسله", "باطل بشه", "رو حذف کنید", "laghv konid")
FORBIDDING = (
    "کسی حق نداره {} رو {} کنه", "حق ندارید {} رو {} کنید", "هیچکس اجازه نداره {} رو {} کنه", "نذارید {} {} بشه",
    "نباید {} {} بشه", "{} قرار نبود {} بشه", "کی گفت {} رو {} کنید", "من نگفتم {} رو {} کنید",
    "مگه من گفتم {} {} کنید", "چرا {} رو {} کردید", "مواظب باشید {} {} نشه", "{} {} نکنید لطفا",
    "نمی‌تونید {} رو {} کنید",
    "اگه {} رو {} کنید شکایت میکنم", "kasi hagh nadare {} ro {} kone",
)  # fmt: skip
NO_MESSAGES = (
    "maňa mundan beýläk habar ibermäň", "sms ibermäň indi", "ýatyryň sms ibermäň", "indi habar gerek däl",
    "maňa sms ugratmaň", "دیگه پیامک نمیخوام لغو کنید", "لغو کنید دیگه خبر نفرستید",
)  # fmt: skip


@pytest.mark.parametrize("pair", [(CODE, OTHER_CODE), ("لودر", "گریدر"), ("بیل مکانیکی فردا", "لودر شنبه")])
def test_each_verb_has_what_is_named_before_it(pair: tuple[str, str]) -> None:
    kept, ended = pair
    for keep, end, link in product(KEEPING, ENDING, (" ", " و ", "، ", " ولی ")):
        for text in (f"{kept} {keep}{link}{ended} {end}", f"{ended} {end}{link}{kept} {keep}"):
            parts = read_ending_parts(text)
            assert (kept in parts.kept_text, ended in parts.kept_text) == (True, False), (text, parts)
            assert (ended in parts.ended_text, kept in parts.ended_text) == (True, False), (text, parts)


def test_what_is_kept_is_never_asked_about() -> None:
    for keep, end in product(KEEPING, ENDING):
        for text in (f"{CODE} {keep} {OTHER_CODE} {end}", f"{OTHER_CODE} {end} ولی {CODE} {keep}"):
            message = understand_message(GRAMMAR, text, NOW)
            assert message.slots.get("code") != CODE or message.intent != "cancel", text


@each_row("frame", FORBIDDING)
@each_row("word", ["لغو", "کنسل", "باطل", "حذف", "laghv"])
def test_who_forbids_an_end_is_offered_none(frame: str, word: str) -> None:
    for named in (CODE, "درخواست منو", "لودر"):
        message = understand_message(GRAMMAR, frame.format(named, word), NOW)
        assert message.intent != "cancel"
        assert "cancel" not in message.suggested_intents


@pytest.mark.parametrize("text", NO_MESSAGES)
def test_who_wants_no_messages_ends_no_request(text: str) -> None:
    message = understand_message(GRAMMAR, text, NOW)
    assert (message.intent != "cancel", "cancel" in message.suggested_intents) == (True, False)


@each_row("end", ENDING)
def test_a_plain_end_is_still_one(end: str) -> None:
    message = understand_message(GRAMMAR, f"{CODE} {end}", NOW)
    assert (message.intent, message.slots) == ("cancel", {"code": CODE})
