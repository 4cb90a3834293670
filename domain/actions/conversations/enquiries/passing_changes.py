"""Changes in passing: what somebody says of a request in the minutes after its receipt («آخ کوچه ۵ بود نه ۳», «بکنیدش
سه ساعت», «به‌جای لودر گریدر»). It is shown with the old value and asked once.
"""

from collections.abc import Iterator
from datetime import timedelta

from domain.actions.conversations.changing import CHANGED_FIELD, FURTHER_VALUES, NEW_VALUE, can_change
from domain.actions.conversations.enquiries.meant_requests import can_cancel, shares_place
from domain.actions.conversations.open_requests import list_candidates
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.requests.change import list_changeable_fields
from domain.conversation.dialogue.corrections import Correction, hear_earlier_answer, read_correction
from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame, Reaction
from domain.conversation.dialogue.restated_answers import read_restated_answers
from domain.conversation.reading.command_fields import CODE_FIELD, MENU_INTENT
from domain.conversation.reading.own_words import takes_back
from domain.conversation.reading.vocabulary import CHANGE_INTENT
from domain.parsing.identifiers import find_tracking_codes
from domain.parsing.negation import CANCEL_WORDS, find_negations, part_at_not
from domain.parsing.places import correct_address, is_address, mentions_address
from domain.parsing.tokens import Phrases, TokenStream, key_of, keys_in, keys_of, read_once
from domain.parsing.word_lists import words_of
from domain.requests.request import ServiceRequest
from domain.values.errors import DomainError

PASSING_WINDOW = timedelta(minutes=15)
"""Time after the last message about a request for which a text may mean it without a code."""

_MOST_MESSAGES = 3
_MOST_WORDS_OF_REGRET = 3
_MOST_REPLACED_WORDS = 3
"""Words of a value that another takes the place of: «به‌جای لودر …»."""
_LEADING_WORDS: Phrases[bool] = Phrases({True: words_of("moods.leading_to_a_correction")})
_INSTEAD_OF: Phrases[bool] = Phrases({True: words_of("moods.instead_of")})
_WORDS_OF_MISTAKE = keys_in("moods.words_of_mistake")
_WORDS_OF_CHANGING = keys_in("moods.words_of_changing")
_MOST_CHANGED_VALUES = 2
"""Answers that a text changes at once that says none of them as it is: one with more is an order."""
_WORDS_OF_MEASURE = keys_in("moods.words_of_measure")
_EARLIER_ORDER: Phrases[bool] = Phrases({True: words_of("moods.earlier_order")})
_WISHES = keys_in("moods.wishes")
_WORDS_OF_PLEA = keys_of("میشه", "میشود", "ممکنه", "امکان", "امکانش", "میتونید", "میتونین", "میتوانید", "لطفا", "mishe")
_WORDS_OF_SHALL = keys_of("باشه", "باشد", "بیاد", "بیاید", "بیان", "bashe", "biad")
_WORDS_OF_ANOTHER = keys_of("دوباره", "جدید", "دومی", "دوم")
_WORDS_OF_SIZE = keys_of("متر", "متره", "مترم", "عرض", "عرضش", "طول", "طولش", "metr", "metre", "arz")
_WORDS_FOR_PLACE = keys_of("آدرس", "آدرسش", "آدرسو", "نشانی", "نشونی", "محل", "محلش", "جاش", "address", "adres")
_WORDS_OF_BEING = keys_in("values.words_of_being")


def corrects_something(text: str) -> bool:
    """Return whether a text says that something is otherwise than was said."""
    stream = TokenStream(text)
    return bool(part_at_not(text)[1]) or _LEADING_WORDS.occurs_in(stream) or _INSTEAD_OF.occurs_in(stream)


def changes_something(text: str) -> bool:
    """Return whether a text says that something is to become otherwise («ساعتش بشه ۱۰», «به جای لودر گریدر»)."""
    return not _WORDS_OF_CHANGING.isdisjoint(read_once(text).key_set) or _INSTEAD_OF.occurs_in(TokenStream(text))


