"""What a text says beside all commands: an emergency, for which one dials, and courtesies. The dialogue stays."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.dialogue.answers import is_interruption
from domain.conversation.dialogue.form_filling import find_asking_field
from domain.conversation.dialogue.yes_no import read_yes_or_no
from domain.conversation.reading.courtesies import read_courtesy
from domain.conversation.reading.emergencies import Emergency, cries_only, find_emergency
from domain.conversation.reading.guessing import HELP_INTENT
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.fields.types import Text
from domain.gateways.written_secrets import tells_secret
from domain.messages.catalogue import RenderedMessage

EMERGENCY_INTENT, SECRET_INTENT = "emergency", "secret"
"""The intents of a text that only says what is happening, and of one with a bank password."""


def answer_emergency(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the reply to a text that says an emergency and nothing to be done besides; None for any other."""
    emergency = _find_emergency_of(turn, text)
    if emergency is None or _says_more(turn, text):
        return None
    turn.intent = EMERGENCY_INTENT
    return turn.render(f"sms.emergency.{emergency}")


def answer_secret(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the warning to who writes the password of a card, and nothing is done with; None for any other text."""
    if not tells_secret(text):
        return None
    turn.intent = SECRET_INTENT
    return turn.render("sms.secret")


def answer_courtesy(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the reply to a courtesy that answers no question of the dialogue («باشه ممنون» may); None for any other
    text.
    """
    if _asks_own_words(turn) or (turn.dialogue.top and read_yes_or_no(text) is not None):
        return None
    courtesy = read_courtesy(text, calls_nothing=_calls_nothing(turn, text))
    if courtesy is None:
        return None
    turn.intent = courtesy
    return turn.render(f"sms.courtesy.{courtesy}")


def warn_before(turn: TurnContext, text: str, reply: RenderedMessage) -> RenderedMessage:
    """Return the reply to a text that is done, with what to dial before it where it says an emergency too; behind it
    where it may be a cry for help («کمک»).
    """
    if emergency := _find_emergency_of(turn, text):
        warning = turn.render(f"sms.emergency.{emergency}")
        joined_text = f"{warning.text}\n{reply.text}"
    elif cries_only(text):
        warning = turn.render("sms.emergency.numbers")
        joined_text = f"{reply.text}\n{warning.text}"
    else:
        return reply
    return replace(reply, text=joined_text, part_budget=reply.part_budget + warning.part_budget)


def _find_emergency_of(turn: TurnContext, text: str) -> Emergency | None:
    """Return what is happening; a cry for help that calls a service or a command («کمک، لودر می‌خوام») is none."""
    emergency = find_emergency(text)
    if emergency is not Emergency.HELP:
        return emergency
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    return emergency if message.intent in {UNKNOWN_INTENT, HELP_INTENT} else None


def _says_more(turn: TurnContext, text: str) -> bool:
    """Return whether a text that says an emergency is a command too, or the text that is asked for."""
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    starts_form = turn.conversation.forms[message.intent].submission is not None
    is_menu = message.intent == HELP_INTENT and "service" not in message.slots
    is_other = is_interruption(message, text) and not is_menu
    return (
        starts_form
        or is_other
        or _orders(turn, message.suggested_intents, text)
        or _asks_own_words(turn)
        or _tells_of_form(turn, text)
    )


def _orders(turn: TurnContext, intents: Sequence[str], text: str) -> bool:
    """Return whether a text says what is wanted of a service that its words speak for («سیل اومده لودر بفرستید»)."""
    return any(_says_values(turn, intent, text) for intent in intents)


def _says_values(turn: TurnContext, intent: str, text: str) -> bool:
    """Return whether a text holds values of a form that are no free words: those would be any text's."""
    form = turn.conversation.forms[intent]
    story = turn.dependencies.grammar.parse_for_intent(intent, text, turn.sent_at) if form.submission else None
    own_words = {field.name for field in form.fields if isinstance(field.type, Text)}
    return story is not None and not own_words.issuperset(story.slots)


def _tells_of_form(turn: TurnContext, text: str) -> bool:
    """Return whether a text says something of the form that waits («سیل اومده، فردا یه گریدر …»)."""
    frame = turn.dialogue.top
    return frame is not None and turn.conversation.tells_of(frame.intent, text, turn.sent_at)


def _calls_nothing(turn: TurnContext, text: str) -> bool:
    """Return whether a text answers no question and is near no command."""
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    return turn.dialogue.top is None and message.intent == UNKNOWN_INTENT and not message.suggested_intents


def _asks_own_words(turn: TurnContext) -> bool:
    """Return whether the dialogue waits for a text in the writer's own words, which may say anything; a place may
    not.
    """
    frame = turn.dialogue.top
    if frame is None or frame.asked is None or frame.asked == "place":
        return False
    field = find_asking_field(turn.conversation.forms[frame.intent], frame.asked)
    return field is not None and isinstance(field.type, Text)
