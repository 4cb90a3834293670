"""Plain double entry: every rial that moves is taken from one account and put into another."""

from collections import defaultdict
from enum import StrEnum


class Account(StrEnum):
    """Place of rials. Debit is positive."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    GATEWAY = "gateway"
    """Sales of ours that banks owe us for."""
    TREASURY = "treasury"
    """Bank slips come in here, transfers to an IBAN go out."""
    DUE_BACK = "due_back"
    """Amount due back to payers."""
    SUSPENSE = "suspense"
    """Money that came in and fits nothing that was asked for."""


class Ledger:
    """Balances of the accounts, append-only: a posting is never taken back but by another one."""

    __slots__ = ("balances",)

    def __init__(self) -> None:
        self.balances: defaultdict[Account, int] = defaultdict(int)

    def post(self, debit: Account, credit: Account, amount: int) -> None:
        """Move an amount."""
        self.balances[debit] += amount
        self.balances[credit] -= amount

    def is_balanced(self) -> bool:
        """Tell whether debit equals credit over all accounts."""
        return sum(self.balances.values()) == 0
