"""The one search box of the staff: what was typed, as everything that it may mean; and the words that requests have.

A name is kept once for each of its words: that word first, the others behind it in their order, all joined (آنه محمدی:
آنهمحمدی, محمدیآنه). Whatever was typed, joined likewise, is then the beginning of one of them: a word or half of one,
two words in either order, with a space, a joiner or nothing between them. One range of one index finds it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain import people, tracking
from domain.errors import CodeMistyped, InvalidField
from domain.forms import Field
from domain.text import code_units, compact, fold, persian_digits

FIELD = "search"
"""The name of the box, which every error bears."""

LONGEST = 100
"""Characters that may be typed."""

MOST_WORDS = 6
"""Words of one name that are kept."""

LEAST_LETTERS, LEAST_DIGITS = 2, 4
"""Fewer find too much."""

_JOINERS = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_WORD = re.compile(r"[^\W_]+")
_ALIKE = str.maketrans({"آ": "ا", "ئ": "ی", "ء": None})
"""What `fold` keeps apart and people do not: ارش is آرش, رضائی is رضایی."""


@dataclass(frozen=True, slots=True)
class Search:
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


def parse(text: str) -> Search:
    """Read what was typed.

    Errors, all of the field `search`: `InvalidField` (`too_long`, or `search_short` for what would find too much),
    `CodeMistyped` for nine digits that are neither a tracking code nor a national code.
    """
    if code_units(text) > LONGEST:
        raise InvalidField(FIELD, detail="too_long", limit=persian_digits(LONGEST))
    code, mobile = _read(tracking.parse, text), _read(people.mobile, text)
    meant = Search(code, mobile, _read(people.plate, text), _read(people.national_code, text))
    if meant != Search():
        return meant
    words = words_in(text)
    _refuse_short(words)
    if re.fullmatch("[0-9]{9}", compact(text)):
        raise CodeMistyped(FIELD)
    return Search(words=words)


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a name or query in the one spelling that is compared."""
    return tuple(_WORD.findall(fold(_JOINERS.sub(" ", text)).translate(_ALIKE)))


def words_of(form: Iterable[Field], values: Mapping[str, Any]) -> frozenset[str]:
    """Return the words by which a request with this form is found: names turned word by word, national codes."""
    return frozenset(word for field in form for text in field.found_by(values) for word in turned(text))


def turned(text: str) -> frozenset[str]:
    """Return the words that are kept of a name or number: one for each of its own, which stands first in it."""
    words = words_in(text)[:MOST_WORDS]
    return frozenset("".join(words[at:] + words[:at]) for at in range(len(words)))


def _refuse_short(words: tuple[str, ...]) -> None:
    if not any(len(word) >= (LEAST_DIGITS if word.isdecimal() else LEAST_LETTERS) for word in words):
        raise InvalidField(FIELD, detail="search_short", letters=persian_digits(LEAST_LETTERS),
                           digits=persian_digits(LEAST_DIGITS))  # fmt: skip


def _read(reader: Callable[[str], str], text: str) -> str | None:
    try:
        return reader(text)
    except (InvalidField, CodeMistyped):
        return None
