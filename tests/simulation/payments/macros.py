"""Several steps at once, without a fault: drawn schedules reach what lies behind them, exhaustive ones do without."""

from domain.gateways.gateway import PaymentPage
from tests.simulation.payments.options import Option
from tests.simulation.payments.payers import deliver, pay
from tests.simulation.payments.starts import begin, call_start, store_start
from tests.simulation.payments.workers import apply_answer, call_bank, claim, find_due_attempt
from tests.simulation.payments.world import World, pass_most_of_session


def list_macros(world: World, options: list[Option]) -> None:
    """List what can be done at one go."""
    for index, process in enumerate(world.starts):
        if process.phase == "new" and all(
            world.records.bills[bill].state.is_payable for bill in world.town.attempts[index]
        ):
            options += [(start_calmly, index), (pay_calmly, index)]
    if find_due_attempt(world) is not None:
        options.extend((work_calmly, number) for number, one in enumerate(world.workers) if one.phase == "idle")


def start_calmly(world: World, index: int) -> None:
    """Open a session and leave for the bank."""
    begin(world, index)
    call_start(world, index, "answers")
    store_start(world, index, "stores")


def linger(world: World, index: int) -> None:
    """Leave for the bank and do nothing there until the last seconds of the session."""
    start_calmly(world, index)
    pass_most_of_session(world)


def pay_exactly(world: World, index: int) -> None:
    """Pay what is asked for; the browser is on its way back."""
    pay(world, index, "exactly")


def pay_calmly(world: World, index: int) -> None:
    """Pay, come back, and have it settled."""
    start_calmly(world, index)
    if isinstance(world.starts[index].result, PaymentPage):
        callback_count = len(world.callbacks)
        pay(world, index, "exactly")
        if len(world.callbacks) > callback_count:
            deliver(world, callback_count)
    if world.workers[0].phase == "idle":
        for _ in range(2):
            work_calmly(world, 0)


def work_calmly(world: World, number: int) -> None:
    """Claim what is due, ask the bank and store its answer."""
    claim(world, number)
    if world.workers[number].phase == "claimed":
        call_bank(world, number, "answers")
        apply_answer(world, number, "stores")
