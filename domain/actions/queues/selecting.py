"""A filter resolved: which ranges of requests a member of the staff sees of it, and all that the store needs to know.

A range is a service's requests whose turn it is alike, or all of a service's. Each is one range of one index; a list is
the few ranges merged, so that a page costs the same however many requests there are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from domain.actions.queues.visibility import list_queue_states
from domain.authorization.visibility import visible_services, visible_units
from domain.language.service import Service, State
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla, SlaMoments
from domain.queues.selection import RequestRange, Selection
from domain.values.actors import Actor, Role
from domain.values.calendar import tehran_moment

_ONE_DAY = timedelta(days=1)


def build_selection(
    services: Mapping[str, Service], actor: Actor, criteria: QueueFilter, moments: SlaMoments
) -> Selection:
    """Return what this member of the staff sees of a filter: no range of what is not theirs to see."""
    [selection] = build_selections(services, actor, [criteria], moments)
    return selection


def build_selections(
    services: Mapping[str, Service], actor: Actor, filters: Iterable[QueueFilter], moments: SlaMoments
) -> list[Selection]:
    """Return what this member of the staff sees of each filter."""
    own_services = [services[key] for key in visible_services(services, actor)]
    own_units = visible_units(services, actor)
    return [
        _build_selection(tuple(_list_ranges(own_services, own_units, criteria)), actor, criteria, moments)
        for criteria in filters
    ]


def _build_selection(
    ranges: tuple[RequestRange, ...], actor: Actor, criteria: QueueFilter, moments: SlaMoments
) -> Selection:
    assignees = frozenset({criteria.assignee} if criteria.assignee else ())
    if criteria.queue is Queue.MINE:
        own_usernames = frozenset({actor.identifier, *actor.substitutes_for})
        assignees = assignees & own_usernames if assignees else own_usernames
        ranges = ranges if assignees else ()
    due_after, due_until = _due_range(criteria, moments)
    return Selection(
        ranges=ranges,
        order=criteria.effective_order,
        assignees=tuple(sorted(assignees)),
        unassigned=criteria.queue is Queue.UNASSIGNED,
        kind=criteria.kind,
        channel=criteria.channel,
        office=criteria.office,
        lacks_papers=criteria.papers,
        created_from=tehran_moment(criteria.created_from, time.min) if criteria.created_from else None,
        created_before=tehran_moment(criteria.created_to + _ONE_DAY, time.min) if criteria.created_to else None,
        due_after=due_after,
        due_until=due_until,
        search=criteria.search_query,
    )


def _due_range(criteria: QueueFilter, moments: SlaMoments) -> tuple[datetime | None, datetime | None]:
    """Return after which moment they are due, and until which, by the queue and by the filter's own word."""
    requested_slas = {criteria.sla, {Queue.LATE: Sla.LATE, Queue.SOON: Sla.SOON}.get(criteria.queue)}
    starts, ends = (
        {Sla.SOON: moments.now, Sla.OK: moments.soon_until},
        {Sla.LATE: moments.now, Sla.SOON: moments.soon_until},
    )
    lower_bounds = [moment for sla, moment in starts.items() if sla in requested_slas]
    upper_bounds = [moment for sla, moment in ends.items() if sla in requested_slas]
    return max(lower_bounds, default=None), min(upper_bounds, default=None)


def _list_ranges(
    own_services: Sequence[Service], own_units: tuple[Role, ...], criteria: QueueFilter
) -> Iterator[RequestRange]:
    for service in own_services:
        if criteria.service in {None, service.key} and (not criteria.kind or criteria.kind in service.kinds):
            matching = [
                state
                for state in list_queue_states(service, criteria.queue, own_units)
                if _matches_filter(state, criteria)
            ]
            yield from _group_states(service, matching, keep_apart=not (criteria.search or criteria.assignee))


def _matches_filter(state: State, criteria: QueueFilter) -> bool:
    return (
        criteria.unit in {None, state.unit}
        and criteria.phase in {None, state.phase}
        and (not criteria.states or state.name in criteria.states)
    )


def _group_states(service: Service, matching: Sequence[State], *, keep_apart: bool) -> Iterator[RequestRange]:
    """Yield the ranges of these states; states are named only where a range is not wanted whole.

    Those in equal states are one range. What another index finds may be anywhere, and need not be listed
    `keep_apart`.
    """
    if matching and not keep_apart and {state.turn is None for state in matching} == {True, False}:
        yield RequestRange(service.key, states=_name_states(matching, service.states))
        return
    for turn in dict.fromkeys(state.turn for state in matching):
        turn_states = [state for state in service.states if state.turn == turn]
        state_names = _name_states([state for state in matching if state.turn == turn], turn_states)
        yield RequestRange(service.key, turn, turn is None, state_names)


def _name_states(matching: Sequence[State], turn_states: Sequence[State]) -> tuple[str, ...]:
    return () if len(matching) == len(turn_states) else tuple(state.name for state in matching)
