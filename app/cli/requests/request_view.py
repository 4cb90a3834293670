"""A request as `request show --json` prints it: the shape is a contract (channels.md, "Commands")."""

from typing import Any

from app.cli.requests.request_parts import build_request_parts
from app.cli.session import CommandSession
from domain.actions.requests.reopen import REOPENED_AS
from domain.bills.bill import Bill
from domain.blocks.asking import ANSWERS, QUESTION
from domain.blocks.charging import list_request_bills
from domain.engine import step_preview
from domain.fields.form import Field
from domain.fields.stored import list_stored
from domain.language.service import Transition
from domain.language.summaries import summarize_work
from domain.requests.history import HistoryEvent, find_actor
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import SYSTEM


async def build_view_by_code(session: CommandSession, uow: UnitOfWork, code: str) -> dict[str, Any]:
    """Return the request with that tracking code, typed in any way; `CodeMistyped`, `NotFound`."""
    return await build_request_view(session, uow, await uow.requests.get_by_code(tracking_codes.parse_code(code)))


async def build_request_view(session: CommandSession, uow: UnitOfWork, request: ServiceRequest) -> dict[str, Any]:
    """Return all of a request: its form, what may be done now, bills, history, and what it holds besides."""
    actions, events = session.dependencies.engine.list_actions(request), await uow.history.list_of_request(request.id)
    return {
        "code": request.code,
        "service": request.service,
        "state": request.state,
        "phase": request.phase.value,
        "fields": request.fields,
        "actions": [await _build_action_view(session, uow, request, entry) for entry in actions],
        "bills": [build_bill_view(entry) for entry in await list_request_bills(uow.bills, request)],
        "history": [_build_event_view(entry, find_actor(entry, events)) for entry in events],
        "channel": request.channel,
        "mobile": request.mobile,
        "unverified_mobile": request.unverified_mobile,
        "assignee": request.assignee,
        "reopens": (await uow.requests.get(request.parent_id)).code if request.parent_id else None,
        "reopened_as": REOPENED_AS.find(request),
        "question": QUESTION.find(request),
        "answers": ANSWERS.find(request) or [],
        **await build_request_parts(
            uow.fleet, session.dependencies.engine.get_service(request.service), request, events
        ),
        "erased_at": request.erased_at.isoformat() if request.erased_at else None,
    }


def build_request_line(session: CommandSession, request: ServiceRequest) -> dict[str, Any]:
    """Return a request as a row of a list: what its service says of the work as it is kept (`summary`), and in words
    (`summary_title`).
    """
    service = session.dependencies.services.get(request.service)
    values = {**list_stored(request), **request.fields}
    return {
        "code": request.code,
        "service": request.service,
        "state": request.state,
        "phase": request.phase.value,
        "mobile": request.mobile,
        "assignee": request.assignee,
        "summary": {field.name: value for field, value in summarize_work(service, values)} if service else {},
        "summary_title": session.dependencies.wording.work_text(request.service, values),
        "created_at": request.created_at.isoformat(),
        "updated_at": request.updated_at.isoformat(),
    }


def build_bill_view(bill: Bill) -> dict[str, Any]:
    """Return a bill: both ids, whole rials, state."""
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "amount": bill.amount,
        "state": bill.state.value,
    }


async def _build_action_view(
    session: CommandSession, uow: UnitOfWork, request: ServiceRequest, step: Transition
) -> dict[str, Any]:
    """Return a step with its inputs; one that would be refused now whatever is typed says why (`refused`)."""
    dependencies = session.dependencies
    asked_fields = [field for field in step.inputs if field.applies_to(request, dependencies.clock.now())]
    inputs = [await _build_input_view(uow, request, field) for field in asked_fields]
    action_view = {"name": step.name, "roles": sorted(role.value for role in step.roles), "inputs": inputs}
    refusal = await step_preview.find_obstacle(dependencies.engine, uow, request, step.name, SYSTEM)
    return action_view | (
        {"refused": {"code": refusal.code, "message": dependencies.wording.render_error(refusal)}} if refusal else {}
    )


async def _build_input_view(uow: UnitOfWork, request: ServiceRequest, field: Field) -> dict[str, Any]:
    choices = await field.find_choices(uow, request) if field.find_choices else field.choices
    return {"name": field.name, "type": field.type.name, "required": field.required, "choices": list(choices)}


def _build_event_view(event: HistoryEvent, actor: str | None) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "actor": actor,
        "channel": event.channel,
        "event": event.event,
        "note": event.note,
    }
