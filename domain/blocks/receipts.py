"""The receipt of what was paid, whatever it was for: a sheet for each bill whose money came, with its refunds, if any.

That of a request is a paper of its service; that of a registry's row is made by `actions/registries/row_receipts.py`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol

from domain.bills.bill import Bill, Payment, PaymentOutcome, RefundState
from domain.blocks.charging import list_request_bills
from domain.language.printouts import (
    READER_ROLES,
    BarcodePart,
    FactsPart,
    GatheredFacts,
    Printable,
    SignaturesPart,
    TextPart,
)
from domain.people.ports import StaffMemberRepository
from domain.repositories import BillRepositories, OfficeRepositories
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids
from domain.values.actors import Role

RECEIPT_KIND = "receipt"
"""The kind of paper."""

RECEIPT_TEXTS = "print.receipt"
"""Text table of receipts."""

PAID_FOR_FACT = "paid_for"
"""The fact that says which row of a registry was paid for; a request says it by its tracking code."""

_PAYER_FACTS = ("payer", "mobile")
_BILL_FACTS = ("bill_id", "payment_id", "amount", "amount_words", "refund")
_PAYMENT_FACTS = ("payment_method", "reference", "paid_at", "office")

BASE_RECEIPT = Printable(
    RECEIPT_KIND,
    READER_ROLES | {Role.REVENUE},
    (
        TextPart("paid"),
        FactsPart(
            (*_PAYER_FACTS, PAID_FOR_FACT, *_BILL_FACTS, *_PAYMENT_FACTS), handwritten_facts=frozenset({"payer"})
        ),
        BarcodePart("barcode"),
        SignaturesPart(("cashier",)),
    ),
    gathered_facts=("payer", PAID_FOR_FACT, *_BILL_FACTS, *_PAYMENT_FACTS, "barcode"),
    date_fact="paid_at",
    text_prefix=RECEIPT_TEXTS,
)
"""The receipt of any bill, for those who may print each of them."""


class ReceiptRepositories(BillRepositories, OfficeRepositories, Protocol):
    """Bills, and the counter offices that took their money."""


def receipt_for_roles(roles: frozenset[Role]) -> Printable:
    """Return the receipt of a service that charges, for these roles beside the payer and the revenue unit."""
    return replace(
        BASE_RECEIPT, roles=BASE_RECEIPT.roles | roles | {Role.CITIZEN, Role.CLERK}, gather_facts=_gather_request_bills
    )


async def gather_paid_bills(uow: ReceiptRepositories, bills: Iterable[Bill]) -> list[dict[str, Any]]:
    """Return the facts of each of the bills that was paid; waived ones have no receipt."""
    bill_facts = []
    for bill in bills:
        payments = await uow.bills.list_payments(bill.id)
        settling_payment = next(
            (payment for payment in payments if payment.is_recorded and payment.outcome is PaymentOutcome.SETTLED), None
        )
        if settling_payment:
            bill_facts.append(await _gather_bill_facts(uow, bill, settling_payment))
    return bill_facts


async def _gather_request_bills(uow: UnitOfWork, request: ServiceRequest) -> list[GatheredFacts]:
    payer_name = await _find_payer_name(uow.people, request)
    return [
        {"payer": payer_name, **bill_facts}
        for bill_facts in await gather_paid_bills(uow, await list_request_bills(uow.bills, request))
    ]


async def _find_payer_name(people: StaffMemberRepository, request: ServiceRequest) -> str | None:
    """Return the name that the form says, else the one that is known of the mobile."""
    person = await people.find_person(request.mobile) if request.mobile else None
    return request.fields.get("full_name") or (person.full_name if person else None)


async def _gather_bill_facts(uow: ReceiptRepositories, bill: Bill, settling_payment: Payment) -> dict[str, Any]:
    all_refunds = await uow.bills.list_refunds(bill.id)  # a surplus was paid besides
    counted_refunds = [
        refund for refund in all_refunds if not refund.is_of_surplus and refund.state is not RefundState.CANCELLED
    ]
    office = await uow.offices.get_by_code(settling_payment.office) if settling_payment.office else None
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "barcode": bill_ids.bill_barcode(bill_ids.BillIds(bill.bill_id, bill.payment_id)),
        "amount": settling_payment.amount,
        "amount_words": settling_payment.amount,
        "refund": sum(refund.amount for refund in counted_refunds) or None,
        "payment_method": settling_payment.method.value,
        "reference": settling_payment.number,
        "paid_at": settling_payment.at.isoformat(),
        "office": office.name if office else None,
    }
