"""Pure functions that make the entry of each movement of a bill, its payments and refunds."""

from collections.abc import Mapping
from datetime import datetime

from domain.bills.bill import Bill, BillState, Payment, PaymentMethod, PaymentOutcome, Refund, Reversal
from domain.ledger.accounts import Account, AccountKey, MoneySource
from domain.ledger.entries import EntryKind, LedgerEntry

RECEIVABLE = AccountKey(Account.RECEIVABLE)
SURPLUS_PAYABLE = AccountKey(Account.SURPLUS_PAYABLE)
REFUNDS_PAYABLE = AccountKey(Account.REFUNDS_PAYABLE)

CLOSING_MOVEMENTS: Mapping[BillState, tuple[EntryKind, Account]] = {
    BillState.WAIVED: (EntryKind.WAIVER, Account.WAIVED_CHARGES),
    BillState.EXPIRED: (EntryKind.EXPIRY, Account.CANCELLED_CHARGES),
    BillState.VOID: (EntryKind.VOID, Account.CANCELLED_CHARGES),
}
"""The states in which a bill is owed no more although nobody paid. A bill that came to one never opens again."""

INCOMING_CREDITS: Mapping[PaymentOutcome, tuple[EntryKind, AccountKey]] = {
    PaymentOutcome.SETTLED: (EntryKind.PAYMENT, RECEIVABLE),
    PaymentOutcome.SURPLUS: (EntryKind.SURPLUS, SURPLUS_PAYABLE),
}
"""Account credited with money that came in."""


def enter_issued_bill(bill: Bill) -> LedgerEntry:
    """Return the entry of a new bill."""
    return LedgerEntry(
        kind=EntryKind.BILL_ISSUED,
        item_id=bill.id,
        bill_id=bill.id,
        at=bill.created_at,
        debit=RECEIVABLE,
        credit=AccountKey(Account.REVENUE, bill.service),
        amount=bill.amount,
    )


def enter_closed_bill(bill: Bill) -> LedgerEntry | None:
    """Return the entry of a bill that was waived, expired or became void; None while it is in another state."""
    if bill.state not in CLOSING_MOVEMENTS:
        return None
    entry_kind, account = CLOSING_MOVEMENTS[bill.state]
    return LedgerEntry(
        kind=entry_kind,
        item_id=bill.id,
        bill_id=bill.id,
        at=bill.settled_at or bill.created_at,
        debit=AccountKey(account, bill.service),
        credit=RECEIVABLE,
        amount=bill.amount,
    )


def enter_payment(payment: Payment) -> LedgerEntry:
    """Return the entry of money that came in, or went back."""
    cash_account = MoneySource.of_payment(payment).cash_account
    if payment.outcome is PaymentOutcome.RETURNED:
        entry_kind, debit, credit = EntryKind.REFUND_PAID, REFUNDS_PAYABLE, cash_account
    else:
        entry_kind, credit = INCOMING_CREDITS[payment.outcome]
        debit = cash_account
    return LedgerEntry(
        kind=entry_kind,
        item_id=payment.id,
        bill_id=payment.bill_id,
        at=payment.at,
        debit=debit,
        credit=credit,
        amount=payment.amount,
    )


DEPOSITED = AccountKey(Account.BANK, PaymentMethod.GATEWAY)
"""The account on which money of gateways lies once their settlement files confirmed it."""


def enter_deposit(payment: Payment, confirmed_at: datetime) -> LedgerEntry:
    """Return the entry of a gateway's payment that its settlement file confirmed."""
    return LedgerEntry(
        kind=EntryKind.DEPOSIT,
        item_id=payment.id,
        bill_id=payment.bill_id,
        at=confirmed_at,
        debit=DEPOSITED,
        credit=MoneySource.of_payment(payment).cash_account,
        amount=payment.amount,
    )


def enter_withdrawal(payment: Payment, confirmed_at: datetime) -> LedgerEntry:
    """Return the entry of a payment back to a card that the gateway's settlement file confirmed."""
    return LedgerEntry(
        kind=EntryKind.WITHDRAWAL,
        item_id=payment.id,
        bill_id=payment.bill_id,
        at=confirmed_at,
        debit=MoneySource.of_payment(payment).cash_account,
        credit=DEPOSITED,
        amount=payment.amount,
    )


def enter_reversal(payment: Payment, reversal: Reversal) -> LedgerEntry:
    """Return the contra entry of a payment that was recorded wrongly."""
    entry = enter_payment(payment)
    return LedgerEntry(
        kind=EntryKind.REVERSAL,
        item_id=payment.id,
        bill_id=payment.bill_id,
        at=reversal.at,
        debit=entry.credit,
        credit=entry.debit,
        amount=entry.amount,
    )


def _refund_source(bill: Bill, refund: Refund) -> AccountKey:
    """Return the account out of which a refund is due: what came in too much, or what was charged."""
    return SURPLUS_PAYABLE if refund.is_of_surplus else AccountKey(Account.REFUNDED_CHARGES, bill.service)


def enter_due_refund(bill: Bill, refund: Refund) -> LedgerEntry:
    """Return the entry of money that became due back."""
    return LedgerEntry(
        kind=EntryKind.REFUND_DUE,
        item_id=refund.id,
        bill_id=bill.id,
        at=refund.created_at,
        debit=_refund_source(bill, refund),
        credit=REFUNDS_PAYABLE,
        amount=refund.amount,
    )


def enter_cancelled_refund(bill: Bill, refund: Refund, cancelled_at: datetime) -> LedgerEntry:
    """Return the contra entry of a refund that is not due after all."""
    return LedgerEntry(
        kind=EntryKind.REFUND_CANCELLED,
        item_id=refund.id,
        bill_id=bill.id,
        at=cancelled_at,
        debit=REFUNDS_PAYABLE,
        credit=_refund_source(bill, refund),
        amount=refund.amount,
    )
