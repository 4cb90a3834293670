"""Place of a tracking code or a bill id in a message, and the words beside it."""

from typing import NamedTuple

from domain.parsing.identifiers import (
    BILL_LABELS,
    find_grouped_numbers,
    find_number_tokens,
    holds_digits,
    read_bill_id,
    read_tracking_code,
)
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of
from domain.values.bill_ids import FEWEST_BILL_ID_DIGITS
from domain.values.errors import InvalidField
from domain.values.identifiers import parse_mobile
from domain.values.tracking_codes import CODE_DIGITS

_OTHER_LABELS = keys_of("من", ":", "=", "-", "#")
_CODE_NAMES = BILL_LABELS - _OTHER_LABELS | keys_in("values.code_names")
_BILL_NAMES = keys_of("قبض", "قبضم", "شناسه", "پرداخت", "bill", "ghabz", "qabz")
_WORDS_BEFORE, _WORDS_BEHIND = 3, 2
_REPORTING_PHRASES = Phrases({True: words_of("values.reporting_phrases.yes")})
"""Phrases that only the municipality says of a request: a text of ours that comes back."""
_OPENING_QUOTES, _CLOSING_QUOTES = frozenset("«\"“'‘"), frozenset("»\"”'’")


class CodePlace(NamedTuple):
    """The first code or bill id of a message."""

    start: int
    """Its first token."""
    end: int
    """The token after its last one."""
    is_bill: bool
    """Whether it is a bill id."""

    def is_named_in(self, stream: TokenStream) -> bool:
        """Return whether a word right beside it says what it is («کد», «درخواست»)."""
        return self._has_name(stream, _CODE_NAMES)

    def is_alone_in(self, stream: TokenStream, harmless_words: frozenset[str]) -> bool:
        """Return whether nothing but marks, numbers and words that change nothing is beside it."""
        return not any(
            stream.key_at(index) and not stream.is_mark_at(index) and not stream.digits_at(index)
            and stream.key_at(index) not in harmless_words | _CODE_NAMES
            for index in range(len(stream))
        )  # fmt: skip

    def _has_name(self, stream: TokenStream, labels: frozenset[str]) -> bool:
        places = (*range(self.start - _WORDS_BEFORE, self.start), *range(self.end, self.end + _WORDS_BEHIND))
        return any(stream.raw_at(place) in labels for place in places)


def find_code_place(stream: TokenStream) -> CodePlace | None:
    """Return where a message holds its first right tracking code, else a bill id that is named or all it says."""
    return stream.find_once(_find_code_place)


def _find_code_place(stream: TokenStream) -> CodePlace | None:
    if not holds_digits(stream, FEWEST_BILL_ID_DIGITS):
        return None
    numbers = [
        number
        for number in (*find_grouped_numbers(stream), *find_number_tokens(stream))
        if len(number[0]) >= FEWEST_BILL_ID_DIGITS
    ]
    for digits, start, end in numbers:
        if len(digits) == CODE_DIGITS and read_tracking_code(digits):
            return CodePlace(start, end, is_bill=False)
    for digits, start, end in numbers:
        place = CodePlace(start, end, is_bill=True)
        if place._has_name(stream, _BILL_NAMES) and read_bill_id(digits) and not _is_mobile(digits):
            return place
    return None


def take_reporting_phrases(stream: TokenStream, place: CodePlace) -> bool:
    """Take what tells how a request stands, as the municipality's texts do; return whether there was such a thing."""
    tells = False
    for index in range(len(stream)):
        phrase = _REPORTING_PHRASES.match_at(stream, index)
        if phrase and (index >= place.end or place.is_named_in(stream)):
            stream.take(index, phrase[1])
            tells = True
    return tells


def take_quoted_words(stream: TokenStream) -> None:
    """Take what a message quotes («انصراف: «لغو» و کد» of a text that was forwarded), unless it is all of it."""
    start: int | None = None
    for index in range(len(stream)):
        if start is None and stream.raw_at(index) in _OPENING_QUOTES:
            start = index
        elif start is not None and stream.raw_at(index) in _CLOSING_QUOTES:
            if index - start < len(stream) - 1:
                stream.take(start, index + 1)
            start = None


def _is_mobile(digits: str) -> bool:
    try:
        parse_mobile(digits)
    except InvalidField:
        return False
    return True
