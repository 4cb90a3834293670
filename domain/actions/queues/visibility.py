"""What a member of the staff sees as work: queues, whose requests they hold, and how urgent each is.

Everything follows from the declarations: a request stands in the queue of its state's unit (`State.unit`), waits for
the citizen or a payment (phase), or has ended; where its last state has a unit, that one still hands something over.
Who may see which services: services.md, "People".
"""

from collections.abc import Iterator, Mapping

from domain.language.service import Service, State
from domain.queues.queue import Queue
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Actor, Role

SEE_ALL = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that see every request."""


_PHASES = {Queue.NEEDS_CITIZEN: Phase.NEEDS_CITIZEN, Queue.NEEDS_PAYMENT: Phase.NEEDS_PAYMENT}


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
