"""All words by which a request is kept: names and codes of people (`search.py`), and behind a kind of their own, which
no name begins with, the digits of its code and its mobile from the last one on, its postal code, its address, and the
parts of the plate that it is about.

An address is kept once from each of its words on, so that words that stand together in it are the beginning of one kept
word. Words that most addresses have are left out, of what is kept and of what is looked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.fields.form import Field
from domain.queues.search import list_search_words, split_words
from domain.requests.request import ServiceRequest
from domain.values.identifiers import split_plate

LAST_DIGITS_KIND, POSTAL_CODE_KIND, ADDRESS_KIND, PLATE_KIND = "#end ", "#post ", "#at ", "#plate "
"""Prefixes of these words; no word that is typed has this sign in it."""

MOST_LAST_DIGITS = 8
"""From so many digits on a number is whole, or near it."""

MOST_ADDRESS_WORDS = 12
"""Words of one address that are kept."""

LONGEST_ADDRESS_WORD = 30
"""Characters of an address that are kept from one of its words on."""

_WORDS_OF_MOST_ADDRESSES = frozenset(
    split_words(
        "استان شهر شهرستان خیابان خ کوچه ک پلاک پ بلوار میدان کوی محله روستای روستا جنب نبش کنار نزدیک روبروی روبه رو"
        " پشت بعد قبل از به در ی و طبقه واحد منزل"
    )
)


def list_request_words(form_fields: Iterable[Field], request: ServiceRequest) -> frozenset[str]:
    """Return every word by which a request with this form is found."""
    fields = tuple(form_fields)
    numbers = (number for number in (request.code, request.mobile) if number)
    return (
        list_search_words(fields, request.fields)
        | {last_digits_word(number) for number in numbers}
        | set(_list_place_words(fields, request.fields))
        | set(list_plate_words(request.subject_key or ""))
    )


def last_digits_word(digits: str) -> str:
    """Return what the last digits of a number are kept, and looked for, as: from the last one on."""
    return LAST_DIGITS_KIND + digits[: -MOST_LAST_DIGITS - 1 : -1]


def list_address_words(address: str) -> Iterator[str]:
    """Yield what is kept of an address."""
    address_words = split_address(address)[:MOST_ADDRESS_WORDS]
    for position in range(len(address_words)):
        yield ADDRESS_KIND + "".join(address_words[position:])[:LONGEST_ADDRESS_WORD]


def split_address(text: str) -> tuple[str, ...]:
    """Return the words of an address, or of what is looked for in one, but for those that most have."""
    return tuple(word for word in split_words(text) if word not in _WORDS_OF_MOST_ADDRESSES)


def list_plate_words(plate: str) -> Iterator[str]:
    """Yield what is kept of a plate: whatever of its parts people remember, in the order on the car, begins one."""
    if plate_parts := split_plate(plate):
        two_digits, letter, three_digits = plate_parts
        for remembered in (
            two_digits + letter + three_digits,
            letter + three_digits,
            two_digits + three_digits,
            three_digits,
        ):
            yield PLATE_KIND + remembered


def _list_place_words(form_fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[str]:
    for field in form_fields:
        if value := values.get(field.name):
            if address := field.type.find_address(value):
                yield from list_address_words(address)
            if postal_code := field.type.find_postal_code(value):
                yield POSTAL_CODE_KIND + postal_code
