"""A group is answered once, that the bot works in private chats; nothing that is said there is kept."""

from tests.channels.telegram.running_bot import Bot, serve_webhook
from tests.fakes.bot_people import Person


async def test_a_group_is_answered_once_and_nothing_of_it_is_kept(bot: Bot, reza: Person) -> None:
    async with serve_webhook(bot):
        reza.starts()
        for text in ("ماشین لودر", "سلام", "/start"):
            reza.says_in_group(text)
        await bot.messenger.until(lambda: not bot.messenger.updates.pending, "the confirmation")
    assert [(one.recipient, one.key) for one in await bot.outbox() if one.recipient.startswith("-")] == [
        ("-100200", "chat.group")
    ]
    assert bot.town.rows("SELECT count(*) FROM inbox WHERE sender LIKE '-%'") == [(0,)]


async def test_each_group_is_answered(bot: Bot, reza: Person) -> None:
    async with bot.polling():
        reza.says_in_group("سلام", -100_300)
        reza.says_in_group("سلام", -100_400)
        await bot.messenger.until(
            lambda: all(bot.messenger.of(group) for group in (-100_300, -100_400)), "both answers"
        )
