"""The catalogue: every text that people read, from TOML, with its class, its part budget and its bounds.

Keys are dotted paths (`services.<service>.notices.accept`). A leaf is a string, or a table {text, class, parts} for a
message that travels by itself. `limits` bounds the free text inside messages, in the code units that an SMS is counted
in (an emoji takes two), so that every SMS provably fits its budget; what is longer is cut with «…». `longest` holds the
longest real value of other placeholders. Both hold for all texts; `services.<service>.limits` and
`services.<service>.longest` come first in the texts of that service, and hold for no other. `{text:60}` is cut to 60
in that text alone. Operators may override texts by configuration, checked at start by `check`, which also proves that
nothing a form accepts is cut where a text does not say so itself.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from domain.messages.keyboards import NO_PAGES, BillPages, ReplyMarkup
from domain.messages.records import MessageClass
from domain.messages.templates import (
    PHONE,
    Placeholder,
    cut_text,
    list_fact_names,
    parse_template,
    settle_brackets,
)
from domain.messages.text_files import SHARED_TEXTS, list_service_files, list_shared_files, read_text_file
from domain.messages.text_tables import flatten_table, override_leaf, read_leaf_text, replace_leaf_text
from domain.messages.translations import LATIN_TAG, Translation, load_translation, translate_leaf
from domain.values.languages import PERSIAN, Language, language_in_force
from domain.values.message_parts import count_parts
from domain.values.money import rials_in_toman
from domain.values.text import count_code_units, drop_needless_marks, persian_digits

DEFAULT_PART_BUDGET = 2
"""Message parts an SMS may have unless its text says otherwise (services.md, "Notifications")."""

JOINED_PART_BUDGET = 3
"""Message parts of a reply that is joined from several texts (what was wrong and the question again, an answer and the
question that waits), unless the one that it is about may have more by itself.
"""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A text for somebody, as it goes from where it is worded to the outbox, with all that belongs to it."""

    key: str
    """Of the text in the catalogue."""
    cls: MessageClass
    """The class that it goes out as."""
    text: str
    """Text sent."""
    part_budget: int = DEFAULT_PART_BUDGET
    """Message parts that it may have."""
    request_id: int | None = None
    """The request that it is about; None without one."""
    bill_pages: BillPages = NO_PAGES
    """Pages of bills, for a button in a chat."""
    can_merge: bool = False
    """Whether the bills that it tells of can be merged into one pair of ids."""
    markup: ReplyMarkup | None = None
    """Reply markup in a chat; None: nothing, or what its request or its bill allows then."""
    chat_text: str = ""
    """The same as chats say it, where buttons do what the text asks to be written; empty: in the same words."""
    sms_text: str = ""
    """The same as text messages say it, once it is worded for a chat; empty: in the same words."""

    def word_for_chat(self) -> "RenderedMessage":
        """Return the message in the words of chats."""
        return replace(self, text=self.chat_text, chat_text="", sms_text=self.text) if self.chat_text else self


CHAT_PREFIX = "in_chat."
"""Before the key of a text as chats have it, with the same facts."""

_SERVICE_KEY = re.compile(r"(?:in_chat\.)?services\.([^.]+)\.")
_BOUND_KEY = re.compile(r"(?:services\.([^.]+)\.)?(limits|longest)\.([^.]+)")

_MARKED_PLACE = re.compile(r"[\[{}]")
"""Begins what a template leaves to be filled or left out."""

ALL_TEXTS = ""
"""In place of a text's key: whatever text it is."""

LongestValues = Mapping[tuple[str, str], str]
"""(Key of a text or `ALL_TEXTS`, placeholder) → the longest value that stands for it there."""


class UnknownText(KeyError):
    """The code asks for a text that the catalogue lacks: a fault that `check` finds beforehand."""


