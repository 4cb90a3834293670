"""Turkmen messages read as Persian ones, word by word: for matching only, the writer's own text stays as it was typed.

A message is Turkmen when it holds a word that is nothing else (`dictionary.py`). Then each known word, with whatever
endings it has, stands for its Persian word, and what Turkmen puts behind («12-ä çenli», «indiki hepde») goes before,
as the readers of dates and hours expect it. Names, places and reasons are no known words: nothing happens to them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from domain.parsing.turkmen import dictionary
from domain.values.text import fold_text
from domain.values.turkmen_script import WRITTEN_OTHERWISE, write_in_arabic

_OWN_LETTERS = frozenset("äçňöşüýžÄÇŇÖŞÜÝŽ")
_OWN_ARABIC_LETTERS = frozenset("أؤۆۇڭ")
"""They are Turkmen in a word that is known; Persian has some of them too."""
_SIMILAR_LETTERS = str.maketrans("ıyw", "iiv") | str.maketrans(
    {"ئ": "ی", "آ": "ا", "ء": None, "ۆ": "و", "ۇ": "و", "ۈ": "و", "ڭ": "نگ", "ێ": "ی"}
)
_DIGRAPHS = re.compile("([scz])h|([a-z])\\2")
_LONGEST_PHRASE = 4
_HYPHENS = frozenset("-‐‑–—−")
_DATE_MARKS = _HYPHENS | {"/"}

_LATIN_ENDING = (
    "(?:lik|luk)?(?:la?r|ler)?(?:im|um|m|imiz|umiz|miz|iniz|uniz|niz|in|un|n|i|u|si)?"
    "(?:nin|in|un|a|e|na|ne|ia|ie|i|u|ni|da|de|nda|nde|dan|den|ndan|nden)?(?:ki|mi)?"
)
_ARABIC_ENDING = (
    "(?:لیق|لیک|لوق|لوک)?(?:لار|لر)?(?:یم|م|یمیز|میز|ینگیز|نگیز|ینگ|نگ|ی|سی)?"
    "(?:نینگ|ینگ|ا|ه|نا|نه|ی|نی|دا|ده|ندا|نده|دان|دن|ندان|ندن)?(?:قی|کی|می)?"
)
_ENDING = re.compile(f"{_LATIN_ENDING}|{_ARABIC_ENDING}")
_HARDENED = str.maketrans("dgbjدگبج", "tkpcتکپچ")
_SHORTEST_STEM, _SHORTEST_SIGN, _BEGINNING = 3, 4, 4
_GENITIVE = re.compile(".*(?:n?in|ینگ)")

_PARTED_ENDINGS = frozenset(
    {"da", "de", "dan", "den", "nji", "inji", "دا", "ده", "دان", "دن", "نجی", "ینجی", "نینگ", "ینگ", "نی", "لار", "لر"}
)
_ENDINGS_OF_NUMBERS = _PARTED_ENDINGS | {"a", "e", "ä", "ا", "ه"}
"""Endings that are typed apart from their word."""
_NEGATED_ENDING = (
    "(?:(?:ma|me)(?:n|iniz|in|niz|sin|sun|z|ris|rin|i|ian|ien|i?ar.*|ier.*|di.*|jek.*|jak.*|kci.*)?"
    "|[ae](?:mo|no)k.*|م[اه]?(?:نگ|ینگ|سین|سون|ن|ز|ی?ار.*|یر.*|دی.*|جک.*|جاق.*)|[ا]?[من]وق.*|م[اه])"
)
_AT_ENDINGS, _FROM_ENDINGS = frozenset({"da", "de", "دا", "ده"}), frozenset({"dan", "den", "دان", "دن"})
_HALF, _AND_HALF, _FROM, _UNTIL, _COMING = "نیم", "ونیم", "از", "تا", "آینده"
_HOUR, _DAY, _CODE, _TAXI = "ساعت", "روز", "کد", "تاکسی"
_CLOCK_MARKS = frozenset({_HOUR, ":"})
_WEEKDAYS, _MONTHS = frozenset(dictionary.WEEKDAYS), frozenset(dictionary.MONTHS)
_PERIODS = _WEEKDAYS | {"هفته", "ماه"}


class ReadWord(NamedTuple):
    """Reading of the words `first` up to, not including, `end` of a message."""

    key: str
    """A Persian word, a number in digits, or the word as it was."""
    first: int
    end: int
    is_translated: bool = True
    is_number: bool = False
    ending: str = ""
    """Ending behind the word's stem, as it is compared."""
    source: int = 0
    """The word that it is, where it is not translated."""


