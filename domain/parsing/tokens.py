"""A message as tokens: folded for matching, each still tied to its place in what the writer typed.

Words, numbers and single marks are tokens. White space, joiners and underscores only part them, so a phrase is matched
by the letters of up to four tokens put together: «پی‌گیری», «پی گیری» and «پیگیری» are one phrase, «قبض12» two tokens.
Readers take the tokens they understand; what nobody took is the writer's own free text.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from domain.values.text import fold, shown

T = TypeVar("T", bound=Hashable)

_MARKS_ON_LETTERS = "\u064b-\u0655\u0670"
_TOKEN = re.compile(
    rf"(?P<word>(?:[^\W\d_]|[{_MARKS_ON_LETTERS}])+)"
    r"|(?P<number>[0-9۰-۹٠-٩０-９]+)"
    r"|(?P<mark>[^\s_\x00-\x1f\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe0f\ufeff\ud800-\udfff])"
)
_ALIKE = str.maketrans({"آ": "ا", "ئ": "ی", "ء": None})
_LONGEST_PHRASE = 4
_HYPHENS = frozenset("-‐‑–—−")
_OPENING = frozenset("([{«\"'“‘")
_PUNCTUATION = frozenset(r"""!"#$%&'()*+,-./:;<=>?@[\]^`{|}~،؛؟٪٫٬«»…‐‑–—−•·“”‘’""")
_SEPARATORS = _PUNCTUATION - _OPENING
_JOINTS = _HYPHENS | frozenset(":،,؛;./=|")
_ENDS = frozenset(":،,؛;=")


class TokenKind(IntEnum):
    """What a token is made of; the values are the numbers of the groups that match it."""

    WORD = 1
    NUMBER = 2
    MARK = 3


class Token(NamedTuple):
    """`key` is the folded text (ASCII digits), `start` and `end` the place in the message."""

    key: str
    kind: TokenKind
    start: int
    end: int


@lru_cache(maxsize=8192)
def key_of(word: str) -> str:
    """Return what a single word is compared by: folded, and hamza and madda left out («تائید» = «تایید»)."""
    return fold(word).translate(_ALIKE).replace(" ", "")


_KINDS = {kind.value: kind for kind in TokenKind}


