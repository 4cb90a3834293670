"""Requests that a text means: by what it says of them («لودر رو نگه دارید گریدر رو لغو کنید», «همون که شنبه‌ست», «گریدر
نه لودر»), or as given up.
"""

import re
from collections.abc import Sequence
from typing import Any

from domain.actions.conversations.open_requests import list_candidates
from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.conversation.dialogue.answers import has_no_letters
from domain.conversation.dialogue.frames import Reaction
from domain.conversation.dialogue.yes_no import read_yes_or_no
from domain.conversation.reading.command_fields import CODE_FIELD
from domain.conversation.reading.endings import read_ending_parts
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, value_as_json
from domain.conversation.reading.sentences import Mood
from domain.language.service import Command
from domain.parsing.filler_words import FILLER_WORDS
from domain.parsing.identifiers import find_tracking_codes
from domain.parsing.negation import find_negations, part_at_not
from domain.parsing.places import is_road_word
from domain.parsing.tokens import read_once
from domain.requests.request import RequestFilter, ServiceRequest

_SPOKEN_IS = re.compile(r"(?<=[اوهی])ست?\b")
"""The verb that is spoken onto a word («فرداست»)."""
_SHORTEST_PLACE_WORD = 3
_LONGEST_ENDING = 3
"""Letters that are spoken behind a name («درمانگاهه», «درمانگاهیه»)."""


def select_meant_requests(turn: TurnContext, requests: Sequence[ServiceRequest], text: str) -> list[ServiceRequest]:
    """Return the requests that a text may mean: those that it names where it names any, by code, machine, day, hour or
    place, and none of those that it keeps or contradicts; where that leaves none of several, which is asked.
    """
    open_requests, named_requests = _find_named_requests(turn, requests, text)
    return named_requests or open_requests or (list(requests) if len(requests) > 1 else [])


async def choose_named_request(turn: TurnContext, text: str) -> Reaction | None:
    """Take what a text says of one of the citizen's own requests that are offered as the choice of it («همون که
    شنبه‌ست»); None where it names none or several, or calls something else.
    """
    frame = turn.dialogue.top
    if frame is None or frame.asked != CODE_FIELD.name or not frame.options or has_no_letters(text):
        return None
    message = turn.conversation.grammar.parse_message(text, turn.sent_at)
    if message.is_named and message.intent not in {UNKNOWN_INTENT, frame.intent}:
        return None
    offered_requests = [one for one in await list_candidates(turn, frame.intent) if one.code in frame.options]
    named_requests = _find_named_requests(turn, offered_requests, text)[1]
    if read_yes_or_no(text) and len(offered_requests) == 1:
        named_requests = offered_requests
    if len(named_requests) != 1:
        return None
    frame.slots[CODE_FIELD.name] = named_requests[0].code
    frame.plain = frame.plain and not turn.conversation.grammar.is_binding(frame.intent)
    return turn.conversation.ask_next(turn.dialogue)


def _find_named_requests(
    turn: TurnContext, requests: Sequence[ServiceRequest], text: str
) -> tuple[list[ServiceRequest], list[ServiceRequest]]:
    """Return the requests that a text does not keep or contradict, and those of them that it names."""
    parts = read_ending_parts(text)
    stated_text, refused_text = part_at_not(parts.ended_text if any(parts) else text)
    other_texts = [one for one in (parts.kept_text, refused_text) if one]
    open_requests = [one for one in requests if not any(_is_named(turn, one, other) for other in other_texts)]
    for request_text in (stated_text, _SPOKEN_IS.sub("", stated_text)):
        if named_requests := [request for request in open_requests if _is_named(turn, request, request_text)]:
            return open_requests, named_requests
    return open_requests, []


def _is_named(turn: TurnContext, request: ServiceRequest, text: str) -> bool:
    """Return whether a part of a text says values of a request, or its code, and no others than it has."""
    if not text:
        return False
    if request.code in find_tracking_codes(text):
        return True
    service = turn.dependencies.engine.get_service(request.service)
    for keyword in service.keywords:
        message = turn.dependencies.grammar.parse_for_intent(keyword.intent.name, text, turn.sent_at)
        slots = message.slots if message else {}
        values = {name: value for name, value in slots.items() if name != keyword.intent.rest_slot}
        answers = [_has_value(request, name, value) for name, value in values.items()]
        if answers:
            return all(answers)
    return shares_place(request, text)


def shares_place(request: ServiceRequest, text: str) -> bool:
    """Return whether a text holds a word of the request's place that names it («پشت درمانگاهه»)."""
    stated_words = read_once(text).key_set
    return any(
        stated.startswith(word) and len(stated) - len(word) <= _LONGEST_ENDING
        for word in read_once(str(request.fields.get("place", ""))).key_set
        if len(word) >= _SHORTEST_PLACE_WORD and not is_road_word(word) and word not in FILLER_WORDS
        for stated in stated_words
    )


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
    if find_negations(read_once(text)).refuses_messages:
        return None
    text_words = text.split()
    leading_texts = [" ".join(text_words[:count]) for count in _LEADING_WORDS if len(text_words) > count]
    messages = [turn.dependencies.grammar.parse_message(leading, turn.sent_at) for leading in leading_texts]
    is_refusal = any(message.mood is Mood.REFUSED and not message.refused_intent for message in messages)
    if not (is_refusal or find_negations(read_once(text)).withdraws_order):
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
    return meant_requests if all(can_cancel(turn, one) for one in meant_requests) else []


def can_cancel(turn: TurnContext, request: ServiceRequest) -> bool:
    """Return whether a request can still be ended by its citizen."""
    cancel_steps = turn.dependencies.engine.get_service(request.service).command_steps(Command.CANCEL)
    return any(request.state in step.source_states for step in cancel_steps)
