"""Requests that a member of the staff sees as work: queues, whose requests they hold, and how urgent each is.

Everything follows from the declarations: a request is in the queue of its state's unit (`State.unit`), waits for
the citizen or a payment (phase), or has ended; where its last state has a unit, that one still hands something over.
Who may see which services: services.md, "People".
"""

from collections.abc import Iterator, Mapping

from domain.authorization.visibility import visible_services, visible_units
from domain.language.service import Service, State
from domain.queues.queue import Queue
from domain.requests.request import Phase
from domain.values.actors import Actor, Role

_PHASES_BY_QUEUE = {Queue.NEEDS_CITIZEN: Phase.NEEDS_CITIZEN, Queue.NEEDS_PAYMENT: Phase.NEEDS_PAYMENT}


def visible_queues(services: Mapping[str, Service], actor: Actor) -> tuple[tuple[Queue, Role | None], ...]:
    """Return the queues that this one is shown, each with its unit where it is a unit's; none for who sees none."""
    if not visible_services(services, actor):
        return ()
    own_units = visible_units(services, actor)
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
