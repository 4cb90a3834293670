"""A request as `request show --json` prints it: the shape is a contract (channels.md, "Commands")."""

from typing import Any

from app.cli.requests.request_parts import parts
from app.cli.session import CommandSession
from domain.actions.requests.reopen import REOPENED_AS
from domain.bills.bill import Bill
from domain.blocks.charging import bills_of
from domain.engine import step_preview
from domain.fields.form import Field
from domain.language.service import Transition
from domain.requests.history import HistoryEvent, actor_of
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import tracking_codes
from domain.values.actors import SYSTEM


async def by_code(session: CommandSession, uow: UnitOfWork, code: str) -> dict[str, Any]:
    """Return the request with that tracking code, typed in any way; `CodeMistyped`, `NotFound`."""
    return await view(session, uow, await uow.requests.by_code(tracking_codes.parse(code)))


async def view(session: CommandSession, uow: UnitOfWork, request: ServiceRequest) -> dict[str, Any]:
    """Return all of a request: its form, what may be done now, bills, history, and what it holds besides."""
    actions, events = session.desk.engine.actions(request), await uow.history.of_request(request.id)
    return {
        "code": request.code,
        "service": request.service,
        "state": request.state,
        "phase": request.phase.value,
        "fields": request.fields,
        "actions": [await _action(session, uow, request, one) for one in actions],
        "bills": [bill_view(one) for one in await bills_of(uow, request)],
        "history": [_event(one, actor_of(one, events)) for one in events],
        "channel": request.channel,
        "mobile": request.mobile,
        "assignee": request.assignee,
        "reopens": (await uow.requests.get(request.parent_id)).code if request.parent_id else None,
        "reopened_as": request.data.get(REOPENED_AS),
        "question": request.data.get("question"),
        "answers": request.data.get("answers", []),
        **await parts(uow, request, events),
        "erased_at": request.erased_at.isoformat() if request.erased_at else None,
    }


def line(request: ServiceRequest) -> dict[str, Any]:
    """Return a request as a row of a list."""
    return {
        "code": request.code,
        "service": request.service,
        "state": request.state,
        "phase": request.phase.value,
        "mobile": request.mobile,
        "assignee": request.assignee,
        "created_at": request.created_at.isoformat(),
        "updated_at": request.updated_at.isoformat(),
    }


def bill_view(bill: Bill) -> dict[str, Any]:
    """Return a bill: both ids, whole rials, state."""
    return {
        "bill_id": bill.bill_id,
        "payment_id": bill.payment_id,
        "amount": bill.amount,
        "state": bill.state.value,
    }


async def _action(
    session: CommandSession, uow: UnitOfWork, request: ServiceRequest, step: Transition
) -> dict[str, Any]:
    """Return a step with its inputs; one that would be refused now whatever is typed says why (`refused`)."""
    desk = session.desk
    asked = [one for one in step.inputs if one.applies_to(request, desk.clock.now())]
    inputs = [await _input(uow, request, one) for one in asked]
    shown = {"name": step.name, "roles": sorted(role.value for role in step.roles), "inputs": inputs}
    refused = await step_preview.obstacle(desk.engine, uow, request, step.name, SYSTEM)
    return shown | ({"refused": {"code": refused.code, "message": desk.wording.error(refused)}} if refused else {})


async def _input(uow: UnitOfWork, request: ServiceRequest, field: Field) -> dict[str, Any]:
    choices = await field.options(uow, request) if field.options else field.choices
    return {"name": field.name, "type": field.type.name, "required": field.required, "choices": list(choices)}


def _event(event: HistoryEvent, actor: str | None) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "actor": actor,
        "channel": event.channel,
        "event": event.event,
        "note": event.note,
    }