async def read_passing_change(turn: TurnContext, text: str, *, is_unknown: bool = False) -> Reaction | None:
    """Return the change of the request that this line was told of just now; None where the text changes none.

    What says that something is to become otherwise, or calls nothing at all (`is_unknown`), may also mean the only
    request that can still be changed.
    """
    if turn.dialogue.top is not None or read_once(text).asks:
        return None
    request = await find_fresh_request(turn)
    is_fresh = request is not None and can_change(turn, request)
    if not is_fresh and (is_unknown or changes_something(text)):
        changeable = await list_candidates(turn, CHANGE_INTENT)
        request = changeable[0] if len(changeable) == 1 else None
    if request is None or not can_change(turn, request):
        return None
    slots: dict[str, object] = {"code": request.code}
    correction = _hear_correction(turn, request, text)
    is_trusted = is_fresh and corrects_something(text)
    if correction and (is_trusted or _is_sure_value(turn, request, correction[0], text)):
        field_name, value = correction
        slots |= {CHANGED_FIELD: field_name} | ({NEW_VALUE: value} if value is not None else {})
    elif not (is_unknown and changes_something(text)):
        return None
    turn.dialogue.frames.append(Frame(CHANGE_INTENT, slots, plain=False))
    return turn.conversation.ask_next(turn.dialogue)


def _is_sure_value(turn: TurnContext, request: ServiceRequest, field_name: str, text: str) -> bool:
    """Return whether a value is none of what a new order is for («لودر میخوام حیاط صاف بشه»): a place is one where it
    is named so, or an address is all that is said.
    """
    if field_name != "place" or not _WORDS_FOR_PLACE.isdisjoint(read_once(text).key_set):
        return True
    order = turn.conversation.grammar.parse_for_intent(_find_intent(turn, request), text, turn.sent_at)
    address_text = " ".join(word for word in text.split() if key_of(word) not in _WORDS_OF_SHALL)
    is_place = is_address(address_text) and _is_no_size(text) and not find_negations(read_once(text)).verbs
    return is_place and not (order.slots.keys() - {"place"} if order else ())


async def read_restated_change(turn: TurnContext, text: str) -> Reaction | None:
    """Return the change of an open request that a text says as it is and otherwise («۴ ساعت خواسته بودم، ۲ ساعت بسه»,
    «لودر فردا نه شنبه»), or wants otherwise; None where it says none. Of several the newest is meant for a few minutes,
    then it is asked which.
    """
    top = turn.dialogue.top
    if (top is not None and top.intent != MENU_INTENT) or not _may_restate(text) or _commands_change(turn, text):
        return None
    requests = await list_candidates(turn, CHANGE_INTENT)
    named_codes = find_tracking_codes(text)
    changes = [
        (request, values)
        for request in requests
        if (not named_codes or request.code in named_codes)
        and (values := _read_restated(turn, request, text, is_only=len(requests) == 1 or bool(named_codes)))
    ]
    if len(changes) > 1 and (fresh_request := await find_fresh_request(turn)):
        changes = [one for one in changes if one[0].id == fresh_request.id] or changes
    if not changes or any(values != changes[0][1] for _, values in changes):
        return None
    (field_name, value), *further = changes[0][1].items()
    slots: dict[str, object] = {CHANGED_FIELD: field_name, NEW_VALUE: value, FURTHER_VALUES: dict(further)}
    if len(changes) == 1:  # of several it is asked which
        slots[CODE_FIELD.name] = changes[0][0].code
    turn.dialogue.frames = [Frame(CHANGE_INTENT, slots, plain=False, one_shot=len(changes) == 1)]
    return turn.conversation.ask_next(turn.dialogue)


def _commands_change(turn: TurnContext, text: str) -> bool:
    """Return whether a text is the command of a change with its code, which needs no question («تغییر 123456789 …»)."""
    message = turn.conversation.grammar.parse_message(text, turn.sent_at)
    return message.intent == CHANGE_INTENT and CODE_FIELD.name in message.slots and CHANGED_FIELD in message.slots


