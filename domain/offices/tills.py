"""The till of a counter office, closed day by day: what its own terminal says beside what it reported (services.md,
"Tariffs and money").

A payment counts on the day in Tehran of its own moment, as in the statement: the day on which it was reported. All the
money that came in counts, surplus too, which goes back later: the terminal took it. A closing is never edited. Who
closes a day again adds another, which replaces the former ones.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.offices.office import CounterPayment
from domain.values.calendar import to_tehran

HIGHEST_DECLARED_RIALS = 10**15
"""Rials: no terminal takes as much in a day."""

LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Takings:
    """Money that came in: how many payments, and rials in all."""

    payment_count: int = 0
    amount: int = 0

    @classmethod
    def from_payments(cls, payments: Iterable[CounterPayment]) -> "Takings":
        """Return what these payments brought in."""
        amounts = [payment.amount for payment in payments]
        return cls(len(amounts), sum(amounts))


@dataclass(frozen=True, slots=True)
class TillClosing:
    """A day of an office's till as it was closed."""

    office: str
    """The code of the office."""
    number: int
    """Counts the closings of the office, from 1."""
    day: date
    """The day that was closed (Tehran)."""
    declared: int
    """Amount by the office's terminal, in rials."""
    payments: int
    """Number of payments in the ledger of the day at that moment."""
    amount: int
    """Rials of these payments."""
    note: str
    """Reason for a difference, in somebody's words; empty: not said."""
    closed_by: str
    """Person who closed it, as a label."""
    closed_at: datetime
    """Time of closing, in UTC."""

    @property
    def recorded_takings(self) -> Takings:
        """Takings held by the ledger."""
        return Takings(self.payments, self.amount)

    @property
    def difference_rials(self) -> int:
        """Amount by which the terminal exceeds the ledger; negative: less."""
        return self.declared - self.amount


@dataclass(frozen=True, slots=True)
class TillDay:
    """A day of a till: what the ledger says now, and its closings, the first one first."""

    day: date
    ledger_takings: Takings
    closings: tuple[TillClosing, ...]

    @property
    def effective_closing(self) -> TillClosing | None:
        """The closing in force; None: the day is open."""
        return self.closings[-1] if self.closings else None

    @property
    def former_closings(self) -> tuple[TillClosing, ...]:
        """The closings that were replaced."""
        return self.closings[:-1]

    @property
    def has_changed(self) -> bool:
        """Whether payments were reported after it was closed."""
        return self.effective_closing is not None and self.effective_closing.recorded_takings != self.ledger_takings


@dataclass(frozen=True, slots=True)
class TillPeriod:
    """An office's till over a period: the days that had payments or were closed, the first one first."""

    days: tuple[TillDay, ...]

    @classmethod
    def from_ledger(cls, payments: Iterable[CounterPayment], closings: Iterable[TillClosing]) -> "TillPeriod":
        """Set the payments of a period beside its closings."""
        payments_by_day: defaultdict[date, list[CounterPayment]] = defaultdict(list)
        closings_by_day: defaultdict[date, list[TillClosing]] = defaultdict(list)
        for payment in payments:
            payments_by_day[to_tehran(payment.at).date()].append(payment)
        for closing in sorted(closings, key=lambda till_closing: till_closing.number):
            closings_by_day[closing.day].append(closing)
        till_days = sorted({*payments_by_day, *closings_by_day})
        return cls(
            tuple(
                TillDay(day, Takings.from_payments(payments_by_day[day]), tuple(closings_by_day[day]))
                for day in till_days
            )
        )

    @property
    def effective_closings(self) -> list[TillClosing]:
        """The closing in force, of each day that is closed."""
        return [till_day.effective_closing for till_day in self.days if till_day.effective_closing]

    @property
    def difference_rials(self) -> int:
        """The sum of the differences at which the days were closed, rials."""
        return sum(closing.difference_rials for closing in self.effective_closings)

    @property
    def changed_day_count(self) -> int:
        """Number of days that changed after they were closed."""
        return sum(till_day.has_changed for till_day in self.days)