class Catalogue:
    """Texts by dotted key, from the given parsed TOML sources; a later source overrides an earlier one.

    Over the sources lie the texts overridden since (`apply_overrides`), for everybody who holds this catalogue at
    once. All these are Persian. A text is given in the language in force where a translation has it, else in Persian.
    """

    def __init__(
        self,
        sources: Iterable[Mapping[str, Any]],
        overrides: Mapping[str, Any] | None = None,
        translations: Sequence[Translation] = (),
        latin: Translation | None = None,
    ) -> None:
        self._source_leaves: dict[str, Any] = {}
        self._first_leaves: dict[str, Any] = {}
        for source in sources:
            for key, leaf in flatten_table(source):
                self._source_leaves[key] = leaf
                self._first_leaves.setdefault(key, leaf)
        for key, leaf in flatten_table(overrides or {}):
            self._source_leaves[key] = override_leaf(self._first_leaves.get(key), leaf)
            self._first_leaves.setdefault(key, leaf)
        self.overridden_keys = frozenset(key for key, _ in flatten_table(overrides or {}))
        """The texts that the municipality's own file has."""
        self.translations = tuple(translations)
        """The languages besides Persian, with their texts."""
        self.is_multilingual = bool(self.translations)
        """Whether there is a language to be chosen."""
        self.languages: tuple[Language, ...] = (PERSIAN, *(translation.language for translation in translations))
        """The languages that citizens may choose, the first for whoever chose none."""
        self.latin = latin
        """Texts for those who write Persian in Latin letters; nobody chooses it. None: the same as to all."""
        self.phone = ""
        """Phone number of the municipality, as one dials it; empty: texts name none."""
        self._longest_values: LongestValues = {}
        self._put_in_force(self._source_leaves)

    @classmethod
    def load(
        cls, overrides: Mapping[str, Any] | None = None, language_tags: Sequence[str] = (PERSIAN.tag,)
    ) -> "Catalogue":
        """Read the Persian texts (`load_shipped_texts`), put the operator's own texts on top, and the languages with
        these tags beside it, to be offered in this order; `TranslationError` for one that cannot be read.
        """
        translations = [load_translation(tag) for tag in language_tags if tag != PERSIAN.tag]
        latin = load_translation(LATIN_TAG)
        catalogue = cls(load_shipped_texts().values(), overrides, translations, latin)
        catalogue.languages = tuple(sorted(catalogue.languages, key=lambda language: language_tags.index(language.tag)))
        return catalogue

    def find_language(self, tag: str | None) -> Language:
        """Return the language with that tag, where it is offered, else the first."""
        return next((language for language in self.languages if language.tag == tag), self.languages[0])

    def apply_overrides(self, texts_by_key: Mapping[str, str | Sequence[str]]) -> None:
        """Override these texts, in place of all former overrides; class and part budget of a message stay."""
        overridden_leaves = {
            key: replace_leaf_text(self._source_leaves[key], override_text)
            for key, override_text in texts_by_key.items()
        }
        self._put_in_force(self._source_leaves | overridden_leaves)

    def _put_in_force(self, persian_leaves: Mapping[str, Any]) -> None:
        """Take these Persian texts; what is translated is laid over them once somebody reads that language."""
        self._leaves = persian_leaves
        self._places = {key: place for place, key in enumerate(persian_leaves)}
        self._sorted_keys = sorted(persian_leaves)
        self._length_limits = {
            (found[1] or "", found[3]): int(limit)
            for key, limit in persian_leaves.items()
            if "limits." in key and (found := _BOUND_KEY.fullmatch(key)) and found[2] == "limits"
        }
        self._leaves_by_tag = {PERSIAN.tag: persian_leaves}

    def with_text(self, key: str, override_text: str | Sequence[str]) -> "Catalogue":
        """Return a catalogue that differs in one text."""
        changed_leaves = {**self._leaves, key: replace_leaf_text(self._source_leaves[key], override_text)}
        changed_catalogue = Catalogue([changed_leaves], translations=self.translations, latin=self.latin)
        changed_catalogue.languages, changed_catalogue.phone = self.languages, self.phone
        return changed_catalogue

    def with_longest_values(self, longest_values: LongestValues) -> "Catalogue":
        """Return this catalogue, to be proved with these values, whatever its table `longest` says of them."""
        proved_catalogue = copy(self)
        proved_catalogue._longest_values = longest_values
        return proved_catalogue

    def read_source(self, key: str) -> str | list[str]:
        """Return a text (or a list of them) as the sources have it, whatever was laid over; `UnknownText`."""
        if key not in self._source_leaves:
            raise UnknownText(key)
        leaf = self._source_leaves[key]
        return [str(line) for line in leaf] if isinstance(leaf, list) else read_leaf_text(leaf)

    def fact_names(self, key: str) -> frozenset[str]:
        """Return the names of the facts that a text is given: those that the first source's text uses."""
        leaf = self._first_leaves[key]
        return frozenset() if isinstance(leaf, list) else list_fact_names(read_leaf_text(leaf))

    def __contains__(self, key: str) -> bool:
        return key in self._leaves

    def list_keys(self, prefix: str = "") -> list[str]:
        """Return the keys below a prefix, in the order of the sources."""
        start, end = (bisect_left(self._sorted_keys, bound) for bound in (prefix, f"{prefix}\U0010ffff"))
        return sorted(self._sorted_keys[start:end], key=self._places.__getitem__)

    def text(self, key: str) -> str:
        """Return a text as written; `UnknownText`."""
        return read_leaf_text(self._find_leaf(key))

    def first_text(self, *keys: str, fallback: str) -> str:
        """Return the text of the first of these keys that there is; `fallback`, mostly the id itself, where none is."""
        return next((self.text(key) for key in keys if key in self._leaves), fallback)

    def text_lines(self, key: str) -> list[str]:
        """Return a list of texts (steps, documents)."""
        return [str(line) for line in self._find_leaf(key)]

    def render_message(
        self,
        key: str,
        facts: Mapping[str, str],
        cls: MessageClass = MessageClass.REPLY,
        request_id: int | None = None,
    ) -> RenderedMessage:
        """Render a text with facts (placeholder → text for people), each cut to its limit. `cls` where it names
        none.
        """
        text, part_budget, leaf = self.render(key, facts), DEFAULT_PART_BUDGET, self._find_leaf(key)
        if isinstance(leaf, Mapping):
            cls, part_budget = MessageClass(leaf.get("class", cls)), int(leaf.get("parts", DEFAULT_PART_BUDGET))
        return RenderedMessage(key, cls, text, part_budget, request_id)

    def render(self, key: str, facts: Mapping[str, str]) -> str:
        """Fill a text; a missing fact is a `KeyError`, which the tests of the texts rule out."""
        template = self.text(key)
        if not _MARKED_PLACE.search(template) and language_in_force().direction == "rtl":
            return template  # most texts of a page say nothing but their own words
        service_key, text_parts = find_service(key), list[str]()
        if f"{{{PHONE}}}" in template:
            facts = {PHONE: persian_digits(self.phone), **facts}
        for literal_text, placeholder in parse_template(settle_brackets(template, facts)):
            text_parts.append(literal_text)
            if placeholder:
                most_units = placeholder.cut_length or self.length_limit(placeholder.name, service_key)
                value = facts[placeholder.name]
                text_parts.append(rials_in_toman(value) if placeholder.in_toman else cut_text(value, most_units))
        text = "".join(text_parts)
        return text if language_in_force().direction == "rtl" else drop_needless_marks(text)

    def list_fact_names(self, key: str) -> frozenset[str]:
        """Return the names of the facts that a text uses, in the language in force."""
        return list_fact_names(self.text(key))

    def find_class(self, key: str) -> MessageClass | None:
        """Return the class that a text names; None where it is for whoever sends it to say."""
        leaf = self._find_leaf(key)
        return MessageClass(leaf["class"]) if isinstance(leaf, Mapping) and "class" in leaf else None

    def part_budget(self, key: str) -> int:
        """Return the part budget of a text."""
        leaf = self._find_leaf(key)
        return int(leaf.get("parts", DEFAULT_PART_BUDGET)) if isinstance(leaf, Mapping) else DEFAULT_PART_BUDGET

    def render_longest(self, key: str) -> str:
        """Render a text with the longest real value of each placeholder, or «ن» up to its limit; `UnknownText` where
        nothing bounds one.
        """
        return "".join(
            literal_text + (self._longest_value(key, placeholder) if placeholder else "")
            for literal_text, placeholder in parse_template(settle_brackets(self.text(key), None))
        )

    def list_longest_facts(self, key: str) -> dict[str, str]:
        """Return the longest value of each placeholder of a text that does not say itself how it is shown."""
        return {
            placeholder.name: self._longest_value(key, placeholder)
            for _, placeholder in parse_template(self.text(key))
            if placeholder and not placeholder.cut_length and not placeholder.in_toman
        }

    def find_over_budget(self, keys: Iterable[str]) -> list[tuple[str, int, int]]:
        """Return (key, parts needed, parts allowed) for SMS texts that may not fit."""
        parts_by_key = [(key, count_parts(self.render_longest(key)), self.part_budget(key)) for key in keys]
        return [
            (key, needed_parts, allowed_parts)
            for key, needed_parts, allowed_parts in parts_by_key
            if needed_parts > allowed_parts
        ]

    def length_limit(self, placeholder_name: str, service_key: str) -> int:
        """Return the most code units that a fact has in the texts of a service ("": of none); 0: as many as it
        needs.
        """
        own_limit = self._length_limits.get((service_key, placeholder_name)) if service_key else None
        return own_limit or self._length_limits.get(("", placeholder_name), 0)

    def _find_leaf(self, key: str) -> Any:
        try:
            return (self._leaves_by_tag.get(language_in_force().tag) or self._leaves_in_force())[key]
        except KeyError:
            raise UnknownText(key) from None

    def _leaves_in_force(self) -> Mapping[str, Any]:
        tag = language_in_force().tag
        if tag not in self._leaves_by_tag:
            self._leaves_by_tag[tag] = self._translate_leaves(tag)
        return self._leaves_by_tag[tag]

    def _translate_leaves(self, tag: str) -> Mapping[str, Any]:
        """Return the texts of a language; the Persian ones where it is not among those of this catalogue."""
        known = (*self.translations, *([self.latin] if self.latin else []))
        translation = next((one for one in known if one.language.tag == tag), None)
        if translation is None:
            return self._leaves
        return {
            key: leaf if (own_leaf := _find_own_leaf(translation, key)) is None else translate_leaf(leaf, own_leaf)
            for key, leaf in self._leaves.items()
        }

    def _longest_value(self, key: str, placeholder: Placeholder) -> str:
        """Return the longest that stands for a placeholder in a text: what is reckoned or written nearest to it, and
        the longer of the two where both are of this text or its service.
        """
        name, service_key = placeholder.name, find_service(key)
        own_value = self._longest_values.get((key.removeprefix(CHAT_PREFIX), name))
        if limit := placeholder.cut_length or self.length_limit(name, service_key):
            return own_value if own_value and count_code_units(own_value) <= limit else "ن" * limit
        own_values = (own_value, self._find_written_longest(f"services.{service_key}.longest.{name}"))
        longest_value = (
            max((value for value in own_values if value), key=count_code_units, default=None)
            or self._longest_values.get((ALL_TEXTS, name))
            or self._find_written_longest(f"longest.{name}")
        )
        if longest_value is None:
            raise UnknownText(f"longest.{name}")
        return rials_in_toman(longest_value) if placeholder.in_toman else longest_value

    def _find_written_longest(self, key: str) -> str | None:
        leaf = self._leaves_in_force().get(key)
        return None if leaf is None else _sample_in_force(str(leaf))


