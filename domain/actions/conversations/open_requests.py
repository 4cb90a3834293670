"""Meaning of a citizen's open requests for a text: the same request once more, and a plain text that answers what
waits.

The same request once more: who did not see the reply says it again, and one request is meant. A person who wants two
says so when asked. One text that is delivered twice is no second one: its id tells, or a window (`receive_sms`).

A plain text outside of any dialogue answers a consent, a rating or an officer's question. No code is needed where one
thing alone can be meant. What a text can answer is decided by its words: yes or no, a score, anything else. A consent
and a rating that both wait: what was asked last is meant. Where nothing waits, a bare number behind a rating corrects
it.
"""

from domain.actions.conversations.changing import can_change
from domain.actions.conversations.turn_context import MOST_COUNTED, TurnContext
from domain.actions.feedback import feedback
from domain.actions.requests.command import AWAITED_COMMANDS
from domain.actions.requests.own_requests import find_requests_by_others
from domain.actions.requests.submit import complete_read_form
from domain.chats.chat import MESSENGERS
from domain.conversation.dialogue.answers import has_no_letters
from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame, Perform, Reaction
from domain.conversation.dialogue.yes_no import read_consent, read_first_word, read_yes_or_no
from domain.conversation.reading.courtesies import COURTESY_INTENTS, read_courtesy
from domain.conversation.reading.endings import CANCEL_INTENT
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.conversation.reading.ratings import guess_score, read_corrected_score, read_score
from domain.conversation.reading.sentences import Mood
from domain.conversation.reading.vocabulary import CHANGE_INTENT
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.identifiers import speaks_of_score
from domain.parsing.negation import find_negations
from domain.parsing.tokens import TokenStream, read_once
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.values.tracking_codes import TrackingCode

MOST_COMPARED = 5
"""Number of open requests, newest first, of which it is asked whether one says the same."""

MOST_SAYING_NOTHING = 5
"""Number of messages, newest first, of which one may be the rating that a bare number corrects."""

_MEANT_PHASES = {"reply": Phase.NEEDS_CITIZEN, "pay": Phase.NEEDS_PAYMENT, "rate": Phase.DONE}
_INTENTS_OF_OPEN_REQUESTS = frozenset({CANCEL_INTENT, CHANGE_INTENT, "who_read"})

_SAYING_NOTHING = COURTESY_INTENTS | {None, UNKNOWN_INTENT}
"""Of texts that ask for nothing, and of the one that is being read."""


async def list_candidates(turn: TurnContext, intent: str) -> list[ServiceRequest]:
    """Return the requests that an intent without a code may mean, newest first."""
    mobile = turn.actor.identifier
    if intent in AWAITED_COMMANDS:
        return await turn.uow.requests.list_requests(RequestFilter(awaits=mobile, open_only=True, limit=MOST_COUNTED))
    is_open = intent in _INTENTS_OF_OPEN_REQUESTS
    criteria = RequestFilter(mobile=mobile, phase=_MEANT_PHASES.get(intent), open_only=is_open, limit=MOST_COUNTED)
    own_requests = await turn.uow.requests.list_requests(criteria)
    if intent == CHANGE_INTENT:
        return [request for request in own_requests if can_change(turn, request)]
    return await add_requests_by_others(turn, own_requests) if intent == CANCEL_INTENT else own_requests


async def add_requests_by_others(turn: TurnContext, own_requests: list[ServiceRequest]) -> list[ServiceRequest]:
    """Add what others asked for this citizen; newest first."""
    others = await find_requests_by_others(turn.dependencies.services, turn.uow, turn.actor.identifier)
    requests_by_id = {request.id: request for request in (*own_requests, *others)}
    return sorted(requests_by_id.values(), key=lambda request: request.created_at, reverse=True)[:MOST_COUNTED]


async def read_open_answer(turn: TurnContext, text: str) -> Reaction | None:
    """Return what a text outside of any dialogue, which calls nothing by a keyword, does as an answer to what is open;
    None where nothing is open for it.
    """
    if consent_step := await _read_phrased_consent(turn, text):
        return consent_step
    grammar = turn.conversation.grammar
    message = grammar.parse_message(text, turn.sent_at)
    if turn.dialogue.top or message.intent != UNKNOWN_INTENT or message.mood is Mood.REFUSED:
        return None
    is_guessed = understand_message(grammar, text, turn.sent_at).intent != UNKNOWN_INTENT
    return (
        await _read_consent(turn, text)
        or await _read_rating(turn, text)
        or await read_staff_answer(turn, text, is_clear=not (is_guessed or message.suggested_intents))
        or await _read_corrected_rating(turn, text)
    )


async def _read_phrased_consent(turn: TurnContext, text: str) -> Reaction | None:
    """Take «رضایت دارم» or «اجازه نمی‌دم» for the answer to the one request that awaits this citizen's consent; what
    says more is asked about once.
    """
    answer = read_consent(text) if turn.dialogue.top is None else None
    if answer is None:
        return None
    intent = "confirm" if answer.is_agreed else "deny"
    awaiting_requests = await list_candidates(turn, intent)
    if len(awaiting_requests) != 1:
        return None
    return turn.conversation.begin_intent(turn.dialogue, intent, {}, turn.sent_at, is_plain=answer.is_plain)


