"""Operators' reports of the day as the unit enters them, for those who report by telephone and not in their chat."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document
from domain.actions.fleet.delivery_codes import ask_for_changed_hours, confirm_by_code, send_delivery_code
from domain.actions.fleet.operator_work import OperatorJob, find_job, list_jobs_of_day, note_hours, note_stage
from domain.actions.requests.notes import write_note
from domain.authorization.policy import require_right
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.blocks.operator_reports import WORK_PHOTO, OperatorReport, WorkStage
from domain.fleet.resources import ResourceKind
from domain.repositories import FleetRepositories
from domain.values.actors import Actor
from domain.values.errors import Conflict, MissingField
from domain.values.files import PreparedFile
from domain.values.reasons import ConflictReason, MissingReason
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken, refuse_stale


@dataclass(frozen=True, slots=True)
class NamedJob:
    """One operator's work for one request, with who that is."""

    job: OperatorJob
    """The work, and what was reported of it."""
    operator_name: str
    """Name of the operator."""


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """The unit's entry of one operator's work."""

    stages: Collection[WorkStage] = ()
    """Stages reached."""
    hours: float | None = None
    """Hours worked, halves allowed; None: not said."""
    note: str = ""
    """Note for colleagues; empty: nothing."""
    photos: Sequence[PreparedFile] = ()
    """Photos of the work."""
    confirmation_code: str = ""
    """Code that the citizen told; empty: none."""
    wants_code: bool = False
    """Whether a new code is to be sent to the citizen."""
    written_at: datetime | None = None
    """Time of writing and of the stages reached, in UTC; None: just now."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        concerns_code = self.confirmation_code or self.wants_code
        return not (self.stages or self.hours is not None or self.note or self.photos or concerns_code)


async def list_sheet_jobs(context: ActorContext[FleetRepositories]) -> list[NamedJob]:
    """Return the work of all operators today, by time: for requests that this one may see."""
    names_by_code = {
        resource.code: resource.title
        for resource in await context.uow.fleet.list_resources(ResourceKind.OPERATOR, bookable_only=True)
    }
    operators = [_act_for(operator_code, context.actor) for operator_code in names_by_code]
    return [
        NamedJob(job, names_by_code[job.operator.identifier])
        for job in await list_jobs_of_day(context, operators)
        if may_see_request(context.dependencies.services, context.actor, job.request)
    ]


async def enter_report(
    context: ActorContext, code: TrackingCode, operator_code: str, entry: WorkEntry, version: VersionToken | None = None
) -> VersionToken:
    """Keep what an operator reported, and return the version of the report then; a stage that is kept already stays as
    it is. `version` is that of the report as its page showed it: `Conflict` when hours would be replaced that it did
    not show.

    A code confirms what stands behind this entry: the hours that it brings, too.

    Errors: `MissingField("hours")` for nothing at all; as `note_stage`, `note_hours`, `confirm_by_code`,
    `send_delivery_code`, `write_note` and `attach_document`.
    """
    if entry.is_empty:
        raise MissingField("hours", MissingReason.NOTHING_REPORTED)
    reporter = require_right(Right.WORK_REPORTS_ENTER, context.actor)
    operators = [_act_for(operator_code, context.actor)]
    job = await find_job(context.uow, code, operators, lock=True)
    if entry.hours not in {None, job.report.hours}:
        refuse_stale(version, compute_report_version(job.report), Conflict("code", ConflictReason.MOVED_ON))
    for stage in WorkStage:
        if stage in entry.stages:
            await note_stage(context, code, stage, operators, reporter, entry.written_at)
    if entry.hours is not None:
        await note_hours(context, code, entry.hours, operators, reporter)
    await _take_code(context.acting_as(reporter), code, entry)
    if entry.note:
        await write_note(context, code, entry.note)
    for photo in entry.photos:
        await attach_document(context, code, WORK_PHOTO, photo)
    return compute_report_version((await find_job(context.uow, code, operators)).report)


async def _take_code(context: ActorContext, code: TrackingCode, entry: WorkEntry) -> None:
    """Confirm by the code that the citizen told, and send what is wanted or is next."""
    if not (entry.confirmation_code or entry.wants_code):
        return
    request = await context.uow.requests.get_by_code(code, lock=True)
    if entry.confirmation_code:
        await confirm_by_code(context, request, entry.confirmation_code, entry.written_at)
        await ask_for_changed_hours(context, request)
    if entry.wants_code:
        await send_delivery_code(context, request)
    await context.uow.requests.save(request)


def compute_report_version(report: OperatorReport) -> VersionToken:
    """Return the version of a report: of its hours, all of it that is ever replaced."""
    return VersionToken.from_values("hours", report.hours)


def _act_for(operator_code: str, actor: Actor) -> Actor:
    """Return the operator as whose work a booking is looked for."""
    return Actor(frozenset(), "operator", operator_code, actor.channel)
