"""Changes of an answer that was given before: which field it names, and what shall stand there.

«آدرس را عوض کن», «ساعتش را بکن ۱۰», «نه اشتباه شد», «نه فردا»: a verb of changing, a word of error or a refusal, with
the words by which a service's vocabulary calls its fields (`Intent.field_words`). What a value means its field reads.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum, auto
from itertools import product
from typing import NamedTuple

from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.numerals import read_number_at
from domain.parsing.times.dates import find_dates
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of
from domain.parsing.yes_no_words import PLAIN_NO_WORDS

_SUFFIXES = ("", "ی", "ش", "شو", "شرا", "شون", "اش", "م", "مو", "مون", "ام", "و", "ها", "های", "ه", "هم", "هاشو")
"""Suffixes written onto the name of a field: «ساعتش», «آدرسو», «آدرسه»."""


_LONGEST_MEASURE = 4
"""Words of a number, an hour or a day that a field is set to."""


class AnswerChange(NamedTuple):
    """A wish to change an answer."""

    field_name: str
    """The field that is named; empty where none is."""
    value_text: str
    """New value, in the writer's words; empty where nothing is said."""
    is_stated: bool
    """Whether a verb of changing or a word of error says so: else it is only contradicted («نه فردا»)."""
    has_verb: bool
    """Whether it is such a verb («عوض کن»), which means nothing else."""
    is_error: bool
    """Whether it is a word of error («اشتباه شد»)."""
    is_moved: bool = False
    """Whether a verb puts something at another time («بندازش شنبه»)."""


class _Part(Enum):
    """Meaning of a word in such a sentence."""

    FIELD = auto()
    CHANGE = auto()
    NOUN = auto()
    SET = auto()
    MOVE = auto()
    ERROR = auto()
    REFUSAL = auto()
    MEANT = auto()
    REPORT = auto()


_CHANGE_NOUNS = ("عوض", "تغییر", "اصلاح", "ویرایش")
_CHANGE_VERBS = words_of("intents.change_verbs")
_CHANGE_PHRASES = (
    *(f"{noun}{suffix} {verb}" for noun, suffix, verb in product(_CHANGE_NOUNS, ("", "ش", "شو", "شون"), _CHANGE_VERBS)),
    *(f"درست{suffix} {verb}" for suffix, verb in product(("", "ش", "شو"), ("کن", "کنید", "کنین", "کنم"))),
    *words_of("intents.change_phrases"),
)
_SET_WORDS = words_of("intents.set_words")
_MOVE_PHRASES = words_of("intents.move_phrases")
_ERROR_VERBS = (
    "", "شد", "شده", "بود", "است", "کردم", "نوشتم", "گفتم", "زدم", "دادم", "فرستادم", "رفت", "وارد کردم", "کردیم",
    "گفتیم", "نوشتیم", "شده است", "کرده ام", "تایپ کردم",
)  # fmt: skip
_ERROR_PHRASES = (
    *(f"{word} {verb}" for word, verb in product(("اشتباه", "اشتباهی", "غلط", "اشتباهه", "غلطه"), _ERROR_VERBS)),
    *words_of("intents.error_phrases"),
)
_REFUSAL_WORDS = (*PLAIN_NO_WORDS, "نه نه")
_MEANT_WORDS = words_of("intents.meant_words")
_REPORT_WORDS = words_of("intents.report_words")
_PLACE_WORDS = keys_of("شهرداری", "شهردار", "تاکسی")
_OBJECT_WORDS = keys_of("را", "رو", "ro", "ra")
_EDGE_WORDS = (COURTESY_WORDS - _PLACE_WORDS) | keys_in("intents.edge_words")


def is_change_of_request(change: AnswerChange, day: date) -> bool:
    """Return whether a wish is about a sent request where nothing is asked: it says the verb, or that a field is wrong;
    or it sets a field to a number or a day («ساعتش را بکن ۱۰»).
    """
    if change.field_name and (change.has_verb or change.is_error):
        return True
    if not (change.field_name or change.is_moved):
        return change.has_verb and not change.value_text
    stream = TokenStream(change.value_text)
    is_number = any(read_number_at(stream, index) for index in range(len(stream)))
    is_measure = is_number or bool(find_dates(stream, day))
    return (change.is_stated or change.is_moved) and is_measure and len(stream) <= _LONGEST_MEASURE


