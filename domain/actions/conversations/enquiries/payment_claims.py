"""Payments of a citizen who says to have paid: whether it came, is asked of the bank, or was not seen yet, and what
happens next. It is never a bill with the link to pay it again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

from domain.actions.bills.merged_bills import find_payable
from domain.actions.bills.own_bills import find_last_paid_bill, list_expired_own_bills, list_payable_own_bills
from domain.actions.bills.payment_claims import open_claim
from domain.actions.bills.subjects import SUBJECTS, render_purpose
from domain.actions.conversations.enquiries.asides import (
    asks_own_words,
    offer_to_keep,
    tells_of_form,
    widen_for_question,
)
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.refunds.accounts import find_own_refunds
from domain.authorization.request_policy import is_citizen_of
from domain.bills.bill import Bill, BillState
from domain.bills.payment_claim import ClaimDetails, PaymentClaim
from domain.blocks.charging import list_request_bills
from domain.conversation.buttons.answers import ButtonVerb, verb_button
from domain.conversation.dialogue.asking import MOST_WORDS_OF_A_QUESTION
from domain.conversation.reading.endings import CANCEL_INTENT
from domain.conversation.reading.guessing import HELP_INTENT, understand_message
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.payment_claims import (
    asks_arrival,
    claims_payment,
    has_slip,
    is_short,
    names_slip,
    read_claim_details,
)
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import Button, ReplyMarkup
from domain.requests.request import Phase, RequestFilter
from domain.values.calendar import hour_text, spoken_day_text, to_tehran
from domain.values.errors import DomainError
from domain.values.languages import join_list
from domain.values.text import group_digits, persian_digits

CLAIM_INTENT = "pay"
"""The intent under which such a text is kept."""

_INTENTS_OF_MONEY = frozenset(
    {UNKNOWN_INTENT, CLAIM_INTENT, "tariff", "track", "list", "who_read", CANCEL_INTENT, HELP_INTENT}
)
"""Intents that a text may be taken for by its words while it says only that money was paid."""


_NAMING_SLOTS = frozenset({"bill_id", "code"})
"""Slots that name a bill, or what it is for."""

_SLIP_FOLLOWS = timedelta(hours=1)
"""Time after a claim within which a photo is taken for its slip."""

_LATE_MONEY = timedelta(days=30)
"""Time after the end of a bill within which somebody may say to have paid it."""

_RECENT = timedelta(days=7)
"""Age of a payment that is named beside bills that are still open."""


async def answer_payment_claim(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return what is known of the money of who says to have paid, whatever is asked meanwhile; None for any other text,
    where an officer's question waits, which it may answer, and where it tells something of the form that waits.
    """
    if not (claims_payment(text) or (asks_arrival(text) and await _may_have_paid(turn))):
        return await _complete_claim(turn, text)
    if _is_own_text(turn, text) or tells_of_form(turn, text):
        return None
    message = understand_message(turn.dependencies.grammar, text, turn.sent_at)
    if message.intent not in _INTENTS_OF_MONEY or await _has_question(turn):
        return None
    bills = await _find_named_bills(turn, message)
    if bills is None and not message.slots.keys().isdisjoint(_NAMING_SLOTS):
        turn.intent = CLAIM_INTENT
        return turn.render(
            "sms.claim.of_another", count=persian_digits(turn.dependencies.policy.settlement_banking_days)
        )
    if bills is None:
        bills = await _list_own_bills(turn)
    if asks_own_words(turn) and not (bills and offer_to_keep(turn, text)):
        return None
    turn.intent = CLAIM_INTENT
    reply = await _describe_bills(turn, bills, text)
    return widen_for_question(reply) if turn.dialogue.top else reply


async def _may_have_paid(turn: TurnContext) -> bool:
    """Return whether somebody who asks after money means what they paid: no money is on its way back to them."""
    refunds = await find_own_refunds(turn, turn.actor.identifier)
    is_refunded = bool(refunds.free_amount or refunds.sent_amount or refunds.card_amount)
    return not is_refunded and bool(await _list_own_bills(turn))


