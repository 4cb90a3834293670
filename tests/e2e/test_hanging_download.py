"""A file that hangs at the messenger holds up its own chat, in order, and nobody else; over the real process."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.support.bot_office import BotOffice, Mode, bot_office
from tests.fakes.bot_api import Fault
from tests.fakes.bot_people import Person
from tests.support.patience import patient
from tests.support.scenarios.sample_files import take_photo

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

HANGS = 6.0
"""Seconds. What a messenger that hangs for longer does is the same, up to the half minute that a file may take."""
AT_ONCE = 3.0
"""Seconds in which anybody else is answered, on a busy machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["polling", "webhook"])
async def bots(request: pytest.FixtureRequest) -> AsyncIterator[BotOffice]:
    """An office with both bots."""
    mode: Mode = request.param
    async with bot_office("sqlite", mode) as opened:
        assert (await opened.office.run("migrate")).code == 0
        await opened.office.open()
        yield opened
        assert await opened.office.close() == 0


async def proved(bots: BotOffice, mobile: str) -> Person:
    """A person whose chat has proved a mobile."""
    person = Person(bots.telegram, "رضا", mobile)
    person.starts()
    person.shares_contact()
    await person.hears("یکی از گزینه‌ها")
    return person


async def test_a_hanging_file_holds_up_its_own_chat_alone(bots: BotOffice) -> None:
    reza, sara = await proved(bots, "989131000001"), await proved(bots, "989131000002")
    with bots.telegram.failing(Fault("slow", HANGS, method="file")):
        reza.sends_photo(take_photo())
        reza.says("راهنما")
        await bots.telegram.until(lambda: bool(bots.telegram.called("file")), "the download")
        begun = time.monotonic()
        for number in range(1, 4):
            asked = time.monotonic()
            press = sara.presses("پیگیری")
            await sara.hears("درخواستی ثبت نشده")
            await sara.told(press)
            assert time.monotonic() - asked < patient(AT_ONCE), number
            sara.starts()
            await sara.hears("یکی از گزینه‌ها")
        assert not [one for one in reza.messages if "یکی را بزنید" in one.text], "his text waits for his file"
        await reza.hears("این عکس برای چیست")
        assert time.monotonic() - begun > HANGS - AT_ONCE
        await reza.hears("یکی را بزنید")
