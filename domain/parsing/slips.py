"""Slips that their writer puts right at once («سی ساعت، نه ببخشید سه ساعت»), and values that are denied («شنبه نه»).

The later value counts. Where only «نه» stands between two («شنبه نه یکشنبه»), nobody knows which one it denies: both
stay, and which is meant is asked.
"""

from domain.parsing.negation import find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_of
from domain.parsing.word_lists import words_of

_NO_WORDS = keys_of("نه", "ن", "نخیر", "na", "no", "däl")
_PLAIN_NO_WORDS = keys_of("خیر")
"""It answers, and denies no word beside it; Turkmen «ýok» is read so."""
_SLIPS: Phrases[bool] = Phrases({True: words_of("moods.slips.yes")})
_WORDS_BEFORE_DENIAL = keys_of("که", "را", "رو", "هم", "اصلا", "دیگر")
_DENYING_WORDS = _NO_WORDS - keys_of("ن", "no") | _PLAIN_NO_WORDS
_OF_BEING_NOT = keys_of("نیست", "نیس", "نباشد", "نباشه", "نبود")
_INSTEAD_OF: Phrases[bool] = Phrases({True: words_of("moods.instead_of")})
_LONGEST_LEAD = 3


def end_of_slip(stream: TokenStream, index: int) -> int | None:
    """Return where the value begins that puts the one before a place right («، نه ببخشید …»); None where none does."""
    index = _skip_marks(stream, index)
    has_no = stream.key_at(index) in _NO_WORDS | _PLAIN_NO_WORDS
    behind_no = _skip_marks(stream, index + has_no)
    end = behind_no
    while slip := _SLIPS.match_at(stream, end):
        end = _skip_marks(stream, slip[1])
    is_plain = has_no and (behind_no > index + 1 or stream.key_at(index) in _PLAIN_NO_WORDS)
    return end if end > behind_no or is_plain else None


def _skip_marks(stream: TokenStream, index: int) -> int:
    while stream.is_mark_at(index) and stream.key_at(index):
        index += 1
    return index


def is_denied(stream: TokenStream, end: int) -> bool:
    """Return whether what ends at a place is denied: a negated verb is right behind it («جمعه نمی‌تونم»), or «نه» that
    ends its part.
    """
    end = stream.skip(end, _WORDS_BEFORE_DENIAL)
    if any(verb.start == end for verb in find_negations(stream.read).verbs):
        return True
    is_last = end + 1 >= len(stream) or stream.is_mark_at(end + 1)
    return stream.raw_at(end) in _DENYING_WORDS and is_last


def is_left_out(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether what stands at tokens `start` to `end` is not wanted: something else is in its place («لودر به جای
    گریدر»), or it is what is not needed («گریدر نه، لودر», «greýder däl»).
    """
    leads = range(max(start - _LONGEST_LEAD, 0), start)
    if any((match := _INSTEAD_OF.match_at(stream, lead)) and match[1] == start for lead in leads):
        return True
    if stream.raw_at(end) in _OF_BEING_NOT:
        return True
    return stream.raw_at(end) in _DENYING_WORDS and stream.is_mark_at(end + 1)
