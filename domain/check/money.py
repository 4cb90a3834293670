"""The money on every way: nothing is given unpaid, and no bill is left behind that nobody settles.

A bill that was closed as void or expired, and one whose money went back, is not paid. Source: services.md,
"Declarations" and "Tariffs and money".
"""

from collections.abc import Iterator

from domain.check.expiring import expiry_flaws
from domain.check.flaws import Flaw
from domain.check.ledger import Open, issues
from domain.check.walk import Walk, walk
from domain.language.service import Service, Trigger


def money_flaws(service: Service) -> Iterator[Flaw]:
    """Find what is given unpaid, and open bills that nobody settles. Where nothing is ever billed nothing is owed."""
    if not issues([*service.at_submit, *(effect for step in service.transitions for effect in step.effects)]):
        return
    found = walk(service)
    yield from _unpaid_flaws(service, found)
    yield from expiry_flaws(service, found)
    yield from _open_flaws(service, found)


def _unpaid_flaws(service: Service, found: Walk) -> Iterator[Flaw]:
    steps = {edge.step.name for edge in found.edges if edge.unpaid and edge.step}
    if found.unpaid_submit:
        steps.add("submit")
    yield from (Flaw("given_unpaid", service.key, name) for name in sorted(steps))


def _open_flaws(service: Service, found: Walk) -> Iterator[Flaw]:
    """A bill must not be open at the end, nor where its payment leads to nothing."""
    open_in = {place.state for place in found.places if not place.arriving and place.ledger.bill is Open.YES}
    for state in service.states:
        if state.name not in open_in:
            continue
        if state.phase.final:
            yield Flaw("bill_left_open", service.key, state.name)
        elif not _left_by_payment(service, state.name):
            yield Flaw("payment_unheard", service.key, state.name)


def _left_by_payment(service: Service, state: str) -> bool:
    """Whether money that comes in moves the request on, or lets somebody do it who could not before."""
    waits = (guard.requires_settled for step in service.leaving(state) for guard in step.guards)
    return bool(service.leaving(state, Trigger.BILL_SETTLED)) or any(waits)
