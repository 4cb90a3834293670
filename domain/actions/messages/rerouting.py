"""Messages that a messenger cannot bring: they go by SMS, once.

All of it happens in the unit that gives the message up in its own channel; that state is an end, so nothing is sent
by SMS twice. A message of unknown outcome is not given up here: it may have arrived. Only one that is sent again for
that reason, and is then refused or waits too long, may be read in both places.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.context import ActionContext
from domain.actions.messages.notify import build_outbox_message, sms_address
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.repositories import MessageRepositories


async def keep_undelivered(context: ActionContext, messages: Sequence[OutboxMessage]) -> None:
    """Leave it at that: there is no other way."""


async def record_blocked_chats(context: ActionContext[MessageRepositories], messages: Sequence[OutboxMessage]) -> None:
    """Remember the chats that blocked the bot or are gone, and send by SMS what was refused."""
    for message in messages:
        if message.state is MessageState.BLOCKED:
            await context.uow.chats.mark_blocked(message.channel, message.recipient, context.dependencies.clock.now())
    await reroute_to_sms(context, messages)


async def reroute_to_sms(context: ActionContext[MessageRepositories], messages: Sequence[OutboxMessage]) -> None:
    """Queue the same texts, in the words of SMS, for the mobiles of their chats; quiet hours and the text's own end
    hold as ever.
    """
    for message in messages:
        if message.mobile is not None and _is_useful_by_sms(message):
            text = ReplyMarkup.from_json(message.content).sms_text or message.text
            rendered_message = RenderedMessage(message.key, message.cls, text, request_id=message.request_id)
            outbox_message = build_outbox_message(context.dependencies, sms_address(message.mobile), rendered_message)
            await context.uow.outbox.add(replace(outbox_message, expires_at=message.expires_at))


def _is_useful_by_sms(message: OutboxMessage) -> bool:
    """Whether a text means something outside of its chat: a question with buttons does not, nor what came with a paper
    or is in the place of an earlier message; the reply to a step of a request does.
    """
    markup = ReplyMarkup.from_json(message.content)
    if markup.paper or markup.card or markup.replaced_message:
        return False
    return message.cls is not MessageClass.REPLY or message.request_id is not None
