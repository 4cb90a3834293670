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
from domain.values.text import code_units, compact, fold, persian_digits

FIELD = "search"
"""The name of the box, which every error bears."""

LONGEST = 100
"""Characters that may be typed."""

MOST_WORDS = 6
"""Words of one name that are kept."""

LEAST_LETTERS, LEAST_DIGITS = 2, 4
"""Fewer find too much."""

BESIDE_LETTERS = 2
"""So many letters of another word stand before one that is kept for the two of them."""

_JOINERS = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_WORD = re.compile(r"[^\W_]+")
_ALIKE = str.maketrans({"آ": "ا", "ئ": "ی", "ء": None})
"""What `fold` keeps apart and people do not: ارش is آرش, رضائی is رضایی."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Everything that a query may mean; requests that match any part are found.

    `code` is a tracking code, `mobile` +989…, `plate` as stored, `national_code` ten digits. Where none of them is
    meant, `words` are beginnings of words of one name or number, as `words_in` returns them.
    """

    code: str | None = None
    mobile: str | None = None
    plate: str | None = None
    national_code: str | None = None
    words: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        """The words as the beginning of one kept word."""
        return "".join(self.words)


def parse(text: str) -> SearchQuery:
    """Read what was typed.

    Errors, all of the field `search`: `InvalidField` (`too_long`, or `search_short` for what would find too much),
    `CodeMistyped` for nine digits that are neither a tracking code nor a national code.
    """
    if code_units(text) > LONGEST:
        raise InvalidField(FIELD, detail="too_long", limit=persian_digits(LONGEST))
    code, mobile = _read(tracking_codes.parse, text), _read(identifiers.mobile, text)
    meant = SearchQuery(code, mobile, _read(identifiers.plate, text), _read(identifiers.national_code, text))
    if meant != SearchQuery():
        return meant
    words = words_in(text)
    _refuse_short(words)
    if re.fullmatch("[0-9]{9}", compact(text)):
        raise CodeMistyped(FIELD)
    return SearchQuery(words=words)


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a name or query in the one spelling that is compared."""
    return tuple(_WORD.findall(fold(_JOINERS.sub(" ", text)).translate(_ALIKE)))


def words_of(form: Iterable[Field], values: Mapping[str, Any]) -> frozenset[str]:
    """Return the words by which a request with this form is found: names turned word by word, national codes; and all
    of them beside each other.
    """
    texts = [text for field in form for text in field.found_by(values)]
    return frozenset(word for text in texts for word in turned(text)) | paired(map(_kept, texts))


def turned(text: str) -> frozenset[str]:
    """Return the words that are kept of a name or number: one for each of its own, which stands first in it."""
    words = _kept(text)
    return frozenset(_turned(words, at) for at in range(len(words)))


def paired(texts: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return what is kept besides for two words that are looked for together, of names and numbers word by word: each
    word of a name beside every other one of it, and each number beside every word of a name.
    """
    kinds: dict[bool, list[Sequence[str]]] = {True: [], False: []}
    for words in texts:
        kinds[len(words) == 1 and words[0].isdecimal()].append(words)
    numbers, names = kinds[True], kinds[False]
    kept = [(words[at], _turned(words, first)) for words in names for at, first in permutations(range(len(words)), 2)]
    kept += [(word, number) for words in names for word in words for (number,) in numbers]
    return frozenset(beside(other, word) for other, word in kept if len(other) >= BESIDE_LETTERS)


def beside(other: str, word: str) -> str:
    """Return how a word is kept, or looked for, where another one stands beside it: no word by itself begins so."""
    return f" {other[:BESIDE_LETTERS]} {word}"


def _kept(text: str) -> tuple[str, ...]:
    return words_in(text)[:MOST_WORDS]


def _turned(words: Sequence[str], first: int) -> str:
    return "".join((*words[first:], *words[:first]))


def _refuse_short(words: tuple[str, ...]) -> None:
    if not any(len(word) >= (LEAST_DIGITS if word.isdecimal() else LEAST_LETTERS) for word in words):
        raise InvalidField(FIELD, detail="search_short", letters=persian_digits(LEAST_LETTERS),
                           digits=persian_digits(LEAST_DIGITS))  # fmt: skip


def _read(reader: Callable[[str], str], text: str) -> str | None:
    try:
        return reader(text)
    except (InvalidField, CodeMistyped):
        return None
