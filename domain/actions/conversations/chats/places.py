"""A place that is shared in a chat: the answer to a question for one, or something that is asked about."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.chats.officer_questions import is_asked_for_answer, list_open_questions
from domain.actions.conversations.turn_context import TurnContext
from domain.chats.chat import SharedLocation
from domain.conversation.buttons.answers import ButtonVerb, verb_button
from domain.fields.form import Field
from domain.fields.places import Place, read_place, write_place
from domain.fields.types import ReadingContext
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import Button, ReplyMarkup, arrange_in_rows

PLACE = Field("place", Place())
"""A place that fills no field of a form: it answers a question."""


def ask_for_point(turn: TurnContext) -> RenderedMessage:
    """Return the key that shares where the person is, and how another place is sent."""
    markup = ReplyMarkup(location_label=turn.text_of("chat.share_place"))
    return replace(turn.render("chat.send_point"), markup=markup)


def find_place_answer(turn: TurnContext, location: SharedLocation) -> str | None:
    """Return what a place says where the dialogue asks for one; None where it does not. `InvalidField` for a place that
    cannot be meant.
    """
    frame = turn.dialogue.top
    if frame is None:
        return None
    if is_asked_for_answer(frame):
        return Place().render_value(_read_location(turn, PLACE, location), turn.text_of)
    field = find_place_field(turn, frame.intent)
    return _read_location(turn, field, location) if field and frame.asked == field.name else None


def keep_place(turn: TurnContext, location: SharedLocation) -> bool:
    """Take a place for the form that is being filled in, which asks something else now; return whether there is one."""
    frame = turn.dialogue.top
    field = find_place_field(turn, frame.intent) if frame else None
    if frame is None or field is None:
        return False
    frame.slots[field.name] = _read_location(turn, field, location)
    frame.trail = [*(name for name in frame.trail if name != field.name), field.name]
    return True


def wait_with_place(turn: TurnContext, location: SharedLocation) -> None:
    """Let a place wait for the form that follows; `InvalidField` for one that cannot be meant."""
    turn.dialogue.place = _read_location(turn, PLACE, location)


def read_point(turn: TurnContext, point_text: str) -> str:
    """Return the place that a button carries (`37.07123,54.07123`); `InvalidField`."""
    return read_place(point_text, ReadingContext(turn.sent_at))


async def offer_uses(turn: TurnContext, location: SharedLocation) -> RenderedMessage:
    """Return the question what a place is for, with what it may be: the place of an order, the answer to a question."""
    point = f"{location.latitude:.5f},{location.longitude:.5f}"
    answers = [
        verb_button(turn.render_about(request, "chat.answer_of").text, ButtonVerb.PLACE, point, request.code)
        for request in await list_open_questions(turn)
    ]
    orders = [
        verb_button(turn.text_of(f"intents.{intent}"), ButtonVerb.PLACE, point, intent)
        for intent in _list_placed_intents(turn)
    ]
    return _ask_what_for(turn, "chat.which_place", [*answers, *orders])


def _ask_what_for(turn: TurnContext, key: str, choices: Sequence[Button]) -> RenderedMessage:
    return replace(turn.render(key), markup=ReplyMarkup(arrange_in_rows(choices, 1)))


def _list_placed_intents(turn: TurnContext) -> list[str]:
    """Return the intents whose forms ask for a place."""
    intents = [intent.name for service in turn.conversation.services.values() for intent in service.intents]
    return [intent for intent in intents if find_place_field(turn, intent)]


def find_place_field(turn: TurnContext, intent: str) -> Field | None:
    """Return the field of a service's form that is a place."""
    form = turn.conversation.forms[intent]
    return next((field for field in form.fields if form.submission and isinstance(field.type, Place)), None)


def _read_location(turn: TurnContext, field: Field, location: SharedLocation) -> str:
    place_text = write_place(location.title, location.latitude, location.longitude)
    return str(field.read_value(place_text, ReadingContext(turn.sent_at)))
