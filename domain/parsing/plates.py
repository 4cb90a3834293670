"""Vehicle plates inside a message, in the orders and spacings that people type: 12ت345-59, «۱۲ ت ۳۴۵ ایران ۵۹»."""

from collections.abc import Iterator
from typing import NamedTuple

from domain.parsing.identifiers import start_with_about_word
from domain.parsing.numerals import read_number_at
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import TokenStream, key_of, keys_in, keys_of
from domain.values import identifiers
from domain.values.errors import InvalidField

_PLATE_LETTERS = keys_of("الف", "ا", *"بپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیtds")
_GAP_MARKS = frozenset("-‐‑–—−|/،,.:_")
_PLATE_LABELS = keys_in("values.plate_labels")
_OPENING_BRACKETS, _CLOSING_BRACKETS, _AND_WORDS = frozenset("(["), frozenset(")]"), keys_of("و")
_LETTERS_BY_NAME = {
    key_of(name): key_of(letter)
    for letter, spellings in {
        "ب": "به be", "پ": "په", "ت": "ته te", "ج": "جیم jim", "د": "دال dal", "س": "سین sin", "ص": "صاد sad",
        "ط": "طا", "ع": "عین ein", "ق": "قاف ghaf", "ل": "لام", "م": "میم mim", "ن": "نون noon", "و": "واو vav",
        "الف": "alef",
    }.items()
    for name in spellings.split()
}  # fmt: skip
"""Letters as people say them."""
_IRAN_WORDS = keys_of("ایران", "iran", "ir")


class _PlateMention(NamedTuple):
    """A plate as it was found."""

    two_digits: str
    """The digits before the letter."""
    letter: str
    """The letter, in the one form that is stored."""
    three_digits: str
    """The digits behind the letter."""
    region: str
    """The two digits of the region; empty when none were written."""
    end: int
    """The token after the last one."""


def take_plate(reader: MessageReader) -> None:
    """Take a vehicle plate as 12ت345-59; one that lacks its region or has a wrong one is refused."""
    stream = reader.stream
    for index in stream.free_indexes():
        mention = _read_plate_at(stream, index)
        if not mention:
            continue
        lead_begin = start_with_about_word(stream, stream.skip_back(index, _PLATE_LABELS))
        try:
            reader.slots["plate"] = identifiers.parse_plate(
                f"{mention.two_digits}{mention.letter}{mention.three_digits}-{mention.region}"
            )
            stream.take(lead_begin, mention.end)
        except InvalidField:
            reader.reject_tokens("plate", index, mention.end)
            stream.take(lead_begin, index)
        return


def find_plate_places(stream: TokenStream) -> Iterator[tuple[int, int]]:
    """Yield the first token of every plate that a message holds, whole or not, and the token after its last one."""
    index = 0
    while index < len(stream):
        mention = _read_plate_at(stream, index)
        if mention:
            yield index, mention.end
        index = mention.end if mention else index + 1


def _read_plate_at(stream: TokenStream, index: int) -> _PlateMention | None:
    """Read a plate whose region comes last («… (ایران ۵۹)», or glued to the number) or first («ایران ۵۹ - ۱۲ت۳۴۵»)."""
    first_index = stream.skip(index, _IRAN_WORDS | _GAP_MARKS) if stream.key_at(index) in _IRAN_WORDS else index
    if region_first := _read_digits_at(stream, first_index, 2):
        serial = _read_serial_at(stream, stream.skip(region_first[1], _GAP_MARKS | _IRAN_WORDS))
        if serial:
            return serial if serial.region else serial._replace(region=region_first[0])
    serial = _read_serial_at(stream, first_index)
    if not serial or serial.region:
        return serial
    region_index = stream.skip(serial.end, _GAP_MARKS | _IRAN_WORDS | _OPENING_BRACKETS)
    region = _read_digits_at(stream, region_index, 2)
    return serial._replace(region=region[0], end=stream.skip(region[1], _CLOSING_BRACKETS)) if region else serial


def _read_serial_at(stream: TokenStream, index: int) -> _PlateMention | None:
    """Read two digits, a letter, and three digits, or five with the region; or, typed from the other end, 345ت12."""
    for first_length, second_lengths in ((2, (3, 5)), (3, (2,))):
        first = _read_digits_at(stream, index, first_length)
        letter_index = stream.skip(first[1], _GAP_MARKS) if first else index
        letter = _LETTERS_BY_NAME.get(stream.key_at(letter_index), stream.key_at(letter_index))
        if not first or letter not in _PLATE_LETTERS - (_AND_WORDS if first_length == 3 else frozenset()):
            continue
        second_index = stream.skip(letter_index + 1, _GAP_MARKS)
        for second_length in second_lengths:
            if second := _read_digits_at(stream, second_index, second_length):
                two, three = (first[0], second[0]) if first_length == 2 else (second[0], first[0])
                return _PlateMention(two, letter, three[:3], three[3:], second[1])
    return None


def _read_digits_at(stream: TokenStream, index: int, digit_count: int) -> tuple[str, int] | None:
    """Return so many digits at a place and their end: a number, or as people say it («بیست و یک», «سه چهار پنج»)."""
    if digits := stream.digits_at(index):
        return (digits, index + 1) if len(digits) == digit_count else None
    number = read_number_at(stream, index)
    if number and len(str(number[0])) == digit_count:
        return str(number[0]), number[1]
    single_numbers = [read_number_at(stream, place) for place in range(index, index + digit_count)]
    spelt_digits = "".join(str(single[0]) for single in single_numbers if single and single[0] < 10)
    return (spelt_digits, index + digit_count) if len(spelt_digits) == digit_count else None
