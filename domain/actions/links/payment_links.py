"""Payment links, made for bills of one payer, and put into messages: to pay by, and later to see the receipt.

A message that asks for money carries the two ids always, and a link only under the municipality's own domain
(`Policy.site_address`): people are warned not to open others in such texts. The same address has the receipt once the
bills are paid, and is called so then. In a text message a link comes after everything else, where the message's part
budget has room for it; a chat has a button besides.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.context import ActionContext
from domain.bills.bill import PAID_BILL_FACT, Bill
from domain.gateways.payment_link import PaymentLink
from domain.language.message_links import LinkSubject
from domain.messages.catalogue import Catalogue, RenderedMessage, join_fitting
from domain.messages.keyboards import NO_PAGES, BillPages
from domain.messages.senders import join_if_named_fits
from domain.repositories import BillRepositories
from domain.values.bill_ids import BillIds
from domain.values.page_tokens import build_link_token


async def ensure_payment_link(context: ActionContext[BillRepositories], bills: Sequence[Bill]) -> PaymentLink:
    """Return the link of these bills, made now where there is none; at least one bill, all of one payer."""
    bill_row_ids = tuple(sorted({bill.id for bill in bills}))
    token = build_link_token(context.dependencies.ids.new_token())
    return await context.uow.payment_links.ensure(PaymentLink(token, bill_row_ids, context.dependencies.clock.now()))


async def find_bill_pages(context: ActionContext[BillRepositories], bills: Sequence[Bill]) -> BillPages:
    """Return where those of one payer's bills are paid that can be, with the ids of a single one, else the receipt of
    those that were; no page where there are none, or messages carry no links.
    """
    payable_bills = [bill for bill in bills if bill.state.is_payable]
    payable_ids = BillIds(payable_bills[0].bill_id, payable_bills[0].payment_id) if len(payable_bills) == 1 else None
    if not context.dependencies.policy.site_address:
        return BillPages(payable_ids=payable_ids)
    if payable_bills:
        return BillPages(await _make_address(context, payable_bills), payable_ids=payable_ids)
    if paid_bills := [bill for bill in bills if bill.state.was_paid]:
        return BillPages(receipt_address=await _make_address(context, paid_bills))
    return NO_PAGES


async def _make_address(context: ActionContext[BillRepositories], bills: Sequence[Bill]) -> str:
    link = await ensure_payment_link(context, bills)
    return f"{context.dependencies.policy.site_address}/pay/{link.token}"


async def append_payment_link(
    context: ActionContext[BillRepositories], message: RenderedMessage, subject: LinkSubject
) -> RenderedMessage:
    """Return a message about the bill of its facts, open or paid (`PAID_BILL_FACT`), with the link to it, where there
    is one and room for it.
    """
    bill_id = subject.facts.get("bill_id") or subject.facts.get(PAID_BILL_FACT)
    if not bill_id:
        return message
    bill_pages = await find_bill_pages(context, [await context.uow.bills.get_by_bill_id(str(bill_id))])
    page_line = _word_bill_page(context.dependencies.catalogue, bill_pages)
    text = join_if_named_fits(context.dependencies.catalogue, message, page_line)
    chat_text = f"{message.chat_text}{page_line}" if message.chat_text else ""
    return replace(message, text=text, chat_text=chat_text, bill_pages=bill_pages)


def join_bill_page(catalogue: Catalogue, text: str, bill_pages: BillPages, part_budget: int) -> str:
    """Return a text with the address of a page on a line of its own, a receipt's named so, where there is one and so
    many message parts have room.
    """
    return join_fitting(part_budget, f"{text}{_word_bill_page(catalogue, bill_pages)}", text)


def _word_bill_page(catalogue: Catalogue, bill_pages: BillPages) -> str:
    if not bill_pages.address:
        return ""
    name = f"{catalogue.text('sms.receipt_at')} " if bill_pages.receipt_address else ""
    return f"\n{name}{bill_pages.address}"