def _may_restate(text: str) -> bool:
    """Return whether a text contradicts, measures or changes something, or speaks of an order that was sent; not where
    it ends one, or asks («لودر شنبه میاد یا یکشنبه؟») without a plea («میشه … بیاد؟»).
    """
    stream, read = TokenStream(text), read_once(text)
    if not CANCEL_WORDS.isdisjoint(read.key_set) or not _WORDS_OF_ANOTHER.isdisjoint(read.key_set):
        return False
    if read.asks and _WORDS_OF_PLEA.isdisjoint(read.key_set):
        return False
    return (
        _wants_otherwise(text)
        or bool(part_at_not(text)[1])
        or bool(find_negations(read).refusals)
        or _EARLIER_ORDER.occurs_in(stream)
    )


def _wants_otherwise(text: str) -> bool:
    """Return whether a text says that something is to become otherwise, that it is too much, too little or enough and
    orders nothing, or beside a tracking code that something shall be so.
    """
    keys = read_once(text).key_set
    is_measured = bool(keys & _WORDS_OF_MEASURE) and keys.isdisjoint(_WISHES)
    return changes_something(text) or is_measured or bool(keys & _WORDS_OF_SHALL and find_tracking_codes(text))


def _read_restated(turn: TurnContext, request: ServiceRequest, text: str, *, is_only: bool) -> dict[str, object]:
    """Return the new values of a request that a text says, by field. What says more than two where none is said as it
    is, is an order of its own.
    """
    intent = _find_intent(turn, request)
    form = turn.conversation.forms[intent] if intent else None
    if form is None:
        return {}
    fields = list_changeable_fields(turn.dependencies, request, turn.actor)
    frame = Frame(intent, dict(request.fields))
    certain = read_restated_answers(frame, form, fields, text, turn.sent_at, is_change=False)
    if not certain and not (is_only and _wants_otherwise(text)):
        return {}
    values = read_restated_answers(frame, form, fields, text, turn.sent_at, is_change=True)
    if values and (place := _read_other_place(turn, request, intent, text)):
        values["place"] = place
    return values if certain or len(values) <= _MOST_CHANGED_VALUES else {}


def _read_other_place(turn: TurnContext, request: ServiceRequest, intent: str, text: str) -> str:
    """Return the address beside what a text changes, where it is none of the one that the request has; else empty."""
    order = turn.conversation.grammar.parse_for_intent(intent, text, turn.sent_at)
    place = str(order.slots.get("place", "")) if order and "place" in request.fields else ""
    is_other = mentions_address(place) and _is_no_size(place) and not shares_place(request, place)
    return place if is_other else ""


def _is_no_size(text: str) -> bool:
    """Return whether a text does not say how wide or long something is («عرض کوچه ۴ متره»)."""
    return _WORDS_OF_SIZE.isdisjoint(read_once(text).key_set)


async def find_regretted_request(turn: TurnContext, text: str) -> ServiceRequest | None:
    """Return the request of a few minutes ago that a text takes back, or says to be a mistake and nothing else («پس
    می‌گیرم», «اشتباه زدم»); None for any other text.
    """
    stream = TokenStream(text)
    is_mistake = not _WORDS_OF_MISTAKE.isdisjoint(stream.read.key_set) and not _without_lead(text)
    is_bare = stream.read.word_count <= _MOST_WORDS_OF_REGRET  # «شکایتم را …» says itself which is meant
    if turn.dialogue.top is not None or not (is_mistake or (is_bare and takes_back(stream))):
        return None
    request = await find_fresh_request(turn)
    return request if request is not None and can_cancel(turn, request) else None


