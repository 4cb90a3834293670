"""«اصالت»: whether a text, a link or a paper is the municipality's, and what it was about.

Numbers can be guessed, so what a number is about is told to the mobile alone that it was sent to: of a bill what for,
how much and whether it is still to be paid, of a request service and state, of a letter what `/verify/…` shows. Others
hear that the number is ours, and nothing else; each such question is counted as on looking codes up
(`track.count_guess`). A token is guessed by nobody and its page shows what there is: its bills or its paper are told to
whoever has it, and misses alone are counted. Nothing about persons is told, to nobody. An address is ours by its host,
however genuine the token in it: who imitates the site copies a real one.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from domain.actions.bills.merged_bills import find_payable, load_paid_bills, render_parts_title
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.papers.verifying import VerifiedPaper, describe_paper, find_verified_paper
from domain.actions.payments.links import PayableBills, load_payable_bills
from domain.actions.requests import track
from domain.messages.catalogue import RenderedMessage
from domain.parsing.claimed_codes import is_address, read_address, read_letter_number
from domain.parsing.identifiers import read_bill_id
from domain.values.calendar import jalali_text
from domain.values.errors import BillNotFound, CodeMistyped, InvalidField, NotFound
from domain.values.page_tokens import LINK_TOKEN_PATTERN, PAPER_TOKEN_PATTERN
from domain.values.reasons import MistypedCodeReason
from domain.values.text import group_digits, persian_digits
from domain.values.tracking_codes import parse_code


async def describe_authenticity(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Return whether the code of a text or paper is ours.

    `CodeMistyped`, without a look-up, where the payment id is not that of the bill; `TooManyRequests` for who guesses.
    """
    code = str(slots["code"])
    if is_address(code):
        return await _describe_addresses(turn, code.split())
    return await _describe_code(turn, code, str(slots.get("payment_id", ""))) or await _deny(turn)


async def _describe_addresses(turn: TurnContext, addresses: Sequence[str]) -> RenderedMessage:
    """Return what is known of addresses that stand in one text; one that is not ours decides for all of them."""
    own_host = urlsplit(turn.dependencies.policy.site_address).hostname
    claimed_addresses = [read_address(address) for address in addresses]
    if any(address.host not in {"", own_host} for address in claimed_addresses):
        return turn.render("sms.authentic.foreign_address")
    tokens = [address.token for address in claimed_addresses if address.token]
    if not tokens:
        return turn.render("sms.authentic.own_address")
    return await _describe_token(turn, tokens[0]) or await _deny(turn)


async def _describe_code(turn: TurnContext, code: str, payment_id: str) -> RenderedMessage | None:
    if letter_number := read_letter_number(code):
        return await _describe_letter(turn, letter_number)
    if not code.isdecimal():
        return await _describe_token(turn, code)
    reply = None if payment_id else await _describe_request(turn, code)
    return reply or (await _describe_bill(turn, code, payment_id) if read_bill_id(code) else None)


async def _describe_token(turn: TurnContext, token: str) -> RenderedMessage | None:
    """Return what a payment link or a paper is; None for a token of neither."""
    if PAPER_TOKEN_PATTERN.fullmatch(token):
        paper = await find_verified_paper(turn, token)
        return _render_paper(turn, paper) if paper else None
    if not LINK_TOKEN_PATTERN.fullmatch(token):
        return None
    try:
        return _render_link(turn, await load_payable_bills(turn, token))
    except NotFound:
        return None


async def _describe_request(turn: TurnContext, code: str) -> RenderedMessage | None:
    """Return what a request is; None for a number that is no tracking code, or of no request."""
    try:
        request = await turn.uow.requests.get_by_code(parse_code(code))
    except (InvalidField, CodeMistyped, NotFound):
        return None
    if request.mobile != turn.actor.identifier:
        return await _confirm_number(turn, "sms.authentic.number_of_other")
    return turn.render_about(request, "sms.authentic.request")


async def _confirm_number(turn: TurnContext, text_key: str) -> RenderedMessage:
    """Return that a number is ours, to somebody whom it was not sent to."""
    await track.count_guess(turn, turn.actor.identifier)
    return turn.render(text_key)


async def _describe_letter(turn: TurnContext, letter_number: str) -> RenderedMessage | None:
    papers = await turn.uow.issued_papers.list_by_number(letter_number)
    for paper in papers:
        if (await turn.uow.requests.get(paper.request_id)).mobile == turn.actor.identifier:
            return _render_paper(turn, await describe_paper(turn, paper))
    return await _confirm_number(turn, "sms.authentic.letter_of_other") if papers else None


async def _describe_bill(turn: TurnContext, bill_id: str, payment_id: str) -> RenderedMessage | None:
    """Return what a bill is, or a merged bill: to whoever asks it is a bill like any."""
    try:
        payable = await find_payable(turn.uow, bill_id)
    except BillNotFound:
        return None
    bills = await load_paid_bills(turn.uow.bills, payable)
    is_own = await SUBJECTS[bills[0].subject_kind].find_mobile(turn.uow, bills[0]) == turn.actor.identifier
    confirmation = None if is_own else await _confirm_number(turn, "sms.authentic.number_of_other")
    if payment_id and payment_id != payable.payment_id:
        raise CodeMistyped("code", MistypedCodeReason.OTHER_PAYMENT_ID)
    if confirmation:
        return confirmation
    title = await render_parts_title(turn, bills)
    is_payable = all(bill.state.is_payable for bill in bills)
    return _render_bill(turn, title, payable.amount, is_payable=is_payable)


def _render_bill(turn: TurnContext, title: str, amount: int, *, is_payable: bool) -> RenderedMessage:
    text_key = "sms.authentic.single_open" if is_payable else "sms.authentic.single_closed"
    return turn.render(text_key, service=title, amount=group_digits(amount))


def _render_link(turn: TurnContext, payable: PayableBills) -> RenderedMessage:
    if len(payable.bills) == 1:
        bill = payable.bills[0]
        return _render_bill(turn, payable.titles[0], bill.amount, is_payable=bill.state.is_payable)
    if not payable.open_bills:
        return turn.render("sms.authentic.bills_closed", count=persian_digits(len(payable.bills)))
    count, amount = persian_digits(len(payable.open_bills)), group_digits(payable.amount)
    return turn.render("sms.authentic.bills_open", count=count, amount=amount)


def _render_paper(turn: TurnContext, paper: VerifiedPaper) -> RenderedMessage:
    """Return what the page says of a paper, in one sentence; its title is cut where an override made it long."""
    return turn.render(f"sms.authentic.paper_{paper.status}", paper=paper.title, date=jalali_text(paper.day))


async def _deny(turn: TurnContext) -> RenderedMessage:
    """Return that a code is not ours; looking for codes is counted."""
    await track.count_guess(turn, turn.actor.identifier)
    return turn.render("sms.authentic.unknown")
