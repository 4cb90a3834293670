"""Invariants: after every step, and when all that can happen has happened and the settlement file came."""

from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptAlert, AttemptState, PaymentAttempt
from domain.gateways.gateway import SaleState
from domain.gateways.refund_attempt import RefundAttemptState
from tests.simulation.payments.bank import BankSession
from tests.simulation.payments.ledger import Account
from tests.simulation.payments.world import World

_MONEY_AT_BANK = (SaleState.AWAITING_VERIFICATION, SaleState.VERIFIED, SaleState.SETTLED)

_NOTHING_KNOWN = frozenset({None, AttemptAlert.UNRESOLVED})
"""Alerts that say nothing of where the money is: a bank that answers would have said so."""


def check_step(world: World) -> None:
    """Add what is wrong now to the world's violations."""
    if not world.is_checked:
        return
    records, violations = world.records, world.violations
    for bill in records.bills:
        if bill.settlements > 1:
            violations.append(f"bill {bill.number} is counted as paid {bill.settlements} times")
        if bill.settlements and bill.state is not BillState.PAID:
            violations.append(f"bill {bill.number} was paid and is {bill.state}")
    for attempt in records.attempts.values():
        _check_statement(world, attempt)
        if attempt.state.is_open:
            _check_open(world, attempt)
        elif attempt.state is AttemptState.SETTLED:
            _check_settled(world, attempt)
        else:
            _check_given_up(world, attempt)


def _check_open(world: World, attempt: PaymentAttempt) -> None:
    if attempt.next_step_at is None and attempt.alert is None:
        world.violations.append(f"attempt {attempt.id} is {attempt.state} and nobody turns to it")
    for share in attempt.shares:
        if world.records.bills[share.bill_row_id].state is BillState.OPEN:
            world.violations.append(f"bill {share.bill_row_id} is not held for attempt {attempt.id}")


def _check_statement(world: World, attempt: PaymentAttempt) -> None:
    """The statement of the result page has to be true: «paid» at once, «not paid» and «given back» for good."""
    statement = world.records.get_statement(attempt)
    if statement == "paid":
        sale = world.get_sale(attempt)
        if sale is None or sale.state is not SaleState.SETTLED or sale.amount != attempt.amount:
            world.violations.append(f"attempt {attempt.id} is told to be paid, and is not")
    elif statement != "not_known" and attempt.id not in world.overran and not is_theft_possible(world):
        world.told_unpaid.add(attempt.id)


def _check_settled(world: World, attempt: PaymentAttempt) -> None:
    sale = world.get_sale(attempt)
    if sale is None or sale.state is not SaleState.SETTLED:
        world.violations.append(f"attempt {attempt.id} is settled, and its sale is not ours")


def _check_given_up(world: World, attempt: PaymentAttempt) -> None:
    """An attempt told as not paid, or as given back, has to stay so; a bank that breaks its own word is excused."""
    if attempt.id in world.overran or is_theft_possible(world):
        return
    session = world.get_session(attempt)
    if session is None or is_counted_elsewhere(world, session):
        return
    if session.state in _MONEY_AT_BANK:
        world.violations.append(f"attempt {attempt.id} is {attempt.state}, and its sale is {session.state}")
    elif world.starts[attempt.id].has_left and world.bank.may_pay(session):
        world.violations.append(f"attempt {attempt.id} is {attempt.state}, and its session can still be paid")


def is_theft_possible(world: World) -> bool:
    """Tell whether a sale may have been claimed by another attempt, at a bank that verifies by its own number alone:
    no rial is lost by it, but who paid may be told less than the truth; staff are alerted (docs/payment-simulation.md).
    """
    return bool(world.tampered) and not world.profile.compares_order


def is_counted_elsewhere(world: World, session: BankSession) -> bool:
    """Tell whether another attempt has this sale, at a bank that does not compare orders."""
    if world.profile.compares_order:
        return False
    attempts = world.records.attempts.values()
    return any(one.sale_number == session.number and one.order_number != session.order_number for one in attempts)


def check_before_file(world: World) -> None:
    """Find what nobody was alerted to before the bank's settlement file tells of it: attempts of which nothing was
    found out, and money that lies at the bank and that nobody looks for.
    """
    for attempt in world.records.attempts.values():
        if attempt.state.is_open and attempt.alert is None:
            world.violations.append(f"attempt {attempt.id} is {attempt.state} for hours, and nobody is alerted")
        session = world.get_session(attempt)
        if session is None or session.state not in _MONEY_AT_BANK or attempt.alert not in _NOTHING_KNOWN:
            continue
        is_lost = session.state is not SaleState.SETTLED or attempt.state.is_open
        if is_lost and attempt.id not in world.overran:
            world.violations.append(f"the sale of attempt {attempt.id} stays {session.state} and nobody is told")


def check_end(world: World) -> None:
    """Add what is wrong in the end to the world's violations."""
    _check_balances(world)
    _check_refunds(world)
    records, violations = world.records, world.violations
    for attempt in records.attempts.values():
        if attempt.state.is_open:
            violations.append(f"attempt {attempt.id} is {attempt.state} after the settlement file")
        if attempt.amount != sum(share.amount for share in attempt.shares):
            violations.append(f"attempt {attempt.id} has other shares than its amount")
        session = world.get_session(attempt)
        if session is None:
            continue
        was_told = attempt.id in world.told_unpaid and attempt.id not in world.overran
        if session.is_kept and was_told and not is_counted_elsewhere(world, session):
            violations.append(f"attempt {attempt.id} was told as not paid, and the money was kept")
        if session.reversed_by_us and session.amount == session.order_amount and not is_theft_possible(world):
            violations.append(f"the right payment of attempt {attempt.id} was given back")


def _check_balances(world: World) -> None:
    """Compare the bank's truth with the ledger, sale by sale and as a whole."""
    records, bank = world.records, world.bank
    if not records.ledger.is_balanced():
        world.violations.append("debit and credit differ")
    for attempt in records.attempts.values():
        sale = world.get_sale(attempt)
        counted = records.counted[attempt.id] + records.suspended[attempt.id]
        truth = sale.amount if sale is not None and sale.state is SaleState.SETTLED else 0
        if counted != truth:
            world.violations.append(f"attempt {attempt.id}: the bank gives {truth} rials, {counted} are counted")
    settled = [one for one in bank.sessions.values() if one.state is SaleState.SETTLED]
    owed_by_bank = sum(one.amount - bank.refunded_from(one) for one in settled)
    if records.ledger.balances[Account.GATEWAY] != owed_by_bank:
        balance = records.ledger.balances[Account.GATEWAY]
        world.violations.append(f"the bank owes {owed_by_bank} rials, the ledger says {balance}")


def _check_refunds(world: World) -> None:
    records = world.records
    paid = world.bank.count_refunds()
    for number, times in paid.items():
        if times > 1:
            world.violations.append(f"refund {number} was paid {times} times")
    for refund in records.refunds.values():
        if refund.state.is_open:
            world.violations.append(f"refund {refund.id} is {refund.state} in the end")
        elif (refund.state is RefundAttemptState.DONE) != bool(paid[refund.refund_number]):
            world.violations.append(f"refund {refund.id} is {refund.state}, the bank paid {paid[refund.refund_number]}")
    if records.ledger.balances[Account.DUE_BACK]:
        world.violations.append(f"{-records.ledger.balances[Account.DUE_BACK]} rials are due back in the end")
    gone = sum(one.amount for one in records.refunds.values() if one.state is RefundAttemptState.DONE)
    if gone + records.returned_by_iban > records.came_in:
        world.violations.append("more went back than came in")
