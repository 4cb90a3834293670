"""Every way that a request can take: states with what was made of the charge, joined by steps that can be taken.

A step in the declaration is an edge only if it can fire. The system takes an automatic step on arrival, the first one
whose `condition` holds; a request stays where it arrived only if these do not cover every case. A deadline fires if it
is reckoned, a payment if a bill can be open. What was paid may turn out to be recorded wrongly: the bill is open again,
and the request takes the step for that, or stays; followed while a step still asks for the money. Who moves a request
by hand is not asked here: `steps.py` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from domain.blocks.charging import BillsSettled
from domain.check.charge_progress import ChargeProgress, OpenBill, follow_effects
from domain.language.service import Command, Service, Transition, Trigger


@dataclass(frozen=True, slots=True)
class WalkState:
    """A state of a service, and the charge in it."""

    state: str
    """The state's name."""
    progress: ChargeProgress
    """Known bills and payments there."""
    is_arriving: bool
    """Whether the automatic steps have not been tried yet."""


@dataclass(frozen=True, slots=True)
class WalkEdge:
    """A step from one place to the next; without a step the request stays in the state that it arrived in."""

    start: WalkState
    step: Transition | None
    end: WalkState
    is_unpaid: bool = False


@dataclass(slots=True)
class Walk:
    """All places that a request can come to, and the edges between them."""

    walk_states: set[WalkState] = field(default_factory=set)
    edges: list[WalkEdge] = field(default_factory=list)
    has_unpaid_submit: bool = False

    @property
    def reached_states(self) -> set[str]:
        """The states that a request can come to."""
        return {walk_state.state for walk_state in self.walk_states}

    def find_stuck(self, final_states: set[str]) -> set[WalkState]:
        """Return the places from which no way leads to an end, unless the citizen gives the request up."""
        passages = [
            (edge.start, edge.end) for edge in self.edges if edge.step is None or edge.step.command != Command.CANCEL
        ]
        ending_states = {walk_state for walk_state in self.walk_states if walk_state.state in final_states}
        has_grown = True
        while has_grown:
            new_endings = {start for start, end in passages if end in ending_states} - ending_states
            ending_states |= new_endings
            has_grown = bool(new_endings)
        return self.walk_states - ending_states


def walk_service(service: Service) -> Walk:
    """Follow a service from its first step on."""
    progress, is_unpaid = follow_effects(ChargeProgress(), service.submit_effects)
    first_state = WalkState(service.initial_state, progress, is_arriving=True)
    graph, waiting_states = Walk({first_state}, has_unpaid_submit=is_unpaid), [first_state]
    while waiting_states:
        for edge in _find_edges(service, waiting_states.pop()):
            graph.edges.append(edge)
            if edge.end not in graph.walk_states:
                graph.walk_states.add(edge.end)
                waiting_states.append(edge.end)
    return graph


def _find_edges(service: Service, walk_state: WalkState) -> Iterator[WalkEdge]:
    if walk_state.is_arriving:
        yield from _arrival_edges(service, walk_state)
        return
    yield from (_step_edge(walk_state, step) for step in service.steps_from(walk_state.state))
    yield from (
        _step_edge(walk_state, step)
        for step in service.steps_from(walk_state.state, Trigger.DEADLINE)
        if step.reckon_deadline
    )
    if walk_state.progress.open_bill is not OpenBill.NO:
        yield from (_step_edge(walk_state, step) for step in service.steps_from(walk_state.state, Trigger.BILL_SETTLED))
    if walk_state.progress.is_paid:
        yield from _reversal_edges(service, walk_state)


def _reversal_edges(service: Service, walk_state: WalkState) -> Iterator[WalkEdge]:
    """Yield what follows where a payment is reversed."""
    owed_state = replace(walk_state, progress=walk_state.progress.after_reversal())
    candidates = service.steps_from(walk_state.state, Trigger.PAYMENT_REVERSED)
    for step in candidates:
        yield replace(_step_edge(owed_state, step), start=walk_state)
    if not candidates and any(
        isinstance(guard, BillsSettled) for step in service.steps_from(walk_state.state) for guard in step.guards
    ):
        yield WalkEdge(walk_state, None, owed_state)


def _arrival_edges(service: Service, walk_state: WalkState) -> Iterator[WalkEdge]:
    """Yield the automatic steps that may be taken on arrival; and the staying, where they leave a case open."""
    answers: set[tuple[str, bool]] = set()
    for step in service.steps_from(walk_state.state, Trigger.AUTOMATIC):
        yield _step_edge(walk_state, step)
        # The engine asks a step's guards after it chose the step: one that refuses leaves the request here.
        if step.condition is None and step.guards:
            break
        if step.condition is None:
            return
        if step.condition.decided_question and not step.guards:
            question, answer = step.condition.decided_question
            answers.add((question, answer))
            if (question, not answer) in answers:
                return
    yield WalkEdge(walk_state, None, WalkState(walk_state.state, walk_state.progress, is_arriving=False))


def _step_edge(walk_state: WalkState, step: Transition) -> WalkEdge:
    progress, is_unpaid = follow_effects(walk_state.progress.after_guards(step), step.effects)
    return WalkEdge(walk_state, step, WalkState(step.target_state, progress, is_arriving=True), is_unpaid)
