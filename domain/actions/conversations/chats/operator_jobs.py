"""Operators of machines in a chat: the jobs of the day, and what they report of each by a press."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.fleet.operator_work import (
    OperatorJob,
    find_job,
    find_operators,
    list_jobs_of_day,
    note_hours,
    note_stage,
)
from domain.blocks.operator_reports import WorkStage
from domain.conversation.buttons.operators import build_hours_rows, build_job_list_rows, build_stage_rows
from domain.conversation.dialogue.frames import Frame
from domain.conversation.reading.command_fields import WORKED_HOURS_INTENT
from domain.fields.stored import list_stored
from domain.fields.types import format_number
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ButtonRows, ReplyMarkup
from domain.values.actors import Actor
from domain.values.calendar import hour_text, to_tehran
from domain.values.errors import InvalidField, NotFound
from domain.values.text import persian_digits
from domain.values.tracking_codes import TrackingCode, parse_code

HOURS_STEP = "hours"


async def is_operator(turn: TurnContext) -> bool:
    """Return whether whoever speaks is an operator of the fleet, by the proved mobile."""
    return bool(await find_operators(turn.uow.fleet, turn.actor.identifier, turn.actor.channel))


async def handle_operator_call(turn: TurnContext, code_text: str, step: str) -> RenderedMessage:
    """Show the jobs of the day, one of them, or keep what is reported of it; `NotFound` for who is no operator."""
    operators = await find_operators(turn.uow.fleet, turn.actor.identifier, turn.actor.channel)
    if not operators:
        raise NotFound("operator")
    turn.dialogue.frames = [frame for frame in turn.dialogue.frames if frame.intent != WORKED_HOURS_INTENT]
    if not code_text:
        return await _list_jobs(turn, operators)
    return await _report_step(turn, parse_code(code_text), step, operators)


async def _list_jobs(turn: TurnContext, operators: Sequence[Actor]) -> RenderedMessage:
    jobs = await list_jobs_of_day(turn, operators)
    if not jobs:
        return turn.render("chat.operator.no_jobs")
    lines = [_describe_job(turn, job) for job in jobs]
    rows = build_job_list_rows([(job.request.code, _label_job(turn, job)) for job in jobs])
    reply = turn.reply_with("\n".join([turn.text_of("chat.operator.jobs"), *lines]), "chat.operator.jobs")
    return replace(reply, markup=ReplyMarkup(rows))


async def _report_step(turn: TurnContext, code: TrackingCode, step: str, operators: Sequence[Actor]) -> RenderedMessage:
    async with turn.uow.savepoint():
        if step in set(WorkStage):
            job = await note_stage(turn, code, WorkStage(step), operators)
        elif step and step != HOURS_STEP:
            job = await note_hours(turn, code, _read_hours(step), operators)
        else:
            job = await find_job(turn.uow, code, operators)
    asks_hours = step == HOURS_STEP or (step == WorkStage.ENDED and job.report.hours is None)
    return _ask_hours(turn, job) if asks_hours else _show_job(turn, job)


async def report_typed_hours(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Keep the hours that an operator wrote instead of pressing them."""
    operators = await find_operators(turn.uow.fleet, turn.actor.identifier, turn.actor.channel)
    job = await note_hours(turn, parse_code(slots["code"]), slots["hours"], operators)
    return _show_job(turn, job)


def _read_hours(text: str) -> float:
    with suppress(ValueError):
        return float(text)
    raise InvalidField("hours")


def _show_job(turn: TurnContext, job: OperatorJob) -> RenderedMessage:
    return _with_rows(turn, job, (), build_stage_rows(turn.text_of, job.request.code, job.report))


def _ask_hours(turn: TurnContext, job: OperatorJob) -> RenderedMessage:
    """Ask for the hours worked; those between beginning and end are expected, else those that were booked."""
    booked_hours = (job.booking.end - job.booking.start).total_seconds() / 3600
    expected_hours = job.report.reckon_hours() or booked_hours
    question = turn.text_of("chat.operator.how_long")
    turn.dialogue.frames.append(Frame(WORKED_HOURS_INTENT, {"code": job.request.code}, asked="hours", one_shot=False))
    return _with_rows(turn, job, (question,), build_hours_rows(job.request.code, expected_hours))


def _with_rows(turn: TurnContext, job: OperatorJob, endings: Sequence[str], rows: ButtonRows) -> RenderedMessage:
    lines = [_describe_job(turn, job), *_describe_report(turn, job), *endings]
    return replace(turn.reply_with("\n".join(lines), "chat.operator.jobs"), markup=ReplyMarkup(rows))


def _label_job(turn: TurnContext, job: OperatorJob) -> str:
    code = turn.dependencies.wording.tracking_code_text(job.request.code)
    return f"{hour_text(to_tehran(job.booking.start).time())} {code}"


def _describe_job(turn: TurnContext, job: OperatorJob) -> str:
    request = job.request
    work = turn.dependencies.wording.work_text(request.service, {**list_stored(request), **request.fields})
    hours = {
        "from_hour": hour_text(to_tehran(job.booking.start).time()),
        "to_hour": hour_text(to_tehran(job.booking.end).time()),
    }
    code = turn.dependencies.wording.tracking_code_text(request.code)
    return turn.render("chat.operator.job_line", code=code, work=work, **hours).text


def _describe_report(turn: TurnContext, job: OperatorJob) -> list[str]:
    """Return what was reported so far, a line each."""
    lines = []
    for stage in WorkStage:
        if moment := getattr(job.report, stage):
            at = hour_text(to_tehran(datetime.fromisoformat(moment)).time())
            lines.append(turn.render(f"chat.operator.{stage}", at=at).text)
    if job.report.hours is not None:
        hours = persian_digits(format_number(job.report.hours))
        lines.append(turn.render("chat.operator.hours", hours=hours).text)
    return lines
