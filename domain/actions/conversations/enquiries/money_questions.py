"""Questions about money: instalments, a discount, until when a bill is to be paid, when money comes back."""

from domain.actions.bills.own_bills import list_payable_own_bills
from domain.actions.bills.subjects import render_purpose
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.refunds.accounts import find_own_refunds
from domain.conversation.dialogue.asking import MOST_WORDS_OF_A_QUESTION
from domain.conversation.reading.account_numbers import IBAN_INTENT
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.messages.catalogue import RenderedMessage
from domain.parsing.tokens import Phrases, TokenStream
from domain.parsing.word_lists import words_of
from domain.values.text import group_digits, persian_digits

MONEY_INTENT = "money"
"""The intent of such a question."""

_SUBJECTS: Phrases[str] = Phrases(
    {
        "instalments": words_of("intents.asking_for_instalments"),
        "discount": words_of("intents.asking_for_discount"),
        "deadline": words_of("intents.asking_for_time_to_pay"),
        "refund": words_of("intents.asking_for_refund") + words_of("intents.asking_for_arrival"),
        "no_account": words_of("intents.having_no_account"),
    }
)
_SUBJECTS_OF_BILLS = frozenset({"instalments", "discount", "deadline"})
_INTENTS_OF_MONEY = frozenset({UNKNOWN_INTENT, "pay", "track", IBAN_INTENT})
"""Intents that a question about money may be taken for by its words."""


async def answer_money_question(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the reply to a question about money, where no form waits but that for an account; None for any other
    text.
    """
    stream = TokenStream(text)
    subject = next((match[1] for match in _SUBJECTS.find_in(stream)), None)
    is_form_open = any(frame.intent != IBAN_INTENT for frame in turn.dialogue.frames)
    if subject is None or is_form_open or not await _is_question(turn, stream, subject):
        return None
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    if message.intent not in _INTENTS_OF_MONEY or message.slots:
        return None
    reply = await _answer_subject(turn, subject, is_called=message.intent != UNKNOWN_INTENT)
    if reply is not None:
        turn.intent = MONEY_INTENT
    return reply


async def _is_question(turn: TurnContext, stream: TokenStream, subject: str) -> bool:
    """Return whether a text asks: a longer one tells of something, unless there is a bill that it may be about."""
    is_short = stream.read.word_count <= MOST_WORDS_OF_A_QUESTION
    return is_short or (
        subject in _SUBJECTS_OF_BILLS and bool(await list_payable_own_bills(turn, turn.actor.identifier))
    )


async def _answer_subject(turn: TurnContext, subject: str, *, is_called: bool) -> RenderedMessage | None:
    """Return the reply to a question; None where nothing of it is known and the text calls something besides."""
    if subject == "deadline":
        return await _describe_deadline(turn)
    if subject == "refund":
        return await _describe_refund(turn) or (None if is_called else turn.render("sms.money.refund_none"))
    return turn.render(f"sms.money.{subject}")


async def _describe_deadline(turn: TurnContext) -> RenderedMessage:
    """Return until when the own bill that runs out first is to be paid."""
    bills = await list_payable_own_bills(turn, turn.actor.identifier)
    if not bills:
        return turn.render("sms.none_to.pay")
    deadlines = [(bill.deadline, bill) for bill in bills if bill.deadline]
    if not deadlines:
        return turn.render("sms.money.deadline")
    deadline, bill = min(deadlines, key=lambda dated: dated[0])
    return turn.render(
        "sms.money.deadline_over" if deadline <= turn.sent_at else "sms.money.deadline_of",
        service=await render_purpose(turn, bill),
        amount=group_digits(bill.amount),
        deadline=turn.dependencies.wording.render_fact(None, "deadline", deadline),
    )


async def _describe_refund(turn: TurnContext) -> RenderedMessage | None:
    """Return what comes next of the money that goes back to a line; None where none does."""
    refunds = await find_own_refunds(turn, turn.actor.identifier)
    amounts = {
        "sms.money.refund_wanted": refunds.unnamed_amount,
        "sms.money.refund_waits": refunds.free_amount - refunds.unnamed_amount,
        "sms.money.refund_card": refunds.card_amount,
        "sms.money.refund_sent": refunds.sent_amount,
    }
    key = next((key for key, amount in amounts.items() if amount), None)
    if key is None:
        return None
    days = persian_digits(turn.dependencies.policy.settlement_banking_days)
    return turn.render(key, refund=group_digits(amounts[key]), count=days)
