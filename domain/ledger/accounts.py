"""The chart of accounts, as data. What accounts are called is in `texts/fa/ledger.toml` (`ledger.accounts`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.bills.bill import Payment, PaymentMethod


class Account(StrEnum):
    """An account of the general ledger (حساب کل)."""

    RECEIVABLE = "receivable"
    """Bills that are to be paid; each entry names its bill."""
    BANK = "bank"
    """Money that a bank slip or the bank's file says we have, and what was transferred back."""
    GATEWAY_CLEARING = "gateway_clearing"
    """Money that a gateway says is ours, or that it sent back to a card, until its settlement file says so too."""
    TILL = "till"
    """Money that came by the terminal of a counter office."""
    OWN_TERMINAL = "own_terminal"
    """Money that came by a terminal of the municipality itself."""
    SURPLUS_PAYABLE = "surplus_payable"
    """Money for a bill that needs none, between its arrival and the refund that is due for it."""
    REFUNDS_PAYABLE = "refunds_payable"
    """Money that is due back to citizens."""
    COMMISSION_PAYABLE = "commission_payable"
    """Commission earned by counter offices and not paid yet."""
    SUSPENSE = "suspense"
    """Money that fits no bill of ours, until the revenue unit says whose it is."""
    REVENUE = "revenue"
    """Charges made."""
    WAIVED_CHARGES = "waived_charges"
    """Charges that were waived."""
    CANCELLED_CHARGES = "cancelled_charges"
    """Charges whose bills expired or became void."""
    REFUNDED_CHARGES = "refunded_charges"
    """Charges that were paid and are due back."""
    COMMISSION_EXPENSE = "commission_expense"
    """Cost of counter offices."""


class AccountNature(StrEnum):
    """Nature of an account: its balance is on the debit side for assets and expenses, else on the credit side."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class SubaccountKind(StrEnum):
    """Meaning of the subaccounts (حساب تفصیلی) of an account."""

    NONE = "none"
    SERVICE = "service"
    """The key of a service, or of the registry whose row is charged."""
    METHOD = "method"
    """A `PaymentMethod`."""
    GATEWAY = "gateway"
    """The key of a bank gateway."""
    OFFICE = "office"
    """The code of a counter office."""


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """Fixed terms of an account."""

    nature: AccountNature
    subaccounts: SubaccountKind = SubaccountKind.NONE


CHART_OF_ACCOUNTS: Mapping[Account, AccountTerms] = {
    Account.RECEIVABLE: AccountTerms(AccountNature.ASSET),
    Account.BANK: AccountTerms(AccountNature.ASSET, SubaccountKind.METHOD),
    Account.GATEWAY_CLEARING: AccountTerms(AccountNature.ASSET, SubaccountKind.GATEWAY),
    Account.TILL: AccountTerms(AccountNature.ASSET, SubaccountKind.OFFICE),
    Account.OWN_TERMINAL: AccountTerms(AccountNature.ASSET),
    Account.SURPLUS_PAYABLE: AccountTerms(AccountNature.LIABILITY),
    Account.REFUNDS_PAYABLE: AccountTerms(AccountNature.LIABILITY),
    Account.COMMISSION_PAYABLE: AccountTerms(AccountNature.LIABILITY, SubaccountKind.OFFICE),
    Account.SUSPENSE: AccountTerms(AccountNature.LIABILITY),
    Account.REVENUE: AccountTerms(AccountNature.INCOME, SubaccountKind.SERVICE),
    Account.WAIVED_CHARGES: AccountTerms(AccountNature.EXPENSE, SubaccountKind.SERVICE),
    Account.CANCELLED_CHARGES: AccountTerms(AccountNature.EXPENSE, SubaccountKind.SERVICE),
    Account.REFUNDED_CHARGES: AccountTerms(AccountNature.EXPENSE, SubaccountKind.SERVICE),
    Account.COMMISSION_EXPENSE: AccountTerms(AccountNature.EXPENSE, SubaccountKind.SERVICE),
}
"""Every account, in the order of a trial balance. Waived, cancelled and refunded charges are deductions from revenue,
kept apart from it so that what was charged stays visible.
"""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An account, with its subaccount where it has any."""

    account: Account
    subaccount: str = ""
    """Subaccount, of the kind that the chart tells; empty where the account has none, or nothing is known."""

    def __post_init__(self) -> None:
        """Refuse a subaccount of an account that has none."""
        if self.subaccount and CHART_OF_ACCOUNTS[self.account].subaccounts is SubaccountKind.NONE:
            raise ValueError(f"{self.account} has no subaccounts, got {self.subaccount!r}")


@dataclass(frozen=True, slots=True)
class MoneySource:
    """Way by which money came: it decides on which account the money lies."""

    method: PaymentMethod
    """Way it came."""
    gateway: str | None = None
    """The key of the gateway; None: by none."""
    office: str | None = None
    """The code of the counter office whose terminal took it; None: no office's."""

    @classmethod
    def of_payment(cls, payment: Payment) -> "MoneySource":
        """Return by which way a payment came."""
        return cls(payment.method, payment.gateway, payment.office)

    @property
    def cash_account(self) -> AccountKey:
        """The account on which the money lies."""
        if self.office:
            return AccountKey(Account.TILL, self.office)
        if self.method is PaymentMethod.POS:
            return AccountKey(Account.OWN_TERMINAL)
        if self.method is PaymentMethod.GATEWAY or self.gateway:
            return AccountKey(Account.GATEWAY_CLEARING, self.gateway or "")
        return AccountKey(Account.BANK, self.method)