@lru_cache(maxsize=256)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; it is read several times, once for each thing that it may mean."""
    found = ((key_of(match[0]), match) for match in _TOKEN.finditer(text))
    return tuple(Token(key, _KINDS[match.lastindex or 0], match.start(), match.end()) for key, match in found if key)


class Stream:
    """The tokens of one message, and which of them are still free."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self._end = len(self.tokens)
        # What `key` says of each place: empty once it is taken, and at the end of the message.
        self._keys = [*(token.key for token in self.tokens), ""]

    def __len__(self) -> int:
        return self._end

    def key(self, at: int) -> str:
        """Return the folded token at a place; empty where there is none or somebody took it."""
        return self._keys[at] if 0 <= at < self._end else ""

    def raw(self, at: int) -> str:
        """Return the folded token at a place, taken or not; empty outside the message."""
        return self.tokens[at].key if 0 <= at < self._end else ""

    def digits(self, at: int) -> str:
        """Return the number (ASCII digits) at a place; empty where no free number stands."""
        return self._keys[at] if 0 <= at < self._end and self.tokens[at].kind is TokenKind.NUMBER else ""

    def is_mark(self, at: int) -> bool:
        """Tell whether a mark (taken or not) stands at a place."""
        return 0 <= at < self._end and self.tokens[at].kind is TokenKind.MARK

    def tight(self, at: int) -> bool:
        """Tell whether nothing at all parts a token from the one before it."""
        return 0 < at < self._end and self.tokens[at - 1].end == self.tokens[at].start

    def skip(self, at: int, keys: frozenset[str]) -> int:
        """Return the first place from `at` on whose free token is not one of `keys`."""
        while self.key(at) in keys:
            at += 1
        return at

    def take(self, start: int, end: int) -> None:
        """Take the tokens from `start` up to, not including, `end`."""
        for at in range(max(start, 0), min(end, len(self.tokens))):
            self._keys[at] = ""

    def back(self, at: int, keys: frozenset[str]) -> int:
        """Return where a row of free tokens out of `keys` that ends right before `at` begins."""
        while at > 0 and self.key(at - 1) in keys:
            at -= 1
        return at

    def free(self) -> Iterator[int]:
        """Yield the places that are free when they are reached."""
        return (at for at in range(len(self.tokens)) if self._keys[at])

    def at_head(self, at: int) -> bool:
        """Tell whether a token begins the message or a part of it that others left: nothing free is right before it."""
        return not self.key(at - 1) or self.key(at - 1) in _SEPARATORS

    def slice(self, start: int, end: int) -> str:
        """Return the writer's own words for the tokens from `start` up to, not including, `end`."""
        return shown(self.text[self.tokens[start].start : self.tokens[end - 1].end]) if start < end else ""

    def rest(
        self,
        ignored: frozenset[str] = frozenset(),
        *,
        words_only: bool = False,
        own_marks: bool = False,
        edges: frozenset[str] = frozenset(),
    ) -> str:
        """Return what nobody took, in the writer's own words.

        Separators where something was taken away go (with `own_marks` only those that belong to what was taken: «*بله*»
        and «...بله» stay); parts that are nothing but punctuation or `ignored` words go too, and with `words_only`
        parts without any word. Words of `edges` where a part begins or ends go.
        """
        whole = (self._apart(*piece) if own_marks else self._trimmed(*piece) for piece in self._pieces())
        pieces = (self._without_edges(*piece, edges) for piece in whole)
        return " ".join(self.slice(*piece) for piece in pieces if self._says_something(piece, ignored, words_only))

    def _says_something(self, piece: tuple[int, int], ignored: frozenset[str], words_only: bool) -> bool:
        tokens = self.tokens[piece[0] : piece[1]]
        says_more = (token.key not in ignored and token.key not in _PUNCTUATION for token in tokens)
        numbers = (token.kind is TokenKind.NUMBER for token in tokens)
        return any(more and not (words_only and number) for more, number in zip(says_more, numbers, strict=True))

    def _without_edges(self, start: int, end: int, edges: frozenset[str]) -> tuple[int, int]:
        """Leave out the words of `edges` at both ends, and the marks that joined them to the rest."""
        first, last = start, end
        while start < end and self.tokens[start].key in edges | (_SEPARATORS if start > first else frozenset()):
            start += 1
        while start < end and self.tokens[end - 1].key in edges | (_SEPARATORS if end < last else frozenset()):
            end -= 1
        return start, end

    def pieces(self) -> list[tuple[int, int]]:
        """Return the parts (tokens from, up to) that nobody took."""
        return [piece for piece in self._pieces() if piece[0] < piece[1]]

    def _pieces(self) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(self.tokens):
            start = at
            while self._keys[at]:
                at += 1
            yield start, at
            at += 1

    def _apart(self, start: int, end: int) -> tuple[int, int]:
        """Leave out the marks that join a part to what was taken: those that touch it, or stand there alone."""
        first = start
        while start < end and (self._joins(start) or self._touches(start, first)):
            start += 1
        while start < end < len(self.tokens) and (self._joins(end - 1) or self.tokens[end - 1].key in _ENDS):
            end -= 1
        return start, end

    def _touches(self, at: int, first: int) -> bool:
        """Tell whether a mark goes on from what was taken before `first`: «کد:», «کد...»."""
        same = at == first or self.tokens[at].key == self.tokens[first].key
        return self.tokens[at].key in _SEPARATORS and self.tight(at) and same

    def _joins(self, at: int) -> bool:
        """Tell whether a mark with white space around it joins two parts: «کد - متن»."""
        return self.tokens[at].key in _JOINTS and not self.tight(at) and not self.tight(at + 1)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.tokens[start].key in _SEPARATORS:
            start += 1
        while start < end < len(self.tokens) and self.tokens[end - 1].key in _SEPARATORS:
            end -= 1
        return start, end


class Phrases(Generic[T]):
    """Words and phrases that stand for values, found in any spelling and spacing."""

    def __init__(self, words: Mapping[T, Iterable[str]]) -> None:
        """Take the phrases of each value; `ValueError` when one phrase stands for two values."""
        self.values: dict[str, T] = {}
        for value, phrases in words.items():
            for phrase in phrases:
                if self.values.setdefault(joined(phrase), value) != value:
                    raise ValueError(f"{phrase!r} stands for {self.values[joined(phrase)]!r} and for {value!r}")
        self._beginnings = {key[:end] for key in self.values for end in range(1, len(key) + 1)}

    def at(self, stream: Stream, start: int) -> tuple[T, int] | None:
        """Return the value of the longest phrase at a place and where that phrase ends, or None."""
        key = stream.key(start)
        if key not in self._beginnings:
            return None
        found, letters = None, ""
        for at in range(start, min(start + _LONGEST_PHRASE, len(stream))):
            key = stream.key(at)
            if stream.is_mark(at):
                if at > start and key in _HYPHENS:
                    continue
                break
            if not key:
                break
            letters += key
            if letters not in self._beginnings:
                break
            if letters in self.values:
                found = self.values[letters], at + 1
        return found


def joined(phrase: str) -> str:
    """Return the letters and digits of a phrase put together: how phrases are compared."""
    return "".join(token.key for token in Stream(phrase).tokens if token.kind is not TokenKind.MARK)


def keys(*words: str) -> frozenset[str]:
    """Return the keys of single words and marks, to compare tokens with."""
    return frozenset(key_of(word) for word in words)
