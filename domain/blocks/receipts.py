"""The receipt of what was paid, whatever it was for: a sheet for each bill whose money came, with its refunds, if any.

That of a request is a paper of its service; that of a registry's row is made by `actions/row_receipts.py`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain.bills.bill import SURPLUS, Bill, Payment, PaymentOutcome, RefundState
from domain.blocks.charging import bills_of
from domain.language.printouts import READERS, Bars, FactsPart, Gathered, Printable, Signed, TextPart
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids
from domain.values.actors import Role

RECEIPT = "receipt"
"""The kind of paper."""

TEXTS = "print.receipt"
"""Where the catalogue keeps its words."""

PAID_FOR = "paid_for"
"""The fact that says which row of a registry was paid for; a request says it by its tracking code."""

_PAYER = ("payer", "mobile")
_BILL = ("bill_id", "payment_id", "amount", "amount_words", "refund")
_PAYMENT = ("payment_method", "reference", "paid_at", "office")

PAPER = Printable(
    RECEIPT,
    READERS | {Role.REVENUE},
    (
        TextPart("paid"),
        FactsPart((*_PAYER, PAID_FOR, *_BILL, *_PAYMENT), by_hand=frozenset({"payer"})),
        Bars("barcode"),
        Signed(("cashier",)),
    ),
    facts=("payer", PAID_FOR, *_BILL, *_PAYMENT, "barcode"),
    dated="paid_at",
    texts=TEXTS,
)
"""The receipt of any bill, for those who may print each of them."""


def receipt(roles: frozenset[Role]) -> Printable:
    """Return the receipt of a service that charges, for these roles beside the payer and the revenue unit."""
    return replace(PAPER, roles=PAPER.roles | roles | {Role.CITIZEN, Role.CLERK}, gather=_of_request)


async def paid_bills(uow: UnitOfWork, bills: Iterable[Bill]) -> list[dict[str, Any]]:
    """Return the facts of each of the bills that was paid; waived ones have no receipt."""
    found = []
    for bill in bills:
        payments = await uow.bills.payments_of(bill.id)
        paid = next((one for one in payments if one.stands and one.outcome is PaymentOutcome.SETTLED), None)
        if paid:
            found.append(await _facts(uow, bill, paid))
    return found


async def _of_request(uow: UnitOfWork, request: ServiceRequest) -> list[Gathered]:
    payer = await _payer(uow, request)
    return [{"payer": payer, **one} for one in await paid_bills(uow, await bills_of(uow, request))]


async def _payer(uow: UnitOfWork, request: ServiceRequest) -> str | None:
    """Return the name that the form says, else the one that is known of the mobile."""
    person = await uow.people.person(request.mobile) if request.mobile else None
    return request.fields.get("full_name") or (person.full_name if person else None)


async def _facts(uow: UnitOfWork, bill: Bill, paid: Payment) -> dict[str, Any]:
    every = await uow.bills.refunds_of(bill.id)  # a surplus was paid besides
    refunds = [one for one in every if one.reason != SURPLUS and one.state is not RefundState.CANCELLED]
    office = await uow.offices.by_code(paid.office) if paid.office else None
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "barcode": bill_ids.barcode(bill_ids.BillIds(bill.bill_id, bill.payment_id)),
        "amount": paid.amount,
        "amount_words": paid.amount,
        "refund": sum(one.amount for one in refunds) or None,
        "payment_method": paid.method.value,
        "reference": paid.reference.removeprefix(f"{paid.office}/"),
        "paid_at": paid.at.isoformat(),
        "office": office.name if office else None,
    }
