"""The hours at which a step can book machines or an officer: what is offered is what the step itself takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.actions.context import ActionContext
from domain.blocks.bookings import BookMachines
from domain.blocks.visit_rules import VisitRules
from domain.blocks.visits import VISIT_START, BookVisit, is_same_visit, officer_resource_code
from domain.blocks.work_assignment import drives, find_span_fault, find_work_length, pick_machines, pick_operators
from domain.fleet.resources import SLOT_LENGTH, Resource, ResourceKind
from domain.fleet.taken_slots import TakenSlots, load_taken_slots
from domain.language.service import Transition
from domain.repositories import FleetRepositories
from domain.requests.request import ServiceRequest
from domain.values.calendar import MomentSpan
from domain.values.errors import Conflict

StepInputs = Mapping[str, Sequence[str]]
"""Name of an input → what is chosen in it."""


class ChoosableHours(Protocol):
    """Hours at which a request's step can be taken, among what is booked in a period."""

    @property
    def duration(self) -> timedelta:
        """Time for which somebody or something must be free."""
        ...

    def find_inputs(self, line: str, start: datetime) -> StepInputs | None:
        """Return what the step takes besides the hour to book the machine, or the officer, `line` from `start` on; None
        where it would be refused.
        """
        ...

    def list_drivers(self, start: datetime) -> Sequence[str]:
        """Return the names of those who are free then and drive what is wanted; empty where nothing is driven."""
        ...


@dataclass(frozen=True, slots=True)
class MachineHours:
    """Hours at which the machines of a request can be booked."""

    request: ServiceRequest
    """Operator of the work."""
    now: datetime
    """The moment at which they are offered, in UTC."""
    longest: timedelta
    """Longest time for which a machine may be booked."""
    resources: Sequence[Resource]
    """The machines and operators that can be booked at all."""
    taken_slots: TakenSlots
    """Times when they are taken, by others than the request."""
    own_codes: Sequence[str] = ()
    """Machines and operators that the request has booked or held already, preferred."""
    _free_by_start: dict[datetime, Sequence[Resource]] = field(default_factory=dict, init=False, compare=False)
    """Operators free from an hour on, as far as somebody asked: all lines of a calendar ask for the same hours."""

    @property
    def duration(self) -> timedelta:
        """Duration of the work."""
        return find_work_length(self.request)

    def find_inputs(self, line: str, start: datetime) -> StepInputs | None:
        """Return the codes of machines, `line` among them, and of operators who can have the work together."""
        machine = next((entry for entry in self.resources if entry.code == line), None)
        if machine is None or not self._is_wanted(machine) or machine not in self._list_free(machine.kind, start):
            return None
        return self._assign(start, line)

    def is_possible(self, start: datetime) -> bool:
        """Return whether all machines that are wanted can be booked from then on, with somebody to drive each."""
        return self._assign(start) is not None

    def list_drivers(self, start: datetime) -> Sequence[str]:
        """Return the names of those who are free from then to the end of the work and drive one of the machines."""
        machine_types = {item["machine"] for item in self.request.fields["items"]}
        return [
            operator.title
            for operator in self._list_free(ResourceKind.OPERATOR, start)
            if any(drives(operator, machine_type) for machine_type in machine_types)
        ]

    def _assign(self, start: datetime, *first_codes: str) -> StepInputs | None:
        if find_span_fault((start, start + self.duration), self.now, self.longest):
            return None
        preferred_codes = [*first_codes, *self.own_codes]
        try:
            machines = pick_machines(
                self._list_free(ResourceKind.MACHINE, start), self.request, preferred_codes=preferred_codes
            )
            operators = pick_operators(
                self._list_free(ResourceKind.OPERATOR, start), machines, preferred_codes=self.own_codes
            )
        except Conflict:
            return None
        return {"machine": [entry.code for entry in machines], "operator": [entry.code for entry in operators]}

    def _is_wanted(self, machine: Resource) -> bool:
        return machine.type in {item["machine"] for item in self.request.fields["items"]}

    def _list_free(self, kind: ResourceKind, start: datetime) -> list[Resource]:
        if start not in self._free_by_start:
            end = start + self.duration
            self._free_by_start[start] = [
                entry for entry in self.resources if self.taken_slots.is_free(entry.code, start, end)
            ]
        return [entry for entry in self._free_by_start[start] if entry.kind is kind]


@dataclass(frozen=True, slots=True)
class VisitHours:
    """Hours at which an officer can be sent for a request."""

    request: ServiceRequest
    """Request that is visited."""
    rules: VisitRules
    """Rules for the hours."""
    taken_slots: TakenSlots
    """Other visits of the officers."""
    names_officer: bool
    """The step takes whoever is chosen; else only who takes it goes."""

    @property
    def duration(self) -> timedelta:
        """Duration of a visit."""
        return self.rules.visit_length

    def find_inputs(self, line: str, start: datetime) -> StepInputs | None:
        """Return the officer `line`, by user name, where the step asks for one."""
        is_present_hour = start == VISIT_START.find(self.request)
        if (
            is_same_visit(self.request, line, start)
            or self.rules.find_fault(start, at_any_hour=is_present_hour)
            or not self.taken_slots.is_free(officer_resource_code(line), start, start + self.duration)
        ):
            return None
        return {"officer": [line]} if self.names_officer else {}

    def list_drivers(self, start: datetime) -> Sequence[str]:
        """Nobody drives an officer."""
        return ()


async def load_choosable_hours(
    context: ActionContext[FleetRepositories], request: ServiceRequest, step: Transition, period: MomentSpan
) -> ChoosableHours | None:
    """Return at which hours of a period a step can book; None for a step that books nothing at an hour."""
    if any(isinstance(effect, BookVisit) for effect in step.effects):
        rules = VisitRules(context.dependencies.clock.now(), context.dependencies.policy, context.dependencies.calendar)
        taken_slots = await load_taken_slots(context.uow.fleet, period[0], period[1] + rules.visit_length, request.id)
        return VisitHours(request, rules, taken_slots, any(entry.name == "officer" for entry in step.inputs))
    booking_effect = next((effect for effect in step.effects if isinstance(effect, BookMachines)), None)
    return await load_machine_hours(context, request, booking_effect, period) if booking_effect else None


async def load_machine_hours(
    context: ActionContext[FleetRepositories], request: ServiceRequest, booking_effect: BookMachines, period: MomentSpan
) -> MachineHours:
    """Return at which hours of a period an effect can book machines for a request, which need not be stored yet."""
    latest_end = period[1] + find_work_length(request)
    return MachineHours(
        request,
        context.dependencies.clock.now(),
        timedelta(hours=booking_effect.most_hours.value_in(context.dependencies.policy)),
        [
            entry
            for kind in (ResourceKind.MACHINE, ResourceKind.OPERATOR)
            for entry in await context.uow.fleet.list_resources(kind, bookable_only=True)
        ],
        await load_taken_slots(context.uow.fleet, period[0], latest_end, request.id),
        [resource.code for _, resource in await context.uow.fleet.list_of_request(request.id)],
    )


def list_half_hours(span: MomentSpan) -> Iterator[datetime]:
    """Yield the moments of a span at which something may begin."""
    moment = span[0]
    while moment < span[1]:
        yield moment
        moment += SLOT_LENGTH
