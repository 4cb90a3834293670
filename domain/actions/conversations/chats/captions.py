"""Words under a file that comes while nothing is under way: they may say what it is, or what is wanted."""

from collections.abc import Sequence

from domain.actions.conversations.chats.officer_questions import is_asked_for_answer
from domain.actions.conversations.chats.waiting_files import may_wait
from domain.actions.conversations.turn_context import TurnContext
from domain.chats.chat import SentFile
from domain.conversation.reading.command_fields import MENU_INTENT, PAPERS_INTENT
from domain.conversation.reading.emergencies import find_emergency
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.conversation.reading.payment_claims import claims_payment
from domain.conversation.reading.vocabulary import EMPTY_WORDS
from domain.parsing.tokens import TokenKind, read_once

_FEWEST_TELLING_WORDS = 2
"""Words of a paper's name that name it amid others («سند مالکیت خانه»); a shorter name has to stand alone."""


def begins_by_caption(turn: TurnContext, sent_file: SentFile) -> bool:
    """Return whether what is written under a file begins something, for which the file can wait."""
    if sent_file.refusal is not None or not may_wait(sent_file):
        return False
    if has_nothing_under_way(turn):
        return wants_something(turn, sent_file.caption)
    return claims_payment(sent_file.caption) and not _waits_for_file(turn)


def _waits_for_file(turn: TurnContext) -> bool:
    """Return whether a file may be the paper or the answer that is asked for."""
    top = turn.dialogue.top
    return top is not None and (top.intent == PAPERS_INTENT or is_asked_for_answer(top))


def has_nothing_under_way(turn: TurnContext) -> bool:
    """Return whether nothing waits for an answer but a menu."""
    return turn.dialogue.top is None or turn.dialogue.top.intent == MENU_INTENT


def wants_something(turn: TurnContext, caption: str) -> bool:
    """Return whether words want something done that begins with them: a form, money that was paid, an emergency."""
    if not caption:
        return False
    if find_emergency(caption) or claims_payment(caption):
        return True
    message = understand_message(turn.dependencies.grammar, caption, turn.sent_at)
    intents = (message.intent, *message.suggested_intents)
    return any(turn.conversation.forms[name].is_service_form for name in intents if name != UNKNOWN_INTENT)


def find_named_papers(turn: TurnContext, paper_names: Sequence[str], caption: str) -> list[str]:
    """Return those of several papers that a caption names."""
    return [name for name in paper_names if caption and _is_named(turn.dependencies.wording.paper_title(name), caption)]


def _is_named(title: str, caption: str) -> bool:
    title_keys, caption_keys = _list_words(title), _list_words(caption)
    is_telling = len(title_keys) >= _FEWEST_TELLING_WORDS or not caption_keys - title_keys - EMPTY_WORDS
    return bool(title_keys) and title_keys <= caption_keys and is_telling


def _list_words(text: str) -> frozenset[str]:
    return frozenset(token.key for token in read_once(text).tokens if token.kind is TokenKind.WORD)
