"""Books of a bill, reckoned a second time: from the bill, its payments and refunds as they are."""

from collections import Counter
from collections.abc import Iterable, Sequence

from domain.bills.bill import Bill, BillState, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState
from domain.ledger.entries import LedgerEntry
from tests.properties.support.walk_rules import Step

Balances = dict[tuple[str, str], int]
"""Account and subaccount → rials, positive on the debit side; what is nothing is left out."""


def cash_of(payment: Payment) -> tuple[str, str]:
    """Account that holds the money of a payment."""
    if payment.office:
        return "till", payment.office
    if payment.method is PaymentMethod.POS:
        return "own_terminal", ""
    if payment.method is PaymentMethod.GATEWAY:
        return "gateway_clearing", payment.gateway or ""
    return "bank", payment.method.value


def expected(bill: Bill, payments: Iterable[Payment], refunds: Iterable[Refund]) -> Balances:
    """Expected balances of the books."""
    found: Counter[tuple[str, str]] = Counter()
    counted = [one for one in payments if one.is_recorded]
    live = [one for one in refunds if one.state is not RefundState.CANCELLED]
    settled = sum(one.amount for one in counted if one.outcome is PaymentOutcome.SETTLED)
    surplus = sum(one.amount for one in counted if one.outcome is PaymentOutcome.SURPLUS)
    from_surplus = sum(one.amount for one in live if one.reason == "surplus_payment")
    found["revenue", bill.service] -= bill.amount
    found["refunded_charges", bill.service] += sum(one.amount for one in live) - from_surplus
    found["surplus_payable", ""] += from_surplus - surplus
    found["refunds_payable", ""] -= sum(one.amount for one in live if one.state is RefundState.DUE)
    if bill.state.is_payable:
        found["receivable", ""] += bill.amount
    elif bill.state is BillState.WAIVED:
        found["waived_charges", bill.service] += bill.amount
    elif not settled:
        found["cancelled_charges", bill.service] += bill.amount
    for one in counted:
        found[cash_of(one)] += -one.amount if one.outcome is PaymentOutcome.RETURNED else one.amount
    return {account: amount for account, amount in found.items() if amount}


def balances(entries: Iterable[LedgerEntry]) -> Balances:
    """Balances of entries."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        for account_key, amount in ((entry.debit, entry.amount), (entry.credit, -entry.amount)):
            found[account_key.account.value, account_key.subaccount] += amount
    return {account: amount for account, amount in found.items() if amount}


def ledger_says(
    bill: Bill, payments: Sequence[Payment], refunds: Sequence[Refund], entries: Sequence[LedgerEntry]
) -> None:
    """The ledger says of each account what the books say, and all of it together comes to nothing."""
    stated = balances(entries)
    assert stated == expected(bill, payments, refunds), bill
    assert sum(stated.values()) == 0
    assert len({(one.kind, one.item_id) for one in entries}) == len(entries)


def the_ledger_says_what_the_books_say(step: Step) -> None:
    """Of every bill, after every step; entries are added and never changed."""
    for row, account in step.after.accounts.items():
        known = step.before.accounts.get(row)
        if known is not account:
            ledger_says(account.bill, (*account.payments, *account.reversed), account.refunds, account.entries)
            assert known is None or set(known.entries) <= set(account.entries)
