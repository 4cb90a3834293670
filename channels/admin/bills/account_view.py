"""The account that the money of a bill goes to, as pages show it."""

from dataclasses import dataclass

from domain.bills.refund_transfers import RefundAccount
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.values.ibans import Iban
from domain.values.text import persian_digits


@dataclass(frozen=True, slots=True)
class IbanView:
    """An account, to be read and to be copied."""

    display_text: str
    """In groups of four, with Persian digits."""
    copied: str
    """As banks take it: IR and 24 Latin digits."""
    bank: str
    """Its bank's name."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """Whether a citizen has given an account."""

    iban: IbanView | None
    """The account; None: not given."""
    given_at: str | None
    """Day and hour in Tehran since when it is known."""
    asked_at: str | None
    """Day and hour of the last question; None: nobody was asked."""


def build_iban_view(catalogue: Catalogue, iban: Iban) -> IbanView:
    """Return an account in words."""
    return IbanView(persian_digits(iban.groups), str(iban), catalogue.text(iban.text_key))


def build_account_view(catalogue: Catalogue, account: RefundAccount | None) -> AccountView:
    """Return what is known of an account in words."""
    if account is None:
        return AccountView(None, None, None)
    return AccountView(
        build_iban_view(catalogue, account.iban) if account.iban else None,
        day_and_hour_text(account.given_at) if account.given_at else None,
        day_and_hour_text(account.asked_at) if account.asked_at else None,
    )
