"""Asides of a text beside all commands: an emergency, for which one dials, and courtesies. The dialogue stays."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.conversations.intents import offer_service
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.dialogue.answers import is_interruption
from domain.conversation.dialogue.form_filling import find_asking_field
from domain.conversation.dialogue.yes_no import read_yes_or_no
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.courtesies import read_courtesy
from domain.conversation.reading.emergencies import Emergency, cries_only, find_emergency
from domain.conversation.reading.guessing import HELP_INTENT
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.fields.types import Text
from domain.gateways.written_secrets import tells_secret
from domain.messages.catalogue import RenderedMessage, join_messages
from domain.parsing.tokens import Phrases, TokenStream
from domain.parsing.word_lists import words_of

EMERGENCY_INTENT, SECRET_INTENT = "emergency", "secret"
"""The intents of a text that only says what is happening, and of one with a bank password."""

_ASKING_WHEN: Phrases[bool] = Phrases({True: words_of("moods.asking_when")})
_QUESTION_PARTS = 2


def answer_emergency(turn: TurnContext, text: str) -> RenderedMessage | None:
    """Return the reply to a text that says an emergency and nothing to be done besides; None for any other. Where
    machines help, one press asks for one; a text of the writer's own that was asked for is kept by one press.
    """
    emergency = _find_emergency_of(turn, text)
    if emergency is None or _calls_something(turn, text):
        return None
    if asks_own_words(turn):
        if not offer_to_keep(turn, text):
            return None
    elif _says_values_of_form(turn, text):
        return None
    turn.intent = EMERGENCY_INTENT
    warning = turn.render(f"sms.emergency.{emergency}")
    return _offer_help(turn, emergency, warning) if _has_no_question(turn) else widen_for_question(warning)


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
    if asks_own_words(turn) or (turn.dialogue.top and read_yes_or_no(text) is not None):
        return None
    courtesy = read_courtesy(text, calls_nothing=_calls_nothing(turn, text))
    if courtesy is None:
        return None
    turn.intent = courtesy
    return turn.render(f"sms.courtesy.{courtesy}")


def asks_when(text: str) -> bool:
    """Return whether a text asks for a time («کی میان؟»)."""
    return _ASKING_WHEN.occurs_in(TokenStream(text))


def warn_before(turn: TurnContext, text: str, reply: RenderedMessage) -> RenderedMessage:
    """Return the reply to a text that is done, with what to dial before it where it says an emergency too; behind it
    where it may be a cry for help («کمک»).
    """
    if emergency := _find_emergency_of(turn, text):
        joined = join_messages(turn.render(f"sms.emergency.{emergency}"), reply)
        return replace(reply, text=joined.text, part_budget=joined.part_budget)
    return join_messages(reply, turn.render("sms.emergency.numbers")) if cries_only(text) else reply


def _find_emergency_of(turn: TurnContext, text: str) -> Emergency | None:
    """Return what is happening; a cry for help that calls a service or a command («کمک، لودر می‌خوام») is none."""
    emergency = find_emergency(text)
    if emergency is not Emergency.HELP:
        return emergency
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    return emergency if message.intent in {UNKNOWN_INTENT, HELP_INTENT} else None


def _offer_help(turn: TurnContext, emergency: Emergency, warning: RenderedMessage) -> RenderedMessage:
    """Return the warning, with the offer of the service that helps in such an emergency where nothing else waits."""
    helpful_intent = next(
        (
            name
            for name, form in turn.conversation.forms.items()
            if form.is_offered and form.submission and emergency in form.submission.keyword.intent.helps_in
        ),
        None,
    )
    if helpful_intent is None:
        return warning
    turn.dialogue.frames.clear()  # a menu at most: another takes its place
    service = turn.text_of(f"intents.{helpful_intent}")
    return join_messages(warning, offer_service(turn, "sms.emergency_offer", helpful_intent, service=service))


def _has_no_question(turn: TurnContext) -> bool:
    """Return whether nothing waits but a menu, if anything."""
    return all(frame.intent == MENU_INTENT for frame in turn.dialogue.frames)


def _calls_something(turn: TurnContext, text: str) -> bool:
    """Return whether a text that says an emergency is a command too."""
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    starts_form = turn.conversation.forms[message.intent].is_service_form
    is_menu = message.intent == HELP_INTENT and "service" not in message.slots
    return starts_form or (is_interruption(message, text) and not is_menu)


def _says_values_of_form(turn: TurnContext, text: str) -> bool:
    """Return whether a text that says an emergency orders something too, or answers the form that waits."""
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    return _orders(turn, message.suggested_intents, text) or tells_of_form(turn, text)


def _orders(turn: TurnContext, intents: Sequence[str], text: str) -> bool:
    """Return whether a text says what is wanted of a service that its words speak for («سیل اومده لودر بفرستید»)."""
    return any(_says_values(turn, intent, text) for intent in intents)


def _says_values(turn: TurnContext, intent: str, text: str) -> bool:
    """Return whether a text holds values of a form that are no free words: those would be any text's."""
    form = turn.conversation.forms[intent]
    story = turn.dependencies.grammar.parse_for_intent(intent, text, turn.sent_at) if form.is_service_form else None
    own_words = {field.name for field in form.fields if isinstance(field.type, Text)}
    return story is not None and not own_words.issuperset(story.slots)


def tells_of_form(turn: TurnContext, text: str) -> bool:
    """Return whether a text says something of the form that waits («سیل اومده، فردا یه گریدر …»)."""
    frame = turn.dialogue.top
    return frame is not None and turn.conversation.tells_of(frame.intent, text, turn.sent_at)


def _calls_nothing(turn: TurnContext, text: str) -> bool:
    """Return whether a text answers no question and is near no command."""
    message = turn.dependencies.grammar.parse_message(text, turn.sent_at)
    return turn.dialogue.top is None and message.intent == UNKNOWN_INTENT and not message.suggested_intents


def asks_own_words(turn: TurnContext) -> bool:
    """Return whether the dialogue waits for a text in the writer's own words, which may say anything; a place may
    not.
    """
    frame = turn.dialogue.top
    if frame is None or frame.asked is None or frame.asked == "place":
        return False
    field = find_asking_field(turn.conversation.forms[frame.intent], frame.asked)
    return field is not None and isinstance(field.type, Text)


def offer_to_keep(turn: TurnContext, text: str) -> bool:
    """Let one press keep a text as the answer in own words that is asked for, though it may be none; return whether
    that is new: who sends the very text again means it.
    """
    frame = turn.dialogue.top
    if frame is None or frame.options == [text]:
        return False
    frame.options = [text]
    return True


def widen_for_question(reply: RenderedMessage) -> RenderedMessage:
    """Return a reply behind which the question that waits fits whole, with how to keep what was written."""
    return replace(reply, part_budget=reply.part_budget + _QUESTION_PARTS)
