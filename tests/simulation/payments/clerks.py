"""The staff and their jobs, who know nothing of what the bank is doing: bills are cancelled, slips are recorded."""

from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptChange
from tests.simulation.payments.ledger import Account
from tests.simulation.payments.options import Option
from tests.simulation.payments.world import World


def list_clerk_options(world: World, options: list[Option]) -> None:
    """List what the staff can do next."""
    if world.clerk_acts_left:
        for bill in world.records.bills:
            options.append((record_slip, bill.number))
            if bill.state is BillState.OPEN:
                options.append((cancel_bill, bill.number))
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
