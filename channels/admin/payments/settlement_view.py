"""Settlement files, their lines and differences in words, as the pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.actions.dependencies import Dependencies
from domain.actions.settlement.results import describe_reason
from domain.language.wording import day_and_hour_text
from domain.settlement.differences import PaymentDifference, SourceTotals
from domain.settlement.settlement_file import ExaminedFile, FileLine, LineOutcome, OutcomeTotal, SettlementFile
from domain.values.calendar import jalali_long_text, jalali_text, to_tehran
from domain.values.text import group_digits, persian_digits

_HIDDEN_FACTS = frozenset({"file", "attempt", "receipt", "card_refund"})
"""Rows that people do not know by their keys."""
_AMOUNT_FACTS = frozenset({"asked", "ledger", "recorded"})


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A difference in words."""

    key: str
    title: str
    source: str
    day: str
    amount: str
    party: str
    party_key: str
    action: str
    facts: list[tuple[str, str]]
    file_href: str | None
    """Of the file that brought it to light; None: none did."""


class SettlementViews:
    """Makes words of them."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._catalogue = dependencies.catalogue
        self._layouts = dependencies.settlement_layouts

    def describe_file(self, settlement_file: SettlementFile, member_names: Mapping[str, str]) -> dict[str, str | None]:
        """Return a file, with who brought it and who decided."""
        layout = self._layouts.get(settlement_file.layout)
        decider = settlement_file.decided_by
        return {
            "href": str(settlement_file.id),
            "name": settlement_file.name,
            "layout": layout.title if layout else self._name_unknown_layout(settlement_file),
            "kind": self._text(f"file_kinds.{settlement_file.kind}"),
            "source": self._describe_source(settlement_file.source),
            "state": self._text(f"states.{settlement_file.state}"),
            "state_key": settlement_file.state.value,
            "brought_at": day_and_hour_text(settlement_file.brought_at),
            "brought_by": member_names.get(settlement_file.brought_by, settlement_file.brought_by),
            "decided_by": member_names.get(decider, decider) if decider else None,
            "span": _describe_span(settlement_file),
        }

    def _name_unknown_layout(self, settlement_file: SettlementFile) -> str:
        """Return what a pasted list is called, or the name of a layout that is configured no more."""
        return self._catalogue.text("admin.slips.pasted_name") if settlement_file.is_pasted else settlement_file.layout

    def list_outcomes(self, examined: ExaminedFile) -> list[dict[str, str]]:
        """Return what the lines of a file came to, in the order of `LineOutcome`."""
        return [self._describe_outcome(one, examined.totals[one]) for one in LineOutcome if one in examined.totals]

    def _describe_outcome(self, outcome: LineOutcome, total: OutcomeTotal) -> dict[str, str]:
        """Return how many lines came to the same, and what that means."""
        return {
            "key": outcome.value,
            "title": self._text(f"outcomes.{outcome}"),
            "note": self._text(f"outcome_notes.{outcome}"),
            "count": group_digits(total.line_count),
            "amount": group_digits(total.amount),
        }

    def describe_line(self, line: FileLine) -> dict[str, str]:
        """Return a line that somebody has to look at."""
        return {
            "number": persian_digits(line.line_number),
            "outcome": self._text(f"outcomes.{line.outcome}"),
            "reason": describe_reason(self._catalogue, line),
            "reference": line.reference,
            "bill_id": line.bill_id or (str(line.order_number) if line.order_number else ""),
            "amount": group_digits(line.amount) if line.amount else "",
        }

    def count_bookable(self, examined: ExaminedFile) -> int:
        """Return how many lines would be booked."""
        return sum(total.line_count for outcome, total in examined.totals.items() if not outcome.is_quiet)

    def describe_difference(self, difference: PaymentDifference) -> DifferenceView:
        """Return a difference with who must do what."""
        file_id = difference.facts.get("file")
        return DifferenceView(
            key=difference.key,
            title=self._text(f"differences.{difference.kind}"),
            source=self._describe_source(difference.source),
            day=jalali_text(difference.day),
            amount=group_digits(difference.amount) if difference.amount else "",
            party=self._text(f"parties.{difference.party}"),
            party_key=difference.party.value,
            action=self._text(f"actions.{difference.kind}"),
            facts=[
                (self._text(f"facts.{name}"), _render_fact(name, value))
                for name, value in difference.facts.items()
                if name not in _HIDDEN_FACTS and value != ""
            ],
            file_href=None if file_id is None else str(file_id),
        )

    def describe_totals(self, totals: SourceTotals) -> dict[str, str | bool]:
        """Return what a bank or gateway did on a day, by our books and by its files."""
        return {
            "source": self._describe_source(totals.source),
            "counted": group_digits(totals.counted),
            "counted_amount": group_digits(totals.counted_amount),
            "filed": group_digits(totals.filed),
            "filed_amount": group_digits(totals.filed_amount),
            "is_even": totals.is_even,
        }

    def describe_day(self, day: date) -> str:
        """Return a day with its weekday."""
        return jalali_long_text(day)

    def _describe_source(self, source: str) -> str:
        for key in (f"settlement.sources.{source}", f"gateways.names.{source}"):
            if key in self._catalogue:
                return self._catalogue.text(key)
        return source

    def _text(self, name: str) -> str:
        return self._catalogue.text(f"settlement.{name}")


def _describe_span(settlement_file: SettlementFile) -> str | None:
    first, last = settlement_file.first_paid_at, settlement_file.last_paid_at
    if first is None or last is None:
        return None
    days = dict.fromkeys(jalali_text(to_tehran(moment).date()) for moment in (first, last))
    return " – ".join(days)


def _render_fact(name: str, value: str | int) -> str:
    if name in _AMOUNT_FACTS and isinstance(value, int):
        return group_digits(value)
    return persian_digits(value) if isinstance(value, int) else str(value)
