"""Rules of editing a row of a registry by hand: move what is owed, annul a record, put its days in order.

Rows that a manual edit may not leave so are refused by forms and imports alike; what the actions themselves do (a bill
issued or paid) goes past these rules.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.values.errors import InvalidField, NotAllowedNow
from domain.values.reasons import InvalidReason, NotAllowedReason

RowValues = Mapping[str, Any]
"""The values of a row by field, JSON as forms keep it; None where nothing is known."""

EditRule = Callable[[RowValues | None, RowValues, bool], None]
"""Rule of editing a row by hand: takes it before (None: new) and after, and whether the editor may settle what is owed
(the right `charges.settle`); raises the error that says why not.
"""


class ChargeState:
    """The states of a row that is owed."""

    OPEN = "open"
    BILLED = "billed"
    PAID = "paid"
    WAIVED = "waived"
    ALL = (OPEN, BILLED, PAID, WAIVED)
    UNSETTLED = (OPEN, BILLED)
    """States in which somebody still owes."""


class RecordStatus:
    """Whether a record about a driver or a machine counts, or was annulled: a wrong one is never deleted."""

    VALID = "valid"
    ANNULLED = "annulled"
    ALL = (VALID, ANNULLED)


_BILLED_STATES = frozenset({ChargeState.BILLED, ChargeState.PAID})


def list_enterable_states(*, may_settle: bool) -> tuple[str, ...]:
    """Return the states in which a new row that is owed may be entered, by who may settle it or by others."""
    return (ChargeState.OPEN, ChargeState.PAID, ChargeState.WAIVED) if may_settle else (ChargeState.OPEN,)


def charge_edit_rule(amount_field: str, *, revenue_edits: bool = True) -> EditRule:
    """Let a manual edit enter what is open, and who may settle what was paid or waived elsewhere; what is entered is
    moved by its bill and by a waiver alone, and its amount only while it is open.

    Where the revenue unit does not edit the rows, the refusal does not send anybody to it.
    """

    def check_charge(values_before: RowValues | None, values_after: RowValues, may_settle: bool) -> None:
        state = values_after["state"]
        if values_before is None and state == ChargeState.BILLED:
            raise NotAllowedNow("state", NotAllowedReason.CHARGE_STATE)
        if values_before is None and state not in list_enterable_states(may_settle=may_settle):
            raise NotAllowedNow(
                "state", NotAllowedReason.CHARGE_ELSEWHERE if revenue_edits else NotAllowedReason.FINE_ELSEWHERE
            )
        if values_before and state != values_before["state"]:
            raise NotAllowedNow("state", NotAllowedReason.CHARGE_STATE)
        if values_before and state != ChargeState.OPEN and values_after[amount_field] != values_before[amount_field]:
            raise NotAllowedNow(amount_field, NotAllowedReason.CHARGE_FIXED)

    return check_charge


def repricing_rule(amount_field: str) -> EditRule:
    """Let the revenue unit alone set another amount in place of an existing one: what a tariff prices is its own."""

    def check_repricing(values_before: RowValues | None, values_after: RowValues, may_settle: bool) -> None:
        amount_changed = (
            values_before is not None
            and values_before["state"] == ChargeState.OPEN
            and values_after[amount_field] != values_before[amount_field]
        )
        if amount_changed and not may_settle:
            raise NotAllowedNow(amount_field, NotAllowedReason.AMOUNT_OF_REVENUE)

    return check_repricing


def check_annulment(values_before: RowValues | None, values_after: RowValues, _may_settle: bool) -> None:
    """Let a manual edit annul a violation unless its fine has a bill that was not waived: that is dealt with first."""
    status_before = values_before["standing"] if values_before else RecordStatus.VALID
    becomes_annulled = values_after["standing"] == RecordStatus.ANNULLED and status_before != RecordStatus.ANNULLED
    if becomes_annulled and values_after["state"] in _BILLED_STATES:
        is_paid = values_after["state"] == ChargeState.PAID
        raise NotAllowedNow("standing", NotAllowedReason.ANNUL_PAID if is_paid else NotAllowedReason.ANNUL_BILLED)


def day_order_rule(first_field: str, last_field: str) -> EditRule:
    """Let the day `last_field`, where one is known, be the day `first_field` or a later one."""

    def check_day_order(_values_before: RowValues | None, values_after: RowValues, _may_settle: bool) -> None:
        if values_after[last_field] is not None and values_after[last_field] < values_after[first_field]:
            raise InvalidField(last_field, InvalidReason.BEFORE_BEGUN)

    return check_day_order
