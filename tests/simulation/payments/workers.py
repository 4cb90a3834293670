"""The workers that move attempts: claim, call, apply, with a death possible between any two of these."""

from datetime import datetime

from domain.gateways.attempt import GatewayCall, PaymentAttempt
from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, GatewayAnswer, SaleState
from tests.simulation.payments.options import Option
from tests.simulation.payments.world import WorkerProcess, World

CALL_FAULTS = ("request lost", "answer lost", "refused", "dies before", "dies after")
APPLY_FAULTS = ("dies", "dies in between")


def list_worker_options(world: World, options: list[Option]) -> None:
    """List what the workers can do next."""
    due = find_due_attempt(world)
    for number, worker in enumerate(world.workers):
        if worker.phase == "idle":
            if due is not None:
                options += [(claim, number), (claim, number)]
        elif worker.phase == "claimed":
            options.append((call_bank, number, "answers"))
            if world.faults_left:
                options.extend((call_bank, number, fault) for fault in CALL_FAULTS)
        else:
            options.append((apply_answer, number, "stores"))
            if world.faults_left:
                options.extend((apply_answer, number, fault) for fault in APPLY_FAULTS)


def find_due_attempt(world: World) -> PaymentAttempt | None:
    """Return an attempt that is due and that nobody holds: the one that waits longest."""
    best: PaymentAttempt | None = None
    for attempt in world.records.attempts.values():
        moment = attempt.next_step_at
        if moment is None or moment > world.now or is_held(world, world.records.claims.get(attempt.id)):
            continue
        if best is None or best.next_step_at is None or moment < best.next_step_at:
            best = attempt
    return best


def is_held(world: World, claim_of_row: tuple[int, datetime | None] | None) -> bool:
    """Tell whether somebody's claim still lasts."""
    if claim_of_row is None:
        return False
    return claim_of_row[1] is None or world.now < claim_of_row[1]


def claim(world: World, number: int) -> None:
    """Claim a due attempt; what time alone moves is moved at once."""
    attempt, worker, records = find_due_attempt(world), world.workers[number], world.records
    if attempt is None:
        return
    call = world.machine.plan_call(attempt, world.now)
    if call is None:
        change = world.machine.apply_time(attempt, world.now)
        records.store_change(change)
        return
    lease = world.rules.reclaims_after
    worker.phase, worker.call, worker.target, worker.token = "claimed", call, attempt.id, world.new_token()
    worker.asked = attempt
    records.claims[attempt.id] = (worker.token, None if lease is None else world.now + lease)


def call_bank(world: World, number: int, outcome: str) -> None:
    """Call the bank outside of any transaction."""
    worker = world.workers[number]
    world.faults_left -= outcome != "answers"
    if outcome == "dies before":
        worker.reset()
        return
    worker.phase, worker.asked_at, worker.answer = "answered", world.now, _ask(world, worker, outcome)
    if outcome == "dies after":
        worker.reset()


def _ask(world: World, worker: WorkerProcess, outcome: str) -> GatewayAnswer:
    if outcome == "request lost":
        return GatewayAnswer(sale_state=None, code=NOT_CONNECTED)
    if outcome == "refused":
        return GatewayAnswer(sale_state=None, code="421", is_our_fault=True)
    call = worker.call or GatewayCall.INQUIRE
    answer = world.bank.answer(call, world.records.attempts[worker.target].sale)
    if outcome != "answers":
        return GatewayAnswer(sale_state=None, code=TIMED_OUT)
    return world.rules.read_answer(call, answer)


def apply_answer(world: World, number: int, outcome: str) -> None:
    """Store what follows from the answer: it is knowledge, whoever holds the claim by now."""
    worker, records = world.workers[number], world.records
    target, answer, asked = worker.target, worker.answer, worker.asked
    world.faults_left -= outcome != "stores"
    worker.reset()
    is_whole = outcome == "stores"
    is_half = outcome == "dies in between" and not world.rules.stores_effects_with_change
    if answer is None or not (is_whole or is_half):
        return
    held = records.claims.get(target)
    if held is not None and held[0] == worker.token:
        records.claims.pop(target)
    attempt = records.attempts[target]
    if world.rules.drops_stale_denials and _has_moved_on(asked, attempt) and answer.sale_state in _TRUE_WHEN_ASKED:
        return
    asked_at = world.now if world.rules.judges_by_storing else worker.asked_at
    change = world.machine.apply_answer(attempt, answer, asked_at)
    if records.is_sale_of_another(change.attempt):
        change = world.machine.apply_sale_conflict(attempt, world.now)
    records.store_change(change, with_effects=is_whole)


_TRUE_WHEN_ASKED = frozenset({None, SaleState.UNPAID})
"""Answers that say nothing of an attempt that moved on meanwhile."""


def _has_moved_on(asked: PaymentAttempt | None, attempt: PaymentAttempt) -> bool:
    if asked is None:
        return False
    before = (asked.state, asked.returned_at, asked.sale_number)
    return (attempt.state, attempt.returned_at, attempt.sale_number) != before
