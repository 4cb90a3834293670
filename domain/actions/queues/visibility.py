"""What a member of the staff sees as work: queues, whose requests they hold, and how urgent each is.

Everything follows from the declarations: a request is in the queue of its state's unit (`State.unit`), waits for
the citizen or a payment (phase), or has ended; where its last state has a unit, that one still hands something over.
Who may see which services: services.md, "People".
"""

from collections.abc import Iterator, Mapping

from domain.language.service import Service, State
from domain.queues.queue import Queue
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Actor, Role

SEE_ALL_ROLES = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that see every request."""


_PHASES_BY_QUEUE = {Queue.NEEDS_CITIZEN: Phase.NEEDS_CITIZEN, Queue.NEEDS_PAYMENT: Phase.NEEDS_PAYMENT}


def visible_services(services: Mapping[str, Service], roles: frozenset[Role]) -> tuple[str, ...]:
    """Return the keys of the services whose requests these roles may see: all, or those whose steps they take."""
    if roles & SEE_ALL_ROLES:
        return tuple(services)
    return tuple(
        service_key for service_key, service in services.items() if roles & _worker_roles(service) - {Role.ADMIN}
    )


def may_see_request(services: Mapping[str, Service], actor: Actor, request: ServiceRequest) -> bool:
    """Return whether this member of the staff may read the request."""
    if actor.kind != "staff":
        return False
    return bool(actor.role_names & SEE_ALL_ROLES) or request.service in visible_services(services, actor.role_names)


def visible_units(services: Mapping[str, Service], roles: frozenset[Role]) -> tuple[Role, ...]:
    """Return the units whose queues these roles work on, or look at, in the order of the roles."""
    all_units = frozenset[Role]().union(*(service.unit_roles for service in services.values()))
    return tuple(role for role in Role if role in (all_units if roles & SEE_ALL_ROLES else all_units & roles))


def visible_queues(services: Mapping[str, Service], roles: frozenset[Role]) -> tuple[tuple[Queue, Role | None], ...]:
    """Return the queues that these roles are shown, each with its unit where it is a unit's; none for who sees none."""
    if not visible_services(services, roles):
        return ()
    own_units = visible_units(services, roles)
    other_queues = (queue for queue in Queue if queue not in {Queue.UNIT, Queue.ALL})
    listed_queues = (
        (queue, None)
        for queue in other_queues
        if not queue.is_of_units or _may_hold_requests(services, queue, own_units)
    )
    return (*((Queue.UNIT, unit) for unit in own_units), *listed_queues)


def _may_hold_requests(services: Mapping[str, Service], queue: Queue, units: tuple[Role, ...]) -> bool:
    """Return whether a request can be in this queue at all."""
    return any(True for service in services.values() for _ in list_queue_states(service, queue, units))


def list_queue_states(service: Service, queue: Queue, units: tuple[Role, ...]) -> Iterator[State]:
    """Yield the states in which requests of a service are in this queue, for who works on these units."""
    required_phase, must_be_live = _PHASES_BY_QUEUE.get(queue), queue.is_live
    for state in service.states:
        if must_be_live is not None and state.phase.is_final is must_be_live:
            continue
        if required_phase is not None and state.phase is not required_phase:
            continue
        if queue.is_of_units and state.unit not in units:
            continue
        yield state


def _worker_roles(service: Service) -> frozenset[Role]:
    return service.unit_roles.union(*(step.roles for step in service.transitions))