class _Entry(NamedTuple):
    persian: str
    is_sign: bool
    is_phrase: bool = False
    """Whether it is written as several words."""


def read_turkmen(typed_texts: Sequence[str], known_keys: Sequence[str]) -> list[ReadWord] | None:
    """Return how the words of a Turkmen message are read, in the order of reading; None: it is not Turkmen.

    `known_keys` are the words as they are compared (`tokens.key_of`). Their places in the answer ascend but for what
    was put before, so that each piece is still a part of the message.
    """
    if not any(map(_may_begin_sign, typed_texts)):
        return None
    keys = tuple(compare_letters(word) for word in typed_texts)
    if not any(_is_sign(keys, typed_texts, index) for index in range(len(typed_texts))):
        return None
    pieces = list(_add_hour_words(list(_join_numbers(_take_parted_endings(_translate(keys, known_keys))))))
    index = 0
    while index < len(pieces):
        index += _reorder(pieces, index)
    return pieces


@lru_cache(maxsize=8192)
def compare_letters(word: str) -> str:
    """Return the form in which a word is looked up: no diacritics, «sh» as «s», «y» as «i», no letter twice."""
    return "" if word.isdigit() else compare_text_letters(word)


def compare_text_letters(text: str) -> str:
    """Return the same of several words at once, with a space between each two."""
    bare_text = "".join(
        letter for letter in unicodedata.normalize("NFD", fold_text(text)) if not unicodedata.combining(letter)
    )
    return _DIGRAPHS.sub(lambda found: found[1] or found[2], bare_text.translate(_SIMILAR_LETTERS))


def _list_forms(tables: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, _Entry]]:
    """Yield the forms, as they are looked up, with what they mean."""
    for persian, spellings in (row for table in tables for row in table.items()):
        for spelling in spellings.split("|"):
            written, is_sign = spelling.removeprefix("~"), not spelling.startswith("~")
            yield "".join(map(compare_letters, written.split())), _Entry(persian, is_sign, " " in written)


def _list_arabic_forms(tables: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, _Entry]]:
    """Yield the same of the Arabic spellings that are made of Latin ones; one that is Persian too is no sign."""
    for persian, spellings in (row for table in tables for row in table.items()):
        for spelling in spellings.split("|"):
            written = spelling.removeprefix("~")
            is_sign = not spelling.startswith("~") and written not in WRITTEN_OTHERWISE
            if (in_arabic := write_in_arabic(written)) != written:
                yield "".join(map(compare_letters, in_arabic.split())), _Entry(persian, is_sign, " " in written)


def _build_entries() -> dict[str, _Entry]:
    tables = (
        {str(value): spellings for value, spellings in dictionary.NUMERALS.items()},
        dictionary.WEEKDAYS,
        dictionary.MONTHS,
        dictionary.DAYS_AND_HOURS,
        dictionary.MACHINES,
        dictionary.COMMANDS,
        dictionary.MATTERS,
        dictionary.COURTESIES,
        dictionary.PLACES,
        dictionary.NEGATED_NEEDS,
    )
    entries: dict[str, _Entry] = {}
    for form, entry in _list_forms(tables):
        if entries.setdefault(form, entry).persian != entry.persian:
            raise ValueError(f"{form!r} stands for {entries[form].persian!r} and for {entry.persian!r}")
    persian_words = {compare_letters(word) for entry in entries.values() for word in entry.persian.split()}
    for form, entry in _list_arabic_forms(tables):
        entries.setdefault(form, entry._replace(is_sign=entry.is_sign and form not in persian_words))
    return entries


def _list_stems(spellings: str) -> list[str]:
    written = [form for spelling in spellings.split("|") for form in (spelling, write_in_arabic(spelling))]
    return ["".join(map(compare_letters, form.split())) for form in written]


_ENTRIES = _build_entries()
_NEGATED_STEMS = [(persian, _list_stems(spellings)) for persian, spellings in dictionary.NEGATED_VERBS.items()]
_NEGATED_FORMS = [(re.compile(f"(?:{'|'.join(stems)}){_NEGATED_ENDING}"), persian) for persian, stems in _NEGATED_STEMS]
_BEGINNINGS = frozenset(
    beginning[:end]
    for beginning in (*_ENTRIES, *(stem for _, stems in _NEGATED_STEMS for stem in stems))
    for end in range(1, _BEGINNING + 1)
)
"""Beginnings of known words: most words of other languages are told by it."""


