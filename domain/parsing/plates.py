"""Vehicle plates inside a message, in the orders and spacings that people type: 12ت345-59, «۱۲ ت ۳۴۵ ایران ۵۹»."""

from typing import NamedTuple

from domain.parsing.identifiers import before_subject
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Stream, keys
from domain.values import identifiers
from domain.values.errors import InvalidField

_LETTERS = keys("الف", "ا", *"بپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیtds")
_GAPS = frozenset("-‐‑–—−|/،,.:_")
_LABELS = keys("پلاک", "شماره", "تاکسی", "خودرو", "خودروی", "به", "با", "ماشین", "plate", "taxi", "car", ":", "#", "-")
_OPEN, _CLOSED, _AND = frozenset("(["), frozenset(")]"), keys("و")
_IRAN = keys("ایران", "iran", "ir")


class _Written(NamedTuple):
    """A plate as it was found: `region` is empty when none was written."""

    two: str
    letter: str
    three: str
    region: str
    end: int


def take_plate(reading: MessageReader) -> None:
    """Take a vehicle plate as 12ت345-59; one that lacks its region or has a wrong one is refused."""
    stream = reading.stream
    for at in stream.free():
        found = _plate_at(stream, at)
        if not found:
            continue
        begin = before_subject(stream, stream.back(at, _LABELS))
        try:
            reading.slots["plate"] = identifiers.plate(f"{found.two}{found.letter}{found.three}-{found.region}")
            stream.take(begin, found.end)
        except InvalidField:
            reading.reject("plate", at, found.end)
            stream.take(begin, at)
        return


def _plate_at(stream: Stream, at: int) -> _Written | None:
    """Read a plate whose region comes last («… (ایران ۵۹)», or glued to the number) or first («ایران ۵۹ - ۱۲ت۳۴۵»)."""
    first = stream.skip(at, _IRAN | _GAPS) if stream.key(at) in _IRAN else at
    second = stream.skip(first + 1, _GAPS | _IRAN)
    if len(stream.digits(first)) == 2 and (serial := _serial_at(stream, second)):
        return serial if serial.region else serial._replace(region=stream.digits(first))
    serial = _serial_at(stream, first)
    if not serial or serial.region:
        return serial
    region_at = stream.skip(serial.end, _GAPS | _IRAN | _OPEN)
    region = stream.digits(region_at)
    return serial._replace(region=region, end=stream.skip(region_at + 1, _CLOSED)) if len(region) == 2 else serial


def _serial_at(stream: Stream, at: int) -> _Written | None:
    """Read two digits, a letter, and three digits, or five with the region; or, typed from the other end, 345ت12."""
    two, letter_at = stream.digits(at), stream.skip(at + 1, _GAPS)
    letter, three_at = stream.key(letter_at), stream.skip(letter_at + 1, _GAPS)
    three = stream.digits(three_at)
    if (len(two), len(three)) == (3, 2) and letter in _LETTERS - _AND:
        return _Written(three, letter, two, "", three_at + 1)
    if len(two) != 2 or letter not in _LETTERS or len(three) not in (3, 5):
        return None
    return _Written(two, letter, three[:3], three[3:], three_at + 1)
