"""The end of a schedule: from here on nothing fails, time passes until all is quiet, and the settlement file comes."""

from datetime import timedelta

from domain.gateways.attempt import AttemptState
from domain.gateways.capabilities import InquiryKey
from domain.gateways.gateway import SaleState
from tests.simulation.payments.bank import BankSession
from tests.simulation.payments.clerks import read_settlement_file, read_unverified_list
from tests.simulation.payments.invariants import check_before_file, check_end, check_step
from tests.simulation.payments.refunding import (
    apply_refund_answer,
    call_for_refund,
    claim_refund,
    find_due_refund,
    send_due_refund,
)
from tests.simulation.payments.starts import call_start, store_start
from tests.simulation.payments.workers import apply_answer, call_bank, claim, find_due_attempt
from tests.simulation.payments.world import World

MOST_MOMENTS = 400
"""After so many jumps of the clock a world that is not quiet never will be."""

TIME_NEEDED = timedelta(minutes=12)
"""A sale that the bank still holds so long, and that we can know of, has to become ours: a lease that a dead worker
left, and the pauses after the few calls that failed.
"""

LONGEST_WAIT = timedelta(hours=12)
"""Time for which nothing but unanswered questions may go on."""

FILE_DELAY = timedelta(days=3)


def run_to_end(world: World) -> None:
    """Let everything happen that still can, and check."""
    expected = [session for session in world.bank.sessions.values() if has_to_be_settled(world, session)]
    _finish_processes(world)
    become_quiet(world)
    for session in expected:
        if session.state is not SaleState.SETTLED:
            world.violations.append(
                f"the sale of order {session.order_number} was known in time and is {session.state}"
            )
    check_before_file(world)
    receive_settlement_file(world)
    check_end(world)


def run_unchecked(world: World) -> None:
    """Let everything happen up to the settlement file, and leave it to the caller to look."""
    _finish_processes(world)
    become_quiet(world)


def receive_settlement_file(world: World) -> None:
    """Let days pass, and have the bank's file tell what is ours."""
    world.move_clock(world.now + FILE_DELAY)
    world.bank.end_unsettled()
    read_settlement_file(world)
    check_step(world)
    become_quiet(world)


def has_to_be_settled(world: World, session: BankSession) -> bool:
    """Tell whether somebody paid the right amount, we can know of it, and there is time enough."""
    if session.state is not SaleState.AWAITING_VERIFICATION or session.amount != session.order_amount:
        return False
    attempt = next(one for one in world.records.attempts.values() if one.order_number == session.order_number)
    within = world.profile.capabilities.verify_within
    is_in_time = within is None or (session.paid_at is not None and session.paid_at + within > world.now + TIME_NEEDED)
    asks = world.profile.capabilities.inquiry is InquiryKey.ORDER or world.profile.capabilities.lists_unverified
    is_looked_for = asks and attempt.id not in world.overran
    return is_in_time and (is_looked_for or (attempt.id in world.told and not world.tampered))


def _finish_processes(world: World) -> None:
    for index, process in enumerate(world.starts):
        if process.phase == "created":
            call_start(world, index, "answers")
        if process.phase == "called":
            store_start(world, index, "stores")
    _finish_workers(world)


def _finish_workers(world: World) -> None:
    for number, worker in enumerate(world.workers):
        if worker.phase == "claimed":
            call_bank(world, number, "answers")
        if worker.phase == "answered":
            apply_answer(world, number, "stores")
            check_step(world)
    if world.refund_worker.phase in {"request", "inquiry"}:
        call_for_refund(world, "answers")
    if world.refund_worker.phase != "idle":
        apply_refund_answer(world, "stores")


def become_quiet(world: World) -> None:
    """Do all that is due, then let the clock go on to what is due next, until nothing is, or what is still asked about
    waits for the settlement file.
    """
    latest = world.now + LONGEST_WAIT
    for _ in range(MOST_MOMENTS):
        if world.violations:
            return
        if find_due_attempt(world) is not None:
            claim(world, 0)
        elif world.records.due_refunds:
            send_due_refund(world)
        elif find_due_refund(world) is not None:
            claim_refund(world)
        elif _find_listed(world):
            read_unverified_list(world)
        else:
            moment = world.find_next_moment()
            if moment is None or moment > latest:
                return
            world.move_clock(moment)
        _finish_workers(world)
        check_step(world)
    world.violations.append("it never becomes quiet")


def _find_listed(world: World) -> bool:
    """Tell whether the bank's list names an attempt that it would move."""
    if not world.profile.capabilities.lists_unverified or not world.rules.polls_list:
        return False
    listed = {one.reference for one in world.bank.list_unverified()}
    waiting = {AttemptState.SENT, AttemptState.DECLINED, AttemptState.UNKNOWN, AttemptState.FAILED}
    return any(one.reference in listed and one.state in waiting for one in world.records.attempts.values())