@lru_cache(maxsize=8192)
def _look_up(key: str, shortest_stem: int = 2) -> tuple[_Entry, str] | None:
    """Return what a word means and its ending, or None."""
    if entry := _ENTRIES.get(key):
        return entry, ""
    for pattern, persian in _NEGATED_FORMS:
        if pattern.fullmatch(key):
            return _Entry(persian, len(key) > _SHORTEST_SIGN and key.isascii()), ""
    for cut in range(len(key) - 1, shortest_stem - 1, -1):
        stem, ending = key[:cut], key[cut:]
        entry = (
            _ENTRIES.get(stem)
            or _ENTRIES.get(stem[:-1] + stem[-1].translate(_HARDENED))
            or (_ENTRIES.get(f"{stem}e") if ending[0] == "a" else None)  # «duşenbe» → «duşenbä»
        )
        if entry and (cut >= _SHORTEST_STEM or entry.persian.isdigit()) and _ENDING.fullmatch(ending):
            return entry._replace(is_sign=entry.is_sign and cut >= _SHORTEST_SIGN + (not key.isascii())), ending
    return None


def _find_phrase(keys: Sequence[str], index: int) -> tuple[_Entry, str, int] | None:
    """Return the entry of the longest phrase of several words at a place, its ending, and where it ends."""
    joined, found = keys[index], None
    for end in range(index + 1, min(index + _LONGEST_PHRASE, len(keys))):
        if keys[end] in _HYPHENS:
            continue
        if not keys[end].isalpha():
            break
        match = _look_up(joined + keys[end], len(joined) + 1)
        joined += keys[end]
        if match and (match[0].is_phrase or not joined.isascii()):
            found = *match, end + 1
    return found


@lru_cache(maxsize=8192)
def _may_begin_sign(typed_text: str) -> bool:
    """Return whether what is Turkmen and nothing else may begin with a word, to pass over at once what cannot."""
    return not _OWN_LETTERS.isdisjoint(typed_text) or compare_letters(typed_text)[:_BEGINNING] in _BEGINNINGS


def _is_sign(keys: Sequence[str], typed_texts: Sequence[str], index: int) -> bool:
    """Return whether what begins at a place is Turkmen and nothing else."""
    if not _OWN_LETTERS.isdisjoint(typed_texts[index]):
        return True
    if not _may_begin_sign(typed_texts[index]):
        return False
    phrase = _find_phrase(keys, index)
    if phrase and phrase[0].is_sign:
        return True
    found = _look_up(keys[index])
    return found is not None and (found[0].is_sign or not _OWN_ARABIC_LETTERS.isdisjoint(typed_texts[index]))


def _translate(keys: Sequence[str], known_keys: Sequence[str]) -> Iterator[ReadWord]:
    index = 0
    while index < len(keys):
        if known_keys[index].isdigit():
            end = _end_of_number(keys, index)
            yield ReadWord(
                known_keys[index],
                index,
                end,
                is_translated=False,
                is_number=True,
                ending="" if end == index + 1 else keys[end - 1],
            )
        elif not keys[index].isalpha():
            end = index + 1
            yield ReadWord(known_keys[index], index, end, is_translated=False, source=index)
        else:
            end = index + 1
            for piece in _translate_word(keys, known_keys, index):
                end = piece.end
                yield piece
        index = end


def _translate_word(keys: Sequence[str], known_keys: Sequence[str], index: int) -> Iterator[ReadWord]:
    phrase, found = _find_phrase(keys, index), _look_up(keys[index])
    if phrase is None and found is None:
        yield ReadWord(known_keys[index], index, index + 1, is_translated=False, source=index)
        return
    entry, ending, end = phrase or (*found, index + 1)  # type: ignore[misc]  # one of them is there
    for word in entry.persian.split():
        yield ReadWord(word, index, end, is_number=word.isdigit(), ending=ending)


def _take_parted_endings(pieces: Iterable[ReadWord]) -> Iterator[ReadWord]:
    """Join to a word what is its ending and typed apart, and «güni» to the day of the week that it follows."""
    last: ReadWord | None = None
    for piece in pieces:
        endings = _ENDINGS_OF_NUMBERS if last and last.is_number else _PARTED_ENDINGS
        is_ending = not piece.is_translated and piece.key in endings
        is_day = piece.is_translated and piece.key == _DAY and last is not None and last.key in _WEEKDAYS
        if last and (is_day or (is_ending and (last.is_translated or last.is_number))):
            last = last._replace(end=piece.end, ending=piece.key)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _end_of_number(keys: Sequence[str], index: int) -> int:
    """Return where a number with its ending ends: «8-de», «8de», «10-njy»."""
    end = index + 1 + (index + 1 < len(keys) and keys[index + 1] in _HYPHENS)
    is_ending = end < len(keys) and (keys[end] in _PARTED_ENDINGS or (end > index + 1 and _is_ending(keys[end])))
    return end + 1 if is_ending else index + 1


