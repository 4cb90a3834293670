"""Every way that a request can take: states with what was made of the charge, joined by steps that can be taken.

A step in the declaration is an edge only if it can fire. The system takes an automatic step on arrival, the first one
whose `when` holds; a request stays where it arrived only if these do not cover every case. A deadline fires if it is
reckoned, a payment if a bill can be open. What was paid may turn out to be recorded wrongly: the bill is open again,
and the request takes the step for that, or stays; followed while a step still asks for the money. Who moves a request
by hand is not asked here: `steps.py` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from domain.check.ledger import Ledger, Open, walked
from domain.language.service import Command, Service, Transition, Trigger


@dataclass(frozen=True, slots=True)
class WalkState:
    """A state and the charge in it. `arriving`: the automatic steps have not been tried yet."""

    state: str
    ledger: Ledger
    arriving: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A step from one place to the next; without a step the request stays in the state that it arrived in."""

    start: WalkState
    step: Transition | None
    end: WalkState
    unpaid: bool = False


@dataclass(slots=True)
class Walk:
    """All places that a request can come to, and the edges between them."""

    places: set[WalkState] = field(default_factory=set)
    edges: list[Edge] = field(default_factory=list)
    unpaid_submit: bool = False

    @property
    def states(self) -> set[str]:
        """The states that a request can come to."""
        return {place.state for place in self.places}

    def stuck(self, final: set[str]) -> set[WalkState]:
        """Return the places from which no way leads to an end, unless the citizen gives the request up."""
        ways = [(one.start, one.end) for one in self.edges if one.step is None or one.step.command != Command.CANCEL]
        ending = {place for place in self.places if place.state in final}
        grown = True
        while grown:
            more = {start for start, end in ways if end in ending} - ending
            ending |= more
            grown = bool(more)
        return self.places - ending


def walk(service: Service) -> Walk:
    """Follow a service from its first step on."""
    ledger, unpaid = walked(Ledger(), service.at_submit)
    first = WalkState(service.initial, ledger, arriving=True)
    found, waiting = Walk({first}, unpaid_submit=unpaid), [first]
    while waiting:
        for edge in _edges(service, waiting.pop()):
            found.edges.append(edge)
            if edge.end not in found.places:
                found.places.add(edge.end)
                waiting.append(edge.end)
    return found


def _edges(service: Service, place: WalkState) -> Iterator[Edge]:
    if place.arriving:
        yield from _arriving(service, place)
        return
    yield from (_edge(place, step) for step in service.leaving(place.state))
    yield from (_edge(place, step) for step in service.leaving(place.state, Trigger.DEADLINE) if step.deadline)
    if place.ledger.bill is not Open.NO:
        yield from (_edge(place, step) for step in service.leaving(place.state, Trigger.BILL_SETTLED))
    if place.ledger.paid:
        yield from _reversed(service, place)


def _reversed(service: Service, place: WalkState) -> Iterator[Edge]:
    """Yield what follows where a payment is reversed."""
    owed = replace(place, ledger=place.ledger.reversed())
    steps = service.leaving(place.state, Trigger.PAYMENT_REVERSED)
    for step in steps:
        yield replace(_edge(owed, step), start=place)
    if not steps and any(guard.requires_settled for step in service.leaving(place.state) for guard in step.guards):
        yield Edge(place, None, owed)


def _arriving(service: Service, place: WalkState) -> Iterator[Edge]:
    """Yield the automatic steps that may be taken on arrival; and the staying, where they leave a case open."""
    answers: set[tuple[str, bool]] = set()
    for step in service.leaving(place.state, Trigger.AUTOMATIC):
        yield _edge(place, step)
        # The engine asks a step's guards after it chose the step: one that refuses leaves the request here.
        if step.when is None and step.guards:
            break
        if step.when is None:
            return
        if step.when.decides and not step.guards:
            question, answer = step.when.decides
            answers.add((question, answer))
            if (question, not answer) in answers:
                return
    yield Edge(place, None, WalkState(place.state, place.ledger, arriving=False))


def _edge(place: WalkState, step: Transition) -> Edge:
    ledger, unpaid = walked(place.ledger.passed(step), step.effects)
    return Edge(place, step, WalkState(step.target, ledger, arriving=True), unpaid)
