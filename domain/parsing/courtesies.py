"""Words that stand around a matter and are none: greetings, titles, who writes, thanks, signatures, forwarded heads.

It is left out of the places and reasons of forms, and changes nothing of how a command is said. A text of the writer's
own keeps its thanks.
"""

from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.negation import find_negations
from domain.parsing.places import is_address_word
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of

_GREETINGS = words_of("courtesies.greetings")
_TITLES = words_of("courtesies.titles")
_CLOSING_TITLES = words_of("courtesies.closing_titles")
"""Titles that are no place or reason at the end of one («مطب دکتر», «فوت برادر»)."""
_FORWARDED_HEADS = words_of("courtesies.forwarded_heads")
_THANKS = words_of("courtesies.thanks")
_BEFORE_NAMES = words_of("courtesies.before_names")

_OPENING_PHRASES = Phrases({True: (*_GREETINGS, *_TITLES, *_FORWARDED_HEADS)})
_CLOSING_PHRASES = Phrases({True: (*_THANKS, *_CLOSING_TITLES)})
_TITLE_PHRASES = Phrases({True: _TITLES})
_SIGNING_PHRASES = Phrases({True: _BEFORE_NAMES})
_I_AM_WORDS = keys_of("هستم", "هستیم", "hastam", "hastim")
_WORDS_BEFORE_ROLE = keys_of("من", "ما", "بنده", "اینجانب", "یک", "یه")
_LONGEST_NAME, _LONGEST_ROLE = 3, 6
_ROLE_WORDS = keys_in("courtesies.role_words")
"""Words for a writer's role («دهیار روستای صفا ایشان هستم»), whatever words of places are in it."""
_OPENING_MARKS = frozenset('([{«"“#')
_OPENING_QUOTES, _CLOSING_QUOTES = frozenset("«\"“‟'‘"), frozenset("»\"”'’")


def end_of_opening(stream: TokenStream) -> int:
    """Return where the greetings, titles, heads and the writer's name at the beginning of a message end; 0 without."""
    index = end = 0
    while index < len(stream):
        opening = _OPENING_PHRASES.match_at(stream, index)
        if opening:
            index = end = opening[1]
        elif stream.is_mark_at(index):
            index += 1
            if end == index - 1 > 0 and stream.raw_at(end) not in _OPENING_MARKS:
                end = index
        elif introduction_end := _end_of_introduction(stream, index):
            index = end = introduction_end
        else:
            break
    return end


def take_courtesies(stream: TokenStream, *, keeps_thanks: bool) -> None:
    """Take what opens a message, and its thanks and signature; what is left is the matter.

    Nothing is taken of a message that is nothing else.
    """
    opening_end = end_of_opening(stream)
    if opening_end >= len(stream):
        return
    if stream.raw_at(0) in _OPENING_QUOTES and stream.raw_at(len(stream) - 1) in _CLOSING_QUOTES:
        stream.take(len(stream) - 1, len(stream))
    stream.take(0, opening_end)
    if not keeps_thanks:
        stream.take(_start_of_closing(stream), len(stream))


def _end_of_introduction(stream: TokenStream, index: int) -> int | None:
    """Return where «احمدی هستم» at a place ends; None where nobody says their name."""
    has_role = stream.raw_at(stream.skip(index, _WORDS_BEFORE_ROLE)) in _ROLE_WORDS
    for end in range(index + 1, min(index + 1 + (_LONGEST_ROLE if has_role else _LONGEST_NAME), len(stream))):
        if stream.is_mark_at(end) or stream.digits_at(end):
            return None
        if stream.raw_at(end) in _I_AM_WORDS:
            return end + 1 if has_role or _may_be_name(stream, index, end) else None
    return None


def _start_of_closing(stream: TokenStream) -> int:
    """Return where the thanks and the signature at the end of a message begin."""
    starts = {start for phrases in (_CLOSING_PHRASES, _SIGNING_PHRASES) for start, *_ in phrases.find_in(stream)}
    return next((start for start in sorted(starts) if start and _is_closing(stream, start)), len(stream))


def _is_closing(stream: TokenStream, index: int) -> bool:
    """Return whether nothing but thanks, titles and a name is in a message from a place of thanks or a signature on."""
    start = index
    while index < len(stream):
        signing = _SIGNING_PHRASES.match_at(stream, index)
        closing = _CLOSING_PHRASES.match_at(stream, index) or (
            _TITLE_PHRASES.match_at(stream, index) if index > start else None
        )
        if signing and _is_signature(stream, signing[1]):
            return True
        if closing:
            index = closing[1]
        elif stream.is_mark_at(index) and stream.raw_at(index) not in "?؟":
            index += 1
        else:
            return False
    return True


def _is_signature(stream: TokenStream, start: int) -> bool:
    name_end = len(stream)
    while name_end > start and stream.is_mark_at(name_end - 1):
        name_end -= 1
    while start < name_end and (stream.is_mark_at(start) or _CLOSING_PHRASES.match_at(stream, start)):
        start += 1
    return start < name_end <= start + _LONGEST_NAME and _may_be_name(stream, start, name_end)


def _may_be_name(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether words may be somebody's name: no numbers, addresses, words of asking, and nothing denied."""
    denied_places = find_negations(stream.read).places
    return all(
        stream.tokens[place].kind is TokenKind.WORD
        and place not in denied_places
        and not is_address_word(stream.raw_at(place))
        and stream.raw_at(place) not in COURTESY_WORDS
        for place in range(start, end)
    )
