"""Which of the citizen's requests a text means by what it says of them: «لودر رو نگه دارید گریدر رو لغو کنید»."""

from collections.abc import Sequence
from typing import Any

from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.reading.endings import read_ending_parts
from domain.conversation.reading.parsed_message import value_as_json
from domain.requests.request import ServiceRequest


def select_meant_requests(turn: TurnContext, requests: Sequence[ServiceRequest], text: str) -> list[ServiceRequest]:
    """Return the requests that a text of cancelling may mean: those that it names where it names any, and none of those
    that it keeps.
    """
    parts = read_ending_parts(text)
    open_requests = [request for request in requests if not _is_named(turn, request, parts.kept_text)]
    named_requests = [request for request in open_requests if _is_named(turn, request, parts.ended_text)]
    return named_requests or open_requests


def _is_named(turn: TurnContext, request: ServiceRequest, text: str) -> bool:
    """Return whether a part of a text says values of a request, or its code, and no others than it has."""
    if not text:
        return False
    if request.code in "".join(text.split()):
        return True
    service = turn.dependencies.engine.get_service(request.service)
    for keyword in service.keywords:
        message = turn.dependencies.grammar.parse_for_intent(keyword.intent.name, text, turn.sent_at)
        slots = message.slots if message else {}
        values = {name: value for name, value in slots.items() if name != keyword.intent.rest_slot}
        answers = [_has_value(request, name, value) for name, value in values.items()]
        if answers and all(answers):
            return True
    return False


def _has_value(request: ServiceRequest, name: str, value: Any) -> bool:
    named_value, present_value = value_as_json(value), request.fields.get(name)
    if not isinstance(named_value, list):
        return bool(named_value == present_value)
    present_machines = {item.get("machine") for item in present_value or ()}
    return bool(named_value) and {item.get("machine") for item in named_value} <= present_machines
