"""What begins when a request comes into a state: whose turn it is, until when, and at which moments it is looked at."""

from datetime import datetime, timedelta

from domain.language.awaited import ANSWER_UNTIL_FACT
from domain.language.service import Service, StepContext, Trigger
from domain.requests.request import Timer, TimerKind


def enter_state(service: Service, context: StepContext) -> list[Timer]:
    """Note whose turn it is in the request's state and until when, by which queues are sorted; return the timers to be
    set.
    """
    request = context.request
    state, timers = service.state_named(request.state), _build_timers(service, context)
    request.turn = state.turn
    if deadlines := [timer.at for timer in timers if timer.kind is TimerKind.DEADLINE]:
        context.facts[ANSWER_UNTIL_FACT] = min(deadlines)
    due_moments = [timer.at for timer in timers if timer.kind is TimerKind.SLA]
    due_moments += [own_due] if state.reckon_due and (own_due := state.reckon_due(context)) else []
    request.due_at = min(due_moments, default=None)
    return timers


def _build_timers(service: Service, context: StepContext) -> list[Timer]:
    request = context.request
    state = service.state_named(request.state)
    planned_timers: list[tuple[TimerKind, str, datetime | None]] = []
    for step in service.steps_from(state.name, Trigger.DEADLINE):
        planned_timers.append(
            (TimerKind.DEADLINE, step.name, step.reckon_deadline(context) if step.reckon_deadline else None)
        )
    for reminder in state.reminders:
        planned_timers.append(
            (
                TimerKind.REMINDER,
                reminder.text_name,
                _find_reminder_time(context, reminder.reckon_event(context), reminder.lead_hours),
            )
        )
    if state.sla_minutes is not None:
        due_at = context.calendar.add_working_minutes(context.now, state.sla_minutes)
        planned_timers.append((TimerKind.SLA, state.name, due_at))
    return [Timer(request.id, kind, name, due_at) for kind, name, due_at in planned_timers if due_at is not None]


def _find_reminder_time(context: StepContext, event_at: datetime | None, lead_hours: int) -> datetime | None:
    if event_at is None:
        return None
    reminder_at = context.calendar.last_sending_time_before(event_at, lead_time=timedelta(hours=lead_hours))
    return reminder_at if reminder_at > context.now else None
