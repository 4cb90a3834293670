"""Replies about bills: the link beside the ids, and one pair of ids for several bills («قبض یکجا»).

One message with one pair is what a feature phone can pay by USSD, where a card pays one bill a day.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.bills.merged_bills import load_parts, merge_bills, render_parts_title
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.payments.link_addresses import find_bill_pages, join_bill_page
from domain.actions.requests import track
from domain.bills.bill import Bill, BillState
from domain.bills.merged_bill import MergedBill, derive_merged_deadline, derive_merged_state
from domain.messages.catalogue import RenderedMessage
from domain.values.bill_ids import BillIds
from domain.values.text import group_digits, persian_digits


async def add_payment_link(turn: TurnContext, reply: RenderedMessage, bills: Sequence[Bill]) -> RenderedMessage:
    """Return a reply about bills of the citizen with the link to those that can be paid, else to the receipt of those
    that were, where it has room for it.
    """
    bill_pages = await find_bill_pages(turn.dependencies, turn.uow, bills)
    text = join_bill_page(turn.dependencies.catalogue, reply.text, bill_pages, reply.part_budget)
    return replace(reply, text=text, bill_pages=bill_pages)


async def merge_own_bills(turn: TurnContext, bills: Sequence[Bill]) -> RenderedMessage:
    """Return one pair of ids for all these bills of the citizen; the errors are those of `merge_bills`."""
    merged_bill = await merge_bills(turn.dependencies, turn.uow, [bill.id for bill in bills])
    return await _render_merged_bill(turn, merged_bill, bills)


async def describe_merged_bill(turn: TurnContext, merged_bill: MergedBill) -> RenderedMessage:
    """Return what a merged bill is for, by its bill id: all of an own one, of another's what anybody may know."""
    parts = await load_parts(turn.uow, merged_bill)
    title, amount = await render_parts_title(turn.dependencies, turn.uow, parts), group_digits(merged_bill.amount)
    if await SUBJECTS[parts[0].subject_kind].find_mobile(turn.uow, parts[0]) != turn.actor.identifier:
        await track.count_guess(turn.dependencies, turn.uow, turn.actor.identifier)
        return turn.render("sms.bill_of_other", amount=amount, service=title)
    state = derive_merged_state([part.state for part in parts])
    if state.is_payable:
        return await _render_merged_bill(turn, merged_bill, parts)
    if state is BillState.PAID:
        return await add_payment_link(turn, turn.render("sms.bill_settled", service=title), parts)
    return turn.render("sms.merged_closed")


async def _render_merged_bill(turn: TurnContext, merged_bill: MergedBill, parts: Sequence[Bill]) -> RenderedMessage:
    ids = {"bill_id": merged_bill.bill_id, "payment_id": merged_bill.payment_id}
    facts = {"count": persian_digits(len(parts)), "amount": group_digits(merged_bill.amount), **ids}
    deadline = derive_merged_deadline(parts)
    if deadline is None:
        reply = turn.render("sms.pay_merged", **facts)
    else:
        facts["deadline"] = turn.dependencies.wording.render_fact(None, "deadline", deadline)
        reply = turn.render("sms.pay_merged_until", **facts)
    linked_reply = await add_payment_link(turn, reply, parts)
    merged_ids = BillIds(merged_bill.bill_id, merged_bill.payment_id)
    return replace(linked_reply, bill_pages=replace(linked_reply.bill_pages, payable_ids=merged_ids))