class FieldWords:
    """The words that name the fields of a form, with those of changing them."""

    def __init__(self, field_words: Mapping[str, Iterable[str]]) -> None:
        """Take the names of each field in people's words."""
        fields_by_word: dict[str, str] = {}
        for field_name, spellings in field_words.items():
            for spelling, suffix in product(spellings, _SUFFIXES):
                fields_by_word.setdefault(f"{spelling}{suffix}", field_name)
        self._fields: Phrases[str] = Phrases(
            {name: [word for word, owner in fields_by_word.items() if owner == name] for name in field_words}
        )

    def name_in(self, text: str) -> str:
        """Return the field that a text names and says nothing beside; empty where it names none."""
        stream = TokenStream(text)
        for index in range(len(stream)):
            if match := self._fields.match_at(stream, index):
                stream.take(index, match[1])
                return match[0] if not stream.free_texts(_EDGE_WORDS) else ""
        return ""

    def read_change(self, stream: TokenStream) -> AnswerChange | None:
        """Return what the free words of a text want changed; None where they want nothing changed."""
        parts, change = self._read_parts(stream)
        kinds = {part for part in parts if part}
        first = next((part for part in parts if part), None)
        if change.field_name:
            return change if change.is_stated or first is _Part.REFUSAL or _Part.MEANT in kinds else None
        if kinds & {_Part.CHANGE, _Part.ERROR} or (first is _Part.NOUN and not change.value_text):
            return change
        is_corrected = kinds & {_Part.MEANT, _Part.SET, _Part.MOVE} or parts[:1] == [_Part.REFUSAL]
        return change if is_corrected and change.value_text else None

    def read_rest(self, stream: TokenStream) -> AnswerChange:
        """Return which field the free words behind a keyword of changing name, and what shall stand there."""
        return self._read_parts(stream)[1]

    def _read_parts(self, stream: TokenStream) -> tuple[list[_Part | None], AnswerChange]:
        parts, field_name = self._find_parts(stream)
        kinds = {part for part in parts if part}
        first = next((part for part in parts if part), None)
        values = _list_values(stream, parts)
        # Beside more words «باشه» sets nothing.
        is_set, is_moved = _Part.SET in kinds and len(values) <= 1, _Part.MOVE in kinds
        is_stated = bool(kinds & {_Part.CHANGE, _Part.ERROR}) or is_set or first is _Part.NOUN
        has_verb, is_error = _Part.CHANGE in kinds, _Part.ERROR in kinds
        return parts, AnswerChange(field_name, values[-1] if values else "", is_stated, has_verb, is_error, is_moved)

    def _find_parts(self, stream: TokenStream) -> tuple[list[_Part | None], str]:
        """Return what each word is, None for those of the value and around it, and the field that is named first."""
        parts: list[_Part | None] = [None] * len(stream)
        field_name, index = "", 0
        while index < len(stream):
            part, end = self._match_part(stream, index, is_named=bool(field_name))
            if part is _Part.FIELD:
                field_name = (self._fields.match_at(stream, index) or ("", 0))[0]
            parts[index:end] = [part] * (end - index)
            index = end
        return parts, field_name

    def _match_part(self, stream: TokenStream, index: int, *, is_named: bool) -> tuple[_Part | None, int]:
        control_match = _CONTROL_PHRASES.match_at(stream, index)
        field_match = None if is_named else self._fields.match_at(stream, index)
        if field_match and (not control_match or field_match[1] >= control_match[1]):
            is_unit = read_number_at(stream, index - 1) is not None  # «شش ساعت» is a length, not the field «ساعت»
            if not is_unit:
                return _Part.FIELD, field_match[1]
        return control_match or (None, index + 1)


_CONTROL_PHRASES: Phrases[_Part] = Phrases(
    {
        _Part.CHANGE: dict.fromkeys(_CHANGE_PHRASES),
        _Part.NOUN: _CHANGE_NOUNS,
        _Part.SET: _SET_WORDS,
        _Part.MOVE: _MOVE_PHRASES,
        _Part.ERROR: dict.fromkeys(_ERROR_PHRASES),
        _Part.REFUSAL: _REFUSAL_WORDS,
        _Part.MEANT: _MEANT_WORDS,
        _Part.REPORT: _REPORT_WORDS,
    }
)


def mentions_change(stream: TokenStream) -> bool:
    """Return whether a verb of changing is in a text, wherever it is."""
    return any(part is _Part.CHANGE for _, part, _ in _CONTROL_PHRASES.find_in(stream))


def _list_values(stream: TokenStream, parts: list[_Part | None]) -> list[str]:
    """Return the rows of words that are no part of the wish itself, without what is only around them.

    What stands right behind the field and before a «را» is the old value, or whose it is («ساعت ۱۰ رو بکن ۱۱», «تاریخ
    لودر رو عوض کن»).
    """
    runs: list[list[int]] = []
    for index, part in enumerate(parts):
        if part is not None or not stream.key_at(index):
            continue
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    values: list[str] = []
    for run in runs:
        start, end = _strip_edges(stream, run[0], run[-1] + 1)
        is_behind_field = start > 0 and parts[start - 1] is _Part.FIELD
        if start < end and not (is_behind_field and stream.raw_at(end) in _OBJECT_WORDS):
            values.append(stream.source_text(start, end))
    return values


def _strip_edges(stream: TokenStream, start: int, end: int) -> tuple[int, int]:
    while start < end and stream.raw_at(start) in _EDGE_WORDS:
        start += 1
    while end > start and stream.raw_at(end - 1) in _EDGE_WORDS:
        end -= 1
    return start, end
