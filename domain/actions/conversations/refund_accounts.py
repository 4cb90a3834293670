"""The account that money goes back to, given in a conversation: asked once with its bank and the sum, then kept."""

from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.refunds.accounts import find_own_refunds, give_iban, refuse_iban
from domain.conversation.dialogue.frames import Frame
from domain.messages.catalogue import RenderedMessage
from domain.values.ibans import Iban
from domain.values.text import group_digits, persian_digits


async def refuse_needless_iban(turn: TurnContext) -> RenderedMessage | None:
    """Return why no account is wanted of whoever speaks; None where one is."""
    own_refunds = await find_own_refunds(turn, turn.actor.identifier)
    if own_refunds.free_amount:
        return None
    if own_refunds.card_amount:
        return turn.render("sms.money.refund_card", refund=group_digits(own_refunds.card_amount))
    return turn.render_error(refuse_iban(own_refunds))


async def render_iban_question(turn: TurnContext, frame: Frame) -> RenderedMessage:
    """Word the question whether an account is right, with what will go to it."""
    own_refunds = await find_own_refunds(turn, turn.actor.identifier)
    return _render_account(turn, "sms.offer.iban", frame.slots["iban"], own_refunds.free_amount)


async def keep_iban(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Keep an account that its citizen has said yes to."""
    iban = Iban(slots["iban"])
    amount = await give_iban(turn, turn.actor.identifier, iban)
    return _render_account(turn, "sms.iban_kept", iban, amount)


def _render_account(turn: TurnContext, text_key: str, iban_text: str, amount: int) -> RenderedMessage:
    iban = Iban(iban_text)
    facts = {"bank": turn.text_of(iban.text_key), "iban_end": persian_digits(iban.last_digits)}
    return turn.render(text_key, refund=group_digits(amount), **facts)
