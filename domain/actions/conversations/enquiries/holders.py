"""Holder of a request now and until when it is looked at, and who has opened it: told to its own citizen.

Persons of the staff are told by their unit, never by name.
"""

from dataclasses import replace
from datetime import datetime

from domain.actions.conversations.turn_context import SlotValues, TurnContext
from domain.actions.requests import track
from domain.audit.read_events import ReadEventFilter
from domain.messages.catalogue import RenderedMessage, fit_lines, join_fitting
from domain.requests.request import ServiceRequest
from domain.values.actors import Role

MOST_EVENTS = 200
"""Read events that are looked through: the newest."""


async def describe_holder(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Return whose turn it is with a request, since when and until when, and which units have opened it."""
    tracking_result = await track.track_request(turn, slots["code"], turn.actor.identifier)
    request = tracking_result.request
    if not tracking_result.is_own:
        return turn.render_about(request, "sms.status_of_other")
    unit = _find_unit(turn, request)
    facts = _holder_facts(turn, request, unit) if unit else {}
    head = turn.render_about(request, f"sms.holder.{_holder_kind(turn, request) if unit else 'nobody'}", **facts)
    reader_lines = await _list_readers(turn, request) or [turn.text_of("sms.readers.none")]
    return replace(head, text=fit_lines(head.part_budget, head.text, reader_lines)[0])


def add_holder(turn: TurnContext, reply: RenderedMessage, request: ServiceRequest) -> RenderedMessage:
    """Return the status of an own request, with the unit that has it and until when, where it has room."""
    unit = _find_unit(turn, request)
    if unit is None or request.due_at is None:
        return reply
    line = turn.render(f"sms.holder.line_{_holder_kind(turn, request)}", **_holder_facts(turn, request, unit)).text
    return replace(reply, text=join_fitting(reply.part_budget, f"{reply.text}\n{line}", reply.text))


def _find_unit(turn: TurnContext, request: ServiceRequest) -> Role | None:
    """Return the unit whose turn it is; None where it is nobody's, or nothing is left to do."""
    state = turn.dependencies.engine.get_service(request.service).state_named(request.state)
    return None if request.phase.is_final else state.unit


def _holder_kind(turn: TurnContext, request: ServiceRequest) -> str:
    if request.due_at is None:
        return "open"
    return "late" if request.due_at < turn.dependencies.clock.now() else "due"


def _holder_facts(turn: TurnContext, request: ServiceRequest, unit: Role) -> dict[str, str]:
    wording, now = turn.dependencies.wording, turn.dependencies.clock.now()
    facts = {
        "unit_name": turn.text_of(f"roles.{unit}"),
        "since": wording.describe_near_moment(request.entered_at or request.updated_at, now),
    }
    return facts | ({"due": wording.describe_near_moment(request.due_at, now)} if request.due_at else {})


async def _list_readers(turn: TurnContext, request: ServiceRequest) -> list[str]:
    """Return a line for each unit that opened the request, the one that did it last first."""
    events = await turn.uow.audit.list_read_events(ReadEventFilter(subject=str(request.code), limit=MOST_EVENTS))
    last_read_at: dict[Role, datetime] = {}
    for viewer in dict.fromkeys(event.viewer for event in events):
        unit = await _find_unit_of(turn, viewer)
        if unit and unit not in last_read_at:
            last_read_at[unit] = next(event.at for event in events if event.viewer == viewer)
    now, wording = turn.dependencies.clock.now(), turn.dependencies.wording
    return [
        turn.render(
            "sms.readers.line", unit_name=turn.text_of(f"roles.{unit}"), since=wording.describe_near_moment(at, now)
        ).text
        for unit, at in last_read_at.items()
    ]


async def _find_unit_of(turn: TurnContext, viewer: str) -> Role | None:
    """Return the unit of a member of the staff by its label; of several the first by the order of roles."""
    kind, _, rest = viewer.partition(":")
    member = await turn.uow.people.find_staff(rest.partition(" ")[0]) if kind == "staff" else None
    return next((role for role in Role if member and role in member.roles), None)
