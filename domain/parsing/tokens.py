"""A message as tokens: folded for matching, each still tied to its place in what the writer typed.

Words, numbers and single marks are tokens. White space, joiners and underscores only part them, so a phrase is matched
by the letters of up to four tokens put together: «پی‌گیری», «پی گیری» and «پیگیری» are one phrase, «قبض12» two tokens.
Readers take the tokens they understand; what nobody took is the writer's own free text.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache, cached_property, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from domain.parsing.spoken_persian import split_glued_key, written_key
from domain.parsing.turkmen.reading import ReadWord, read_turkmen
from domain.parsing.word_lists import words_of
from domain.values.text import fold_text, tidy_text

T = TypeVar("T")
Value = TypeVar("Value", bound=Hashable)

_MARKS_ON_LETTERS = "\u064b-\u0655\u0670"
_TOKEN_PATTERN = re.compile(
    rf"(?P<word>(?:[^\W\d_]|[{_MARKS_ON_LETTERS}])+)"
    r"|(?P<number>[0-9۰-۹٠-٩０-９]+)"
    r"|(?P<mark>[^\s_\x00-\x1f\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe0f\ufeff\ud800-\udfff])"
)
_LETTER_VARIANTS = str.maketrans({"آ": "ا", "ئ": "ی", "ء": None})
_LONGEST_PHRASE = 6
_HYPHENS = frozenset("-‐‑–—−")
_OPENING_MARKS = frozenset("([{«\"'“‘")
_PUNCTUATION = frozenset(r"""!"#$%&'()*+,-./:;<=>?@[\]^`{|}~،؛؟٪٫٬«»…‐‑–—−•·“”‘’""")
_SEPARATORS = _PUNCTUATION - _OPENING_MARKS
_JOINING_MARKS = _HYPHENS | frozenset(":،,؛;./=|")
_ENDING_MARKS = frozenset(":،,؛;=")
QUESTION_MARKS = frozenset("?؟")


class TokenKind(IntEnum):
    """Kind of a token; the values are the numbers of the groups that match it."""

    WORD = 1
    NUMBER = 2
    PUNCTUATION = 3


class Token(NamedTuple):
    """A word, a number or one sign of punctuation of a message."""

    key: str
    """The folded text, with ASCII digits."""
    kind: TokenKind
    """Whether it is a word, a number or punctuation, as which every other sign counts."""
    start: int
    """Its first character's place in the message."""
    end: int
    """The place after its last character."""


@lru_cache(maxsize=8192)
def key_of(word: str) -> str:
    """Return what a single word is compared by: folded, hamza and madda left out («تائید» = «تایید»), and written
    where it is spoken (`spoken_persian`).
    """
    return written_key(_letters_of(word))


def _letters_of(word: str) -> str:
    return fold_text(word).translate(_LETTER_VARIANTS).replace(" ", "")


def keys_of_words(word_list: Sequence[str]) -> list[str]:
    """Return the keys of many words without digits or marks, as `key_of`, folded all at once."""
    return [written_key(letters) for letters in fold_text(" ".join(word_list)).translate(_LETTER_VARIANTS).split(" ")]


_KINDS_BY_GROUP = {kind.value: kind for kind in TokenKind}