def _find_own_leaf(translation: Translation, key: str) -> Any:
    """Return what a language has for a text; what it has not worded for chats it says there as everywhere. None: it has
    neither.
    """
    return translation.leaves.get(key, translation.leaves.get(key.removeprefix(CHAT_PREFIX)))


def is_bound(key: str) -> bool:
    """Return whether a key is no text's, but bounds what stands for a placeholder (`limits`, `longest`)."""
    return _BOUND_KEY.fullmatch(key) is not None


@lru_cache(maxsize=4096)
def find_service(text_key: str) -> str:
    """Return the key of the service that a text belongs to, also as chats have it; "" where it belongs to none."""
    found = _SERVICE_KEY.match(text_key)
    return found[1] if found else ""


def _sample_in_force(persian_sample: str) -> str:
    """Return a sample with its numbers as the language in force writes them, without marks that it does not need."""
    language = language_in_force()
    sample = persian_sample.translate(language.digit_table)
    sample = sample.replace(PERSIAN.thousands_mark, language.thousands_mark)
    sample = sample.replace(PERSIAN.decimal_mark, language.decimal_mark)
    return sample if language.direction == "rtl" else drop_needless_marks(sample)


def join_fitting(part_budget: int, *variants: str) -> str:
    """Return the first of several ways to join texts, the fullest first, that fits so many message parts.

    When none does, the last one: it has one text alone, which is proved to fit by itself.
    """
    return next((variant for variant in variants if count_parts(variant) <= part_budget), variants[-1])


