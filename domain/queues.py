"""What a member of the staff sees as work: queues, whose requests they hold, and how urgent each is.

Everything follows from the declarations: a request stands in the queue of its state's unit (`State.unit`), waits for
the citizen or a payment (phase), or has ended; where its last state has a unit, that one still hands something over.
Who may see which services: services.md, "People".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.calendar import WorkingCalendar
from domain.lifecycle import Service, State
from domain.people import Actor, Role
from domain.requests import Phase, ServiceRequest

SEE_ALL = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that see every request."""

SOON_MINUTES = 2 * 60
"""Working time before the end of its SLA in which a request is due soon."""


class Queue(StrEnum):
    """The lists of the staff. All but HAND_OVER, FINISHED and ALL hold requests that have not ended."""

    UNIT = "unit"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    LATE = "late"
    SOON = "soon"
    NEEDS_CITIZEN = "needs_citizen"
    NEEDS_PAYMENT = "needs_payment"
    HAND_OVER = "hand_over"
    OPEN = "open"
    FINISHED = "finished"
    ALL = "all"

    @property
    def live(self) -> bool | None:
        """Whether its requests go on (True), have ended (False), or either."""
        return _LIVE.get(self, True)

    @property
    def of_units(self) -> bool:
        """Whether it holds only what stands in the viewer's own units' queues."""
        return self in {Queue.UNIT, Queue.UNASSIGNED, Queue.LATE, Queue.SOON, Queue.HAND_OVER}


_LIVE: Mapping[Queue, bool | None] = {Queue.HAND_OVER: False, Queue.FINISHED: False, Queue.ALL: None}
_PHASES = {Queue.NEEDS_CITIZEN: Phase.NEEDS_CITIZEN, Queue.NEEDS_PAYMENT: Phase.NEEDS_PAYMENT}


class Sla(StrEnum):
    """How a request stands to the working time that it may take: the colour of its row."""

    OK = "ok"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Moments:
    """Now, and until when a due time counts as soon."""

    now: datetime
    soon: datetime

    @classmethod
    def at(cls, now: datetime, calendar: WorkingCalendar) -> "Moments":
        """Reckon them."""
        return cls(now, calendar.add_working_minutes(now, SOON_MINUTES))


def sla_of(request: ServiceRequest, moments: Moments) -> Sla | None:
    """Return how a request stands to its SLA; None for one that has none in its state, or has ended."""
    if request.turn is None or request.due_at is None:
        return None
    if request.due_at <= moments.now:
        return Sla.LATE
    return Sla.SOON if request.due_at <= moments.soon else Sla.OK


def services_seen(services: Mapping[str, Service], roles: frozenset[Role]) -> tuple[str, ...]:
    """Return the keys of the services whose requests these roles may see: all, or those whose steps they take."""
    if roles & SEE_ALL:
        return tuple(services)
    return tuple(key for key, service in services.items() if roles & _workers(service) - {Role.ADMIN})


def sees(services: Mapping[str, Service], actor: Actor, request: ServiceRequest) -> bool:
    """Tell whether this member of the staff may read the request."""
    if actor.kind != "staff":
        return False
    return bool(actor.role_names & SEE_ALL) or request.service in services_seen(services, actor.role_names)


def units_seen(services: Mapping[str, Service], roles: frozenset[Role]) -> tuple[Role, ...]:
    """Return the units whose queues these roles work on, or look at, in the order of the roles."""
    units = frozenset[Role]().union(*(service.units for service in services.values()))
    return tuple(role for role in Role if role in (units if roles & SEE_ALL else units & roles))


def queues_seen(services: Mapping[str, Service], roles: frozenset[Role]) -> tuple[tuple[Queue, Role | None], ...]:
    """Return the queues that these roles are shown, each with its unit where it is a unit's; none for who sees none."""
    if not services_seen(services, roles):
        return ()
    units = units_seen(services, roles)
    others = (queue for queue in Queue if queue not in {Queue.UNIT, Queue.ALL})
    shown = ((queue, None) for queue in others if not queue.of_units or _filled(services, queue, units))
    return (*((Queue.UNIT, unit) for unit in units), *shown)


def _filled(services: Mapping[str, Service], queue: Queue, units: tuple[Role, ...]) -> bool:
    """Tell whether a request can stand in this queue at all."""
    return any(True for service in services.values() for _ in states_in(service, queue, units))


def states_in(service: Service, queue: Queue, units: tuple[Role, ...]) -> Iterator[State]:
    """Yield the states in which requests of a service stand in this queue, for who works on these units."""
    phase, live = _PHASES.get(queue), queue.live
    for state in service.states:
        if live is not None and state.phase.final is live:
            continue
        if phase is not None and state.phase is not phase:
            continue
        if queue.of_units and state.unit not in units:
            continue
        yield state


def _workers(service: Service) -> frozenset[Role]:
    return service.units.union(*(step.roles for step in service.transitions))
