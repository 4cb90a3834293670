"""Records of each step for the reports: a narrow row beside its event, without anything personal.

An event is chained, wide and loses its personal part one day; a report adds up millions of steps. So the engine keeps a
`StepRecord` with each event that moves a request, in the same unit, and reckons the lengths once, when the stay ends.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.engine.undoing import STEP_BACK
from domain.language.service import Service, State
from domain.reports.rows import StepRecord
from domain.requests.history import HistoryEvent
from domain.requests.request import Phase, ServiceRequest
from domain.values.calendar import WorkingCalendar

REMOTE_ACTOR_KINDS = frozenset({"citizen", "clerk"})
"""Kinds of actors who take a step without the citizen's coming to the municipality."""


def build_step_record(
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
    left_state, has_stayed = _find_state(service, event.from_state), event.from_state is not None
    allowed_minutes = left_state.sla_minutes if left_state else None
    due_at = None if allowed_minutes is None else calendar.add_working_minutes(since, allowed_minutes)
    return StepRecord(
        at=event.at,
        request_id=request.id,
        seq=event.seq,
        service=request.service,
        kind=request.kind,
        channel=request.channel,
        office=request.office,
        officer=officer,
        state=event.from_state,
        seconds=max(0, int((event.at - since).total_seconds())) if has_stayed else 0,
        worked=calendar.working_minutes_between(since, event.at) if has_stayed else 0,
        late=None if due_at is None else event.at > due_at,
        outcome=_final_outcome(left_state, _find_state(service, event.to_state)),
        remote=event.actor_kind in REMOTE_ACTOR_KINDS and _is_taken_by_hand(service, event),
    )


def _find_state(service: Service, name: str | None) -> State | None:
    return next((state for state in service.states if state.name == name), None)


def _final_outcome(left_state: State | None, entered_state: State | None) -> Phase | None:
    is_ending = (
        entered_state is not None and entered_state.phase.is_final and not (left_state and left_state.phase.is_final)
    )
    return entered_state.phase if entered_state and is_ending else None


def _is_taken_by_hand(service: Service, event: HistoryEvent) -> bool:
    return event.from_state is None or any(step.trigger is None for step in service.steps_named(event.event))


def rebuild_step_records(
    service: Service, calendar: WorkingCalendar, request: ServiceRequest, events: Sequence[HistoryEvent]
) -> Iterator[StepRecord]:
    """Yield the steps of a request out of its whole history, as they would have been kept at their time.

    Who had the request follows from the events, as far as their personal part is not erased.
    """
    since, officer = request.created_at, None
    for event in events:
        if _has_moved(service, event):
            yield build_step_record(service, calendar, request, event, since, officer)
            since = event.at
        event_payload = event.payload or {}
        if event.event == STEP_BACK and "assignee" in event_payload:
            officer = event_payload["assignee"]  # nobody, where nobody had it before
        officer = event_payload.get("officer") or event_payload.get("assignee") or officer


def _has_moved(service: Service, event: HistoryEvent) -> bool:
    """Return whether an event moved the request, be it back into the state in which it was; a note did not."""
    if event.from_state != event.to_state or event.event == STEP_BACK:
        return True
    named_steps = service.steps_named(event.event)
    return any(event.from_state in step.source_states and event.to_state == step.target_state for step in named_steps)
