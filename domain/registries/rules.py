"""What a hand may do to a row of a registry: move what is owed, annul a record, put its days in order.

Rows that a hand may not leave so are refused by forms and imports alike; what the actions themselves do (a bill issued
or paid) goes past these rules.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.values.actors import Role
from domain.values.errors import InvalidField, NotAllowedNow

Values = Mapping[str, Any]
"""The values of a row by field, JSON as forms keep it; None where nothing is known."""

Rule = Callable[[Values | None, Values, frozenset[Role]], None]
"""What a hand may do to a row: takes it before (None: new) and after, and the roles of whose hand it is; raises the
error that says why not.
"""


class ChargeState:
    """The states of a row that is owed."""

    OPEN = "open"
    BILLED = "billed"
    PAID = "paid"
    WAIVED = "waived"
    ALL = (OPEN, BILLED, PAID, WAIVED)


class RecordStatus:
    """Whether a record about a driver or a machine counts, or was annulled: a wrong one is never deleted."""

    VALID = "valid"
    ANNULLED = "annulled"
    ALL = (VALID, ANNULLED)


SETTLERS = frozenset({Role.REVENUE, Role.SYSTEM})
"""Who enters what was paid or waived elsewhere, before it was kept here, and changes an amount that a tariff prices."""

_BILLED = frozenset({ChargeState.BILLED, ChargeState.PAID})


def states_by_hand(roles: frozenset[Role]) -> tuple[str, ...]:
    """Return the states in which a new row that is owed may be entered by hands with these roles."""
    return (ChargeState.OPEN, ChargeState.PAID, ChargeState.WAIVED) if roles & SETTLERS else (ChargeState.OPEN,)


def charged_by_hand(amount: str, *, revenue_edits: bool = True) -> Rule:
    """Let a hand enter what is open, and `SETTLERS` what was paid or waived elsewhere; what stands here is moved by its
    bill and by a waiver alone, and its amount only while it is open.

    Where the revenue unit does not edit the rows, the refusal does not send anybody to it.
    """

    def rule(before: Values | None, after: Values, roles: frozenset[Role]) -> None:
        state = after["state"]
        if before is None and state == ChargeState.BILLED:
            raise NotAllowedNow("state", detail="charge_state")
        if before is None and state not in states_by_hand(roles):
            raise NotAllowedNow("state", detail="charge_elsewhere" if revenue_edits else "fine_elsewhere")
        if before and state != before["state"]:
            raise NotAllowedNow("state", detail="charge_state")
        if before and state != ChargeState.OPEN and after[amount] != before[amount]:
            raise NotAllowedNow(amount, detail="charge_fixed")

    return rule


def repriced_by_hand(amount: str) -> Rule:
    """Let the revenue unit alone set another amount in place of one that stands: what a tariff prices is its own."""

    def rule(before: Values | None, after: Values, roles: frozenset[Role]) -> None:
        moved = before is not None and before["state"] == ChargeState.OPEN and after[amount] != before[amount]
        if moved and not roles & SETTLERS:
            raise NotAllowedNow(amount, detail="amount_of_revenue")

    return rule


def annulled_by_hand(before: Values | None, after: Values, _roles: frozenset[Role]) -> None:
    """Let a hand annul a violation unless its fine has a bill that was not waived: that is dealt with first."""
    was = before["standing"] if before else RecordStatus.VALID
    annulled = after["standing"] == RecordStatus.ANNULLED and was != RecordStatus.ANNULLED
    if annulled and after["state"] in _BILLED:
        paid = after["state"] == ChargeState.PAID
        raise NotAllowedNow("standing", detail="annul_paid" if paid else "annul_billed")


def not_before(first: str, last: str) -> Rule:
    """Let the day `last`, where one is known, be the day `first` or a later one."""

    def rule(_before: Values | None, after: Values, _roles: frozenset[Role]) -> None:
        if after[last] is not None and after[last] < after[first]:
            raise InvalidField(last, detail="before_begun")

    return rule
