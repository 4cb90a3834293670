"""Negated verbs as people type them: «نکنید», «نمی‌خوام», «نمیخواهم», «ندارم», «نیست», nemikham, don't.

The forms are made from the verbs' stems, written and spoken, so that no spelling has to be listed by itself. A wish is
what its speaker refuses or forbids (first and second person, «نشود»); a fact («سوار نکرد») only tells something.
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import NamedTuple

from domain.parsing.tokens import Stream, TokenKind, key_of, keys


class Negated(Enum):
    """What a negated verb does: it refuses or forbids, or it only tells something."""

    WISH = "wish"
    FACT = "fact"


class Negation(NamedTuple):
    """A negated verb at tokens `start` to `end`; `wants` marks the verb «خواستن» (to want)."""

    start: int
    end: int
    how: Negated
    wants: bool = False


_WANT_PRESENT, _WANT_PAST = ("خواه", "خوا", "خاه", "خا"), ("خواست", "خاست")
_PRESENT = (
    *_WANT_PRESENT, "کن", "شو", "ش", "ده", "د", "گیر", "فرست", "زن", "گذار", "ذار", "پذیر", "بند", "گرد", "نمای", "نما",
    "فرمای", "فرما", "ساز", "پرداز", "نویس", "گو", "خر", "رو", "بر", "دان", "دون", "توان", "تون", "دار", "باش", "کش",
)  # fmt: skip
_PAST = (
    *_WANT_PAST, "کرد", "شد", "داد", "گرفت", "فرستاد", "زد", "گذاشت", "پذیرفت", "بست", "گردید", "نمود", "فرمود", "گفت",
    "خرید", "رفت", "دانست", "تونست", "توانست", "داشت", "بود", "امد", "اومد",
)  # fmt: skip
_OF_SPEAKER, _OF_ADDRESSED = ("م", "یم"), ("ید", "ین", "ی")
_OF_OTHERS = ("د", "ه", "ند", "ن")
_COME = ("نیا", "نیاید", "نیاین", "نیاد", "نیایم", "نیایید", "نیان")
_BE = ("نیست", "نیس", "نیستم", "نیستیم", "نیستند", "نیستید", "نیستن", "نباشد", "نباشه")
_NO_NEGATION = frozenset({"نزد", "نبر", "نبرد", "نکش", "نده", "ندی", "ند"})
"""Words of their own («نزد»: beside), and «نده», which is added again below."""

_NEEDED = keys("لازم", "لازمم", "نیاز", "نیازی", "احتیاج", "احتیاجی")
_GREETING = keys("خسته", "غمت", "ناراحت", "نگران")
"""«خسته نباشید» greets."""
_PREFIX, _BE_NOT = key_of("نمی"), key_of("نباش")
_SHORTEST_PREFIXED = 5

_LATIN = re.compile(
    r"n[ea]?mi[a-z]{2,}|na(?:kon|kard|shav|shvad|she|sho|dar|de|di|dah|fres|zan|khah|khas|khow|gir|paz|bash|bayad)[a-z]*"
    r"|nist[a-z]*|not|never|dont|doesnt|didnt|wont|cannot"
)
_LATIN_WANT = re.compile(r"n[ea]?mi(?:kh|x)[a-z]+|nakhas[a-z]+")
_APOSTROPHES = frozenset("'’‘`")


def _forms(stems: tuple[str, ...], endings: tuple[str, ...], prefix: str = "ن") -> frozenset[str]:
    return frozenset(key_of(f"{prefix}{stem}{ending}") for stem, ending in product(stems, endings))


_WISHES = (
    _forms(_PRESENT, (*_OF_SPEAKER, *_OF_ADDRESSED, ""))
    | _forms(_PRESENT, (*_OF_SPEAKER, *_OF_ADDRESSED), "نمی")
    | _forms(("شو", "ش", "گرد"), _OF_OTHERS)
    | _forms(_PAST, _OF_SPEAKER)
    | keys(*_COME, "نباید", "مبادا")
) - _NO_NEGATION | keys("نده")
_FACTS = (
    _forms(_PRESENT, _OF_OTHERS)
    | _forms(_PAST, ("", "ی", "ید", "ین", "ند", "ن", "ه"))
    | keys(*_BE)
) - _WISHES - _NO_NEGATION  # fmt: skip
_WANTS = (
    _forms(_WANT_PRESENT, (*_OF_SPEAKER, ""))
    | _forms(_WANT_PRESENT, _OF_SPEAKER, "نمی")
    | _forms(_WANT_PAST, _OF_SPEAKER)
)


def negations(stream: Stream) -> list[Negation]:
    """Return every negated verb of a message, taken by others or not, from first to last."""
    return list(_found(stream))


def _found(stream: Stream) -> Iterator[Negation]:
    at = 0
    while at < len(stream):
        one = _negation_at(stream, at)
        if one:
            yield one
        at = one.end if one else at + 1


def _negation_at(stream: Stream, at: int) -> Negation | None:
    word = stream.raw(at)
    if stream.tokens[at].kind is not TokenKind.WORD or _greets(stream, at):
        return None
    if word.isascii():
        return _latin_at(stream, at, word)
    if word == _PREFIX:
        return _of_word(at, min(at + 2, len(stream)), word + stream.raw(at + 1))
    if word in _FACTS and stream.raw(at - 1) in _NEEDED:
        return Negation(at, at + 1, Negated.WISH)
    negated = word in _WISHES or word in _FACTS or (word.startswith(_PREFIX) and len(word) >= _SHORTEST_PREFIXED)
    return _of_word(at, at + 1, word) if negated else None


def _greets(stream: Stream, at: int) -> bool:
    return stream.raw(at - 1) in _GREETING and stream.raw(at).startswith(_BE_NOT)


def _of_word(start: int, end: int, word: str) -> Negation:
    return Negation(start, end, Negated.WISH if word in _WISHES else Negated.FACT, word in _WANTS)


def _latin_at(stream: Stream, at: int, word: str) -> Negation | None:
    if word in {"don", "doesn", "didn", "won", "isn", "can"} and stream.raw(at + 1) in _APOSTROPHES:
        return Negation(at, min(at + 3, len(stream)), Negated.WISH)
    if _LATIN.fullmatch(word):
        return Negation(at, at + 1, Negated.WISH, bool(_LATIN_WANT.fullmatch(word)))
    return None
