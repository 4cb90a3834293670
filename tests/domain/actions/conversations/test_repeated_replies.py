"""No reply comes twice running in the same words: the second says more, the third offers a person or a way out."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from domain.chats.chat import TextWritten
from domain.values.text import close_up_codes
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.taxi_organisation import TaxiOrganisation

FORMS = {
    "machinery": ("ماشین", "لودر", "۴", "فردا", "ساعت ۸"),
    "expert": ("کارشناسی", "آنه محمدی", "0499370899"),
    "call_back": ("تماس",),
    "taxi_report": ("شکایت", "۱۲ت۳۴۵-۵۹"),
    "taxi_leave": ("مرخصی",),
}
"""Texts that lead from one question of a form to the next."""
ANSWERS = {
    "not known": ("نمی‌دانم", "نمیدونم", "نمی‌دانم والا", "نمی‌دانم"),
    "a question": ("کی میاید؟", "چقدر میشه؟", "کی میاید؟", "کی میاید؟"),
    "anger": ("این چه وضعشه", "خسته شدم از دستتون", "این چه وضعشه", "این چه وضعشه"),
    "something else": ("هوا ابریه", "گربه‌ام سفیده", "هوا ابریه", "هوا ابریه"),
    "nothing": ("ندارم", "ندارم", "ندارم", "ندارم"),
}
"""Texts that come instead of an answer, again and again."""
PROMPTS = [(form, count) for form, texts in FORMS.items() for count in range(1, len(texts) + 1)]


def list_repeated(replies: Sequence[str]) -> list[str]:
    """Return the replies that came twice running; silence is none."""
    said = [close_up_codes(reply) for reply in replies if reply]
    return [one for one, other in pairwise(said) if one == other]


@pytest.mark.parametrize("kind", ANSWERS)
async def test_no_question_is_asked_twice_running_in_the_same_words(taxis: TaxiOrganisation, kind: str) -> None:
    for form, count in PROMPTS:
        replies = [(await taxis.town.say(CITIZEN, text)).text for text in (*FORMS[form][:count], *ANSWERS[kind])]
        assert list_repeated(replies) == [], (form, count)
        await taxis.town.says("انصراف")
        taxis.town.advance(hours=1)


@pytest.mark.parametrize("kind", ANSWERS)
async def test_nor_in_a_chat(taxis: TaxiOrganisation, kind: str) -> None:
    person = await Person(taxis.town, mobile=CITIZEN).linked()
    for form, count in PROMPTS:
        replies: list[str] = []
        for text in (*FORMS[form][:count], *ANSWERS[kind]):
            await person.does(TextWritten(text))
            replies += [heard.text for heard in await person.hears()]
        assert list_repeated(replies) == [], (form, count)
        await person.does(TextWritten("انصراف"))
        taxis.town.advance(hours=1)


@pytest.mark.parametrize("text", ["ژژخخ پپگگ قفس", "بله", "لودر نمی‌خواهم", "لغو", "کارم چی شد", "قبض", "تغییر", "۵۵۵"])
async def test_nothing_is_said_twice_running_where_nothing_is_asked(taxis: TaxiOrganisation, text: str) -> None:
    assert list_repeated([(await taxis.town.say(CITIZEN, text)).text for _ in range(5)]) == []


async def test_who_is_not_understood_three_times_is_called_by_one_word(taxis: TaxiOrganisation) -> None:
    heard = await taxis.town.says("ژژخخ پپگگ قفس", "قلمدان", "سبد")
    assert heard.key == "sms.call_offer"
    assert (await taxis.town.say(CITIZEN, "بله")).key == "services.call_back.notices.submit"


async def test_a_status_that_is_asked_again_is_told_with_more(town: Municipality) -> None:
    await town.order()
    first, second = [(await town.say(CITIZEN, "کارم چی شد")).text for _ in range(2)]
    assert (second.startswith(first), second == first) == (True, False)
