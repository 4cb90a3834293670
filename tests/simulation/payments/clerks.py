"""The staff and their jobs, who know nothing of what the bank is doing: bills are cancelled, slips are recorded."""

from datetime import timedelta

from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptChange, AttemptState, PaymentAttempt
from domain.gateways.gateway import GatewayAnswer, SaleState
from tests.simulation.payments.ledger import Account
from tests.simulation.payments.options import Option
from tests.simulation.payments.world import World

SETTLEMENT_LAG = timedelta(days=2)
"""After so long every file has come that could name a sale."""


def list_clerk_options(world: World, options: list[Option]) -> None:
    """List what the staff can do next."""
    if world.clerk_acts_left:
        for bill in world.records.bills:
            options.append((record_slip, bill.number))
            if bill.state is BillState.OPEN:
                options.append((cancel_bill, bill.number))
        if any(attempt.state is AttemptState.UNKNOWN for attempt in world.records.attempts.values()):
            options.append((book_early_file,))
    if world.profile.capabilities.lists_unverified and world.records.attempts:
        options.append((read_unverified_list,))


def record_slip(world: World, bill: int) -> None:
    """Record that a bill was paid at a bank's counter."""
    world.clerk_acts_left -= 1
    world.records.record_payment(world.records.bills[bill], Account.TREASURY, None)


def cancel_bill(world: World, bill: int) -> None:
    """Cancel the request of a bill, or let the bill expire."""
    world.clerk_acts_left -= 1
    world.records.cancel_bill(world.records.bills[bill])


def book_early_file(world: World) -> None:
    """Book a settlement file that the bank wrote in the middle of the day."""
    world.clerk_acts_left -= 1
    read_settlement_file(world)


def read_settlement_file(world: World) -> None:
    """Apply what a file says: it names every sale that is ours by now, and no other."""
    if not world.rules.reads_settlement_file:
        return
    for attempt in list(world.records.attempts.values()):
        session = world.get_session(attempt)
        if session is not None and session.state is SaleState.SETTLED:
            answer = GatewayAnswer(
                sale_state=SaleState.SETTLED,
                code="settlement_file",
                sale_number=session.number,
                amount=session.amount,
                paid_amount=session.charged,
            )
            world.records.store_change(world.machine.apply_answer(attempt, answer, world.now))
        elif attempt.state is AttemptState.UNKNOWN and _is_covered(world, attempt):
            world.records.store_change(world.machine.apply_absence(attempt, world.now))


def _is_covered(world: World, attempt: PaymentAttempt) -> bool:
    """Tell whether every file has come that could name an attempt's sale."""
    return not world.rules.waits_for_coverage or world.now >= attempt.session_ends_at + SETTLEMENT_LAG


def read_unverified_list(world: World) -> None:
    """Ask the bank which sales were paid and not verified."""
    records = world.records
    if not world.rules.polls_list:
        return
    for listed in world.bank.list_unverified():
        for attempt in list(records.attempts.values()):
            if attempt.reference == listed.reference:
                change: AttemptChange = world.machine.apply_listed(attempt, world.now)
                records.store_change(change)
