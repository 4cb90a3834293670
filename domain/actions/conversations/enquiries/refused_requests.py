"""The request that somebody means who does not want something any more."""

from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.conversation.reading.sentences import Mood
from domain.conversation.reading.unwanted import wants_no_more
from domain.language.service import Command
from domain.requests.request import RequestFilter, ServiceRequest

_LEADING_WORDS = (2, 3)
"""How many words a refusal has that more words follow: «لازم نیست», «دیگه لازم نیست»."""


async def find_abandoned_request(turn: TurnContext, text: str) -> ServiceRequest | None:
    """Return the one open request that a text may give up, which calls nothing and begins with a refusal («دیگه لازم
    نیست خودمان جمعش کردیم»), or says somewhere that it is not wanted any more («همسایه آورد، نیاین»).
    """
    text_words = text.split()
    leading_texts = [" ".join(text_words[:count]) for count in _LEADING_WORDS if len(text_words) > count]
    messages = [turn.dependencies.grammar.parse_message(leading, turn.sent_at) for leading in leading_texts]
    is_refusal = any(message.mood is Mood.REFUSED and not message.refused_intent for message in messages)
    return await find_refused_request(turn, "") if is_refusal or wants_no_more(text) else None


async def find_refused_request(turn: TurnContext, intent: str) -> ServiceRequest | None:
    """Return the one open request that somebody may mean who does not want what an intent asks for (empty: whatever
    it is); None where several may be meant, or none can be cancelled.
    """
    service_match = turn.conversation.forms[intent].submission
    service_key = service_match[0].key if service_match else None
    if intent and service_key is None:
        return None
    criteria = RequestFilter(service=service_key, mobile=turn.actor.identifier, open_only=True, limit=MOST_COUNTED)
    open_requests = await turn.uow.requests.list_requests(criteria)
    if len(open_requests) != 1:
        return None
    cancel_steps = turn.dependencies.engine.get_service(open_requests[0].service).command_steps(Command.CANCEL)
    can_cancel = any(open_requests[0].state in step.source_states for step in cancel_steps)
    return open_requests[0] if can_cancel else None
