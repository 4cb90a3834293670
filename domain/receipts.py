"""The receipt of what was paid for a request: a sheet for each bill whose money came, with its refunds, if any."""

from typing import Any

from domain import bill_ids
from domain.bills import Bill, Payment, PaymentOutcome
from domain.charging import bills_of
from domain.people import Role
from domain.ports import UnitOfWork
from domain.printouts import READERS, Bars, Gathered, Printable, Said, Shown, Signed
from domain.requests import ServiceRequest

RECEIPT = "receipt"
"""The kind of paper."""

_PAYER = ("payer", "mobile")
_BILL = ("bill_id", "payment_id", "amount", "amount_words", "refund")
_PAYMENT = ("payment_method", "reference", "paid_at", "office")


def receipt(roles: frozenset[Role]) -> Printable:
    """Return the receipt of a service that charges, for these roles beside the payer and the revenue unit."""
    return Printable(
        RECEIPT,
        roles | READERS | {Role.REVENUE, Role.CITIZEN, Role.CLERK},
        (
            Said("paid"),
            Shown((*_PAYER, *_BILL, *_PAYMENT), by_hand=frozenset({"payer"})),
            Bars("barcode"),
            Signed(("cashier",)),
        ),
        facts=("payer", *_BILL, *_PAYMENT, "barcode"),
        dated="paid_at",
        gather=paid_bills,
        texts="print.receipt",
    )


async def paid_bills(uow: UnitOfWork, request: ServiceRequest) -> list[Gathered]:
    """Return the facts of each bill of the request that was paid, oldest first; waived ones have no receipt."""
    found: list[Gathered] = []
    payer = await _payer(uow, request)
    for bill in await bills_of(uow, request):
        payments = await uow.bills.payments_of(bill.id)
        paid = next((one for one in payments if one.outcome is PaymentOutcome.SETTLED), None)
        if paid:
            found.append({"payer": payer, **await _facts(uow, bill, paid)})
    return found


async def _payer(uow: UnitOfWork, request: ServiceRequest) -> str | None:
    """Return the name that the form says, else the one that is known of the mobile."""
    person = await uow.people.person(request.mobile) if request.mobile else None
    return request.fields.get("full_name") or (person.full_name if person else None)


async def _facts(uow: UnitOfWork, bill: Bill, paid: Payment) -> dict[str, Any]:
    refund = sum(one.amount for one in await uow.bills.refunds_of(bill.id))
    office = await uow.offices.by_code(paid.office) if paid.office else None
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "barcode": bill_ids.barcode(bill_ids.BillIds(bill.bill_id, bill.payment_id)),
        "amount": paid.amount,
        "amount_words": paid.amount,
        "refund": refund or None,
        "payment_method": paid.method.value,
        "reference": paid.reference.removeprefix(f"{paid.office}/"),
        "paid_at": paid.at.isoformat(),
        "office": office.name if office else None,
    }