def join_messages(first: RenderedMessage, second: RenderedMessage) -> RenderedMessage:
    """Return a message with the words of another below its own, and room for both."""
    return replace(first, text=f"{first.text}\n{second.text}", part_budget=first.part_budget + second.part_budget)


def fit_lines(
    part_budget: int,
    head_line: str,
    lines: Sequence[str],
    describe_rest: Callable[[int], Sequence[str]] = lambda shown_count: (),
) -> tuple[str, int]:
    """Return a head with as many of these lines under it as fit, at least one, and their number.

    `describe_rest` words what is left out when so many are shown.
    """
    line_count = len(lines)
    while (
        line_count > 1
        and count_parts("\n".join([head_line, *lines[:line_count], *describe_rest(line_count)])) > part_budget
    ):
        line_count -= 1
    return "\n".join([head_line, *lines[:line_count], *describe_rest(line_count)]), line_count


@cache
def load_shipped_texts() -> Mapping[str, Mapping[str, Any]]:
    """Return the Persian texts of each file, shared or a service's, by its name; they do not change while a process
    runs.
    """
    text_files = chain(list_shared_files(SHARED_TEXTS / PERSIAN.tag), list_service_files(PERSIAN.tag))
    return {file_name: dict(flatten_table(read_text_file(file_name, text_file))) for file_name, text_file in text_files}