async def find_fresh_request(turn: TurnContext) -> ServiceRequest | None:
    """Return the request of the newest message that was about one, where that came a few minutes ago."""
    address = turn.address
    messages = await turn.uow.inbox.list_last_from(address.channel, address.recipient, _MOST_MESSAGES + 1)
    newest = next(((one.request_id, one.received_at) for one in messages if one.request_id is not None), None)
    if newest is None or turn.sent_at - newest[1] > PASSING_WINDOW:
        return None
    return await turn.uow.requests.get(newest[0])


def _hear_correction(turn: TurnContext, request: ServiceRequest, text: str) -> tuple[str, object] | None:
    """Return which answer of a request a text corrects, and to what (None: that is to be asked)."""
    intent = _find_intent(turn, request)
    form = turn.conversation.forms[intent] if intent else None
    if form is None:
        return None
    trail = [field.name for field in form.asked_fields if field.is_answered_in(request.fields)]
    for corrected_text in _list_corrected_texts(text):
        frame = Frame(intent, dict(request.fields), asked=CONFIRM_STEP, trail=trail.copy())
        correction = _read_answer(turn, frame, corrected_text)
        if correction and correction.taken and frame.slots[correction.taken] != request.fields.get(correction.taken):
            return correction.taken, frame.slots[correction.taken]
        if correction and correction.asked in trail and (corrects_something(text) or changes_something(text)):
            return correction.asked, None
    place = correct_address(str(request.fields.get("place", "")), *part_at_not(text))
    return ("place", place) if place and "place" in request.fields else None


def _read_answer(turn: TurnContext, frame: Frame, text: str) -> Correction | None:
    """Return what a text changes of a filled form, by the field that it names or the only one that reads it."""
    form, field_words = turn.conversation.forms[frame.intent], turn.conversation.field_words[frame.intent]
    try:
        correction = read_correction(frame, form, field_words, text, turn.sent_at)
        is_heard = correction is not None and bool(correction.taken or correction.asked)
        if is_heard:
            return correction
        value_text = field_words.read_rest(TokenStream(text)).value_text  # «پلاکش …»: without the name of the field
        heard = hear_earlier_answer(frame, form, text, turn.sent_at)
        return heard or hear_earlier_answer(frame, form, value_text, turn.sent_at)
    except DomainError:
        return None


def _find_intent(turn: TurnContext, request: ServiceRequest) -> str:
    """Return the intent that begins such a request; empty where none does in this channel."""
    fitting_intents = (
        name
        for name, form in turn.conversation.forms.items()
        if form.submission
        and form.submission.service.key == request.service
        and form.submission.keyword.preset_values.items() <= request.fields.items()
    )
    return next(fitting_intents, "")


def _list_corrected_texts(text: str) -> Iterator[str]:
    """Yield what may be the new value in a text, the likeliest first: «به‌جای لودر گریدر», «گریدر نه لودر»."""
    stream = TokenStream(text)
    for start, _, end in _INSTEAD_OF.find_in(stream):
        yield from (stream.source_text(place, len(stream)) for place in range(end + 1, end + _MOST_REPLACED_WORDS + 1))
        yield stream.source_text(0, start)
    for place in range(len(stream)):
        if stream.raw_at(place) in _WORDS_OF_CHANGING:  # «ساعت لودر بشه ۱۰»: the noun of the value stands before it
            value_text = stream.source_text(place + 1, len(stream))
            yield from (f"{stream.source_text(noun, noun + 1)} {value_text}" for noun in range(place) if value_text)
    stated_text, _ = part_at_not(text)
    yield _without_lead(stated_text) or text


def _without_lead(text: str) -> str:
    """Return a text without the words that only lead to what is corrected («آخ ببخشید …», «… بهتره»)."""
    stream = TokenStream(text)
    index = 0
    while match := _LEADING_WORDS.match_at(stream, index):
        index = match[1]
        while stream.is_mark_at(index):
            index += 1
    end = len(stream)
    while end > index and (stream.is_mark_at(end - 1) or stream.raw_at(end - 1) in _WORDS_OF_BEING):
        end -= 1
    return stream.source_text(index, end)
