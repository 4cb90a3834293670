"""Which message of ours asked what has just been answered: its buttons are over, and the messenger takes them away."""

from domain.messages.records import InboundMessage
from domain.unit_of_work import UnitOfWork


async def find_answered_message(uow: UnitOfWork, message: InboundMessage) -> str:
    """Return the messenger's number of the message that answered what this chat sent before `message`; empty where it
    is not known: there was none, or it has not left yet.
    """
    arrivals = await uow.inbox.list_last_from(message.channel, message.sender, 2)
    previous = next((arrival for arrival in arrivals if arrival.id != message.id), None)
    if previous is None or previous.reply_id is None:
        return ""
    return (await uow.outbox.get(previous.reply_id)).sent_number
