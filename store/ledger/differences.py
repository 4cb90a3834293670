"""The ledger compared with bills, payments, refunds and receipts: what each says of an account, bill by bill.

The other side is reckoned from the rows as they stand, not from what happened to them: a movement that was not posted,
posted twice or posted elsewhere is a difference.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from domain.bills.bill import SURPLUS_REASON, BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.balances import LedgerDifference
from domain.ledger.entries import EntryKind
from domain.ledger.movements import DEPOSITED
from domain.ledger.suspense import TRANSFERRED, SuspenseState
from domain.settlement.settlement_file import LineOutcome
from store.engines.prepared import Row
from store.engines.types import ID, EnumText, SafeText
from store.schema import bills, ledger_entries, payments, refunds, settlement_lines, suspense_receipts

Column = ColumnElement[Any]

_NO_ROW_ANSWERS = (EntryKind.COMMISSION, EntryKind.CORRECTION)
"""Entries that stand for themselves."""
_NOTHING: Column = literal(0, ID)
_NO_SUBACCOUNT = literal("", SafeText())
_IS_RECORDED = payments.c.reversed_at.is_(None)
_WAS_SETTLED = (
    select(payments.c.id)
    .where(payments.c.bill_id == bills.c.id, _IS_RECORDED, payments.c.outcome == PaymentOutcome.SETTLED)
    .exists()
)
_WAS_CANCELLED = or_(
    bills.c.state.in_([BillState.EXPIRED, BillState.VOID]),
    and_(bills.c.state.in_([BillState.REFUND_DUE, BillState.REFUNDED]), not_(_WAS_SETTLED)),
)
_IS_OF_SURPLUS = refunds.c.reason == SURPLUS_REASON
_IS_NOT_CANCELLED = refunds.c.state != RefundState.CANCELLED


def _account(account: Account) -> Column:
    return literal(account, EnumText(Account))


def _find_cash_account(table: Table, office: Column) -> tuple[Column, Column]:
    """Return account and subaccount on which the money of a row lies, as `MoneySource.cash_account` says."""
    is_of_office = func.coalesce(office, "") != ""
    is_pos = table.c.method == PaymentMethod.POS
    is_by_gateway = or_(table.c.method == PaymentMethod.GATEWAY, func.coalesce(table.c.gateway, "") != "")
    account = case(
        (is_of_office, _account(Account.TILL)),
        (is_pos, _account(Account.OWN_TERMINAL)),
        (is_by_gateway, _account(Account.GATEWAY_CLEARING)),
        else_=_account(Account.BANK),
    )
    subaccount = case(
        (is_of_office, office),
        (is_pos, _NO_SUBACCOUNT),
        (is_by_gateway, func.coalesce(table.c.gateway, "")),
        else_=type_coerce(table.c.method, SafeText()),
    )
    return account, subaccount


def _recorded(bill_row: Column, account: Column, subaccount: Column, amount: Column, condition: Column) -> Select[Any]:
    """Return one part of what the books say: an amount on an account, positive on the debit side."""
    return select(
        bill_row.label("bill_row"),
        account.label("account"),
        subaccount.label("subaccount"),
        _NOTHING.label("ledger"),
        amount.label("recorded"),
    ).where(condition)


def _of_bills() -> list[Select[Any]]:
    row, service, amount = bills.c.id, bills.c.service, bills.c.amount
    is_open, is_waived = bills.c.state.in_([BillState.OPEN, BillState.PAYING]), bills.c.state == BillState.WAIVED
    return [
        _recorded(row, _account(Account.REVENUE), service, -amount, bills.c.id.is_not(None)),
        _recorded(row, _account(Account.RECEIVABLE), _NO_SUBACCOUNT, amount, is_open),
        _recorded(row, _account(Account.WAIVED_CHARGES), service, amount, is_waived),
        _recorded(row, _account(Account.CANCELLED_CHARGES), service, amount, _WAS_CANCELLED),
    ]


def _of_payments() -> list[Select[Any]]:
    row, amount = payments.c.bill_id, payments.c.amount
    signed_amount = case((payments.c.outcome == PaymentOutcome.RETURNED, -amount), else_=amount)
    is_surplus = and_(_IS_RECORDED, payments.c.outcome == PaymentOutcome.SURPLUS)
    return [
        _recorded(row, *_find_cash_account(payments, payments.c.office), signed_amount, _IS_RECORDED),
        _recorded(row, _account(Account.SURPLUS_PAYABLE), _NO_SUBACCOUNT, -amount, is_surplus),
    ]


def _of_deposits() -> list[Select[Any]]:
    """Payments by gateways that a settlement file confirmed, and payments back to cards: their money moved on to the
    bank, or off it.
    """
    row, amount = payments.c.bill_id, payments.c.amount
    bank = _account(DEPOSITED.account), literal(DEPOSITED.subaccount, SafeText())
    clearing = _find_cash_account(payments, payments.c.office)
    is_deposited = _is_confirmed(payments.c.attempt_id, settlement_lines.c.attempt_id)
    is_withdrawn = _is_confirmed(payments.c.card_refund_id, settlement_lines.c.card_refund_id)
    return [
        _recorded(row, *bank, amount, is_deposited),
        _recorded(row, *clearing, -amount, is_deposited),
        _recorded(row, *bank, -amount, is_withdrawn),
        _recorded(row, *clearing, amount, is_withdrawn),
    ]


def _is_confirmed(payment_key: Column, line_key: Column) -> Column:
    """Tell whether a booked line of a settlement file is of what a payment came, or went, by."""
    confirming_outcomes = settlement_lines.c.outcome.in_([LineOutcome.SETTLES, LineOutcome.CONFIRMS])
    return payment_key.in_(
        select(line_key).where(line_key.is_not(None), not_(settlement_lines.c.is_pending), confirming_outcomes)
    )


def _of_refunds() -> list[Select[Any]]:
    row, amount = refunds.c.bill_id, refunds.c.amount
    is_due = refunds.c.state == RefundState.DUE
    of_surplus, of_charge = and_(_IS_NOT_CANCELLED, _IS_OF_SURPLUS), and_(_IS_NOT_CANCELLED, not_(_IS_OF_SURPLUS))
    of_charges = _recorded(row, _account(Account.REFUNDED_CHARGES), bills.c.service, amount, of_charge)
    return [
        _recorded(row, _account(Account.REFUNDS_PAYABLE), _NO_SUBACCOUNT, -amount, is_due),
        _recorded(row, _account(Account.SURPLUS_PAYABLE), _NO_SUBACCOUNT, amount, of_surplus),
        of_charges.where(bills.c.id == refunds.c.bill_id),
    ]


def _of_receipts() -> list[Select[Any]]:
    no_bill, amount = cast(null(), ID), suspense_receipts.c.amount
    is_open = suspense_receipts.c.state == SuspenseState.OPEN
    is_returned = suspense_receipts.c.state == SuspenseState.RETURNED
    transferred = _account(TRANSFERRED.account), literal(TRANSFERRED.subaccount, SafeText())
    return [
        _recorded(no_bill, _account(Account.SUSPENSE), _NO_SUBACCOUNT, -amount, is_open),
        _recorded(no_bill, *_find_cash_account(suspense_receipts, _NO_SUBACCOUNT), amount, or_(is_open, is_returned)),
        _recorded(no_bill, *transferred, -amount, is_returned),
    ]


def _of_ledger() -> list[Select[Any]]:
    entries = ledger_entries.c
    sides: tuple[tuple[Column, Column, Column], ...] = (
        (entries.debit_account, entries.debit_subaccount, entries.amount),
        (entries.credit_account, entries.credit_subaccount, -entries.amount),
    )
    return [
        select(entries.bill_id, account, subaccount, amount, _NOTHING).where(entries.kind.not_in(_NO_ROW_ANSWERS))
        for account, subaccount, amount in sides
    ]


_STATED = union_all(
    *_of_bills(), *_of_payments(), *_of_deposits(), *_of_refunds(), *_of_receipts(), *_of_ledger()
).subquery("stated")
_IN_LEDGER, _IN_BOOKS = func.sum(_STATED.c.ledger), func.sum(_STATED.c.recorded)
_DIFFERENT = (
    select(
        _STATED.c.bill_row,
        _STATED.c.account,
        _STATED.c.subaccount,
        _IN_LEDGER.label("ledger"),
        _IN_BOOKS.label("recorded"),
    )
    .group_by(_STATED.c.bill_row, _STATED.c.account, _STATED.c.subaccount)
    .having(_IN_LEDGER != _IN_BOOKS)
    .subquery("different")
)
DIFFERENCE_STATEMENT = (
    select(bills.c.bill_id, _DIFFERENT.c.account, _DIFFERENT.c.subaccount, _DIFFERENT.c.ledger, _DIFFERENT.c.recorded)
    .select_from(_DIFFERENT.outerjoin(bills, bills.c.id == _DIFFERENT.c.bill_row))
    .order_by(_DIFFERENT.c.bill_row, _DIFFERENT.c.account, _DIFFERENT.c.subaccount)
    .limit(bindparam("most", type_=Integer))
)
"""At most `most` differences, bill by bill."""


def read_difference(row: Row) -> LedgerDifference:
    """Return the difference of a row of that statement."""
    bill_id, account, subaccount, ledger_amount, recorded_amount = row
    return LedgerDifference(bill_id, AccountKey(account, subaccount), int(ledger_amount), int(recorded_amount))
