"""The ways through a service: every state is reached, none is a dead end, and what ended stays so."""

from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.check.walk import Walk, walk
from domain.language.service import Service, Trigger
from domain.requests.request import Phase


def way_flaws(service: Service) -> Iterator[Flaw]:
    """Find states that no request comes to or out of, and steps of the system that it never takes."""
    found = walk(service)
    final = {state.name for state in service.states if state.phase.final}
    stuck = {place.state for place in found.stuck(final)}
    for state in service.states:
        if state.name not in found.states:
            yield Flaw("unreachable", service.key, state.name)
        if state.name in final and _phases_after(service, state.name) - {state.phase}:
            yield Flaw("final_state_left", service.key, state.name)
        lost = state.name not in found.states and not _reachable(service, state.name) & final
        if state.name not in final and (lost or state.name in stuck):
            yield Flaw("dead_end", service.key, state.name)
    yield from _never_flaws(service, found)


def _never_flaws(service: Service, found: Walk) -> Iterator[Flaw]:
    taken = {id(edge.step) for edge in found.edges}
    for step in service.transitions:
        if step.trigger is Trigger.DEADLINE and step.deadline is None:
            yield Flaw("no_deadline", service.key, step.name)
        elif step.trigger is not None and id(step) not in taken and found.states & set(step.sources):
            yield Flaw("never_taken", service.key, step.name)


def _phases_after(service: Service, state: str) -> set[Phase]:
    return {service.state(step.target).phase for step in service.transitions if state in step.sources}


def _reachable(service: Service, start: str) -> set[str]:
    """Return what a state that no request comes to would lead to."""
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for step in service.transitions:
            if here in step.sources and step.target not in reached:
                reached.add(step.target)
                waiting.append(step.target)
    return reached
