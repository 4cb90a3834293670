"""Facts that a service finds out by itself, as its declaration names them: values of a form, requests that others made
for somebody, the work of machines."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.fleet.resources import MachineWork
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class FormFill:
    """Values of a form that a service knows without asking: more values, and for some fields the choices that are
    left."""

    found_values: Mapping[str, Any] = field(default_factory=dict)
    remaining_choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


FormFiller = Callable[["UnitOfWork", str | None, Mapping[str, Any]], Awaitable[FormFill]]
"""Looks in the registries with the sender's mobile (+989…) and the values that people said so far.

It may raise a domain error that names the field which is wrong (a plate that nobody has): that field is asked again.
"""


MachineWorkLister = Callable[[ServiceRequest], list[MachineWork]]
"""Returns what machines did for a request that is done."""


ConcerningFinder = Callable[["UnitOfWork", str], Awaitable[list[ServiceRequest]]]
"""Finds the open requests that somebody else made for the person with this mobile (+989…)."""

SummaryFact = Callable[[Mapping[str, Any], str], str]
"""Fact of a form's summary beside its answers, in words: of these values, for this mobile (+989…)."""
