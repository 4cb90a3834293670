"""Making bills, whatever they are for: a request, a duty or a violation (`Bill.subject_kind`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.bills.bill import Bill, BillKind, BillState
from domain.settings.policy import Policy
from domain.unit_of_work import Ids, UnitOfWork
from domain.values import bill_ids
from domain.values.calendar import in_tehran, to_jalali


@dataclass(frozen=True, slots=True)
class Subject:
    """What a bill is for: a kind that `actions/subjects.py` knows, and the id of a request or of a registry's row."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class BillingContext:
    """What making a bill needs besides its own facts: ids, the municipality's codes, and the moment."""

    ids: Ids
    policy: Policy
    now: datetime


async def make_bill(
    uow: UnitOfWork,
    till: BillingContext,
    subject: Subject,
    amount: int,
    kind: BillKind,
    explanation: Mapping[str, Any],
    deadline: datetime | None,
) -> Bill:
    """Store an open bill over `amount` rials with fresh Iranian ids; `InvalidField("amount")` when they cannot say it.

    `explanation` says what made the amount; with a `deadline` of None the bill never expires.
    """
    number = await uow.bills.next_file_number()
    year, month, _ = to_jalali(in_tehran(till.now).date())
    codes = till.policy.company_code, till.policy.municipal_service_digit
    ids = bill_ids.make(number, *codes, amount, year, month)
    bill = Bill(
        till.ids.new_id(), number, ids.bill_id, ids.payment_id, amount, BillState.OPEN, kind, subject.kind, subject.id,
        till.now, deadline, dict(explanation),
    )  # fmt: skip
    await uow.bills.add(bill)
    return bill
