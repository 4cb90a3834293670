"""State to which a walk is led before it wanders: to a step of a service out of a state, by the steps that are
declared.

What leads there (which form, which hours, which price) is not known; it is found by doing things plainly first and in
other ways where that led elsewhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from domain.language.service import Service, Transition, Trigger

T = TypeVar("T")

PATIENCE = 3
"""Refusals of one step of one request before another way is looked for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition out of one of its sources: what a walk is led to."""

    source: str
    step: Transition

    @property
    def name(self) -> str:
        """Its name for people who read of a failed test."""
        told = "+".join(notice.text_name for notice in self.step.notices)
        return f"{self.source}-{self.step.name}-{self.step.target_state}-{told}"


def edges(service: Service) -> list[Edge]:
    """Return every transition of a service out of each of its sources in which a request can stand.

    Where several automatic steps lead out, one of them is always taken at once: a priced request is billed, or free.
    """
    passed = {state.name for state in service.states if len(service.steps_from(state.name, Trigger.AUTOMATIC)) > 1}
    every = [Edge(source, step) for step in service.transitions for source in step.source_states]
    return [one for one in every if one.source not in passed or one.step.trigger is Trigger.AUTOMATIC]


@dataclass(slots=True)
class Lead:
    """Leads requests of a service, and chooses meanwhile: plainly, or (`varied`) with all that may be left out, or at
    random.
    """

    service: Service
    random: Random
    varied: bool = False
    requests: int = 0
    turn: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[Edge] = field(default_factory=Counter)
    strayed: Counter[Edge] = field(default_factory=Counter)
    known: list[Edge] = field(default_factory=list)

    def begin(self, what: str) -> None:
        """Begin something that may have been done before."""
        self.turn = self.done[what] if self.varied else 0
        self.done[what] += self.varied

    def pick(self, options: Sequence[T]) -> T:
        """Choose one."""
        return self.random.choice(options) if self.turn > 1 else options[0]

    def chance(self) -> bool:
        """Return whether something unusual is to be."""
        return self.turn == 1 or (self.turn > 1 and self.random.random() < 0.5)

    def another(self) -> bool:
        """Begin with another request; tell whether prices should change before it."""
        self.known = self.known or edges(self.service)
        if self.requests % 2:
            self.random.shuffle(self.known)
        self.refused.clear()
        self.requests += 1
        passed = any(one.step.trigger is Trigger.AUTOMATIC for one in self.strayed)
        self.varied = self.requests % 2 == 0 or passed
        return self.requests % 4 == 0 or (passed and self.requests % 2 == 0)

    def next(self, state: str, goal: Edge) -> Edge | None:
        """Return the next edge on a shortest way to the goal; None when no way leads there that people can take."""
        edge = self._way(state, goal)
        if edge is None or self.refused[goal] >= PATIENCE:
            return None
        if edge.step.trigger is Trigger.AUTOMATIC:
            self.strayed[edge] += 1
            return None
        self.varied = self.requests % 4 == 0 or edge == goal or bool(self.refused[edge] or self.strayed[edge])
        return edge

    def went(self, edge: Edge, state: str) -> None:
        """Note where a request stands after it was to go by an edge."""
        self.refused[edge] += state == edge.source != edge.step.target_state
        self.strayed[edge] += state not in {edge.source, edge.step.target_state}

    def _way(self, start: str, goal: Edge) -> Edge | None:
        seen: set[str] = {start}
        waiting: list[tuple[str, Edge | None]] = [(start, None)]
        while waiting:
            state, first = waiting.pop(0)
            if state == goal.source:
                return first or goal
            for one in self.known:
                if one.source == state and one.step.target_state not in seen and self.refused[one] < PATIENCE:
                    seen.add(one.step.target_state)
                    waiting.append((one.step.target_state, first or one))
        return None