async def _complete_claim(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the reply to what completes a claim, the number of its slip, or soon after it an amount or a time; None
    for any other text.
    """
    if turn.dialogue.top or not is_short(text):
        return None
    details = read_claim_details(text, turn.sent_at)
    is_number = details.reference is not None and names_slip(text)
    if details.is_empty or not (is_number or (await has_claimed(turn) and _is_of_money(turn, text))):
        return None
    bills = await _list_claimable_bills(turn)
    claimed_bills = [bill for bill in bills if await turn.uow.payment_claims.find_last(bill.id)]
    if not claimed_bills:
        return None
    turn.intent = CLAIM_INTENT
    return await _open_claims(turn, claimed_bills, text, details)


def _is_of_money(turn: TurnContext, text: str) -> bool:
    """Return whether a text may be about money that was paid: it calls nothing else."""
    return understand_message(turn.dependencies.grammar, text, turn.sent_at).intent in _INTENTS_OF_MONEY


async def claim_by_slip(turn: TurnContext) -> RenderedMessage:
    """Take the files that are given for the slips of a payment, and return what is known of its money."""
    turn.intent = CLAIM_INTENT
    return await _describe_bills(turn, await _list_own_bills(turn), "")


async def has_claimed(turn: TurnContext) -> bool:
    """Return whether the writer said a short while ago to have paid: a photo that follows is that payment's slip."""
    bills = await _list_claimable_bills(turn)
    claims = [await turn.uow.payment_claims.find_last(bill.id) for bill in bills]
    return any(claim and claim.is_open and claim.claimed_at > turn.sent_at - _SLIP_FOLLOWS for claim in claims)


async def _open_claims(turn: TurnContext, bills: Sequence[Bill], text: str, details: ClaimDetails) -> RenderedMessage:
    """Open a claim about each bill that may be meant, with the slips that are given, and ask once for what is not
    named.
    """
    chosen_bills = [bill for bill in bills if bill.amount == details.amount] or bills
    claims_before = [await turn.uow.payment_claims.find_last(bill.id) for bill in chosen_bills]
    files = [sent_file.require_prepared() for sent_file in turn.given_files]
    claims = [await open_claim(turn, bill, text, details, files) for bill in chosen_bills]
    given_ids = {sent_file.file_id for sent_file in turn.given_files}
    turn.dialogue.files = [waiting for waiting in turn.dialogue.files if waiting.file_id not in given_ids]
    was_open = all(claim and claim.is_open for claim in claims_before)
    additions = await _list_additions(turn, claims, is_repeated=was_open and not has_slip(text))
    key = "sms.claim.noted" if was_open else "sms.claim.unseen"
    reply = await _render_claim(turn, key, chosen_bills, addition=join_list(additions))
    return replace(reply, markup=ReplyMarkup(((build_slip_button(turn),),))) if turn.dialogue.files else reply


async def _list_additions(turn: TurnContext, claims: Sequence[PaymentClaim], *, is_repeated: bool) -> list[str]:
    """Return what is said beside claims: what is there of the slip, else how it can be given."""
    additions = []
    if reference := next((claim.reference for claim in claims if claim.reference), ""):
        additions.append(turn.render("sms.claim.reference", reference=persian_digits(reference)).text)
    if moment := next((_describe_moment(turn, claim) for claim in claims if claim.paid_on), ""):
        additions.append(turn.render("sms.claim.paid_at", moment=moment).text)
    if turn.given_files:
        additions.append(turn.text_of("sms.claim.photo"))
    elif turn.dialogue.files:
        additions.append(turn.text_of("chat.is_it_slip"))
    photos = await turn.uow.payment_claims.list_photos([claim.id for claim in claims])
    is_complete = reference or turn.dialogue.files or photos
    return additions if is_complete or is_repeated else [*additions, turn.text_of("sms.claim.details")]


def _describe_moment(turn: TurnContext, claim: PaymentClaim) -> str:
    """Return when somebody says to have paid; empty where that is not said."""
    if claim.paid_on is None:
        return ""
    day = spoken_day_text(claim.paid_on, to_tehran(turn.sent_at).date())
    if claim.paid_at_hour is None:
        return day
    return f"{day} {turn.text_of('units.hour')} {hour_text(time.fromisoformat(claim.paid_at_hour))}"


def build_slip_button(turn: TurnContext) -> Button:
    """Return the button that says of the waiting files that they are the slips of a payment."""
    return verb_button(turn.text_of("chat.buttons.slip"), ButtonVerb.SLIP)


def _is_own_text(turn: TurnContext, text: str) -> bool:
    """Return whether a text in one's own words that is asked for tells more than that somebody has paid."""
    return asks_own_words(turn) and len(text.split()) > MOST_WORDS_OF_A_QUESTION


async def _list_own_bills(turn: TurnContext) -> list[Bill]:
    """Return the bills that may be paid, and what was paid last: where one is open, only if that is not long ago."""
    open_bills = await _list_claimable_bills(turn)
    last_bill = await find_last_paid_bill(turn.uow, turn.actor.identifier)
    is_meant = last_bill is not None and (
        not open_bills or (last_bill.settled_at or turn.sent_at) > turn.sent_at - _RECENT
    )
    return [*open_bills, *([last_bill] if last_bill and is_meant else [])]


async def _list_claimable_bills(turn: TurnContext) -> list[Bill]:
    """Return the bills that can be paid; without any, those whose time ran out not long ago: their money may come."""
    mobile = turn.actor.identifier
    open_bills = await list_payable_own_bills(turn, mobile)
    return open_bills or await list_expired_own_bills(turn.uow, mobile, turn.sent_at - _LATE_MONEY)


async def _has_question(turn: TurnContext) -> bool:
    criteria = RequestFilter(mobile=turn.actor.identifier, phase=Phase.NEEDS_CITIZEN, limit=1)
    return bool(await turn.uow.requests.list_requests(criteria))


async def _find_named_bills(turn: TurnContext, message: ParsedMessage) -> Sequence[Bill] | None:
    """Return the own bills that a text names by a code or a bill id; None where it names none of one's own."""
    try:
        if "bill_id" in message.slots:
            bill = await find_payable(turn.uow, message.slots["bill_id"])
            is_own = isinstance(bill, Bill) and (
                await SUBJECTS[bill.subject_kind].find_mobile(turn.uow, bill) == turn.actor.identifier
            )
            return [bill] if isinstance(bill, Bill) and is_own else None
        if "code" in message.slots:
            request = await turn.uow.requests.get_by_code(message.slots["code"])
            return await list_request_bills(turn.uow.bills, request) if is_citizen_of(request, turn.actor) else None
    except DomainError:
        return None
    return None


async def _describe_bills(turn: TurnContext, bills: Sequence[Bill], text: str) -> RenderedMessage:
    """Return what is known of bills: of the payment that came last, and of those that are asked of the bank, else of
    those not seen, about which a claim is opened.
    """
    groups = {
        "sms.claim.arrived": [bill for bill in bills if bill.state.was_paid][-1:],
        "sms.claim.asked": [bill for bill in bills if bill.state is BillState.PAYING],
    }
    replies = [await _render_claim(turn, key, chosen_bills) for key, chosen_bills in groups.items() if chosen_bills]
    missing_bills = [bill for bill in bills if bill.state in {BillState.OPEN, BillState.EXPIRED}]
    details = read_claim_details(text, turn.sent_at)
    if missing_bills and not groups["sms.claim.asked"]:
        replies.append(await _open_claims(turn, missing_bills, text, details))
    elif turn.given_files and groups["sms.claim.asked"]:  # the slip is kept while the bank is asked
        await _open_claims(turn, groups["sms.claim.asked"], text, details)
        replies.append(turn.render("sms.claim.photo"))
    if not replies:
        return _answer_without_bill(turn)
    joined_text = "\n".join(reply.text for reply in replies)
    return replace(replies[-1], text=joined_text, part_budget=sum(reply.part_budget for reply in replies))


def _answer_without_bill(turn: TurnContext) -> RenderedMessage:
    """Return that nothing is owed; files wait for the bill that they are the slips of."""
    reply = turn.render("sms.claim.no_bill")
    if not turn.dialogue.files:
        return reply
    return replace(reply, text=f"{reply.text}\n{turn.text_of('chat.slip_waits')}")


async def _render_claim(turn: TurnContext, key: str, bills: Sequence[Bill], **details: str) -> RenderedMessage:
    purposes = [await render_purpose(turn, bill) for bill in bills]
    facts = {
        "service": join_list(dict.fromkeys(purposes)),
        "amount": group_digits(sum(bill.amount for bill in bills)),
        "count": persian_digits(turn.dependencies.policy.settlement_banking_days),
    }
    return turn.render(key, **facts, **details)
