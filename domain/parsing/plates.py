"""Vehicle plates inside a message, in the orders and spacings that people type: 12ت345-59, «۱۲ ت ۳۴۵ ایران ۵۹»."""

from typing import NamedTuple

from domain.parsing.identifiers import start_with_about_word
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import TokenStream, keys_of
from domain.values import identifiers
from domain.values.errors import InvalidField

_PLATE_LETTERS = keys_of("الف", "ا", *"بپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیtds")
_GAP_MARKS = frozenset("-‐‑–—−|/،,.:_")
_PLATE_LABELS = keys_of(
    "پلاک", "شماره", "تاکسی", "خودرو", "خودروی", "به", "با", "ماشین", "plate", "taxi", "car", ":", "#", "-"
)
_OPENING_BRACKETS, _CLOSING_BRACKETS, _AND_WORDS = frozenset("(["), frozenset(")]"), keys_of("و")
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


def _read_plate_at(stream: TokenStream, index: int) -> _PlateMention | None:
    """Read a plate whose region comes last («… (ایران ۵۹)», or glued to the number) or first («ایران ۵۹ - ۱۲ت۳۴۵»)."""
    first_index = stream.skip(index, _IRAN_WORDS | _GAP_MARKS) if stream.key_at(index) in _IRAN_WORDS else index
    second_index = stream.skip(first_index + 1, _GAP_MARKS | _IRAN_WORDS)
    if len(stream.digits_at(first_index)) == 2 and (serial := _read_serial_at(stream, second_index)):
        return serial if serial.region else serial._replace(region=stream.digits_at(first_index))
    serial = _read_serial_at(stream, first_index)
    if not serial or serial.region:
        return serial
    region_index = stream.skip(serial.end, _GAP_MARKS | _IRAN_WORDS | _OPENING_BRACKETS)
    region = stream.digits_at(region_index)
    return (
        serial._replace(region=region, end=stream.skip(region_index + 1, _CLOSING_BRACKETS))
        if len(region) == 2
        else serial
    )


def _read_serial_at(stream: TokenStream, index: int) -> _PlateMention | None:
    """Read two digits, a letter, and three digits, or five with the region; or, typed from the other end, 345ت12."""
    two_digits, letter_index = stream.digits_at(index), stream.skip(index + 1, _GAP_MARKS)
    letter, three_index = stream.key_at(letter_index), stream.skip(letter_index + 1, _GAP_MARKS)
    three_digits = stream.digits_at(three_index)
    if (len(two_digits), len(three_digits)) == (3, 2) and letter in _PLATE_LETTERS - _AND_WORDS:
        return _PlateMention(three_digits, letter, two_digits, "", three_index + 1)
    if len(two_digits) != 2 or letter not in _PLATE_LETTERS or len(three_digits) not in (3, 5):
        return None
    return _PlateMention(two_digits, letter, three_digits[:3], three_digits[3:], three_index + 1)
