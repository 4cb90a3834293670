"""Making bills, whatever they are for: a request, a duty or a violation (`Bill.subject_kind`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.bills.bill import Bill, BillKind, BillState
from domain.bills.ports import BillRepository
from domain.settings.policy import Policy
from domain.unit_of_work import IdGenerator
from domain.values.bill_ids import BillIds, make_ids
from domain.values.calendar import to_jalali, to_tehran


@dataclass(frozen=True, slots=True)
class ChargedSubject:
    """Subject of a bill: a kind that `actions/bills/subjects.py` knows, and the id of a request or registry row."""

    kind: str
    id: int
    service: str
    """Service whose revenue it is: the request's service, or the row's registry."""


@dataclass(frozen=True, slots=True)
class BillingContext:
    """Context for making a bill: ids, the municipality's codes, and the moment."""

    ids: IdGenerator
    policy: Policy
    now: datetime


async def draw_bill_ids(bills: BillRepository, billing_context: BillingContext, amount: int) -> tuple[int, BillIds]:
    """Return a fresh file number with the Iranian ids of `amount` rials; `InvalidField("amount")` when they cannot say
    it.
    """
    file_number, policy = await bills.next_file_number(), billing_context.policy
    year, month, _ = to_jalali(to_tehran(billing_context.now).date())
    municipal_codes = policy.company_code, policy.municipal_service_digit
    return file_number, make_ids(file_number, *municipal_codes, amount, year, month)


async def create_bill(
    bills: BillRepository,
    billing_context: BillingContext,
    subject: ChargedSubject,
    amount: int,
    bill_kind: BillKind,
    explanation: Mapping[str, Any],
    deadline: datetime | None,
) -> Bill:
    """Store an open bill over `amount` rials with fresh Iranian ids; `InvalidField("amount")` when they cannot say it.

    `explanation` says what made the amount; with a `deadline` of None the bill never expires.
    """
    file_number, issued_ids = await draw_bill_ids(bills, billing_context, amount)
    bill = Bill(
        id=billing_context.ids.new_id(),
        file_number=file_number,
        bill_id=issued_ids.bill_id,
        payment_id=issued_ids.payment_id,
        amount=amount,
        state=BillState.OPEN,
        kind=bill_kind,
        subject_kind=subject.kind,
        subject_id=subject.id,
        service=subject.service,
        created_at=billing_context.now,
        deadline=deadline,
        explanation=dict(explanation),
    )
    await bills.add(bill)
    return bill
