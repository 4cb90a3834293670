"""The one search box of the staff: what was typed, as everything that it may mean; and the words that requests have.

A name is kept once for each of its words: that word first, the others behind it in their order, all joined (آنه محمدی:
آنهمحمدی, محمدیآنه). Whatever was typed, joined likewise, is then the beginning of one of them: a word or half of one,
two words in either order, with a space, a joiner or nothing between them. One range of one index finds it.

Half of each of two words is no such beginning. For these a word is kept once more for each other one beside it, behind
the two letters with which that one begins (` مح انهمحمدی`): what was typed is again the beginning of one of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from domain.fields.form import Field
from domain.values import identifiers, tracking_codes
from domain.values.errors import CodeMistyped, InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import count_code_units, fold_compactly, fold_text, persian_digits

SEARCH_FIELD = "search"
"""The name of the box, which every error bears."""

LONGEST_QUERY = 100
"""Characters that may be typed."""

MOST_WORDS = 6
"""Words of one name that are kept."""

LEAST_LETTERS, LEAST_DIGITS = 2, 4
"""Fewer find too much."""

PAIRING_LETTERS = 2
"""So many letters of another word precede one that is stored for the two of them."""

_JOINER_PATTERN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_WORD_PATTERN = re.compile(r"[^\W_]+")
_INTERCHANGEABLE_LETTERS = str.maketrans({"آ": "ا", "ئ": "ی", "ء": None})
"""Letters that `fold_text` keeps apart and people do not: ارش is آرش, رضائی is رضایی."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Everything that a query may mean; requests that match any part are found."""

    code: str | None = None
    """A tracking code."""
    mobile: str | None = None
    """A mobile (+989…)."""
    plate: str | None = None
    """A plate, as it is stored."""
    national_code: str | None = None
    """A national code: ten digits."""
    letter_number: str | None = None
    """The number of a paper that was issued, as `letter_number_key` compares it."""
    word_kind: str = ""
    """Kind of the words, as kept words begin (`request_words.py`); empty: names and national codes."""
    word_beginnings: tuple[str, ...] = ()
    """Beginnings of words of one name or number (`split_words`), where nothing above is meant."""

    @property
    def joined_beginnings(self) -> str:
        """The words as the beginning of one kept word."""
        return self.word_kind + "".join(self.word_beginnings)


def parse_query(query_text: str) -> SearchQuery:
    """Read what was typed.

    Errors, all of the field `search`: `InvalidField` (`too_long`, or `search_short` for what would find too much),
    `CodeMistyped` for nine digits that are neither a tracking code nor a national code.
    """
    if count_code_units(query_text) > LONGEST_QUERY:
        raise InvalidField(SEARCH_FIELD, InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_QUERY))
    tracking_code, mobile = (
        _read_or_none(tracking_codes.parse_code, query_text),
        _read_or_none(identifiers.parse_mobile, query_text),
    )
    identified_query = SearchQuery(
        tracking_code,
        mobile,
        _read_or_none(identifiers.parse_plate, query_text),
        _read_or_none(identifiers.parse_national_code, query_text),
    )
    if identified_query != SearchQuery():
        return identified_query
    query_words = split_words(query_text)
    _refuse_short(query_words)
    if re.fullmatch("[0-9]{9}", fold_compactly(query_text)):
        raise CodeMistyped(SEARCH_FIELD)
    return SearchQuery(word_beginnings=query_words)


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a name or query in the one spelling that is compared."""
    return tuple(_WORD_PATTERN.findall(fold_text(_JOINER_PATTERN.sub(" ", text)).translate(_INTERCHANGEABLE_LETTERS)))


def list_search_words(form_fields: Iterable[Field], values: Mapping[str, Any]) -> frozenset[str]:
    """Return the words by which a request with this form is found: names turned word by word, national codes; and all
    of them beside each other.
    """
    searchable_texts = [text for form_field in form_fields for text in form_field.search_terms(values)]
    return frozenset(word for text in searchable_texts for word in list_rotations(text)) | list_pairings(
        map(_split_indexed_words, searchable_texts)
    )


def list_rotations(text: str) -> frozenset[str]:
    """Return the words that are kept of a name or number: one for each of its own, which comes first in it."""
    text_words = _split_indexed_words(text)
    return frozenset(_rotate_from(text_words, word_index) for word_index in range(len(text_words)))


def list_pairings(split_texts: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return what is kept besides for two words that are looked for together, of names and numbers word by word: each
    word of a name beside every other one of it, and each number beside every word of a name.
    """
    texts_by_kind: dict[bool, list[Sequence[str]]] = {True: [], False: []}
    for text_words in split_texts:
        texts_by_kind[len(text_words) == 1 and text_words[0].isdecimal()].append(text_words)
    numbers, split_names = texts_by_kind[True], texts_by_kind[False]
    paired_words = [
        (text_words[other_index], _rotate_from(text_words, first_index))
        for text_words in split_names
        for other_index, first_index in permutations(range(len(text_words)), 2)
    ]
    paired_words += [(word, number) for text_words in split_names for word in text_words for (number,) in numbers]
    return frozenset(format_pairing(other, word) for other, word in paired_words if len(other) >= PAIRING_LETTERS)


def format_pairing(other_word: str, word: str) -> str:
    """Return how a word is kept, or looked for, where another one is beside it: no word by itself begins so."""
    return f" {other_word[:PAIRING_LETTERS]} {word}"


def _split_indexed_words(text: str) -> tuple[str, ...]:
    return split_words(text)[:MOST_WORDS]


def _rotate_from(text_words: Sequence[str], first_index: int) -> str:
    return "".join((*text_words[first_index:], *text_words[:first_index]))


def _refuse_short(query_words: tuple[str, ...]) -> None:
    if not any(len(word) >= (LEAST_DIGITS if word.isdecimal() else LEAST_LETTERS) for word in query_words):
        raise InvalidField(
            SEARCH_FIELD,
            InvalidReason.SEARCH_SHORT,
            letters=persian_digits(LEAST_LETTERS),
            digits=persian_digits(LEAST_DIGITS),
        )


def _read_or_none(identifier_reader: Callable[[str], str], text: str) -> str | None:
    try:
        return identifier_reader(text)
    except (InvalidField, CodeMistyped):
        return None
