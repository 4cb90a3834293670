"""Money that would go to an account of another number than the one by which its payer was reached when it was paid.

Such an account may be a stranger's: it needs a second person whatever the sum, and waits some days, in which the old
number can object. What goes back to the card that paid needs neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.actions.bills.subjects import SUBJECTS
from domain.bills.bill import Bill, Payment, Refund, acting_label
from domain.bills.refund_transfers import RefundAccount
from domain.blocks.charging import REQUEST_SUBJECT
from domain.language.wording import last_day_before
from domain.people.mobile_changes import MobileChange, MobileChangeRepository
from domain.repositories import BillSubjectRepositories, RefundRepositories
from domain.settings.policy import Policy
from domain.values.actors import Actor
from domain.values.errors import NotAllowedNow
from domain.values.reasons import NotAllowedReason

_MOST_CHANGES = 20


class RefundSubjectRepositories(BillSubjectRepositories, RefundRepositories, Protocol):
    """Refunds, and what their bills are for."""


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """Change of the payer's mobile since the payment."""

    line_before: str | None
    """The number (+989…) of then; None: there was none."""
    line: str | None
    """The number that gave the account, or would be asked for it; None: there is none."""
    until: datetime
    """No money leaves for an account before, in UTC."""
    change: MobileChange | None
    """Change itself, where that is known."""

    @property
    def is_objected(self) -> bool:
        """Whether the old number objects."""
        return self.change is not None and self.change.objected_at is not None

    def find_refusal(self, now: datetime) -> NotAllowedNow | None:
        """Return why nothing goes to an account now; None where it may, once a second person has approved it."""
        if self.is_objected:
            return NotAllowedNow("iban", NotAllowedReason.MOBILE_OBJECTED)
        if now < self.until:
            return NotAllowedNow("iban", NotAllowedReason.ACCOUNT_WAITS, until=last_day_before(self.until))
        return None

    def refuse_approval(self, approver: Actor) -> None:
        """Refuse a second person's word while the old number objects, and from who changed the number."""
        if self.is_objected:
            raise NotAllowedNow("iban", NotAllowedReason.MOBILE_OBJECTED)
        labels = (self.change.proposed_by, self.change.done_by) if self.change else ()
        if acting_label(approver.label) in {acting_label(label) for label in labels if label}:
            raise NotAllowedNow("iban", NotAllowedReason.OWN_CHANGE)


async def find_changed_line(
    policy: Policy, uow: RefundSubjectRepositories, bill: Bill, payments: Sequence[Payment], refunds: Sequence[Refund]
) -> ChangedLine | None:
    """Return how the number of a bill has changed since it was paid; None where it is the same, nothing came
    in or nothing is to go back."""
    lines_before = {payment.line for payment in payments if payment.is_incoming}
    account = await uow.refund_transfers.find_account(bill.id)
    is_given = account is not None and account.iban is not None
    line = account.mobile if account and is_given else await SUBJECTS[bill.subject_kind].find_line(uow, bill)
    other_lines = lines_before - {line}
    if not other_lines or not refunds:
        return None
    change = await _find_change(uow.mobile_changes, bill, other_lines)
    moments = _list_moments(account, change, refunds)
    return ChangedLine(
        line_before=next(iter(sorted(other_lines, key=str))),
        line=line,
        until=max(moments) + timedelta(days=policy.refund_wait_days),
        change=change,
    )


def _list_moments(
    account: RefundAccount | None, change: MobileChange | None, refunds: Sequence[Refund]
) -> list[datetime]:
    """Return from when on it waits: since the account was given, and the number was changed, as far as is known."""
    given_at = account.given_at if account else None
    known = [moment for moment in (given_at, change.done_at if change else None) if moment]
    return known or [refund.created_at for refund in refunds]


async def _find_change(
    mobile_changes: MobileChangeRepository, bill: Bill, lines_before: set[str | None]
) -> MobileChange | None:
    """Return the newest change away from these numbers that concerns what the bill is for."""
    if bill.subject_kind == REQUEST_SUBJECT:
        return await mobile_changes.find_last(REQUEST_SUBJECT, bill.subject_id)
    changes = [
        change
        for line in lines_before
        if line
        for change in await mobile_changes.list_from(line, _MOST_CHANGES)
        if change.subject_kind != REQUEST_SUBJECT
    ]
    return max(changes, key=lambda change: change.proposed_at, default=None)
