"""Money on its way back: what the revenue unit owes, the worker that sends it to cards, and the network in between."""

from datetime import timedelta

from domain.bills.bill import BillState
from domain.gateways.attempt import AttemptState
from domain.gateways.capabilities import RefundScope
from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, CardRefundAnswer
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState, get_refundable_amount
from tests.simulation.payments.options import Option
from tests.simulation.payments.workers import is_held
from tests.simulation.payments.world import World

LATE_BY = timedelta(minutes=5)
"""Longest delay of a request that nobody waits for any more."""

REQUEST_FAULTS = ("not connected", "request lost", "answer lost", "arrives late", "dies before", "dies after")
INQUIRY_FAULTS = ("not connected", "answer lost", "dies before")


def list_refund_options(world: World, options: list[Option]) -> None:
    """List what can happen to money that goes back."""
    records = world.records
    if world.refunds_left:
        for attempt in records.attempts.values():
            if attempt.state is AttemptState.SETTLED and records.counted[attempt.id]:
                options += [(owe_refund, attempt.id, "half"), (owe_refund, attempt.id, "all")]
    if records.due_refunds:
        options.append((send_due_refund,))
    if records.refunds:
        _list_worker_options(world, options)


def _list_worker_options(world: World, options: list[Option]) -> None:
    phase = world.refund_worker.phase
    if phase == "idle":
        if find_due_refund(world) is not None:
            options.append((claim_refund,))
        return
    is_call = phase in {"request", "inquiry"}
    function = call_for_refund if is_call else apply_refund_answer
    options.append((function, "answers" if is_call else "stores"))
    if world.faults_left:
        faults = {"request": REQUEST_FAULTS, "inquiry": INQUIRY_FAULTS}.get(phase, ("dies",))
        options.extend((function, fault) for fault in faults)


def owe_refund(world: World, attempt_id: int, part: str) -> None:
    """Owe back half or all of an attempt's first bill, if so much is left of it."""
    world.refunds_left -= 1
    records, attempt = world.records, world.records.attempts[attempt_id]
    share = attempt.shares[0]
    amount = share.amount // (2 if part == "half" else 1)
    asked = [one for one in records.refunds.values() if one.sale.order_number == attempt.order_number]
    waiting = sum(one.amount for one in records.due_refunds if one.attempt_id in {attempt_id, None})
    left = get_refundable_amount(records.counted[attempt_id], asked) - waiting - records.returned_by_iban
    if world.rules.limits_refunds and amount > left:
        return
    if records.bills[share.bill_row_id].state is BillState.PAID:
        records.owe_refund(amount, attempt_id)


def send_due_refund(world: World) -> None:
    """Send what is due to the paying card where the bank can, else to an account."""
    records = world.records
    due = records.due_refunds.pop(0)
    can_send = world.profile.capabilities.refund is RefundScope.PARTIAL and due.attempt_id is not None
    if not can_send or due.attempt_id is None:
        records.pay_by_iban(due.amount)
        return
    number = 900 + len(records.refunds)
    records.refunds[number] = RefundAttempt(
        id=number,
        gateway=world.profile.name,
        refund_number=number,
        attempt_id=due.attempt_id,
        sale=records.attempts[due.attempt_id].sale,
        bill_row_id=records.attempts[due.attempt_id].shares[0].bill_row_id,
        amount=due.amount,
        requested_by="staff:revenue",
        created_at=world.now,
        next_step_at=world.now,
    )


def find_due_refund(world: World) -> RefundAttempt | None:
    """Return a transfer that is due and that nobody holds."""
    for attempt in world.records.refunds.values():
        moment = attempt.next_step_at
        if (
            moment is not None
            and moment <= world.now
            and not is_held(world, world.records.refund_claims.get(attempt.id))
        ):
            return attempt
    return None


def claim_refund(world: World) -> None:
    """Claim a transfer; one that is to be sent is stored as sent first."""
    attempt, worker, records = find_due_refund(world), world.refund_worker, world.records
    if attempt is None:
        return
    lease = world.rules.reclaims_after
    worker.target, worker.token = attempt.id, world.new_token()
    records.refund_claims[attempt.id] = (worker.token, None if lease is None else world.now + lease)
    worker.phase = "request" if attempt.state is RefundAttemptState.DUE else "inquiry"
    if worker.phase == "request" and world.rules.stores_refund_before_sending:
        records.store_refund(world.refund_machine.begin_sending(attempt, world.now))


def call_for_refund(world: World, outcome: str) -> None:
    """Ask the bank for the transfer, or about it; a worker that stood still asks for nothing any more."""
    worker, attempt = world.refund_worker, world.records.refunds[world.refund_worker.target]
    world.faults_left -= outcome != "answers"
    is_request, refund = worker.phase == "request", attempt.card_refund
    if is_request and not world.refund_machine.may_still_send(attempt, world.now):
        worker.reset()
        return
    worker.refund_answer = CardRefundAnswer(refund_state=None, code=TIMED_OUT)
    if outcome == "not connected":
        worker.refund_answer = CardRefundAnswer(refund_state=None, code=NOT_CONNECTED)
    elif outcome == "arrives late":
        world.late_requests.append((world.now + LATE_BY, refund))
    elif outcome in {"answers", "answer lost", "dies after"}:
        answer = world.bank.refund(refund) if is_request else world.bank.inquire_refund(refund)
        worker.refund_answer = answer if outcome == "answers" else worker.refund_answer
    worker.phase = "request answered" if is_request else "inquiry answered"
    if outcome.startswith("dies"):
        worker.reset()


def apply_refund_answer(world: World, outcome: str) -> None:
    """Store what follows from the answer, if the claim still is this worker's."""
    worker, records = world.refund_worker, world.records
    world.faults_left -= outcome != "stores"
    answer, is_request = worker.refund_answer, worker.phase == "request answered"
    worker.reset()
    held = records.refund_claims.get(worker.target)
    if outcome == "dies" or answer is None or held is None or held[0] != worker.token:
        return
    records.refund_claims.pop(worker.target)
    attempt, machine = records.refunds[worker.target], world.refund_machine
    apply = machine.apply_request_answer if is_request else machine.apply_answer
    records.store_refund(apply(attempt, answer, world.now))
