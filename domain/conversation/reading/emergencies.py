"""Emergencies: what a message says is happening, for which one dials and does not text.

A word of danger alone is none («خیابان آتش‌نشانی», «سیل‌بند»): an event is something and the verb that is its own («خونه
آتیش گرفته»), and only that verb's negation denies it («آتش نگرفته»). Some verbs are the alarm by their negation («نفس
نمی‌کشه», «خاموش نمیشه»). The events are data: `emergency_events.toml` beside this module; verbs: `event_verbs.py`.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, NamedTuple

from domain.conversation.reading.event_verbs import (
    Verb,
    VerbForm,
    VerbForms,
    fold_words,
    spell_noun,
    spell_turkmen_noun,
)
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.tokens import ReadText, keys_in, read_once
from domain.parsing.word_lists import words_of


class Emergency(StrEnum):
    """Event that is happening; each has its text under `sms.emergency`."""

    FIRE = "fire"
    WATER = "water"
    """Somebody or a boat in the sea, a river, a well."""
    FLOOD = "flood"
    RUBBLE = "rubble"
    TRAPPED = "trapped"
    FUMES = "fumes"
    GAS = "gas"
    SHOCK = "shock"
    WIRES = "wires"
    DESPAIR = "despair"
    CRASH = "crash"
    BITE = "bite"
    CRIME = "crime"
    LOST = "lost"
    INJURY = "injury"
    OUTAGE = "outage"
    HELP = "help"
    """Somebody cries for help, and does not say for what."""


class _Span(NamedTuple):
    """The words `start` up to, not including, `end` of a message."""

    start: int
    end: int


_Spellings = frozenset[str]
"""Names as they are compared: folded, in every ending, without spaces."""


@dataclass(frozen=True, slots=True)
class _Event:
    """Something and the verbs that are its own; the fields are explained at the head of the table."""

    kind: Emergency
    things: _Spellings
    verbs: tuple[Verb, ...]
    clear_phrases: _Spellings
    titles: _Spellings
    beside: _Spellings
    into: _Spellings
    behind: _Spellings
    unless: _Spellings
    ends: tuple[Verb, ...]


_WINDOW, _WINDOW_BEFORE, _DENIED_WITHIN = 6, 3, 2
"""Words between a thing and its verb, behind it and before it; and between what is said and the verb that denies it."""
LONGEST_NAME = 4
"""Words of a name of the table, at most."""
_STATES = ("هست", "داشت")
"""Verbs that stand behind what they are said of."""
_MOST_WORDS_OF_PLACE = 6
_FILLERS = COURTESY_WORDS | keys_in("intents.fillers")


_LISTS_OF_WORDS = words_of("intents.lists_of_words")


class _Table:
    """The table of events, spelt out."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._groups: Mapping[str, str] = table["groups"]
        self.verbs = VerbForms(table)
        self.events = tuple(event for row in table["event"] for event in self._build_events(row))
        self.places_by_thing: dict[str, set[int]] = defaultdict(set)
        self.places_by_phrase: dict[str, set[int]] = defaultdict(set)
        for place, event in enumerate(self.events):
            for name in event.things:
                self.places_by_thing[name].add(place)
            for name in event.clear_phrases | event.titles:
                self.places_by_phrase[name].add(place)
        self.titles = frozenset().union(*(event.titles for event in self.events))
        """Names of events, of which a date says when they were; of a thing it may be the owner's name."""
        self.things, self.phrases = frozenset(self.places_by_thing), frozenset(self.places_by_phrase)
        lists = {name: self._spell_all(table, name) for name in _LISTS_OF_WORDS}
        self.over_words, self.going_on, self.conditions = lists["over"], lists["going_on"], lists["conditions"]
        self.polite, self.breaks, self.others = lists["polite"], lists["breaks"], lists["others"]
        self.places, self.naming, self.prepositions = lists["named_places"], lists["naming"], lists["into"]
        self.office_words, self.cries, self.askings = lists["desk"], lists["cries"], lists["asked_for_help"]
        self.menu_words, self.former, self.dated_by = lists["menu_words"], lists["former"], lists["dated_by"]
        self.days_before = lists["days_before"]
        self.denying = tuple(self.verbs.read(name) for name in table["denying"].split())

    def _build_events(self, row: Mapping[str, str]) -> Iterator[_Event]:
        """Yield the event of a row, and that of its Turkmen words, if it has any."""
        for prefix in ("", "tk_"):
            if any(row.get(prefix + field) for field in ("of", "said", "names")):
                yield self._build_event(row, prefix)

    def _build_event(self, row: Mapping[str, str], prefix: str) -> _Event:
        def spell(field: str) -> _Spellings:
            return self._spell(row.get(prefix + field, ""), in_turkmen=bool(prefix))

        def verbs(field: str) -> tuple[Verb, ...]:
            return tuple(self.verbs.read(name, in_turkmen=bool(prefix)) for name in row.get(prefix + field, "").split())

        return _Event(
            kind=Emergency(row["kind"]),
            things=spell("of"),
            verbs=verbs("does"),
            clear_phrases=spell("said"),
            titles=spell("names"),
            beside=spell("with"),
            into=spell("into"),
            behind=spell("behind"),
            unless=spell("unless"),
            ends=verbs("over"),
        )

    def _spell_all(self, table: Mapping[str, str], name: str) -> _Spellings:
        return self._spell(table[name]) | self._spell(table.get(f"tk_{name}", ""), in_turkmen=True)

    def _spell(self, listed: str, *, in_turkmen: bool = False) -> _Spellings:
        spell = spell_turkmen_noun if in_turkmen else spell_noun
        return frozenset().union(*map(spell, self._expand(listed)))

    def _expand(self, listed: str) -> Iterator[str]:
        for word in listed.split():
            yield from self._expand(self._groups[word[1:]]) if word.startswith("@") else (word,)


