"""Channel for a person's notices: by SMS, in a messenger's chat that proved the mobile, or where each request came
from.

The bots and the portal ask and take it by the same action.
"""

from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.actions.messages.notify import SMS_CHANNEL
from domain.chats.ports import ChatRepository
from domain.repositories import LineRepositories
from domain.values.errors import UnknownKind
from domain.values.reasons import UnknownKindReason
from domain.values.text import tidy_text

EACH_CHANNEL = "each"
"""Stands for no choice: notices of a request go where it came from."""


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """Choices of channel for a person, and the one chosen."""

    channels: tuple[str, ...]
    """SMS, and the messengers in which an active chat has proved the mobile."""
    chosen: str
    """One of them, or `EACH_CHANNEL`; also a messenger whose chat is gone: SMS is used then."""


async def find_notice_choice(chats: ChatRepository, mobile: str) -> NoticeChoice:
    """Return the choice of the person with this mobile (+989…)."""
    addresses = await chats.list_addresses(mobile, None)
    linked_channels = dict.fromkeys(address.channel for address in addresses)
    return NoticeChoice((SMS_CHANNEL, *linked_channels), await chats.find_chosen_channel(mobile) or EACH_CHANNEL)


async def choose_notice_channel(context: ActionContext[LineRepositories], mobile: str, channel: str) -> None:
    """Send the notices of a person where these want them from now on; `UnknownKind("channel")` for what they cannot
    choose.
    """
    choice = await find_notice_choice(context.uow.chats, mobile)
    if channel not in {*choice.channels, EACH_CHANNEL}:
        raise UnknownKind("channel", UnknownKindReason.CHOICE, given=tidy_text(channel)[:30])
    chosen_channel = None if channel == EACH_CHANNEL else channel
    await context.uow.chats.save_chosen_channel(mobile, chosen_channel, context.dependencies.clock.now())