def _is_ending(key: str) -> bool:
    return bool(key) and _ENDING.fullmatch(key) is not None


def _join_numbers(pieces: Iterable[ReadWord]) -> Iterator[ReadWord]:
    """Add numbers in words behind each other («on iki»), and make a half behind a number «and a half»."""
    last: ReadWord | None = None
    for piece in pieces:
        if last and _adds_up(last, piece):
            last = last._replace(key=str(int(last.key) + int(piece.key)), end=piece.end)
            continue
        if last:
            yield last
        is_half = piece.is_translated and piece.key == _HALF and last and (last.is_number or last.key == _HOUR)
        last = piece._replace(key=_AND_HALF) if is_half else piece
    if last:
        yield last


def _adds_up(tens: ReadWord, ones: ReadWord) -> bool:
    are_words = tens.is_number and tens.is_translated and ones.is_number and ones.is_translated and not tens.ending
    return are_words and int(tens.key) in range(10, 100, 10) and int(ones.key) < 10


def _add_hour_words(pieces: Sequence[ReadWord]) -> Iterator[ReadWord]:
    """Say what endings of numbers say: «9-da» is at nine, «8-den 12-ä çenli» from eight."""
    for index, piece in enumerate(pieces):
        key_before = pieces[index - 1].key if index else ""
        half = pieces[index + 1] if index + 1 < len(pieces) and pieces[index + 1].key == _AND_HALF else piece
        if piece.is_number and half.ending in _AT_ENDINGS and key_before not in _MONTHS | _CLOCK_MARKS:
            yield piece._replace(key=_HOUR, is_translated=True, is_number=False)
        elif piece.is_number and piece.ending in _FROM_ENDINGS and _begins_span(pieces, index):
            start_word = ReadWord(_FROM, piece.first, piece.end)
            if key_before != _HOUR:
                yield start_word
        yield piece


def _begins_span(pieces: Sequence[ReadWord], index: int) -> bool:
    return _UNTIL in [piece.key for piece in pieces[index + 1 : index + 5]]


def _reorder(pieces: list[ReadWord], index: int) -> int:
    """Put what is behind its word at a place before it, as Persian has it; return how many pieces that settles."""
    piece, behind = pieces[index], pieces[index + 1 : index + 3]
    if piece.is_translated and piece.key == _UNTIL and index:
        _rotate(pieces, _start_of_moment(pieces, index), index + 1, 1)
        return 1
    next_key = behind[0].key if behind else ""
    is_swapped = (
        (piece.is_translated and piece.key == _COMING and next_key in _PERIODS)
        or (piece.key in _MONTHS and _GENITIVE.fullmatch(piece.ending) and behind and behind[0].is_number)
        or (piece.is_number and piece.ending and next_key == _TAXI)
    )
    if is_swapped:
        _rotate(pieces, index, index + 2, 1)
    elif piece.is_number and [one.key for one in behind] == [_CODE, _TAXI] and not _ends_plate(pieces, index):
        pieces[index : index + 3] = _with_places(pieces[index : index + 3], [2, 1, 0])
    return 2 if is_swapped else 1


def _ends_plate(pieces: Sequence[ReadWord], index: int) -> bool:
    return index > 0 and pieces[index - 1].key in _HYPHENS


def _start_of_moment(pieces: list[ReadWord], index: int) -> int:
    """Return where the hour or day begins that ends right before a place."""
    start = index - 1
    if start and (
        (pieces[start].is_number and pieces[start - 1].key == _HOUR)
        or (pieces[start].key in _MONTHS and pieces[start - 1].is_number)
    ):
        return start - 1
    while start > 1 and pieces[start - 1].key in _DATE_MARKS and pieces[start - 2].is_number:
        start -= 2
    return start


def _rotate(pieces: list[ReadWord], start: int, end: int, count: int) -> None:
    """Bring the last `count` pieces of a span to its beginning."""
    length = end - start
    pieces[start:end] = _with_places(pieces[start:end], [(place - count) % length for place in range(length)])


def _with_places(pieces: Sequence[ReadWord], order: Sequence[int]) -> list[ReadWord]:
    """Return pieces in another order, the places in the message as they were: these only ever ascend."""
    return [
        pieces[source]._replace(first=place.first, end=place.end) for source, place in zip(order, pieces, strict=True)
    ]