async def _read_consent(turn: TurnContext, text: str) -> Reaction | None:
    plain_answer = read_yes_or_no(text)
    is_agreed = read_first_word(text) if plain_answer is None else plain_answer
    if is_agreed is None:
        return None
    intent = "confirm" if is_agreed else "deny"
    awaiting_requests = await list_candidates(turn, intent)
    if not awaiting_requests or _answers_late_question(turn, text, awaiting_requests[0]):
        return None
    rateable_request = await _find_rateable(turn, text)
    if rateable_request and rateable_request.updated_at > awaiting_requests[0].updated_at:
        return None
    is_plain = plain_answer is not None
    is_by_number = has_no_letters(text) and turn.actor.channel not in MESSENGERS
    if is_by_number and len(awaiting_requests) == 1:  # the text that asked names the numbers: «موافقید ۱، مخالفید ۲»
        return Perform(Frame(intent, {"code": awaiting_requests[0].code}, asked=CONFIRM_STEP))
    return turn.conversation.begin_intent(turn.dialogue, intent, {}, turn.sent_at, is_plain=is_plain)


async def _read_rating(turn: TurnContext, text: str) -> Reaction | None:
    """Take a score; what is none for certain («راضی نبودم», «۳ یا ۴») is asked."""
    request = await _find_rateable(turn, text)
    if request is None or _answers_late_question(turn, text, request):
        return None
    score = read_score(text)
    slots = {"code": request.code} | ({"score": score} if score else {})
    return turn.conversation.begin_intent(turn.dialogue, "rate", slots, turn.sent_at)


async def _read_corrected_rating(turn: TurnContext, text: str) -> Reaction | None:
    """Take a bare number, or one that corrects («نه همون ۵»), for another score of what was just rated, where nothing
    waits that it could answer.
    """
    score = read_score(text) if has_no_letters(text) else read_corrected_score(text)
    if score is None or await find_last_intent(turn) != "rate":  # a number after a menu is one of that
        return None
    request = await feedback.find_corrected_request(turn, turn.actor.identifier)
    if request is None or _answers_late_question(turn, text, request):
        return None
    return turn.conversation.begin_intent(turn.dialogue, "rate", {"code": request.code, "score": score}, turn.sent_at)


async def find_last_intent(turn: TurnContext) -> str | None:
    """Return what this line did last, but for thanks and what nobody understood; None where that is long ago."""
    address = turn.address
    messages = await turn.uow.inbox.list_last_from(address.channel, address.recipient, MOST_SAYING_NOTHING)
    return next((message.intent for message in messages if message.intent not in _SAYING_NOTHING), None)


def _answers_late_question(turn: TurnContext, text: str, request: ServiceRequest) -> bool:
    """Return whether a bare number would have answered a question that was asked after this request moved."""
    late = turn.late_question
    return late is not None and late.accepts_text(text) and late.asked_at >= request.updated_at


async def _find_rateable(turn: TurnContext, text: str) -> ServiceRequest | None:
    if guess_score(text) is None and not speaks_of_score(text):
        return None
    return await feedback.find_rateable_request(turn, turn.actor.identifier)


async def read_staff_answer(turn: TurnContext, text: str, *, is_clear: bool) -> Reaction | None:
    """Take a text as the answer to what the staff asked; what may be something else (not `is_clear`; it asks, or
    forbids something) is asked about once. Thanks alone answer nothing.
    """
    asked_requests = [] if _is_courtesy(text) else await list_candidates(turn, "reply")
    if not asked_requests or _answers_late_question(turn, text, asked_requests[0]):
        return None
    is_asking = read_once(text).asks
    is_plain = is_clear and not (is_asking or find_negations(read_once(text)).forbids or turn.late_question)
    code = {"code": asked_requests[0].code} if len(asked_requests) == 1 else {}
    return turn.conversation.begin_intent(
        turn.dialogue, "reply", {**code, "text": text}, turn.sent_at, is_plain=is_plain
    )


def _is_courtesy(text: str) -> bool:
    stream = TokenStream(text)
    word_keys = {stream.raw_at(index) for index in range(len(stream)) if not stream.is_mark_at(index)}
    return word_keys <= COURTESY_WORDS or read_courtesy(text) is not None


async def find_same_request(turn: TurnContext, frame: Frame) -> TrackingCode | None:
    """Return the code of the citizen's newest open request that says all that a filled form says; None when there is
    none, or it was asked already whether a second one is meant. What is wrong with the form is for its submission to
    say.
    """
    submission, stated = turn.conversation.forms[frame.intent].submission, frame.stated_slots
    if submission is None or not stated:
        return None
    service, mobile = submission.service, turn.actor.identifier
    open_forms = await turn.uow.requests.list_open_forms(service.key, mobile, MOST_COMPARED)
    same_code = next((code for code, values in open_forms if stated.items() <= values.items()), None)
    if same_code is None or same_code == frame.same_as:
        return None
    person = await turn.uow.people.find_person(mobile)
    _, form_faults = await complete_read_form(turn, service, person, stated)
    return None if form_faults else same_code
