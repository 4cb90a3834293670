"""The money on every way: nothing is given unpaid, and no bill is left behind that nobody settles.

A bill that was closed as void or expired, and one whose money went back, is not paid. Source: services.md,
"Declarations" and "Tariffs and money".
"""

from collections.abc import Iterator
from dataclasses import replace

from domain.blocks.charging import BillsSettled, NoPaymentUnresolved, payment_deadline_from
from domain.check.charge_progress import OpenBill, issues_bill
from domain.check.declared.sample_requests import NOW, build_sample_context
from domain.check.flaws import Flaw
from domain.check.walk import Walk
from domain.language.service import Service, Transition, Trigger
from domain.settings.policy import Policy

SAMPLE_LAGS = (0, 2, 7)
"""Banking days."""


def money_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    """Find what is given unpaid, and open bills that nobody settles. Where nothing is ever billed nothing is owed."""
    if not issues_bill(service.effects):
        return
    yield from _unpaid_flaws(service, graph)
    yield from expiry_flaws(service, graph)
    yield from _open_bill_flaws(service, graph)


def _unpaid_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    unpaid_steps = {edge.step.name for edge in graph.edges if edge.is_unpaid and edge.step}
    if graph.has_unpaid_submit:
        unpaid_steps.add("submit")
    yield from (Flaw("given_unpaid", service.key, name) for name in sorted(unpaid_steps))


def _open_bill_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    """A bill must not be open at the end, nor where its payment leads to nothing."""
    open_states = {
        place.state for place in graph.walk_states if not place.is_arriving and place.progress.open_bill is OpenBill.YES
    }
    for state in service.states:
        if state.name not in open_states:
            continue
        if state.phase.is_final:
            yield Flaw("bill_left_open", service.key, state.name)
        elif not _is_left_by_payment(service, state.name):
            yield Flaw("payment_unheard", service.key, state.name)


def _is_left_by_payment(service: Service, state: str) -> bool:
    """Whether money that comes in moves the request on, or lets somebody do it who could not before."""
    waiting_guards = (isinstance(guard, BillsSettled) for step in service.steps_from(state) for guard in step.guards)
    return bool(service.steps_from(state, Trigger.BILL_SETTLED)) or any(waiting_guards)


def expiry_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    """Find deadlines that close a bill too early, whose moment is unknown, or that ask for no payment under way.

    Bank files arrive later than the money, so a bill that expires before the settlement lag may be paid already. When a
    deadline is reckoned the declaration says by a function: it is asked about a new bill, under several lags.
    """
    for step in _expiring_steps(service, graph):
        if not any(isinstance(guard, NoPaymentUnresolved) for guard in step.guards):
            yield Flaw("expires_while_paying", service.key, step.name)
        try:
            is_early = any(_expires_early(service, step, banking_days) for banking_days in SAMPLE_LAGS)
        except (LookupError, TypeError, ValueError, AttributeError):  # it needs more than the request and its bill
            yield Flaw("expiry_untold", service.key, step.name)
        else:
            if is_early:
                yield Flaw("expires_early", service.key, step.name)


def _expiring_steps(service: Service, graph: Walk) -> list[Transition]:
    """Return the steps by deadline that may close an open bill."""
    closing_ids = {
        id(edge.step)
        for edge in graph.edges
        if edge.step
        and any(effect.voids_bills for effect in edge.step.effects)
        and edge.start.progress.open_bill is not OpenBill.NO
    }
    return [
        step
        for step in service.transitions
        if step.trigger is Trigger.DEADLINE and step.reckon_deadline and id(step) in closing_ids
    ]


def _expires_early(service: Service, step: Transition, banking_days: int) -> bool:
    policy = replace(Policy(), settlement_banking_days=banking_days)
    deadline = payment_deadline_from(NOW, policy)
    kept_values = {"payment_deadline": deadline.isoformat()}
    context = build_sample_context(service, step.source_states[0], {}, kept_values, policy)
    expires_at = step.reckon_deadline(context) if step.reckon_deadline else None
    return expires_at is not None and expires_at < context.calendar.add_banking_days(deadline, banking_days)
