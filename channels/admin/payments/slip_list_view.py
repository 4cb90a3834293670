"""The lines of a pasted list of payments in words: whose bill each one pays, or why it pays none."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.admin.bills.bill_subject import BillSubjects, BillSubjectView
from channels.admin.frame import Visitor
from domain.actions.dependencies import Dependencies
from domain.actions.settlement.results import describe_reason
from domain.settlement.settlement_file import FileLine, LineOutcome
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import jalali_text, to_tehran
from domain.values.text import group_digits, persian_digits

_GOOD_OUTCOMES = frozenset({LineOutcome.SETTLES, LineOutcome.CONFIRMS, LineOutcome.KNOWN, LineOutcome.REPEATED})


@dataclass(frozen=True, slots=True)
class PastedLineView:
    """A line in words."""

    number: str
    """From 1, in Persian digits."""
    outcome: str
    """Outcome, coming or past."""
    reason: str
    """Reason for not booking it; empty where it is."""
    is_good: bool
    """There is nothing to do about it."""
    bill_id: str
    """As banks take it; empty of a line that cannot be read."""
    subject: BillSubjectView | None
    """Subject of its bill; None where there is none, or it is of several bills."""
    amount: str
    """In rials; empty of a line that cannot be read."""
    reference: str
    """The bank's number."""
    day: str
    """Jalali."""


class SlipListViews:
    """Makes words of them."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._catalogue = dependencies.catalogue
        self._subjects = BillSubjects(dependencies)

    async def build_lines(self, uow: UnitOfWork, visitor: Visitor, lines: Sequence[FileLine]) -> list[PastedLineView]:
        """Return lines as this visitor may see them."""
        bills = await uow.bills.list_by_bill_ids({line.bill_id for line in lines if line.bill_id})
        subjects = await self._subjects.build_views(uow, visitor, bills)
        by_bill_id = {bill.bill_id: subject for bill, subject in zip(bills, subjects, strict=True)}
        return [self._build_line(line, by_bill_id.get(line.bill_id)) for line in lines]

    def _build_line(self, line: FileLine, subject: BillSubjectView | None) -> PastedLineView:
        is_pending = line.is_pending or line.outcome is not LineOutcome.SETTLES
        outcome_key = f"settlement.outcomes.{line.outcome}" if is_pending else "admin.slips.booked"
        return PastedLineView(
            number=persian_digits(line.line_number),
            outcome=self._catalogue.text(outcome_key),
            reason=persian_digits(describe_reason(self._catalogue, line)),
            is_good=line.outcome in _GOOD_OUTCOMES,
            bill_id=line.bill_id,
            subject=subject,
            amount=group_digits(line.amount) if line.amount else "",
            reference=line.reference,
            day=jalali_text(to_tehran(line.paid_at).date()) if line.paid_at else "",
        )

    def describe_source(self, source: str) -> str:
        """Return what a bank is called."""
        return self._catalogue.first_text(f"settlement.sources.{source}", fallback=source)
