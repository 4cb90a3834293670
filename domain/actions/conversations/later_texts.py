"""Several wishes of one text, one after another: the first is done, the others are told and offered in their order."""

from domain.actions.conversations.intents import offer_service
from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.multiple_intents import split_intents
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.messages.catalogue import RenderedMessage, join_messages


def take_first_text(turn: TurnContext, text: str) -> str:
    """Return the first wish of a text that begins a dialogue; the others are kept for later."""
    if turn.dialogue.frames:
        return text
    first_text, *turn.dialogue.later_texts = split_intents(turn.conversation.grammar, text, turn.sent_at)
    return first_text


def mention_later_texts(turn: TurnContext, reply: RenderedMessage, *, is_new: bool) -> RenderedMessage:
    """Return a reply with the next wish: offered where nothing else is asked, else named once (`is_new`)."""
    texts = turn.dialogue.later_texts
    if not texts:
        return reply
    if turn.dialogue.frames:
        return join_messages(reply, turn.render("sms.intent_kept", wanted=texts[0])) if is_new else reply
    text = texts.pop(0)
    intent = understand_message(turn.conversation.grammar, text, turn.sent_at).intent
    if intent == UNKNOWN_INTENT or not turn.conversation.forms[intent].is_offered:
        return mention_later_texts(turn, reply, is_new=is_new)
    return join_messages(reply, offer_service(turn, "sms.next_intent", intent, text, wanted=text))
