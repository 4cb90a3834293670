"""Corrections of the ledger: an entry of its own, with a note, between accounts that no row of the books answers for.

What bills, payments, refunds and receipts come to is put right there (a reversal, a refund, a waiver), and posted with
it: a correction of these accounts would make the ledger differ from the books, and is refused.
"""

from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.ledger.accounts import CHART_OF_ACCOUNTS, Account, AccountKey, SubaccountKind
from domain.ledger.entries import EntryKind, LedgerEntry
from domain.repositories import LedgerRepositories
from domain.values.errors import InvalidField
from domain.values.required_text import read_required_text

LONGEST_NOTE = 300
"""UTF-16 units of why."""

ANSWERED_BY_ROWS = frozenset({Account.RECEIVABLE, Account.SURPLUS_PAYABLE, Account.REFUNDS_PAYABLE, Account.SUSPENSE})
"""Accounts whose balance is the sum of open bills, refunds and receipts."""


async def post_correction(
    context: ActorContext[LedgerRepositories], debit: AccountKey, credit: AccountKey, amount: int, note: str
) -> LedgerEntry:
    """Post an amount (rials) from one account to another, and keep it in the audit.

    Errors: `Forbidden` for all but the revenue unit, `MissingField("note")`, `InvalidField` (`account`, `amount`,
    `note`).
    """
    poster = require_right(Right.LEDGER_POST, context.actor, "ledger")
    note_text = read_required_text(note, "note", LONGEST_NOTE)
    if debit == credit or ANSWERED_BY_ROWS & {debit.account, credit.account}:
        raise InvalidField("account")
    if amount <= 0:
        raise InvalidField("amount")
    entry = LedgerEntry(
        kind=EntryKind.CORRECTION,
        item_id=context.dependencies.ids.new_id(),
        at=context.dependencies.clock.now(),
        debit=debit,
        credit=credit,
        amount=amount,
        note=note_text,
        recorded_by=poster.label,
    )
    await context.uow.ledger.add(entry)
    facts = {"debit": _write_key(debit), "credit": _write_key(credit), "amount": amount, "note": note_text}
    await context.uow.audit.add_entry(entry.at, entry.recorded_by or "", "ledger_corrected", facts)
    return entry


def parse_account_key(text: str) -> AccountKey:
    """Read `account` or `account:subaccount` by their keys; `InvalidField("account")`."""
    account_text, _, subaccount = text.partition(":")
    try:
        account = Account(account_text)
    except ValueError:
        raise InvalidField("account") from None
    has_subaccounts = CHART_OF_ACCOUNTS[account].subaccounts is not SubaccountKind.NONE
    if bool(subaccount) is not has_subaccounts:
        raise InvalidField("account")
    return AccountKey(account, subaccount)


def _write_key(account_key: AccountKey) -> str:
    return ":".join(part for part in (account_key.account.value, account_key.subaccount) if part)
