"""The money on every way: nothing is given unpaid, and no bill is left behind that nobody settles.

A bill that was closed as void or expired, and one whose money went back, is not paid. Source: services.md,
"Declarations" and "Tariffs and money".
"""

from collections.abc import Iterator

from domain.check.charge_progress import OpenBill, issues_bill
from domain.check.expiring import expiry_flaws
from domain.check.flaws import Flaw
from domain.check.walk import Walk
from domain.language.service import Service, Trigger


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
    waiting_guards = (guard.requires_settled for step in service.steps_from(state) for guard in step.guards)
    return bool(service.steps_from(state, Trigger.BILL_SETTLED)) or any(waiting_guards)
