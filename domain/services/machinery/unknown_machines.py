"""Machines that the municipality does not have: they are refused, and become no place."""

from domain.conversation.reading.vocabulary import WISH_WORDS
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.machines import end_of_machine_at
from domain.parsing.negation import find_negations
from domain.parsing.places import has_address_word, is_place_trade
from domain.parsing.slots import MessageReader
from domain.parsing.times.hours import find_lengths_and_clocks
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_of
from domain.values.errors import UnknownKind
from domain.values.reasons import UnknownKindReason

_OTHER_MACHINE_PHRASES = Phrases(
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

_JOINING_WORDS = keys_of("و", "،", ",", "+", "یا", "and", "or")
_IGNORED_WORDS = (
    COURTESY_WORDS | WISH_WORDS | _JOINING_WORDS | keys_of("دستگاه", "عدد", "تا", "فوری", "هم", "ساعت", "از", "در", ":")
)
_MOST_WORDS = 3
_LONGEST_QUOTED_NAME = 30


def take_unknown_machine(reader: MessageReader) -> None:
    """Refuse a machine that there is none of; the order is asked for its machines, and the reply names it."""
    token_span = _find_other_machine(reader.stream) or _find_in_machine_index(reader)
    if token_span:
        machine_name = reader.stream.source_text(*token_span)[:_LONGEST_QUOTED_NAME]
        reader.problems_by_slot["items"] = UnknownKind("items", UnknownKindReason.MACHINE, given=machine_name)
        reader.stream.take(*token_span)


def _find_other_machine(stream: TokenStream) -> tuple[int, int] | None:
    for start, _, end in _OTHER_MACHINE_PHRASES.find_in(stream):
        if not is_place_trade(stream, start):
            return start, end
    return None


def _find_in_machine_index(reader: MessageReader) -> tuple[int, int] | None:
    """Return the words in the place of a machine: right before its hours, or joined to another machine.

    Where no machine was named, also those right behind the keyword. An address is none.
    """
    stream = reader.stream
    named_parts = [
        (part_index, start, end, name_span)
        for part_index, (start, end) in enumerate(stream.free_parts())
        if (name_span := _trim_to_name(stream, start, end)) and not has_address_word(stream, start, end)
    ]
    if not named_parts:
        return None
    full_stream = TokenStream(stream.text)
    hour_starts = {length.start for length in find_lengths_and_clocks(full_stream)[0]}
    machine_ends = {end for index in range(len(full_stream)) if (end := end_of_machine_at(full_stream, index))}
    has_no_machine = "items" not in reader.slots and "items" not in reader.rejected_texts
    for part_index, start, end, name_span in named_parts:
        is_joined = stream.key_at(start) in _JOINING_WORDS and start in machine_ends
        if (
            (end in hour_starts and (has_no_machine or is_joined))
            or is_joined
            or (has_no_machine and not part_index and end < len(stream))
        ):
            return name_span
    return None


def _trim_to_name(stream: TokenStream, start: int, end: int) -> tuple[int, int] | None:
    """Return the few words of a part that may be a name; None when it holds a number, or too many words."""
    while start < end and (stream.key_at(start) in _IGNORED_WORDS or stream.is_mark_at(start)):
        start += 1
    while start < end and (stream.key_at(end - 1) in _IGNORED_WORDS or stream.is_mark_at(end - 1)):
        end -= 1
    is_short = 0 < end - start <= _MOST_WORDS
    is_denied = any(start <= negation.start < end for negation in find_negations(stream.read).verbs)
    return (
        (start, end)
        if is_short
        and not is_denied
        and all(stream.tokens[index].kind is TokenKind.WORD for index in range(start, end))
        else None
    )
