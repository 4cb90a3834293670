"""A filter resolved: which ranges of requests a member of the staff sees of it, and all that the store needs to know.

A range is a service's requests whose turn it is alike, or all of a service's. Each is one range of one index; a list is
the few ranges merged, so that a page costs the same however many requests there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from domain.actions.queues.visibility import services_seen, states_in, units_seen
from domain.language.service import Service, State
from domain.queues.filters import QueueFilter
from domain.queues.queue import Moments, Queue, Sla
from domain.queues.search import parse
from domain.queues.selection import Range, Selection
from domain.values.actors import Actor
from domain.values.calendar import tehran

_DAY = timedelta(days=1)


def select(services: Mapping[str, Service], actor: Actor, wanted: QueueFilter, moments: Moments) -> Selection:
    """Return what this member of the staff sees of a filter: no range of what is not theirs to see."""
    assignees = frozenset({wanted.assignee} if wanted.assignee else ())
    ranges = tuple(_ranges(services, actor, wanted))
    if wanted.queue is Queue.MINE:
        own = frozenset({actor.ident, *actor.stands_for})
        assignees = assignees & own if assignees else own
        ranges = ranges if assignees else ()
    due_after, due_until = _due(wanted, moments)
    return Selection(
        ranges,
        wanted.listed,
        tuple(sorted(assignees)),
        wanted.queue is Queue.UNASSIGNED,
        wanted.kind,
        wanted.channel,
        wanted.office,
        wanted.papers,
        tehran(wanted.created_from, time.min) if wanted.created_from else None,
        tehran(wanted.created_to + _DAY, time.min) if wanted.created_to else None,
        due_after,
        due_until,
        parse(wanted.search) if wanted.search else None,
    )


def _due(wanted: QueueFilter, moments: Moments) -> tuple[datetime | None, datetime | None]:
    """Return after which moment they are due, and until which, by the queue and by the filter's own word."""
    asked = {wanted.sla, {Queue.LATE: Sla.LATE, Queue.SOON: Sla.SOON}.get(wanted.queue)}
    begins, ends = {Sla.SOON: moments.now, Sla.OK: moments.soon}, {Sla.LATE: moments.now, Sla.SOON: moments.soon}
    after = [moment for sla, moment in begins.items() if sla in asked]
    until = [moment for sla, moment in ends.items() if sla in asked]
    return max(after, default=None), min(until, default=None)


def _ranges(services: Mapping[str, Service], actor: Actor, wanted: QueueFilter) -> Iterator[Range]:
    units = units_seen(services, actor.role_names)
    for key in services_seen(services, actor.role_names):
        service = services[key]
        if wanted.service in {None, key} and (not wanted.kind or wanted.kind in service.kinds):
            found = [state for state in states_in(service, wanted.queue, units) if _meets(state, wanted)]
            yield from _grouped(service, found, apart=not (wanted.search or wanted.assignee))


def _meets(state: State, wanted: QueueFilter) -> bool:
    return (
        wanted.unit in {None, state.unit}
        and wanted.phase in {None, state.phase}
        and (not wanted.states or state.name in wanted.states)
    )


def _grouped(service: Service, found: Sequence[State], *, apart: bool) -> Iterator[Range]:
    """Yield the ranges of these states; states are named only where a range is not wanted whole.

    Those that stand alike are one range. What another index finds may stand anywhere, and need not be told `apart`.
    """
    if found and not apart and {state.turn is None for state in found} == {True, False}:
        yield Range(service.key, states=_named(found, service.states))
        return
    for turn in dict.fromkeys(state.turn for state in found):
        alike = [state for state in service.states if state.turn == turn]
        states = _named([state for state in found if state.turn == turn], alike)
        yield Range(service.key, turn, turn is None, states)


def _named(found: Sequence[State], alike: Sequence[State]) -> tuple[str, ...]:
    return () if len(found) == len(alike) else tuple(state.name for state in found)
