"""Machines that the municipality does not have: they are refused, and become no place."""

from domain.conversation.vocabulary import WISHES
from domain.parsing.filler_words import COURTESIES
from domain.parsing.hours import lengths_and_clocks
from domain.parsing.machines import machine_at
from domain.parsing.places import says_address, trade_of_a_place
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, Stream, TokenKind, keys
from domain.values.errors import UnknownKind

_OTHERS = Phrases(
    {
        True: (
            "تراکتور", "هلیکوپتر", "لیفتراک", "فینیشر", "میکسر", "میکسر بتن", "تراک میکسر", "پمپ بتن", "خاور", "نیسان",
            "وانت", "تریلی", "کمرشکن", "آسفالت تراش", "ترنچر", "کمباین", "دریل واگن", "حفار", "لجن کش", "نردبان",
            "بالابر", "مینی بوس", "اتوبوس", "آمبولانس", "ماشین آتش نشانی", "آتش نشانی", "دکل", "تخلیه چاه", "چکش",
            "tractor", "helicopter", "forklift", "trailer", "pickup",
        )
    }
)  # fmt: skip
"""Machines that people ask for and the fleet never has."""

_JOINS = keys("و", "،", ",", "+", "یا", "and", "or")
_IGNORED = COURTESIES | WISHES | _JOINS | keys("دستگاه", "عدد", "تا", "فوری", "هم", "ساعت", "از", "در", ":")
_MOST_WORDS = 3
_LONGEST_TOLD = 30


def take_unknown_machine(reading: MessageReader) -> None:
    """Refuse a machine that there is none of; the order is asked for its machines, and told which it was."""
    found = _known_other(reading.stream) or _in_a_machines_place(reading)
    if found:
        name = reading.stream.slice(*found)[:_LONGEST_TOLD]
        reading.problems["items"] = UnknownKind("items", detail="machine", given=name)
        reading.stream.take(*found)


def _known_other(stream: Stream) -> tuple[int, int] | None:
    for at in stream.free():
        found = _OTHERS.at(stream, at)
        if found and not trade_of_a_place(stream, at):
            return at, found[1]
    return None


def _in_a_machines_place(reading: MessageReader) -> tuple[int, int] | None:
    """Return the words that stand where a machine does: right before its hours, or joined to another machine.

    Where no machine was named, also those right behind the keyword. An address is none.
    """
    stream = reading.stream
    whole = Stream(stream.text)
    hours = {length.start for length in lengths_and_clocks(whole)[0]}
    machines = {end for at in range(len(whole)) if (end := machine_at(whole, at))}
    none_named = "items" not in reading.slots and "items" not in reading.rejected
    for number, (start, end) in enumerate(stream.pieces()):
        words = _words(stream, start, end)
        if not words or says_address(stream.slice(start, end)):
            continue
        joined = stream.key(start) in _JOINS and start in machines
        if (end in hours and (none_named or joined)) or joined or (none_named and not number and end < len(stream)):
            return words
    return None


def _words(stream: Stream, start: int, end: int) -> tuple[int, int] | None:
    """Return the few words of a part that may be a name; None when it holds a number, or too many words."""
    while start < end and (stream.key(start) in _IGNORED or stream.is_mark(start)):
        start += 1
    while start < end and (stream.key(end - 1) in _IGNORED or stream.is_mark(end - 1)):
        end -= 1
    few = 0 < end - start <= _MOST_WORDS
    return (start, end) if few and all(stream.tokens[at].kind is TokenKind.WORD for at in range(start, end)) else None
