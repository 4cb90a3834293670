"""Links to pay under, made for bills of one payer, and put into messages.

A message that asks for money carries the two ids always, and a link only under the municipality's own domain
(`Policy.site_address`): people are warned not to open others in such texts. In a text message it comes after everything
else, where the message's part budget has room for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.actions.dependencies import Dependencies
from domain.bills.bill import Bill
from domain.gateways.payment_link import PaymentLink
from domain.messages.catalogue import RenderedMessage, join_fitting
from domain.unit_of_work import UnitOfWork
from domain.values.page_tokens import LINK_ALPHABET, LINK_LENGTH


async def ensure_payment_link(dependencies: Dependencies, uow: UnitOfWork, bills: Sequence[Bill]) -> PaymentLink:
    """Return the link of these bills, made now where there is none; at least one bill, all of one payer."""
    bill_row_ids = tuple(sorted({bill.id for bill in bills}))
    token = _make_token(dependencies.ids.new_token())
    return await uow.payment_links.ensure(PaymentLink(token, bill_row_ids, dependencies.clock.now()))


def _make_token(random_digits: str) -> str:
    """Return the token that is made of 32 hexadecimal digits of randomness."""
    number, letters = int(random_digits, 16), []
    for _ in range(LINK_LENGTH):
        number, place = divmod(number, len(LINK_ALPHABET))
        letters.append(LINK_ALPHABET[place])
    return "".join(letters)


async def find_payment_address(dependencies: Dependencies, uow: UnitOfWork, bills: Sequence[Bill]) -> str:
    """Return the address under which those of one payer's bills are paid that can be; empty where none can, or where
    messages carry no links.
    """
    payable_bills = [bill for bill in bills if bill.state.is_payable]
    if not dependencies.policy.site_address or not payable_bills:
        return ""
    link = await ensure_payment_link(dependencies, uow, payable_bills)
    return f"{dependencies.policy.site_address}/pay/{link.token}"


async def append_payment_link(
    dependencies: Dependencies, uow: UnitOfWork, message: RenderedMessage, facts: Mapping[str, Any]
) -> RenderedMessage:
    """Return a message about the bill of its facts with the link to it, where there is one and room for it."""
    if not facts.get("bill_id") or not dependencies.policy.site_address:
        return message
    address = await find_payment_address(dependencies, uow, [await uow.bills.get_by_bill_id(str(facts["bill_id"]))])
    return replace(message, text=join_address(message.text, address, dependencies.catalogue.part_budget(message.key)))


def join_address(text: str, address: str, part_budget: int) -> str:
    """Return a text with an address on a line of its own, where there is one and so many message parts have room."""
    return join_fitting(part_budget, f"{text}\n{address}", text) if address else text
