"""Groups that a bot was taken into: a desk works in private chats, which a group is notified of once.

Nothing that is said there is kept: it is other people's talk, and none of it was meant for the municipality.
"""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import Address, queue_reply
from domain.chats.chat import Chat, ChatState
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.unit_of_work import Store

GROUP_TEXT_KEY = "chat.group"


async def decline_group(dependencies: Dependencies, store: Store, channel: str, group_id: str) -> None:
    """Reply to a group that the bot works in private chats, unless it was replied to before; in a unit of its own."""
    async with store.open_unit(write=False) as uow:
        if await uow.chats.find(channel, group_id):
            return
    catalogue, now = dependencies.catalogue, dependencies.clock.now()
    part_budget = catalogue.part_budget(GROUP_TEXT_KEY)
    async with store.open_unit() as uow:
        await uow.serialise(f"{channel}:{group_id}")
        if await uow.chats.find(channel, group_id):
            return
        await uow.chats.save(Chat(channel, group_id, None, "", ChatState.ACTIVE, None, now))
        reply = RenderedMessage(GROUP_TEXT_KEY, MessageClass.REPLY, catalogue.text(GROUP_TEXT_KEY), part_budget)
        await queue_reply(ActionContext(dependencies, uow), Address(channel, group_id), reply)
