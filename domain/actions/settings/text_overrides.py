"""Texts worded anew while the house runs: which may be, and the proof that one does what it has to.

The proof is that of `pishkhan check`: a text tells no fact that it is not given, and what travels by SMS fits its part
budget with the longest real values.
"""

from collections.abc import Iterable, Sequence
from string import Formatter

from domain.check import check
from domain.check.registries import check_registries
from domain.check.texts import LONGEST_IN_CHAT
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.values.errors import InvalidField, NotFound
from domain.values.text import persian_digits, shown

LONGEST = 2000
"""Characters of a text."""

FIXED = ("limits.", "longest.")
"""Tables of the catalogue that are no texts: what the proofs reckon with."""

Words = str | Sequence[str]
"""A text, or a list of them (steps, documents)."""


def changeable(catalogue: Catalogue) -> list[str]:
    """Return the keys of the texts that may be worded anew."""
    return [key for key in catalogue.keys() if not key.startswith(FIXED)]  # noqa: SIM118 - no mapping: it takes a prefix


def fitting(catalogue: Catalogue, key: str, words: object) -> bool:
    """Tell whether a kept text can stand for that key: a version may have dropped the key, or facts of it."""
    if key not in catalogue or key.startswith(FIXED):
        return False
    kind = str if isinstance(catalogue.given(key), str) else list
    return isinstance(words, kind) and all(_wrong(catalogue, key, one) is None for one in _lines(words))


def proved(services: Iterable[Service], catalogue: Catalogue, key: str, typed: str) -> Words:
    """Return a text as typed, a list one a line, once it is proved; some 50 ms of reckoning, so outside of units.

    Errors: `NotFound("text")`, `InvalidField("text")` with what is wrong.
    """
    if key not in catalogue or key.startswith(FIXED):
        raise NotFound("text")
    text = shown(typed)
    if not text:
        raise InvalidField("text", detail="empty")
    if len(text) > LONGEST:
        raise InvalidField("text", detail="too_long", limit=persian_digits(LONGEST))
    whole = isinstance(catalogue.given(key), str)
    words: Words = text if whole else [line.strip() for line in text.split("\n") if line.strip()]
    for one in _lines(words):
        if wrong := _wrong(catalogue, key, one):
            raise wrong
    _prove(services, catalogue.reworded(key, words), key)
    return words


def _lines(words: object) -> list[str]:
    return [words] if isinstance(words, str) else [str(one) for one in words] if isinstance(words, list) else []


def _wrong(catalogue: Catalogue, key: str, text: str) -> InvalidField | None:
    """Return what is wrong with the placeholders of a text: braces that are none, or facts that it is not given."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        return InvalidField("text", detail="text_braces")
    places = [(name, room, conversion) for _, name, room, conversion in parsed if name is not None]
    if any(not name or conversion or (room and not room.isdecimal()) for name, room, conversion in places):
        return InvalidField("text", detail="text_braces")
    known = catalogue.facts(key)
    if extra := sorted({name for name, _, _ in places} - known):
        given = "، ".join(f"{{{name}}}" for name in sorted(known)) or "—"
        return InvalidField("text", detail="text_facts", given="، ".join(extra), known=given)
    return None


def _prove(services: Iterable[Service], catalogue: Catalogue, key: str) -> None:
    """Raise for the flaw that this text brings, if it does."""
    flaws = [*check(services, catalogue), *check_registries(catalogue)]
    kinds = {flaw.kind for flaw in flaws if flaw.subject.split(" ")[0].rstrip(":") == key}
    if "over_budget" in kinds:
        [(_, need, allowed)] = catalogue.over_budget([key])
        raise InvalidField("text", detail="text_parts", need=need, allowed=allowed)
    if "too_long" in kinds:
        raise InvalidField("text", detail="too_long", limit=persian_digits(LONGEST_IN_CHAT))
    if kinds:
        raise InvalidField("text", detail="text_cuts")
