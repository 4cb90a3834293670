"""The municipality's store in memory: bills, attempts and refunds; a change and what follows from it are one step."""

from collections import defaultdict
from datetime import datetime

from domain.bills.bill import BillState
from domain.gateways.attempt import (
    AttemptAlert,
    AttemptChange,
    AttemptEffect,
    PaymentAttempt,
)
from domain.gateways.refund_attempt import RefundAttempt, RefundChange, RefundEffect
from tests.simulation.payments.ledger import Account, Ledger
from tests.simulation.payments.rules import DriverRules


class SimulatedBill:
    """A bill, and what ever happened to it."""

    __slots__ = ("amount", "number", "settlements", "state")

    def __init__(self, number: int, amount: int) -> None:
        self.number, self.amount, self.state = number, amount, BillState.OPEN
        self.settlements = 0


class DueRefund:
    """Rials that a payer is to get back, and from which attempt they came (None: not by a gateway)."""

    __slots__ = ("amount", "attempt_id")

    def __init__(self, amount: int, attempt_id: int | None) -> None:
        self.amount, self.attempt_id = amount, attempt_id


class MunicipalRecords:
    """Everything that is stored. Methods that change it are each one transaction."""

    __slots__ = (
        "alerted",
        "attempts",
        "bills",
        "came_in",
        "claims",
        "counted",
        "due_refunds",
        "ledger",
        "now",
        "refund_claims",
        "refunds",
        "returned_by_iban",
        "rules",
        "suspended",
        "violations",
    )

    def __init__(self, rules: DriverRules, amounts: tuple[int, ...], now: datetime) -> None:
        self.rules, self.now = rules, now
        self.bills = [SimulatedBill(number, amount) for number, amount in enumerate(amounts)]
        self.attempts: dict[int, PaymentAttempt] = {}
        self.claims: dict[int, tuple[int, datetime | None]] = {}
        self.refunds: dict[int, RefundAttempt] = {}
        self.refund_claims: dict[int, tuple[int, datetime | None]] = {}
        self.due_refunds: list[DueRefund] = []
        self.counted: defaultdict[int, int] = defaultdict(int)
        self.suspended: defaultdict[int, int] = defaultdict(int)
        self.returned_by_iban = self.came_in = 0
        self.alerted: set[int] = set()
        self.violations: list[str] = []
        self.ledger = Ledger()
        for bill in self.bills:
            self.ledger.post(Account.RECEIVABLE, Account.REVENUE, bill.amount)

    # Attempts

    def add_attempt(self, attempt: PaymentAttempt) -> None:
        """Store a new attempt and hold its bills."""
        self.attempts[attempt.id] = attempt
        self._hold_bills(attempt)

    def store_change(self, change: AttemptChange, *, with_effects: bool = True) -> bool:
        """Store a change with its effects; false, and nothing is stored, when its sale is another attempt's."""
        attempt = change.attempt
        if self.is_sale_of_another(attempt):
            return False
        self.attempts[attempt.id] = attempt
        if with_effects:
            for effect in change.effects:
                self._apply_effect(effect, attempt)
        return True

    def is_sale_of_another(self, attempt: PaymentAttempt) -> bool:
        """Tell whether it cannot be stored, for its sale number is another attempt's (`Conflict("sale")`)."""
        is_new = attempt.sale_number != self.attempts[attempt.id].sale_number
        return is_new and self.find_by_sale(attempt) is not None

    def find_by_sale(self, attempt: PaymentAttempt, sale_number: str | None = None) -> PaymentAttempt | None:
        """Return another attempt that has this sale number."""
        number = sale_number or attempt.sale_number
        if number is None or not self.rules.refuses_known_sales:
            return None
        others = self.attempts.values()
        return next((one for one in others if one.sale_number == number and one.id != attempt.id), None)

    def _apply_effect(self, effect: AttemptEffect, attempt: PaymentAttempt) -> None:
        match effect:
            case AttemptEffect.COUNT_PAYMENT:
                for share in attempt.shares:
                    self.record_payment(self.bills[share.bill_row_id], Account.GATEWAY, attempt.id)
            case AttemptEffect.HOLD_IN_SUSPENSE:
                amount = attempt.bank_amount or attempt.amount
                self.suspended[attempt.id] += amount
                self.ledger.post(Account.GATEWAY, Account.SUSPENSE, amount)
            case AttemptEffect.HOLD_BILLS:
                self._hold_bills(attempt)
            case AttemptEffect.RELEASE_BILLS:
                self._release_bills(attempt)
            case AttemptEffect.ALERT_STAFF:
                self.alerted.add(attempt.id)

    def _hold_bills(self, attempt: PaymentAttempt) -> None:
        for share in attempt.shares:
            bill = self.bills[share.bill_row_id]
            if bill.state is BillState.OPEN and self.rules.holds_bills:
                bill.state = BillState.PAYING

    def _release_bills(self, attempt: PaymentAttempt) -> None:
        for share in attempt.shares:
            bill = self.bills[share.bill_row_id]
            is_held = not self.rules.releases_held_by_others and any(
                other.state.is_open and any(held.bill_row_id == bill.number for held in other.shares)
                for other in self.attempts.values()
                if other.id != attempt.id
            )
            if bill.state is BillState.PAYING and not is_held:
                bill.state = BillState.OPEN

    # Money

    def record_payment(self, bill: SimulatedBill, source: Account, attempt_id: int | None) -> None:
        """Take money for a bill: it settles it, or is surplus and due back (`pay.record`)."""
        self.came_in += bill.amount
        if attempt_id is not None:
            self.counted[attempt_id] += bill.amount
        if bill.state.is_payable or self.rules.settles_twice:
            bill.state = BillState.PAID
            bill.settlements += 1
            self.ledger.post(source, Account.RECEIVABLE, bill.amount)
            return
        self.ledger.post(source, Account.DUE_BACK, bill.amount)
        if self.rules.keeps_surplus:
            self.due_refunds.append(DueRefund(bill.amount, attempt_id))

    def cancel_bill(self, bill: SimulatedBill) -> None:
        """Cancel or expire a bill that nobody is paying."""
        bill.state = BillState.VOID
        self.ledger.post(Account.REVENUE, Account.RECEIVABLE, bill.amount)

    def owe_refund(self, amount: int, attempt_id: int) -> None:
        """Owe back some of what settled a bill: the work was cancelled, or took fewer hours."""
        self.ledger.post(Account.REVENUE, Account.DUE_BACK, amount)
        self.due_refunds.append(DueRefund(amount, attempt_id))

    def pay_by_iban(self, amount: int) -> None:
        """Send money back by a bank transfer, as the staff record it."""
        self.returned_by_iban += amount
        self.ledger.post(Account.DUE_BACK, Account.TREASURY, amount)

    def store_refund(self, change: RefundChange) -> None:
        """Store a transfer back to a card with its effects."""
        self.refunds[change.attempt.id] = change.attempt
        for effect in change.effects:
            if effect is RefundEffect.COUNT_REFUND:
                self.ledger.post(Account.DUE_BACK, Account.GATEWAY, change.attempt.amount)
            else:
                self.due_refunds.append(DueRefund(change.attempt.amount, None))

    # What people are told

    def get_statement(self, attempt: PaymentAttempt) -> str:
        """Return what the result page says: `paid`, `not_paid`, `given_back`, or `not_known` yet."""
        statement = self.rules.statements.get(attempt.state, "not_known")
        if statement == "paid":
            return "not_known" if attempt.has_wrong_amount else "paid"
        return "not_known" if attempt.alert is AttemptAlert.FOREIGN_CALLBACK else statement
