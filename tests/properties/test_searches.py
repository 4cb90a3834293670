"""The staff's search box and filters: whatever is typed is read or refused in words, and spelling does not matter."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.actions.queues.filter_reading import read_queue_filter
from domain.queues.queue import Queue, Sla
from domain.queues.search import (
    LONGEST_QUERY,
    MOST_WORDS,
    SEARCH_FIELD,
    SearchQuery,
    format_pairing,
    list_pairings,
    list_rotations,
    parse_query,
)
from domain.requests.request import Phase
from domain.services import SERVICES, services_by_key
from domain.values.actors import Role
from domain.values.calendar import FIRST_DAY, LAST_DAY
from domain.values.errors import CodeMistyped, DomainError, InvalidField, UnknownKind, UnknownService
from domain.values.paging import ListOrder
from tests.support.effort import examples

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
KNOWN = services_by_key(SERVICES)
STATES = sorted({state.name for service in SERVICES for state in service.states})
KINDS = sorted({kind for service in SERVICES for kind in service.kinds})

LETTERS = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
JOINERS = ("\u200c", "\u200d", "\u00ad", "\u2060")
MARKS = ("\u064b", "\u064e", "\u064f", "\u0650", "\u0651", "\u0652", "\u0640")
ALIKE = {"ی": "یيى", "ک": "کك", "آ": "آا", "ا": "اآ", "ه": "هة"} | {
    digit: digit + chr(0x6F0 + at) + chr(0x660 + at) for at, digit in enumerate(digits)
}
"""A letter or digit and all that people type for it."""

TYPED = st.one_of(
    st.text(),
    st.text(st.sampled_from([*LETTERS, *digits, *ascii_letters, *JOINERS, *MARKS, *"۰۱۲۳٤٥٦ءئ +-_()،؟"])),
    st.from_regex(r"[+۰0]?[0-9۰-۹ -]{4,14}", fullmatch=True),
)
WORDS = st.lists(
    st.one_of(st.text(st.sampled_from(LETTERS), min_size=2, max_size=8), st.text(st.sampled_from(digits), max_size=3)),
    min_size=1,
    max_size=MOST_WORDS,
)


@examples(300)
@given(TYPED)
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    try:
        meant = parse_query(text)
    except (InvalidField, CodeMistyped) as error:
        refused = error.field
    else:
        assert meant != SearchQuery()
        assert not meant.word_beginnings or meant == SearchQuery(word_beginnings=meant.word_beginnings)
        assert all(meant.word_beginnings)
        return
    assert refused == SEARCH_FIELD


@examples(200)
@given(st.data(), WORDS)
def test_every_spelling_of_a_name_finds_the_same_words(draw: st.DataObject, words: list[str]) -> None:
    name = " ".join(filter(None, words))
    assume(_found_by_words(name))
    typed = "".join(_spelt(draw, sign, [" ", "  ", "", *JOINERS]) for sign in name)
    entered = "".join(_spelt(draw, sign, [" ", "  ", *JOINERS]) for sign in name)
    assume(len(typed) <= LONGEST_QUERY)
    assert list_rotations(entered) == list_rotations(name)
    assert parse_query(typed).joined_beginnings in list_rotations(entered)


@examples(200)
@given(st.data(), WORDS)
def test_a_name_is_found_by_the_beginning_of_any_of_its_words(draw: st.DataObject, words: list[str]) -> None:
    name = " ".join(filter(None, words))
    assume(_found_by_words(name))
    kept = draw.draw(st.sampled_from(sorted(list_rotations(name))))
    half = kept[: draw.draw(st.integers(2, len(kept)))]
    assume(_found_by_words(half))
    assert any(word.startswith(parse_query(half).joined_beginnings) for word in list_rotations(name))


@examples(200)
@given(st.data(), st.lists(st.text(st.sampled_from(LETTERS), min_size=2, max_size=8), min_size=2, max_size=MOST_WORDS))
def test_a_name_is_found_by_the_beginnings_of_any_two_of_its_words(draw: st.DataObject, words: list[str]) -> None:
    name = tuple(word.translate({ord("آ"): "ا"}) for word in words)
    one, other = draw.draw(st.permutations(name))[:2]
    half, other_half = (word[: draw.draw(st.integers(2, len(word)))] for word in (one, other))
    assert any(row.startswith(format_pairing(other_half, half)) for row in list_pairings([name]))
    assert not any(row.startswith(half) for row in list_pairings([name])), "nobody is found twice"


NAMES = st.sampled_from(["ahmadi", "  ali  ", "1001", "sms", "x" * 61, " ", "مريم"])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "queue": st.sampled_from(Queue),
        "unit": st.sampled_from(Role),
        "service": st.sampled_from(sorted(KNOWN)),
        "states": st.one_of(st.sampled_from(STATES), st.lists(st.sampled_from(STATES), max_size=4)),
        "phase": st.sampled_from(Phase),
        "kind": st.sampled_from(KINDS),
        "assignee": NAMES,
        "channel": NAMES,
        "office": NAMES,
        "created_from": st.one_of(
            st.dates(FIRST_DAY, LAST_DAY).map(str), st.sampled_from(["۱۴۰۵/۹/۱", "امروز", "دیروز"])
        ),
        "created_to": st.dates().map(str),
        "sla": st.sampled_from(Sla),
        "papers": st.sampled_from([True, False, "true", "FALSE"]),
        "search": TYPED,
        "order": st.sampled_from(ListOrder),
    },
)
ANYTHING = st.dictionaries(
    st.sampled_from(
        ["queue", "unit", "service", "states", "assignee", "created_from", "papers", "search", "order", "x"]
    ),
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text(), max_size=3)),
)


@examples(300)
@given(st.one_of(FILTERS, ANYTHING))
def test_a_filter_is_read_back_as_it_was_kept(raw: dict[str, Any]) -> None:
    try:
        wanted = read_queue_filter(KNOWN, raw, NOW)
    except (InvalidField, UnknownKind, UnknownService, CodeMistyped) as error:
        refused = error.field
    else:
        kept = json.loads(json.dumps(wanted.as_json()))
        assert read_queue_filter(KNOWN, kept, NOW) == wanted
        assert wanted.effective_order in ListOrder
        return
    assert refused in raw


def _found_by_words(text: str) -> bool:
    try:
        return bool(parse_query(text).word_beginnings)
    except DomainError:
        return False


def _spelt(draw: st.DataObject, sign: str, gaps: Sequence[str]) -> str:
    """Spell a letter, digit or gap in one of its ways; a mark may follow a letter."""
    if sign == " ":
        return draw.draw(st.sampled_from(gaps))
    written: str = draw.draw(st.sampled_from(ALIKE.get(sign, sign)))
    return written + (draw.draw(st.sampled_from(["", "", "", *MARKS])) if sign in LETTERS else "")
