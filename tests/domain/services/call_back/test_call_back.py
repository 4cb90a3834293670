"""Being called back: asked for in any words, one at a time, called within a day, called again, and given up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.services.call_back.declaration import CALL_BACK
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from domain.values.errors import AlreadyDone
from domain.values.text import ascii_digits
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk, municipality

NOTICES = "services.call_back.notices"


@pytest.fixture
async def town(database: Path) -> AsyncIterator[Municipality]:
    """A municipality that calls back."""
    clock = StandingClock()
    async with municipality(database, build_desk(clock, services=(MACHINERY_WORK, CALL_BACK)), clock) as opened:
        await opened.furnish()
        yield opened


async def test_it_is_asked_for_once_and_kept_until_somebody_calls(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "سلام میخواستم با مسئولش صحبت کنم در مورد قبضم")
    assert heard.key == f"{NOTICES}.submit"
    assert "تا چهارشنبه ۴ آذر ساعت ۱۰ با شماره" in heard.text
    request = await town.request(heard.code)
    assert (request.fields["about"], request.turn) == ("در مورد قبضم", "secretariat")
    again = await town.say(CITIZEN, "تماس بگیرید")
    assert (again.codes, "تا چهارشنبه ۴ آذر ساعت ۱۰" in again.text) == ([heard.code], True)
    await town.do(heard.code, "call", Role.SECRETARIAT, note="قبضش توضیح داده شد")
    assert (await town.request(heard.code)).state == "called"
    assert (await town.say(CITIZEN, "تماس بگیرید")).key == f"{NOTICES}.submit"


async def test_who_is_not_reached_is_called_again_and_may_end_it(town: Municipality) -> None:
    code = (await town.say(CITIZEN, "زنگ بزنید")).code
    town.advance(hours=2)
    await town.do(code, "miss", Role.SECRETARIAT)
    await town.do(code, "miss", Role.SECRETARIAT)
    assert (await town.request(code)).data["tries"] == 2
    assert (await town.sent())[-1].text.startswith("شهرداری گمیشان\nزنگ زدیم و پاسخ ندادید")
    asked = await town.say(CITIZEN, "تماس نگیرید لطفا")
    assert (asked.key, asked.codes) == ("sms.offer.cancel", [code])
    assert (await town.say(CITIZEN, "بله")).key == f"{NOTICES}.withdraw"
    with pytest.raises(AlreadyDone):
        await town.do(code, "withdraw", actor(Role.CITIZEN))


async def test_a_form_waits_while_somebody_asks_for_a_person(town: Municipality) -> None:
    asked = await town.says("ماشین لودر فردا ساعت ۸ خیابان امام")
    heard = await town.say(CITIZEN, "بلد نیستم میخوام با یه نفر حرف بزنم")
    assert heard.key == f"{NOTICES}.submit"
    assert heard.text.endswith(asked.text)


async def test_in_a_chat_it_is_a_button(town: Municipality) -> None:
    person = Person(town)
    await person.shares()
    await person.starts()
    [reply] = await person.presses("تماس با من")
    assert reply.key == f"{NOTICES}.submit"


async def test_who_writes_latin_letters_is_answered_in_them(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "zang bezanid lotfan")
    assert heard.text.startswith("Darkhast tamas sabt shod")
    assert "Ta Chaharshanbe 4 Azar saat 10 be 09121234567" in heard.text


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("شماره من عوض شده به 09351112222 زنگ بزنید", "09351112222"),
        ("تماس بگیرید با ۰۹۳۵ ۱۱۱ ۲۲۲۲".replace(" ۱۱۱ ", "۱۱۱"), "09351112222"),
        ("زنگ بزنید به 01735221234 درباره قبض", "01735221234"),
        ("زنگ بزنید", "09121234567"),
    ],
)
async def test_the_number_that_is_said_is_called(town: Municipality, text: str, called: str) -> None:
    """The citizen reads which number is called, and the secretariat sees the same one."""
    heard = await town.say(CITIZEN, text)
    assert heard.key == f"{NOTICES}.submit"
    assert f"با شماره {called} زنگ می‌زنیم" in ascii_digits(heard.text).translate({0x200E: None, 0x200F: None})
    assert (await town.request(heard.code)).data["called"] == called
    again = await town.say(CITIZEN, "تماس بگیرید")
    assert called in ascii_digits(again.text)


@pytest.mark.parametrize("person", ["پسرم", "همسایه‌ام", "خانمم", "برادرم", "مادرم"])
@pytest.mark.parametrize("number", ["تماس 09351112222", "09351112222", "۰۹۳۵۱۱۱۲۲۲۲"])
async def test_to_call_somebody_else_is_asked_before_it_is_promised(
    town: Municipality, person: str, number: str
) -> None:
    for text, called in ((f"با {person} تماس بگیرید", "09121234567"), (number, "09351112222")):
        asked = await town.say(CITIZEN, text)
        assert (asked.key, called in ascii_digits(asked.text)) == ("services.call_back.summary", True)
    heard = await town.say(CITIZEN, "بله")
    assert (await town.request(heard.code)).data["called"] == "09351112222"
