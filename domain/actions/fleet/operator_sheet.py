"""Operators' reports of the day as the unit enters them, for those who report by telephone and not in their chat."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.actions.dependencies import Dependencies
from domain.actions.fleet.operator_work import OperatorJob, list_jobs_of_day, note_hours, note_stage
from domain.authorization.policy import require_right
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.blocks.operator_reports import WorkStage
from domain.fleet.resources import ResourceKind
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.tracking_codes import TrackingCode


@dataclass(frozen=True, slots=True)
class NamedJob:
    """One operator's work for one request, with who that is."""

    job: OperatorJob
    """The work, and what was reported of it."""
    operator_name: str
    """What the operator is called."""


async def list_sheet_jobs(dependencies: Dependencies, uow: UnitOfWork, actor: Actor) -> list[NamedJob]:
    """Return the work of all operators today, by time: for requests that this one may see."""
    names_by_code = {
        resource.code: resource.title
        for resource in await uow.fleet.list_resources(ResourceKind.OPERATOR, bookable_only=True)
    }
    operators = [_act_for(operator_code, actor) for operator_code in names_by_code]
    return [
        NamedJob(job, names_by_code[job.operator.identifier])
        for job in await list_jobs_of_day(dependencies, uow, operators)
        if may_see_request(dependencies.services, actor, job.request)
    ]


async def enter_report(
    dependencies: Dependencies,
    uow: UnitOfWork,
    code: TrackingCode,
    operator_code: str,
    actor: Actor,
    *,
    stages: Collection[WorkStage],
    hours: float | None,
) -> None:
    """Keep that an operator reached these stages just now, and the hours; what is kept already stays as it is.

    Errors: as `note_stage` and `note_hours`.
    """
    reporter = require_right(Right.WORK_REPORTS_ENTER, actor)
    operators = [_act_for(operator_code, actor)]
    for stage in WorkStage:
        if stage in stages:
            await note_stage(dependencies, uow, code, stage, operators, reporter)
    if hours is not None:
        await note_hours(dependencies, uow, code, hours, operators, reporter)


def _act_for(operator_code: str, actor: Actor) -> Actor:
    """Return the operator as whose work a booking is looked for."""
    return Actor(frozenset(), "operator", operator_code, actor.channel)
