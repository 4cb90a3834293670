"""The status card of an open request: one message in the chat that it came by, pinned, and changed at each step.

It comes beside the notices, without a sound (`notify.py` queues it). It is found again among the messages that were
sent: where the person has deleted it, or the messenger changes it no more, the next step sends a new one.
"""

from domain.chats.chat import PINNING_MESSENGERS, ChatAddress
from domain.chats.ports import ChatRepository
from domain.messages.keyboards import CardState
from domain.messages.ports import OutboxRepository
from domain.messages.records import OutboxMessage
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store

CARD_KEY = "chat.card"
"""The key of a card in the outbox: its words are those of the request's state, under a heading."""


async def find_card_chat(chats: ChatRepository, request: ServiceRequest) -> ChatAddress | None:
    """Return the chat that has the card of a request: the one it came by, where that messenger pins messages, unless
    its citizen wants notices elsewhere.
    """
    if request.channel not in PINNING_MESSENGERS or request.mobile is None:
        return None
    return next(
        (
            chat
            for chat in await chats.list_addresses(request.mobile, request.id)
            if chat.channel == request.channel and chat.chosen_channel in {None, request.channel}
        ),
        None,
    )


async def find_card_state(outbox: OutboxRepository, chat: ChatAddress, request: ServiceRequest) -> CardState | None:
    """Return what a card is that tells of a request now; None where there is nothing to be told: it has ended, and
    never had a card.
    """
    if not request.phase.is_final:
        return CardState.OPEN
    return CardState.ENDED if await _list_cards(outbox, chat.chat_id, request.id) else None


async def find_sent_card(store: Store, card: OutboxMessage) -> str:
    """Return the messenger's number of the card that was sent before this one into the same chat; empty: there is
    none.
    """
    if card.request_id is None:
        return ""
    async with store.open_unit(write=False) as uow:
        sent_cards = await _list_cards(uow.outbox, card.recipient, card.request_id)
    return next((sent.sent_number for sent in sent_cards if sent.id != card.id and sent.sent_number), "")


async def _list_cards(outbox: OutboxRepository, chat_id: str, request_id: int) -> list[OutboxMessage]:
    """Return the cards of a request, newest first."""
    messages = await outbox.list_recent(recipient=chat_id, request_id=request_id)
    return [message for message in messages if message.key == CARD_KEY]
