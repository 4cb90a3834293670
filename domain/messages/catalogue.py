"""The catalogue: every text that people read, from TOML, with its class, its part budget and its bounds.

Keys are dotted paths (`services.machinery.notices.accept`). A leaf is a string, or a table {text, class, parts} for a
message that travels by itself. `limits` bounds the free text inside messages, in the code units that an SMS is counted
in (an emoji takes two), so that every SMS provably fits its budget; what is longer is cut with «…». `{text:60}` is cut
to 60 in that text alone. Operators may override texts by configuration, checked at start by `check`, which also
proves that nothing a form accepts is cut where a text does not say so itself.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any, NamedTuple

from domain.messages.records import MessageClass
from domain.values.message_parts import count_parts

DEFAULT_PARTS = 2
"""Message parts an SMS may have unless its text says otherwise (services.md, "Notifications")."""

JOINED_PARTS = 3
"""Message parts of a reply that is joined from several texts (what was wrong and the question again, an answer and the
question that waits), unless the one that it is about may have more by itself.
"""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A rendered text with the class that it goes out as."""

    key: str
    cls: MessageClass
    text: str


class Placeholder(NamedTuple):
    """A place for a fact in a text; `room` is where that text cuts it, in code units (0: it does not)."""

    name: str
    room: int


class UnknownText(KeyError):
    """The code asks for a text that the catalogue lacks: a fault that `check` finds beforehand."""


class Catalogue:
    """Texts by dotted key, from the given parsed TOML sources; a later source overrides an earlier one.

    Over the sources lies what was worded anew since (`lay_over`), for everybody who holds this catalogue at once.
    """

    def __init__(self, sources: Iterable[Mapping[str, Any]], overrides: Mapping[str, Any] | None = None) -> None:
        self._given: dict[str, Any] = {}
        self._first: dict[str, Any] = {}
        twice: dict[str, None] = {}
        for source in sources:
            for key, leaf in _flatten(source):
                twice |= {key: None} if key in self._given else {}
                self._given[key] = leaf
                self._first.setdefault(key, leaf)
        self.twice = tuple(twice)
        """Keys that stand in two sources: which of both counts is chance. (What overrides is meant to stand twice.)"""
        for key, leaf in _flatten(overrides or {}):
            self._given[key] = leaf
            self._first.setdefault(key, leaf)
        self._leaves = self._given

    @classmethod
    def load(cls, overrides: Mapping[str, Any] | None = None) -> "Catalogue":
        """Read every `*.toml` of `domain/texts` and put the operator's own texts on top."""
        return cls(_shipped(), overrides)

    def lay_over(self, texts: Mapping[str, str | Sequence[str]]) -> None:
        """Word these anew, in place of all that was laid over before; class and part budget of a message stay."""
        self._leaves = self._given | {key: _reworded(self._given[key], words) for key, words in texts.items()}

    def reworded(self, key: str, words: str | Sequence[str]) -> "Catalogue":
        """Return a catalogue that differs in one text."""
        return Catalogue([{**self._leaves, key: _reworded(self._given[key], words)}])

    def given(self, key: str) -> str | list[str]:
        """Return a text (or a list of them) as the sources have it, whatever was laid over; `UnknownText`."""
        if key not in self._given:
            raise UnknownText(key)
        leaf = self._given[key]
        return [str(one) for one in leaf] if isinstance(leaf, list) else _words(leaf)

    def facts(self, key: str) -> frozenset[str]:
        """Return the names of the facts that a text is given: those that the first source's text tells."""
        leaf = self._first[key]
        return frozenset() if isinstance(leaf, list) else frozenset(placeholders(_words(leaf)))

    def __contains__(self, key: str) -> bool:
        return key in self._leaves

    def keys(self, prefix: str = "") -> list[str]:
        """Return the keys below a prefix."""
        return [key for key in self._leaves if key.startswith(prefix)]

    def text(self, key: str) -> str:
        """Return a text as written; `UnknownText`."""
        return _words(self._leaf(key))

    def lines(self, key: str) -> list[str]:
        """Return a list of texts (steps, documents)."""
        return [str(one) for one in self._leaf(key)]

    def message(self, key: str, facts: Mapping[str, str], cls: MessageClass = MessageClass.REPLY) -> RenderedMessage:
        """Render a text with facts (placeholder → text for people), each cut to its limit. `cls` where it names
        none.
        """
        leaf = self._leaf(key)
        named = leaf.get("class") if isinstance(leaf, Mapping) else None
        return RenderedMessage(key, MessageClass(named) if named else cls, self.render(key, facts))

    def render(self, key: str, facts: Mapping[str, str]) -> str:
        """Fill a text; a missing fact is a `KeyError`, which the tests of the texts rule out."""
        return self._filled(key, lambda one: _cut(facts[one.name], one.room or self._limit(one.name)))

    def parts(self, key: str) -> int:
        """Return the part budget of a text."""
        leaf = self._leaf(key)
        return int(leaf.get("parts", DEFAULT_PARTS)) if isinstance(leaf, Mapping) else DEFAULT_PARTS

    def longest(self, key: str) -> str:
        """Render a text with the longest real value of each placeholder (`longest`, or «ن» up to its limit)."""
        return self._filled(key, lambda one: self._longest_value(one.name, one.room))

    def rooms(self, key: str) -> dict[str, int]:
        """Return the code units that a text has for each placeholder, where it does not say itself that it cuts it."""
        return {
            one.name: len(self._longest_value(one.name)) for _, one in _parsed(self.text(key)) if one and not one.room
        }

    def over_budget(self, keys: Iterable[str]) -> list[tuple[str, int, int]]:
        """Return (key, parts needed, parts allowed) for SMS texts that may not fit."""
        needs = [(key, count_parts(self.longest(key)), self.parts(key)) for key in keys]
        return [(key, need, allowed) for key, need, allowed in needs if need > allowed]

    def _leaf(self, key: str) -> Any:
        try:
            return self._leaves[key]
        except KeyError:
            raise UnknownText(key) from None

    def _filled(self, key: str, value: Callable[[Placeholder], str]) -> str:
        return "".join(words + (value(one) if one else "") for words, one in _parsed(self.text(key)))

    def _limit(self, name: str) -> int:
        return int(self._leaves.get(f"limits.{name}", 0))

    def _longest_value(self, name: str, room: int = 0) -> str:
        if room := room or self._limit(name):
            return "ن" * room
        return str(self._leaf(f"longest.{name}"))


