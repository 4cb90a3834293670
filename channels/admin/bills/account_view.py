"""The account that the money of a bill goes to, as pages show it."""

from dataclasses import dataclass

from domain.actions.bills.changed_lines import ChangedLine
from domain.actions.context import ActionContext
from domain.bills.bill import Bill
from domain.language.wording import day_and_hour_text, last_day_before
from domain.messages.catalogue import Catalogue
from domain.values.calendar import jalali_long_text
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
    line_warning: str | None = None
    """Warning that the number changed since the payment, and until when the money waits; None: it did not."""


def build_iban_view(catalogue: Catalogue, iban: Iban) -> IbanView:
    """Return an account in words."""
    return IbanView(persian_digits(iban.groups), str(iban), catalogue.text(iban.text_key))


async def load_account_view(context: ActionContext, bill: Bill, changed_line: ChangedLine | None) -> AccountView:
    """Return what is known of the account of a bill in words."""
    account, catalogue = await context.uow.refund_transfers.find_account(bill.id), context.dependencies.catalogue
    iban, given_at = (account.iban, account.given_at) if account else (None, None)
    asked_at = account.asked_at if account else None
    return AccountView(
        build_iban_view(catalogue, iban) if iban else None,
        day_and_hour_text(given_at) if given_at else None,
        day_and_hour_text(asked_at) if asked_at else None,
        _describe_changed_line(catalogue, changed_line) if changed_line else None,
    )


def _describe_changed_line(catalogue: Catalogue, changed_line: ChangedLine) -> str:
    before, after = (
        persian_digits(line[-4:]) if line else "—" for line in (changed_line.line_before, changed_line.line)
    )
    facts = {"before": before, "after": after, "until": jalali_long_text(last_day_before(changed_line.until))}
    return catalogue.render(f"admin.transfers.line_{'objected' if changed_line.is_objected else 'changed'}", facts)
