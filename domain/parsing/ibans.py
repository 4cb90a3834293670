"""The number of a bank account (شبا) in a message: with or without IR and its name, in groups, amid a sentence."""

from typing import NamedTuple

from domain.parsing.identifiers import find_grouped_numbers, find_number_tokens, holds_digits, read_digit_run
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import TokenStream, keys_in, keys_of
from domain.values.errors import InvalidField
from domain.values.ibans import IBAN_DIGITS, Iban, find_valid_iban
from domain.values.reasons import InvalidReason

FEWEST_DIGITS = 10
"""A shorter number behind IR or «شبا» is no attempt at an account."""

_COUNTRY = keys_of("ir", "ار")
"""IR, or the end of «آی آر»."""
_ACCOUNT_WORDS = keys_in("values.account_words")
_LABELS = _COUNTRY | _ACCOUNT_WORDS | keys_in("values.labels")
_WORDS_TO_NUMBER = 4
_MASKED_TOKENS = 8
_CARD_WORDS = keys_in("values.card_words")
_WORDS_TO_PAYING_CARD, _WORDS_TO_PAID_CARD = keys_of("از", "با", "az", "ba"), keys_of("به", "تو", "توی", "be", "too")
_WORDS_OF_PAYING = keys_in("values.words_of_paying")
"""Beside a card they tell that it paid, but where money shall go to it («به کارت … پرداخت کنید»)."""


class IbanPlace(NamedTuple):
    """Place of an account in a message."""

    start: int
    """The first token of its number."""
    end: int
    """The token after its last one."""
    iban: Iban | None
    """The account; None where the number is wrong."""
    is_card: bool = False
    """Whether the number is that of a card, as it is masked."""


def find_iban(stream: TokenStream) -> IbanPlace | None:
    """Return the account that a message says: a right one first, else a number that is meant for one."""
    if not holds_digits(stream, FEWEST_DIGITS):
        return None
    runs = [
        (run[0], index, run[1])
        for _, index, _ in find_number_tokens(stream)
        if (run := read_digit_run(stream, index, (IBAN_DIGITS,), IBAN_DIGITS))
    ]
    for digits, start, end in runs:
        if (iban := find_valid_iban(digits)) and not stream.digits_at(end):
            return IbanPlace(start, end, iban)
    for digits, start, end in (*runs, *find_grouped_numbers(stream)):
        is_named = _is_named(stream, start)
        if len(digits) >= FEWEST_DIGITS and (is_named or (len(digits) == IBAN_DIGITS and end - start == 1)):
            return IbanPlace(start, end, None)
    return _find_card(stream)


def _find_card(stream: TokenStream) -> IbanPlace | None:
    """Return the masked card number (603799******6785) that a message gives to have money sent to; not one that it
    tells of («از کارت … کم شد»).
    """
    for start in range(len(stream) - _MASKED_TOKENS + 1):
        end = start + _MASKED_TOKENS
        is_masked = all(stream.key_at(index) == "*" for index in range(start + 1, end - 1))
        is_card = is_masked and len(stream.digits_at(start)) == 6 and len(stream.digits_at(end - 1)) == 4
        if is_card and not _has_paid(stream, start):
            return IbanPlace(start, end, None, is_card=True)
    return None


def _has_paid(stream: TokenStream, card_start: int) -> bool:
    """Return whether a message tells that the card at a place paid, by the word that leads to it or its verb."""
    word_before = stream.raw_at(stream.skip_back(card_start, _CARD_WORDS) - 1)
    if word_before in _WORDS_TO_PAYING_CARD | _WORDS_TO_PAID_CARD:
        return word_before in _WORDS_TO_PAYING_CARD
    return not _WORDS_OF_PAYING.isdisjoint(token.key for token in stream.tokens)


def take_iban(reader: MessageReader) -> None:
    """Take the account that a message says; a number that is meant for one and is wrong is refused."""
    place = find_iban(reader.stream)
    if place is None:
        return
    start = reader.stream.skip_back(place.start, _LABELS)
    if place.iban:
        reader.slots["iban"] = place.iban
        reader.stream.take(start, place.end)
    elif place.is_card:
        reader.problems_by_slot["iban"] = InvalidField("iban", InvalidReason.CARD_NOT_IBAN)
        reader.stream.take(start, place.end)
    else:
        reader.stream.take(start, place.start)
        reader.reject_tokens("iban", place.start, place.end)


def _is_named(stream: TokenStream, start: int) -> bool:
    """Return whether IR is right before a number, or its name near before it."""
    if stream.raw_at(start - 1) in _COUNTRY:
        return True
    words_before = {stream.raw_at(index) for index in range(start - _WORDS_TO_NUMBER, start)}
    return not _ACCOUNT_WORDS.isdisjoint(words_before) and len(stream.digits_at(start)) != 9
