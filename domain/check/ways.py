"""The ways through a service: every state is reached, none is a dead end, and what ended stays so."""

from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.check.walk import Walk
from domain.language.service import Service, Trigger
from domain.requests.request import Phase


def way_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    """Find states that no request comes to or out of, and steps of the system that it never takes."""
    final_states = {state.name for state in service.states if state.phase.is_final}
    stuck_states = {place.state for place in graph.find_stuck(final_states)}
    for state in service.states:
        if state.name not in graph.reached_states:
            yield Flaw("unreachable", service.key, state.name)
        if state.name in final_states and _phases_after(service, state.name) - {state.phase}:
            yield Flaw("final_state_left", service.key, state.name)
        is_lost = state.name not in graph.reached_states and not find_reachable(service, state.name) & final_states
        if state.name not in final_states and (is_lost or state.name in stuck_states):
            yield Flaw("dead_end", service.key, state.name)
    yield from _never_taken_flaws(service, graph)
    yield from _endless_flaws(service)


def _endless_flaws(service: Service) -> Iterator[Flaw]:
    """Find states out of which steps that nobody takes lead back to them: they would follow each other for ever."""
    next_states = {
        state.name: {step.target_state for step in service.steps_from(state.name, Trigger.AUTOMATIC)}
        for state in service.states
    }
    for state in service.states:
        reached_states, waiting_states = set[str](), [*next_states[state.name]]
        while waiting_states:
            current_state = waiting_states.pop()
            if current_state not in reached_states:
                reached_states.add(current_state)
                waiting_states.extend(next_states[current_state])
        if state.name in reached_states:
            yield Flaw("endless_steps", service.key, state.name)


def find_reachable(service: Service, start: str) -> set[str]:
    """Return this state and all to which steps lead from it, whoever takes them."""
    reached_states, waiting_states = {start}, [start]
    while waiting_states:
        current_state = waiting_states.pop()
        for step in service.transitions:
            if current_state in step.source_states and step.target_state not in reached_states:
                reached_states.add(step.target_state)
                waiting_states.append(step.target_state)
    return reached_states


def _never_taken_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    taken_ids = {id(edge.step) for edge in graph.edges}
    for step in service.transitions:
        if step.trigger is Trigger.DEADLINE and step.reckon_deadline is None:
            yield Flaw("no_deadline", service.key, step.name)
        elif step.trigger is not None and id(step) not in taken_ids and graph.reached_states & set(step.source_states):
            yield Flaw("never_taken", service.key, step.name)


def _phases_after(service: Service, state: str) -> set[Phase]:
    return {service.state_named(step.target_state).phase for step in service.transitions if state in step.source_states}
