"""The page that begins an attempt: it stores it, asks the bank for a session, stores that, and sends the browser."""

from datetime import timedelta

from domain.gateways.attempt import AttemptState, BillShare, PaymentAttempt
from domain.gateways.callback_tokens import compute_token_digest
from domain.gateways.gateway import (
    NOT_CONNECTED,
    TIMED_OUT,
    DeclineReason,
    PaymentOrder,
    PaymentPage,
    StartRefusal,
)
from domain.gateways.pauses import START_GRACE
from tests.simulation.payments.options import Option
from tests.simulation.payments.world import FIRST_ORDER, World

WEIGHT = 4
"""Weight of a session that goes well against one way of failing: most of what is of interest comes later."""

CALL_FAULTS = ("request lost", "answer lost", "dies")


def list_start_options(world: World, options: list[Option]) -> None:
    """List what the pages can do next."""
    for index, process in enumerate(world.starts):
        if process.phase == "new":
            if all(world.records.bills[bill].state.is_payable for bill in world.town.attempts[index]):
                options += [(begin, index)] * WEIGHT
        elif process.phase == "created":
            options += [(call_start, index, "answers")] * WEIGHT
            if world.faults_left:
                options.extend((call_start, index, fault) for fault in CALL_FAULTS)
        elif process.phase == "called":
            options += [(store_start, index, "stores")] * WEIGHT
            if world.faults_left:
                options.append((store_start, index, "dies"))


def begin(world: World, index: int) -> None:
    """Store a new attempt; its bills are held."""
    bills = world.records.bills
    shares = tuple(BillShare(bill, bills[bill].amount) for bill in world.town.attempts[index])
    attempt = PaymentAttempt(
        id=index,
        gateway=world.profile.name,
        order_number=FIRST_ORDER + index,
        shares=shares,
        state=AttemptState.CREATED,
        channel="portal",
        created_at=world.now,
        session_ends_at=world.now + world.profile.capabilities.session_lasts,
        next_step_at=world.now + START_GRACE if world.rules.expects_start_to_end else None,
        callback_digest=compute_token_digest(name_token(index)) if carries_tokens(world) else None,
    )
    world.records.add_attempt(attempt)
    world.starts[index].phase = "created"


def carries_tokens(world: World) -> bool:
    """Tell whether callback addresses bear a secret."""
    return world.rules.draws_tokens and world.profile.capabilities.callback_carries_token


def name_token(index: int) -> str:
    """Return the secret of an attempt's callback address, which here is no secret."""
    return f"token {index}"


def call_start(world: World, index: int, outcome: str) -> None:
    """Ask the bank for a session."""
    process, attempt = world.starts[index], world.records.attempts[index]
    world.faults_left -= outcome != "answers"
    process.phase = "called"
    if outcome == "request lost":
        process.result = StartRefusal(NOT_CONNECTED, DeclineReason.BANK)
        return
    order = PaymentOrder(
        order_number=attempt.order_number,
        amount=attempt.amount,
        callback_url="https://town.example/",
        started_at=attempt.created_at,
        description="",
    )
    process.result = world.bank.start(order)
    if outcome == "answer lost":
        process.result = StartRefusal(TIMED_OUT, DeclineReason.BANK)
    elif outcome == "dies":
        process.phase = "ended"
    elif not world.rules.stores_before_leaving:
        process.has_left = isinstance(process.result, PaymentPage)


def store_start(world: World, index: int, outcome: str) -> None:
    """Store what the bank gave, and send the browser there if the attempt is its own."""
    process, records = world.starts[index], world.records
    process.phase = "ended"
    if outcome == "dies" or process.result is None:
        world.faults_left -= 1
        return
    change = world.machine.apply_start(records.attempts[index], process.result, world.now)
    is_stored = records.store_change(change)
    is_sent = is_stored and change.attempt.state is AttemptState.SENT and change.event == "sent"
    process.has_left = process.has_left or (is_sent and isinstance(process.result, PaymentPage))


LATEST_OVERRUN = timedelta(minutes=30)
"""Time after a session's end for which a bank may wrongly still take money."""