def _cut(value: str, limit: int) -> str:
    """Return a value in at most so many code units (0: as it is), cut behind a word where one ends near the limit."""
    if not limit or 2 * len(value) <= limit:  # no character takes more than two
        return value
    encoded = value.encode("utf-16-le", "ignore")
    if len(encoded) <= 2 * limit:
        return value
    kept = encoded[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    if value[len(kept)] != " " and (words := kept.rpartition(" ")[0]) and 2 * len(words) > limit:
        kept = words
    return kept.rstrip() + "…"


def joined(parts: int, *ways: str) -> str:
    """Return the first of several ways to join texts, the fullest first, that fits so many message parts.

    When none does, the last one: it has one text alone, which is proved to fit by itself.
    """
    return next((way for way in ways if count_parts(way) <= parts), ways[-1])


def as_many_as_fit(
    parts: int, head: str, lines: Sequence[str], rest: Callable[[int], Sequence[str]] = lambda shown: ()
) -> tuple[str, int]:
    """Return a head with as many of these lines under it as fit, at least one, and their number.

    `rest` words what is left out when so many are shown.
    """
    number = len(lines)
    while number > 1 and count_parts("\n".join([head, *lines[:number], *rest(number)])) > parts:
        number -= 1
    return "\n".join([head, *lines[:number], *rest(number)]), number


def placeholders(template: str) -> list[str]:
    """Return the names that a text expects."""
    return [one.name for _, one in _parsed(template) if one]


@lru_cache(maxsize=4096)
def _parsed(template: str) -> Sequence[tuple[str, Placeholder | None]]:
    """Return the words of a text, each with the placeholder that follows them, if one does."""
    return [
        (words, Placeholder(name, int(room) if room and room.isdecimal() else 0) if name else None)
        for words, name, room, _ in Formatter().parse(template)
    ]


@cache
def _shipped() -> tuple[Mapping[str, Any], ...]:
    """Return the texts of each file of `domain/texts`, which do not change while a process runs."""
    folder = files("domain") / "texts"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(dict(_flatten(tomllib.loads((folder / name).read_text("utf-8")))) for name in names)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and not _is_message(value):
            yield from _flatten(value, path + ".")
        else:
            yield path, value


def _words(leaf: Any) -> str:
    return str(leaf["text"]) if isinstance(leaf, Mapping) else str(leaf)


def _reworded(leaf: Any, words: str | Sequence[str]) -> Any:
    return {**leaf, "text": words} if isinstance(leaf, Mapping) else words if isinstance(words, str) else list(words)


def _is_message(table: Mapping[str, Any]) -> bool:
    return "text" in table and set(table) <= {"text", "class", "parts"}
