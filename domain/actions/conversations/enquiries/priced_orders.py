"""Orders of what was just asked the price of: «باشه می‌خوام», «خب ۲ ساعت بیاد شنبه» behind the answer to a price
question begin the form that the question named.
"""

from datetime import timedelta

from domain.actions.conversations.turn_context import TurnContext
from domain.conversation.dialogue.frames import Reaction
from domain.conversation.dialogue.yes_no import chooses_the_only, read_yes_or_no
from domain.conversation.reading.command_fields import TARIFF_INTENT
from domain.messages.records import InboundMessage
from domain.parsing.filler_words import FILLER_WORDS
from domain.parsing.negation import find_negations
from domain.parsing.tokens import keys_in, read_once

ORDER_WINDOW = timedelta(minutes=30)
"""Time after the answer to a price question for which an agreement may order what was asked about."""
_LAST_MESSAGES = 2
_WORDS_OF_AGREEING = keys_in("moods.agreeing_to_a_price")


async def read_priced_order(turn: TurnContext, text: str) -> Reaction | None:
    """Return the form of what the last message asked the price of, where a text agrees to it; None for any other."""
    text = text.rpartition("؟")[2].strip() or text  # «تومنه یا ریال؟ خب باشه»
    if turn.dialogue.top is not None or not _agrees(text):
        return None
    address = turn.address
    messages = await turn.uow.inbox.list_last_from(address.channel, address.recipient, _LAST_MESSAGES)
    asked_text = next((one.text for one in messages if one.intent == TARIFF_INTENT and _is_fresh(turn, one)), "")
    conversation = turn.conversation
    price_intents = (name for name in conversation.forms if conversation.tells_of(name, asked_text, turn.sent_at))
    if not asked_text or (intent := next(price_intents, None)) is None:
        return None
    tells_more = conversation.tells_of(intent, text, turn.sent_at)
    return conversation.begin_menu_choice(
        turn.dialogue, intent, f"{asked_text}\n{text}" if tells_more else asked_text, turn.sent_at
    )


def _is_fresh(turn: TurnContext, message: InboundMessage) -> bool:
    return turn.sent_at - message.received_at <= ORDER_WINDOW


def _agrees(text: str) -> bool:
    """Return whether a text begins with an agreement, or says nothing but that it is wanted."""
    read = read_once(text)
    if not read.keys or read.asks or find_negations(read).verbs:
        return False
    is_bare = not read.key_set - _WORDS_OF_AGREEING - FILLER_WORDS
    return is_bare or bool(read_yes_or_no(text)) or chooses_the_only(text) or read.keys[0] in _WORDS_OF_AGREEING
