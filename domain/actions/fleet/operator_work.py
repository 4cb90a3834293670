"""The day's work of machines' operators, and what they report of it by their own mobile.

A report is an observation: it is kept in the history of its request and beside it, and moves nothing (decision 49).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.actions.context import ActionContext
from domain.actions.fleet.delivery_codes import ask_for_changed_hours
from domain.authorization.fleet_policy import is_booked_operator, require_booked_operator
from domain.blocks.operator_reports import MOST_WORKED_HOURS, OperatorReport, WorkStage, find_report, store_report
from domain.fields.hours import check_hours
from domain.fleet.ports import FleetRepository
from domain.fleet.resources import Booking, ResourceKind
from domain.repositories import FleetRepositories, RequestRepositories
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor
from domain.values.calendar import day_bounds, to_tehran
from domain.values.errors import NotAllowedNow
from domain.values.reasons import NotAllowedReason
from domain.values.tracking_codes import TrackingCode


@dataclass(frozen=True, slots=True)
class OperatorJob:
    """One operator's work for one request."""

    request: ServiceRequest
    """Request that the work is for."""
    booking: Booking
    """Booked time."""
    report: OperatorReport
    """Report so far."""
    operator: Actor
    """Operator of the work."""


async def find_operators(fleet: FleetRepository, mobile: str, channel: str) -> list[Actor]:
    """Return as which operators of the fleet the person with this proved mobile (+989…) acts; none for anybody else."""
    operators = await fleet.list_resources(ResourceKind.OPERATOR, bookable_only=True)
    return [Actor(frozenset(), "operator", one.code, channel) for one in operators if one.mobile == mobile]


async def list_jobs_of_day(context: ActionContext[FleetRepositories], operators: Sequence[Actor]) -> list[OperatorJob]:
    """Return the work of today (in Tehran) that these operators are booked for, by time."""
    start, end = day_bounds(to_tehran(context.dependencies.clock.now()).date())
    booked = [
        (booking, operator)
        for booking, resource in await context.uow.fleet.list_between(start, end)
        for operator in operators
        if is_booked_operator(operator, booking, resource)
    ]
    request_ids = {booking.request_id for booking, _ in booked if booking.request_id is not None}
    requests = {request.id: request for request in await context.uow.requests.list_by_ids(request_ids)}
    return [
        OperatorJob(request, booking, find_report(request, operator.identifier), operator)
        for booking, operator in booked
        if booking.request_id is not None and (request := requests.get(booking.request_id))
    ]


async def find_job(
    uow: FleetRepositories, code: TrackingCode, operators: Sequence[Actor], *, lock: bool = False
) -> OperatorJob:
    """Return the work of one of these operators for a request; `NotFound("code")`. `lock` keeps other writers off."""
    request = await uow.requests.get_by_code(code, lock=lock)
    bookings = await uow.fleet.list_of_request(request.id)
    operator = next(
        (one for one in operators if any(is_booked_operator(one, *booked) for booked in bookings)), operators[0]
    )
    booking = require_booked_operator(operator, bookings)
    return OperatorJob(request, booking, find_report(request, operator.identifier), operator)


async def note_stage(
    context: ActionContext[FleetRepositories],
    code: TrackingCode,
    stage: WorkStage,
    operators: Sequence[Actor],
    reporter: Actor | None = None,
    reached_at: datetime | None = None,
) -> OperatorJob:
    """Keep that an operator arrived, began or ended, at that moment or, where it is None, just now; what was noted
    before stays as it was. `reporter` is who says so of the operator, the operator where it is None.

    `NotFound("code")` for work of somebody else, `NotAllowedNow` before its day.
    """
    job = await find_job(context.uow, code, operators, lock=True)
    reached_at = reached_at or context.dependencies.clock.now()
    if to_tehran(reached_at).date() < to_tehran(job.booking.start).date():
        raise NotAllowedNow("code", NotAllowedReason.WORK_LATER)
    report = job.report.with_stage(stage, reached_at)
    event_name = f"operator_{stage}"
    facts: dict[str, Any] = {"reached_at": reached_at.isoformat()}
    return job if report == job.report else await _store(context, job, report, event_name, facts, reporter)


async def note_hours(
    context: ActionContext,
    code: TrackingCode,
    hours: float,
    operators: Sequence[Actor],
    reporter: Actor | None = None,
) -> OperatorJob:
    """Keep how many hours an operator worked, in the place of what was said before: it is proposed to the unit, and the
    citizen who confirms by codes is sent one for it. `reporter` is as in `note_stage`.

    `NotFound("code")` for work of somebody else, `InvalidField` for no multiple of half an hour.
    """
    job = await find_job(context.uow, code, operators, lock=True)
    report = replace(job.report, hours=check_hours(hours, MOST_WORKED_HOURS))
    if report == job.report:
        return job
    store_report(job.request, job.operator.identifier, report)
    await ask_for_changed_hours(context, job.request)
    return await _store(context, job, report, "operator_hours", {"hours": report.hours}, reporter)


async def _store(
    context: ActionContext[RequestRepositories],
    job: OperatorJob,
    report: OperatorReport,
    event_name: str,
    facts: dict[str, Any],
    reporter: Actor | None,
) -> OperatorJob:
    store_report(job.request, job.operator.identifier, report)
    await context.dependencies.engine.record_event(
        context.uow, job.request, event_name, reporter or job.operator, facts
    )
    return replace(job, report=report)
