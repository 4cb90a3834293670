"""Texts of citizens with what is personal in them masked: they are kept to learn from, and nobody is found by them.

A mask names the kind of what it hides (`{mobile}`, `{number6}` of six digits). Masked are mobiles, national codes,
tracking codes, accounts, cards, plates, every other longer number, the numbers of houses, and names: those that are
known of the writer, and what follows a title. Where a text is learned from, a specimen of the kind stands in its place.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby

from domain.parsing.identifiers import find_grouped_numbers, read_tracking_code
from domain.parsing.plates import find_plate_places
from domain.parsing.tokens import TokenKind, TokenStream, key_of, keys_in
from domain.parsing.word_lists import words_of
from domain.values import identifiers
from domain.values.errors import InvalidField
from domain.values.ibans import IBAN_DIGITS

MASK_PATTERN = re.compile(r"\{([a-z_]+?)(\d*)\}")
"""A mask: its kind, and how many digits a number had."""

LONGEST_MASKED = 500
"""Characters that are kept of one text."""

_SPECIMENS: Mapping[str, str] = {
    "mobile": "09120000000",
    "national_code": "0499370899",
    "code": "302466335",
    "card": "603799******1118",
    "iban": "IR800220000000000000005567",
    "plate": words_of("values.specimen_plate")[0],
    "name": words_of("values.specimen_name")[0],
}
_SPECIMEN_DIGITS = "1234567890"
_HIDDEN_CARD = re.compile(r"\{number6\}\*+\{number4\}")
_FEWEST_DIGITS, _FEWEST_GROUPED_DIGITS, _FEWEST_NAME_LETTERS = 4, 7, 3
_YEAR = re.compile(r"(?:1[34]|20)\d\d$")
_BRACES = str.maketrans("{}", "()")
_TITLES, _NUMBER_LABELS = keys_in("values.name_titles"), keys_in("values.house_labels")
_FAMILY_ENDINGS = words_of("values.family_name_endings")
_COUNTRY = key_of("ir")

_Masked = tuple[int, int, str]


def mask_personal_data(text: str, known_names: Collection[str] = ()) -> str:
    """Return a text with what is personal in it masked; `known_names` are those of its writer."""
    text = text.translate(_BRACES)[:LONGEST_MASKED]
    stream = TokenStream(text)
    pieces, end = list[str](), 0
    for first, last, mask in sorted(_find_masked(stream, known_names)):
        start = stream.tokens[first].start
        if start >= end:
            pieces += text[end:start], f"{{{mask}}}"
            end = stream.tokens[last - 1].end
    return _HIDDEN_CARD.sub("{card}", "".join((*pieces, text[end:])))


def fill_specimens(masked_text: str) -> str:
    """Return a masked text as somebody could have written it, with a specimen in the place of each mask."""
    return MASK_PATTERN.sub(lambda mask: _specimen_of(mask[1], mask[2]), masked_text)


def _specimen_of(kind: str, digit_count: str) -> str:
    if kind != "number":
        return _SPECIMENS.get(kind, "")
    count = int(digit_count or 1)
    return (_SPECIMEN_DIGITS * (count // len(_SPECIMEN_DIGITS) + 1))[:count]


def _find_masked(stream: TokenStream, known_names: Collection[str]) -> Iterator[_Masked]:
    """Yield what is masked, as the tokens from and up to, with the mask; plates first, the rest may overlap them."""
    plates = list(find_plate_places(stream))
    yield from ((start, end, "plate") for start, end in plates)
    for start, end in plates:
        stream.take(start, end)
    yield from _find_numbers(stream)
    yield from ((start, end, "name") for start, end in _find_names(stream, known_names))


def _find_numbers(stream: TokenStream) -> Iterator[_Masked]:
    for _, start, end in find_grouped_numbers(stream):
        for first, last, digits in _split_at_long_numbers(stream, start, end):
            is_of_building = stream.raw_at(first - 1) in _NUMBER_LABELS
            if is_of_building or (len(digits) >= _FEWEST_DIGITS and not _YEAR.match(stream.digits_at(first))):
                yield first - (stream.raw_at(first - 1) == _COUNTRY), last, _name_number(digits)


def _split_at_long_numbers(stream: TokenStream, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield the numbers of a row of groups of digits, as tokens from and up to: a long group is one by itself, shorter
    ones between them are one together where that is as long as what is dialled; else each is one.
    """
    groups = [index for index in range(start, end) if stream.digits_at(index)]
    for is_long, row in groupby(groups, lambda index: len(stream.digits_at(index)) >= _FEWEST_GROUPED_DIGITS):
        indexes = list(row)
        digits = "".join(stream.digits_at(index) for index in indexes)
        if not is_long and len(digits) >= _FEWEST_GROUPED_DIGITS:
            yield indexes[0], indexes[-1] + 1, digits
        else:
            yield from ((index, index + 1, stream.digits_at(index)) for index in indexes)


def _name_number(digits: str) -> str:
    """Return the mask of a number: by its kind, where its check digits or its beginning say it."""
    if len(digits) == IBAN_DIGITS:
        return "iban"
    for kind, parse in (("mobile", identifiers.parse_mobile), ("national_code", identifiers.parse_national_code)):
        try:
            parse(digits if kind == "mobile" or len(digits) == 10 else "")
        except InvalidField:
            continue
        return kind
    return "code" if read_tracking_code(digits) else f"number{len(digits)}"


def _find_names(stream: TokenStream, known_names: Collection[str]) -> Iterator[tuple[int, int]]:
    known_keys = {key_of(part) for name in known_names for part in name.split() if len(part) >= _FEWEST_NAME_LETTERS}
    for index, token in enumerate(stream.tokens):
        if token.kind is not TokenKind.WORD:
            continue
        if token.key in known_keys:
            yield index, index + 1
        elif stream.raw_at(index - 1) in _TITLES and token.key not in _TITLES:
            yield index, index + 1 + _is_family_name(stream, index + 1)


def _is_family_name(stream: TokenStream, index: int) -> bool:
    word = stream.raw_at(index)
    return len(word) > _FEWEST_NAME_LETTERS and word.endswith(_FAMILY_ENDINGS)
