"""What each step of a request leaves for the reports: a narrow row beside its event, without anything personal.

An event is chained, wide and loses its personal part one day; a report adds up millions of steps. So the engine keeps a
`StepRecord` with each event that moves a request, in the same unit, and reckons the lengths once, when the stay ends.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.language.service import Service, State
from domain.reports.rows import StepRecord
from domain.requests.history import HistoryEvent
from domain.requests.request import Phase, ServiceRequest
from domain.values.calendar import WorkingCalendar

FROM_ELSEWHERE = frozenset({"citizen", "clerk"})
"""Kinds of actors who take a step without the citizen's coming to the municipality."""


def of_event(
    service: Service,
    calendar: WorkingCalendar,
    request: ServiceRequest,
    event: HistoryEvent,
    since: datetime,
    officer: str | None,
) -> StepRecord:
    """Return what an event that moved the request leaves; `since` is when it came into the state that it left.

    A state that the declaration does not know any more allows any time.
    """
    left, stays = _state(service, event.from_state), event.from_state is not None
    allowed = left.sla_minutes if left else None
    due = None if allowed is None else calendar.add_working_minutes(since, allowed)
    return StepRecord(
        event.at, request.id, event.seq, request.service, request.kind, request.channel, request.office, officer,
        event.from_state,
        seconds=max(0, int((event.at - since).total_seconds())) if stays else 0,
        worked=calendar.working_minutes_between(since, event.at) if stays else 0,
        late=None if due is None else event.at > due,
        outcome=_outcome(left, _state(service, event.to_state)),
        remote=event.actor_kind in FROM_ELSEWHERE and _by_hand(service, event),
    )  # fmt: skip


def _state(service: Service, name: str | None) -> State | None:
    return next((state for state in service.states if state.name == name), None)


def _outcome(left: State | None, entered: State | None) -> Phase | None:
    ends = entered is not None and entered.phase.final and not (left and left.phase.final)
    return entered.phase if entered and ends else None


def _by_hand(service: Service, event: HistoryEvent) -> bool:
    return event.from_state is None or any(one.trigger is None for one in service.named(event.event))


def steps_of(
    service: Service, calendar: WorkingCalendar, request: ServiceRequest, events: Sequence[HistoryEvent]
) -> Iterator[StepRecord]:
    """Yield the steps of a request out of its whole history, as they would have been kept at their time.

    Who had the request is told by the events, as far as their personal part is not erased.
    """
    since, officer = request.created_at, None
    for event in events:
        if _moved(service, event):
            yield of_event(service, calendar, request, event, since, officer)
            since = event.at
        facts = event.payload or {}
        officer = facts.get("officer") or facts.get("assignee") or officer


def _moved(service: Service, event: HistoryEvent) -> bool:
    """Tell whether an event moved the request, be it back into the state in which it was; a note did not."""
    if event.from_state != event.to_state:
        return True
    named = service.named(event.event)
    return any(event.from_state in one.sources and event.to_state == one.target for one in named)
