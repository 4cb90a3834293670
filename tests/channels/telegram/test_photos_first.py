"""Voices, places and photos that come first, through the messengers' own protocol: each is answered and leads on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from tests.channels.telegram.running_bot import Bot
from tests.fakes.bot_people import Person
from tests.support.municipality import Municipality, StandingClock, build_desk, municipality
from tests.support.scenarios.expert_unit import PHOTO


@pytest.fixture
async def town(database: Path) -> AsyncIterator[Municipality]:
    """A municipality whose experts take papers."""
    clock = StandingClock()
    services = (MACHINERY_WORK, EXPERT_OPINION)
    async with municipality(database, build_desk(clock, services=services), clock) as opened:
        yield opened


@pytest.fixture
async def reza_linked(bot: Bot, reza: Person) -> Person:
    """A person whose chat has proved a mobile, and who heard the greeting."""
    async with bot.polling():
        reza.starts()
        reza.shares_contact()
        await reza.hears("یکی از گزینه‌ها")
    return reza


async def test_a_voice_is_told_what_would_be_heard(bot: Bot, reza_linked: Person) -> None:
    async with bot.polling():
        reza_linked.sends("voice")
        await reza_linked.hears("هنوز نمی‌توانیم به صدا گوش دهیم")


async def test_photos_of_an_album_that_come_first_are_one_question(bot: Bot, reza_linked: Person) -> None:
    async with bot.polling():
        reza_linked.sends_album(PHOTO, PHOTO + b"x")
        await reza_linked.hears("این عکس برای چیست؟")
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "both photos")
    assert [one.key for one in await bot.outbox()].count("chat.file_first") == 1


async def test_a_caption_begins_what_it_wants(bot: Bot, reza_linked: Person) -> None:
    async with bot.polling():
        reza_linked.sends_photo(PHOTO, "کارشناس بیاد خونه‌مون رو ببینه")
        await reza_linked.hears("نگه داشته شد")


async def test_a_place_is_that_of_the_order_that_follows(bot: Bot, reza_linked: Person) -> None:
    async with bot.polling():
        reza_linked.shares_location(37.07123, 54.07456)
        await reza_linked.hears("این جا برای چیست؟")
        reza_linked.says("ماشین لودر ۴ ساعت فردا ساعت ۸")
        await reza_linked.hears("mlat=37.07123")