@cache
def _load_table() -> _Table:
    table_file = files("domain.conversation.reading") / "emergency_events.toml"
    return _Table(tomllib.loads(table_file.read_text("utf-8")))


def find_emergency(text: str) -> Emergency | None:
    """Return what a message says is happening right now; None where it says nothing of the kind."""
    return read_once(text).find_once(_find_emergency)


def _find_emergency(read: ReadText) -> Emergency | None:
    if not read.word_count:  # a code, a number of a menu
        return None
    message = read.find_once(_Message)
    named_events = message.list_named_events()
    if not (named_events or message.is_cried) or (message.is_over() and not message.is_cried):
        return None
    return next(
        (event.kind for event in named_events if message.says(event)),
        Emergency.HELP if message.cries_for_help() else None,
    )


def cries_only(text: str) -> bool:
    """Return whether a word that cries for help is all that is said («کمک»): it calls the menu, too."""
    read = read_once(text)
    message = read.find_once(_Message) if read.word_count else None
    return message is not None and message.is_cried and not message.cries_for_help()


class _Message:
    """A message as folded words, and what of it is named where."""

    def __init__(self, read: ReadText) -> None:
        self.keys = fold_words(read.text)
        self.spellings = frozenset(["".join(self.keys[start:end]) for start, end in self._list_ends()])
        """Names that it may hold: its words, alone and put together with those behind them."""
        self.is_shouted = "!" in read.text

    @cached_property
    def masked(self) -> set[int]:
        """Return the places of words that name something else («خیابان آتش‌نشانی»)."""
        return {place for span in self._find(_load_table().others) for place in range(*span)}

    @cached_property
    def is_cried(self) -> bool:
        """Return whether help is cried for, and not that of an office."""
        cries = any(map(self._is_unmasked, self._find(_load_table().cries)))
        return cries and not self._mentions(_load_table().office_words)

    @cached_property
    def verbs(self) -> list[VerbForm]:
        """Return its verbs, negated or not."""
        return _load_table().verbs.find_in(self.keys)

    def _list_ends(self) -> Iterator[tuple[int, int]]:
        count = len(self.keys)
        return (
            (start, end) for start in range(count) for end in range(start + 1, min(start + LONGEST_NAME, count) + 1)
        )

    @cached_property
    def spans(self) -> tuple[tuple[str, _Span], ...]:
        """Return the names that it may hold, each with its place."""
        return tuple(("".join(self.keys[start:end]), _Span(start, end)) for start, end in self._list_ends())

    def _find(self, spellings: _Spellings) -> Iterator[_Span]:
        if self.spellings.isdisjoint(spellings):
            return iter(())
        return (span for joined, span in self.spans if joined in spellings)

    def _mentions(self, spellings: _Spellings) -> bool:
        return bool(spellings) and any(True for _ in self._find(spellings))

    def list_named_events(self) -> list[_Event]:
        """Return the events of which a phrase or the name is in the message, or a thing beside any verb of an event; in
        their order.
        """
        table = _load_table()
        places = {place for phrase in self.spellings & table.phrases for place in table.places_by_phrase[phrase]}
        things = self.spellings & table.things
        if things and self.verbs:
            places.update(place for thing in things for place in table.places_by_thing[thing])
        return [table.events[place] for place in sorted(places)]

    def says(self, event: _Event) -> bool:
        """Return whether an event is said to happen: all by itself, by its own verb, or by its name alone."""
        clear_phrases = () if self.is_of_days_before else self._find(event.clear_phrases)
        happens = any(self._is_open(span) and not self._is_denied(span) for span in clear_phrases)
        if not happens and self.verbs:
            things = [span for span in self._find(event.things) if self._is_thing(event, span)]
            happens = any(self._happens_to(event, span) for span in things)
        if not happens and (self.is_of_days_before or not self._calls_by_name(event)):
            return False
        is_over = any(self._verb_spans(verb, 0, len(self.keys)) for verb in event.ends)
        return not is_over and not self._mentions(event.unless)

    def is_over(self) -> bool:
        """Return whether something is told of that is over, might be, or is a manner of speaking."""
        return self._tells_of(_load_table().over_words)

    @cached_property
    def is_of_days_before(self) -> bool:
        """Return whether it is told of a day before: what has not happened since («هنوز برنگشته») still goes on."""
        return not self.is_cried and self._tells_of(_load_table().days_before)

    def _tells_of(self, times: _Spellings) -> bool:
        """Return whether a time is named from which nothing goes on («از دیروز»)."""
        going_on = _load_table().going_on
        return any(span.start == 0 or self.keys[span.start - 1] not in going_on for span in self._find(times))

    def cries_for_help(self) -> bool:
        """Return whether help is cried for, with whatever else that nobody understands; the word alone is a command."""
        if not self.is_cried:
            return False
        return self.is_shouted or any(word not in _load_table().cries | _load_table().menu_words for word in self.keys)

    def _is_thing(self, event: _Event, span: _Span) -> bool:
        before = self.keys[max(span.start - 2, 0) : span.start]
        return self._is_open(span) and (not event.behind or not event.behind.isdisjoint(before))

    def _is_open(self, span: _Span) -> bool:
        """Return whether a name is none of something else, of nothing that was before, and no condition."""
        return (
            self._is_unmasked(span)
            and not self._is_of_another_time(span)
            and not any(
                found.end <= span.start
                and not (found.end < len(self.keys) and self.keys[found.end] in _load_table().polite)
                for found in self._find(_load_table().conditions)
            )
        )

    def _is_of_another_time(self, span: _Span) -> bool:
        """Return whether something is named as what was before («بعد از سیل», «سیل فروردین»)."""
        is_former = any(found.end == span.start for found in self._find(_load_table().former))
        if is_former or not self._is_title(span):
            return is_former
        return any(found.start == span.end for found in self._find(_load_table().dated_by))

    def _is_title(self, span: _Span) -> bool:
        return "".join(self.keys[span.start : span.end]) in _load_table().titles

    def _is_unmasked(self, span: _Span) -> bool:
        return not self.masked.issuperset(range(*span))

    def _happens_to(self, event: _Event, thing: _Span) -> bool:
        after = self._reach(thing.end, min(thing.end + _WINDOW, len(self.keys)))
        before = max(thing.start - _WINDOW_BEFORE, 0)
        verbs = [verb for verb in event.verbs if verb.is_negated or not self.is_of_days_before]
        found = [span for verb in verbs for span in self._verb_spans(verb, thing.end, after, own_from=thing.start)]
        if self._is_place_name(thing) and not any(span.start == thing.end for span in found):
            return False
        found += [
            span
            for verb in verbs
            if verb.name not in _STATES  # «آزمایش است، …» says nothing of what follows
            for span in self._verb_spans(verb, before, thing.start)
        ]
        return any(self._is_true(event, thing, verb) for verb in found)

    def _is_true(self, event: _Event, thing: _Span, verb: _Span) -> bool:
        others = [span for span in self._find(event.beside) if not set(range(*span)) & {*range(*thing), *range(*verb)}]
        if event.beside and not others:
            return False
        if event.into and not any(self._is_behind_preposition(span) for span in self._find(event.into)):
            return False
        if any(self._verb_spans(denying, verb.end, verb.end + 1) for denying in _load_table().denying[:2]):
            return False
        return self.is_cried or self.keys[verb.end : verb.end + 1] not in (["?"], ["؟"])

    def _is_behind_preposition(self, span: _Span) -> bool:
        return span.start > 0 and self.keys[span.start - 1] in _load_table().prepositions

    def _reach(self, start: int, end: int) -> int:
        """Return how far a thing's verb is looked for: up to the end of its clause."""
        return next((place for place in range(start, end) if self.keys[place] in _load_table().breaks), end)

    def _verb_spans(self, verb: Verb, start: int, end: int, *, own_from: int = 0) -> list[_Span]:
        """Return where a verb stands, before any other one that is negated."""
        found = []
        for form in self.verbs:
            if not start <= form.start < end:
                continue
            if (
                verb.is_form(form)
                and (leading := self._leading_words(verb, form.start, min(own_from, start))) is not None
            ):
                found.append(_Span(leading, form.end))
            elif form.is_negated:
                break
        return found

    def _leading_words(self, verb: Verb, place: int, first: int) -> int | None:
        """Return where the words begin that a verb has before it («خاموش شد»); None where they are not there."""
        if not verb.leading:
            return place
        spans = self._find(verb.leading)
        return next((span.start for span in spans if first <= span.start and place - 2 <= span.end <= place), None)

    def _is_place_name(self, thing: _Span) -> bool:
        named = "".join(self.keys[thing.start : thing.end]) in _load_table().naming
        return named and thing.start > 0 and self.keys[thing.start - 1] in _load_table().places

    def _is_denied(self, phrase: _Span) -> bool:
        return any(self._verb_spans(verb, phrase.end, phrase.end + _DENIED_WITHIN) for verb in _load_table().denying)

    def _calls_by_name(self, event: _Event) -> bool:
        """Return whether an emergency's name is cried, stands before a place, or is all that is said."""
        named = [span for span in self._find(event.titles) if self._is_open(span) and not self._is_denied(span)]
        if not named:
            return False
        other_keys = [word for span in named[-1:] for word in (*self.keys[: span.start], *self.keys[span.end :])]
        is_bare = all(word in _FILLERS or word in _load_table().askings or not word.isalnum() for word in other_keys)
        span = named[-1]
        is_placed = self.keys[span.end : span.end + 1] and self.keys[span.end] in {"در", "تو", "توی"}
        return self.is_cried or is_bare or bool(is_placed and len(other_keys) <= _MOST_WORDS_OF_PLACE)
