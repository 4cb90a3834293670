"""Requests that a text means: by what it says of them («لودر رو نگه دارید گریدر رو لغو کنید»), or as given up."""

from collections.abc import Sequence
from typing import Any

from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.conversation.reading.endings import read_ending_parts
from domain.conversation.reading.parsed_message import value_as_json
from domain.conversation.reading.sentences import Mood
from domain.language.service import Command
from domain.parsing.negation import find_negations
from domain.requests.request import RequestFilter, ServiceRequest


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


_LEADING_WORDS = (2, 3)
"""Number of words of a refusal that more words follow: «لازم نیست», «دیگه لازم نیست»."""


async def find_abandoned_request(turn: TurnContext, text: str) -> ServiceRequest | None:
    """Return the one open request that a text may give up, which calls nothing and begins with a refusal («دیگه لازم
    نیست خودمان جمعش کردیم»), or says somewhere that it is not wanted any more («همسایه آورد، نیاین»).
    """
    if find_negations(text).refuses_messages:
        return None
    text_words = text.split()
    leading_texts = [" ".join(text_words[:count]) for count in _LEADING_WORDS if len(text_words) > count]
    messages = [turn.dependencies.grammar.parse_message(leading, turn.sent_at) for leading in leading_texts]
    is_refusal = any(message.mood is Mood.REFUSED and not message.refused_intent for message in messages)
    if not (is_refusal or find_negations(text).withdraws_order):
        return None
    requests = await list_refused_requests(turn, "")
    return requests[0] if len(requests) == 1 else None


async def list_refused_requests(turn: TurnContext, intent: str) -> list[ServiceRequest]:
    """Return the open requests that somebody may mean who does not want what an intent asks for (empty: whatever it
    is), newest first; none where one of them can be cancelled no more.
    """
    submission = turn.conversation.forms[intent].submission
    service_key = submission.service.key if submission else None
    if intent and service_key is None:
        return []
    criteria = RequestFilter(service=service_key, mobile=turn.actor.identifier, open_only=True, limit=MOST_COUNTED)
    open_requests = await turn.uow.requests.list_requests(criteria)
    preset_values = submission.keyword.preset_values if submission else {}
    meant_requests = [one for one in open_requests if preset_values.items() <= one.fields.items()]
    return meant_requests if all(_can_cancel(turn, one) for one in meant_requests) else []


def _can_cancel(turn: TurnContext, request: ServiceRequest) -> bool:
    cancel_steps = turn.dependencies.engine.get_service(request.service).command_steps(Command.CANCEL)
    return any(request.state in step.source_states for step in cancel_steps)