class ReadText:
    """A text that is read once, whatever it may mean: everybody who asks for it (`read_once`) gets this object.

    What is asked of it more than once is found when it is first asked for, and stays with it (`find_once`).
    """

    def __init__(self, text: str) -> None:
        tokens = _split_words(text)
        pieces = read_turkmen([text[token.start : token.end] for token in tokens], [token.key for token in tokens])
        if pieces is not None:
            tokens = tuple(_token_of_read_word(piece, tokens) for piece in pieces)
        self.text = text
        self.tokens = tokens
        self.is_turkmen = pieces is not None
        self.keys = (*(token.key for token in tokens), "")
        """The keys of the tokens, and an empty one at the end of the text."""
        self.findings: dict[object, Any] = {}
        """Findings in it, by the function that found them."""

    @cached_property
    def key_set(self) -> frozenset[str]:
        """The keys of the tokens, in no order."""
        return frozenset(self.keys[:-1])

    @cached_property
    def word_count(self) -> int:
        """The number of words; numbers and marks are none."""
        return sum(token.kind is TokenKind.WORD for token in self.tokens)

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first two letters of each token: what tells most phrases at once that they are not here."""
        return frozenset([key[:2] for key in self.keys])

    @property
    def asks(self) -> bool:
        """Whether a question mark stands in it."""
        return not QUESTION_MARKS.isdisjoint(self.key_set)

    def find_once(self, find: Callable[["ReadText"], T]) -> T:
        """Return what a function finds in the text, called by whoever asks for that first."""
        if find not in self.findings:
            self.findings[find] = find(self)
        found: T = self.findings[find]
        return found


@lru_cache(maxsize=128)
def read_once(text: str) -> ReadText:
    """Return a text as it is read, for all who ask for it while it is answered."""
    return ReadText(text)


def _split_words(text: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for match in _TOKEN_PATTERN.finditer(text):
        kind, start = _KINDS_BY_GROUP[match.lastindex or 0], match.start()
        for key, length in _fold_match(match[0], kind):  # several for words that were typed as one
            tokens.append(Token(key, kind, start, start + length))
            start += length
    return tuple(tokens)


@lru_cache(maxsize=8192)
def _fold_match(matched_text: str, kind: TokenKind) -> tuple[tuple[str, int], ...]:
    """Return the keys of what was matched, each with how many characters of it it takes; a word's come again and again
    in messages.
    """
    letters = _letters_of(matched_text)
    parts = split_glued_key(letters) if kind is TokenKind.WORD and len(letters) == len(matched_text) else ()
    if parts:
        return parts
    key = written_key(letters)
    return ((key, len(matched_text)),) if key else ()


def _token_of_read_word(piece: ReadWord, tokens: tuple[Token, ...]) -> Token:
    kind = TokenKind.NUMBER if piece.is_number else TokenKind.WORD if piece.is_translated else tokens[piece.source].kind
    return Token(key_of(piece.key), kind, tokens[piece.first].start, tokens[piece.end - 1].end)


class TokenStream:
    """The tokens of one message, and which of them are still free."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.read = read = read_once(text)
        self.tokens, self.is_turkmen = read.tokens, read.is_turkmen
        self._token_count = len(read.tokens)
        self.free_keys = [*read.keys]
        """Results of `key_at` for each place: empty once it is taken, and at the end of the message."""
        self.is_whole = True
        """Whether nobody took anything."""

    def __len__(self) -> int:
        return self._token_count

    def key_at(self, index: int) -> str:
        """Return the folded token at a place; empty where there is none or somebody took it."""
        return self.free_keys[index] if 0 <= index < self._token_count else ""

    def raw_at(self, index: int) -> str:
        """Return the folded token at a place, taken or not; empty outside the message."""
        return self.tokens[index].key if 0 <= index < self._token_count else ""

    def digits_at(self, index: int) -> str:
        """Return the number (ASCII digits) at a place; empty where there is no free number."""
        return (
            self.free_keys[index]
            if 0 <= index < self._token_count and self.tokens[index].kind is TokenKind.NUMBER
            else ""
        )

    def is_mark_at(self, index: int) -> bool:
        """Return whether a mark (taken or not) is at a place."""
        return 0 <= index < self._token_count and self.tokens[index].kind is TokenKind.PUNCTUATION

    def is_glued(self, index: int) -> bool:
        """Return whether nothing at all parts a token from the one before it."""
        return 0 < index < self._token_count and self.tokens[index - 1].end == self.tokens[index].start

    def skip(self, index: int, skipped_keys: frozenset[str]) -> int:
        """Return the first place from `index` on whose free token is not one of `skipped_keys`."""
        while self.key_at(index) in skipped_keys:
            index += 1
        return index

    def take(self, start: int, end: int) -> None:
        """Take the tokens from `start` up to, not including, `end`."""
        for index in range(max(start, 0), min(end, len(self.tokens))):
            self.free_keys[index] = ""
            self.is_whole = False

    def find_once(self, find: Callable[["TokenStream"], T]) -> T:
        """Return what a function finds that takes nothing; in a text of which nothing is taken it is found once."""
        if not self.is_whole:
            return find(self)
        findings = self.read.findings
        if find not in findings:
            findings[find] = find(self)
        found: T = findings[find]
        return found

    def skip_back(self, index: int, skipped_keys: frozenset[str]) -> int:
        """Return where a row of free tokens out of `skipped_keys` that ends right before `index` begins."""
        while index > 0 and self.key_at(index - 1) in skipped_keys:
            index -= 1
        return index

    def free_indexes(self) -> Iterator[int]:
        """Yield the places that are free when they are reached."""
        return (index for index in range(len(self.tokens)) if self.free_keys[index])

    def begins_part(self, index: int) -> bool:
        """Return whether a token begins the message or a part of it that others left: nothing free is right
        before it.
        """
        return not self.key_at(index - 1) or self.key_at(index - 1) in _SEPARATORS

    def source_text(self, start: int, end: int) -> str:
        """Return the writer's own words for the tokens from `start` up to, not including, `end`."""
        return tidy_text(self.text[self.tokens[start].start : self.tokens[end - 1].end]) if start < end else ""

    def free_texts(
        self,
        ignored_keys: frozenset[str] = frozenset(),
        *,
        words_only: bool = False,
        keep_own_marks: bool = False,
        edge_keys: frozenset[str] = frozenset(),
    ) -> list[str]:
        """Return the parts that nobody took, in the writer's own words.

        Separators where something was taken away go (with `keep_own_marks` only those that belong to what was taken:
        «*بله*» and «...بله» stay); parts that are nothing but punctuation or `ignored_keys` words go too, and with
        `words_only` parts without any word. Words of `edge_keys` where a part begins or ends go.
        """
        trimmed_spans = (
            self._without_joining_marks(*span) if keep_own_marks else self._without_separators(*span)
            for span in self._free_spans()
        )
        bared_spans = (self._without_edge_words(*span, edge_keys) for span in trimmed_spans)
        return [self.source_text(*span) for span in bared_spans if self._has_content(span, ignored_keys, words_only)]

    def _has_content(self, span: tuple[int, int], ignored_keys: frozenset[str], words_only: bool) -> bool:
        span_tokens = self.tokens[span[0] : span[1]]
        says_more = (token.key not in ignored_keys and token.key not in _PUNCTUATION for token in span_tokens)
        numbers = (token.kind is TokenKind.NUMBER for token in span_tokens)
        return any(
            is_content and not (words_only and is_number)
            for is_content, is_number in zip(says_more, numbers, strict=True)
        )

    def _without_edge_words(self, start: int, end: int, edge_keys: frozenset[str]) -> tuple[int, int]:
        """Leave out the words of `edge_keys` at both ends, and the marks that joined them to the rest."""
        first_index, last_index = start, end
        while start < end and self.tokens[start].key in edge_keys | (
            _SEPARATORS if start > first_index else frozenset()
        ):
            start += 1
        while start < end and self.tokens[end - 1].key in edge_keys | (
            _SEPARATORS if end < last_index else frozenset()
        ):
            end -= 1
        return start, end

    def free_parts(self) -> list[tuple[int, int]]:
        """Return the parts (tokens from, up to) that nobody took."""
        return [span for span in self._free_spans() if span[0] < span[1]]

    def _free_spans(self) -> Iterator[tuple[int, int]]:
        index = 0
        while index < len(self.tokens):
            start = index
            while self.free_keys[index]:
                index += 1
            yield start, index
            index += 1

    def _without_joining_marks(self, start: int, end: int) -> tuple[int, int]:
        """Leave out the marks that join a part to what was taken: those that touch it, or are there alone."""
        first_index = start
        while start < end and (self._joins_parts(start) or self._continues_taken(start, first_index)):
            start += 1
        while start < end < len(self.tokens) and (
            self._joins_parts(end - 1) or self.tokens[end - 1].key in _ENDING_MARKS
        ):
            end -= 1
        return start, end

    def _continues_taken(self, index: int, first_index: int) -> bool:
        """Return whether a mark goes on from what was taken before `first_index`: «کد:», «کد...»."""
        is_same_mark = index == first_index or self.tokens[index].key == self.tokens[first_index].key
        return self.tokens[index].key in _SEPARATORS and self.is_glued(index) and is_same_mark

    def _joins_parts(self, index: int) -> bool:
        """Return whether a mark with white space around it joins two parts: «کد - متن»."""
        return self.tokens[index].key in _JOINING_MARKS and not self.is_glued(index) and not self.is_glued(index + 1)

    def _without_separators(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.tokens[start].key in _SEPARATORS:
            start += 1
        while start < end < len(self.tokens) and self.tokens[end - 1].key in _SEPARATORS:
            end -= 1
        return start, end


class Phrases(Generic[Value]):
    """Words and phrases that mean values, found in any spelling and spacing."""

    def __init__(self, phrases_by_value: Mapping[Value, Iterable[str]]) -> None:
        """Take the phrases of each value; `ValueError` when one phrase means two values."""
        self.values_by_phrase: dict[str, Value] = {}
        for value, phrases in phrases_by_value.items():
            for phrase in phrases:
                if self.values_by_phrase.setdefault(join_letters(phrase), value) != value:
                    raise ValueError(
                        f"{phrase!r} stands for {self.values_by_phrase[join_letters(phrase)]!r} and for {value!r}"
                    )
        # Every beginning of every phrase in a set would take megabytes; the first two letters tell nearly as much.
        self._sorted_phrases = (*sorted(self.values_by_phrase), "")
        self._first_letters = {key[:end] for key in self.values_by_phrase for end in (1, 2)}

    def may_begin(self, key: str) -> bool:
        """Return whether a phrase may begin with a token, to pass over at once what cannot."""
        return key[:2] in self._first_letters and self._first_beginning_with(key).startswith(key)

    def _first_beginning_with(self, letters: str) -> str:
        """Return the first phrase that is or follows these letters; an empty one where none does."""
        return self._sorted_phrases[bisect_left(self._sorted_phrases, letters, hi=len(self._sorted_phrases) - 1)]

    def find_in(self, stream: TokenStream) -> Iterator[tuple[int, Value, int]]:
        """Yield each place where a phrase of free tokens begins, the value of the longest one and where that ends."""
        if self._first_letters.isdisjoint(stream.read.beginnings):
            return
        matches = stream.find_once(self._list_matches) if stream.is_whole else self._iterate_matches(stream)
        for index, value, end in matches:
            if all(stream.free_keys[index:end]):
                yield index, value, end
            elif match := self.match_at(stream, index):  # who asks took tokens meanwhile
                yield index, *match

    def _iterate_matches(self, stream: TokenStream) -> Iterator[tuple[int, Value, int]]:
        for index, key in enumerate(stream.free_keys):
            if key[:2] in self._first_letters and (match := self.match_at(stream, index)):
                yield index, *match

    def _list_matches(self, stream: TokenStream) -> tuple[tuple[int, Value, int], ...]:
        return tuple(self._iterate_matches(stream))

    def occurs_in(self, stream: TokenStream) -> bool:
        """Return whether a phrase of free tokens is anywhere."""
        return any(True for _ in self.find_in(stream))

    def match_at(self, stream: TokenStream, start: int) -> tuple[Value, int] | None:
        """Return the value of the longest phrase at a place and where that phrase ends, or None."""
        keys = stream.free_keys
        if not 0 <= start < len(keys) or keys[start][:2] not in self._first_letters:
            return None
        longest_match, joined_letters = None, ""
        for index in range(start, start + _LONGEST_PHRASE):
            key = keys[index]
            if not key:  # taken, or the end of the text
                break
            if stream.tokens[index].kind is TokenKind.PUNCTUATION:
                if index > start and key in _HYPHENS:
                    continue
                break
            joined_letters += key
            phrase = self._first_beginning_with(joined_letters)
            if not phrase.startswith(joined_letters):
                break
            if phrase == joined_letters:
                longest_match = self.values_by_phrase[phrase], index + 1
        return longest_match


@lru_cache(maxsize=16_384)
def join_letters(phrase: str) -> str:
    """Return the letters and digits of a phrase put together: how phrases are compared."""
    return "".join(token.key for token in _split_words(phrase) if token.kind is not TokenKind.PUNCTUATION)


def keys_of(*spellings: str) -> frozenset[str]:
    """Return the keys of single words and marks, to compare tokens with."""
    return frozenset(key_of(word) for word in spellings)


@cache
def keys_in(list_name: str) -> frozenset[str]:
    """Return the keys of the words of a list (`word_lists`)."""
    return keys_of(*words_of(list_name))
