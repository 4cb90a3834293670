"""Several wishes in one text: «لودر می‌خوام فردا و یه شکایت هم از راننده تاکسی دارم».

A text is parted only where both sides, each read by itself, surely want something, and not the same thing: behind the
end of a sentence, a comma, or a word that adds something.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import QUOTATION_MARKS, Mood
from domain.parsing.identifiers import holds_digits
from domain.parsing.tokens import Phrases, TokenStream, keys_of
from domain.parsing.word_lists import words_of

MOST_INTENTS = 3
FEWEST_WORDS = 5
"""Words of a text with two wishes, at least."""
SURE_OF_INTENT = 0.9
"""Share from which the words of one side alone are a wish."""
_SENTENCE_ENDS = frozenset(".؟?!؛\n،,")
_CONJUNCTIONS: Phrases[bool] = Phrases({True: words_of("moods.adding_something")})
_ADDRESS = re.compile(r"[A-Za-z][./:][A-Za-z/\[]")
_FEWEST_DIGITS = 9
"""Digits of a code, a bill or a telephone."""
_WORDS_OF_GOING_ON = keys_of("و", "،", ",", "va", "we", "hem", "ham")
_INTENTS_OF_ANSWERS = frozenset(
    {UNKNOWN_INTENT, "reply", "confirm", "deny", "exit", "back", "opt_in", "opt_out", "rate", "language", "help"}
)
"""Intents that answer, leave or switch something: they are said by themselves."""


def split_intents(grammar: Grammar, text: str, now: datetime) -> tuple[str, ...]:
    """Return the wishes of a text in their order, in the writer's words; the whole text where it has one at most."""
    stream = TokenStream(text)
    is_short = stream.read.word_count < FEWEST_WORDS
    if is_short or _shows_something(stream) or len(grammar.list_named_intents(stream)) <= 1:
        return (text,)
    split_texts: list[str] = []
    rest = text
    while len(split_texts) < MOST_INTENTS - 1 and (sides := _part_once(grammar, rest, now)):
        first_text, rest = sides
        split_texts.append(first_text)
    return (*split_texts, rest)


def _shows_something(stream: TokenStream) -> bool:
    """Return whether a text shows what it speaks of: it quotes somebody, or has an address or a long number."""
    is_quoting = not QUOTATION_MARKS.isdisjoint(stream.text)
    return is_quoting or _ADDRESS.search(stream.text) is not None or holds_digits(stream, _FEWEST_DIGITS)


def _part_once(grammar: Grammar, text: str, now: datetime) -> tuple[str, str] | None:
    """Return the first wish of a text and the rest; None where there is no rest that wants something else."""
    for first_text, rest, is_plain_break in _list_partings(text):
        first, other = understand_message(grammar, first_text, now), understand_message(grammar, rest, now)
        are_two = _is_sure(first) and _is_sure(other) and first.intent != other.intent
        has_words = min(map(_count_words, (first_text, rest))) > 1
        if are_two and has_words and (is_plain_break or not _keeps_own_words(grammar, first)):
            return first_text, rest
    return None


def _list_partings(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield a text in two parts, at each place where another wish may begin, and whether that is plain: behind «و» or a
    comma a story may go on, behind «بعدشم» or the end of a sentence none does.
    """
    stream = TokenStream(text)
    index = 1
    while index < len(stream) - 1:
        match = _CONJUNCTIONS.match_at(stream, index)
        is_end = stream.raw_at(index) in _SENTENCE_ENDS and _is_followed_by_space(stream, index)
        end = match[1] if match else index + is_end
        if end > index and end < len(stream):
            is_plain_break = stream.raw_at(index) not in _WORDS_OF_GOING_ON
            yield stream.source_text(0, index), stream.source_text(end, len(stream)), is_plain_break
        index = max(end, index + 1)


def _is_followed_by_space(stream: TokenStream, index: int) -> bool:
    """Return whether a mark ends something: in addresses and numbers nothing does."""
    return stream.text[stream.tokens[index].end : stream.tokens[index].end + 1].isspace()


def _count_words(text: str) -> int:
    return sum(word[0].isalpha() for word in text.split())


def _is_sure(message: ParsedMessage) -> bool:
    """Return whether a part of a text surely wants something, by its keyword or by its words as a whole."""
    if message.intent in _INTENTS_OF_ANSWERS or message.mood is Mood.REFUSED:
        return False
    is_likely = bool(message.ranking) and message.ranking[0].share >= SURE_OF_INTENT
    return is_likely or not message.is_guessed


def _keeps_own_words(grammar: Grammar, message: ParsedMessage) -> bool:
    """Return whether what follows may belong to a text of the writer's own: a story goes on."""
    intent = grammar.find_intent(message.intent)
    return intent is not None and intent.keeps_own_words
