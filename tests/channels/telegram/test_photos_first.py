"""Voices, places and photos that come first, through the messengers' own protocol: each is answered and leads on."""

import pytest

from tests.channels.telegram.running_bot import Bot
from tests.fakes.bot_people import Person


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


async def test_a_place_is_that_of_the_order_that_follows(bot: Bot, reza_linked: Person) -> None:
    async with bot.polling():
        reza_linked.shares_location(37.07123, 54.07456)
        await reza_linked.hears("این جا برای چیست؟")
        reza_linked.says("ماشین لودر ۴ ساعت فردا ساعت ۸")
        await reza_linked.hears("mlat=37.07123")
