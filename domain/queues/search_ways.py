"""Ways in which a text in the search box may be meant. One way is looked in at a time, the surest first, so
that the page can say what a request was found by.
"""

import re
from enum import StrEnum

from domain.papers.issued import letter_number_key
from domain.queues.request_words import (
    ADDRESS_KIND,
    LAST_DIGITS_KIND,
    MOST_LAST_DIGITS,
    PLATE_KIND,
    POSTAL_CODE_KIND,
    last_digits_word,
    split_address,
)
from domain.queues.search import LEAST_DIGITS, LEAST_LETTERS, SearchQuery, parse_query
from domain.values.errors import CodeMistyped, InvalidField
from domain.values.identifiers import read_plate_parts
from domain.values.text import fold_compactly

LONGEST_LETTER_NUMBER = 24
"""Characters of a letter's number."""

_POSTAL_CODE_DIGITS = 10


class SearchWay(StrEnum):
    """Ways of finding something."""

    IDENTITY = "identity"
    """A whole tracking code, mobile, plate or national code."""
    LETTER = "letter"
    """The number of a letter or permit that was issued."""
    POSTAL_CODE = "postal_code"
    """A postal code."""
    LAST_DIGITS = "last_digits"
    """The last digits of a tracking code or a mobile."""
    PLATE = "plate"
    """Parts of a plate, without its region."""
    NAME = "name"
    """Words of a name, or the beginning of a national code."""
    ADDRESS = "address"
    """Words of an address."""


def list_search_ways(query_text: str) -> dict[SearchWay, SearchQuery]:
    """Return what was typed in every way that it may be meant, the surest first; the errors of `parse_query` where it
    means nothing.
    """
    try:
        query = parse_query(query_text)
    except CodeMistyped:
        raise
    except InvalidField:
        if not (number_ways := _list_number_ways(query_text)):
            raise
        return number_ways
    if query.word_beginnings:
        return {**_list_number_ways(query_text), SearchWay.NAME: query, **_list_address_ways(query_text)}
    return {SearchWay.IDENTITY: query, **_list_number_ways(query_text)}


def _list_number_ways(query_text: str) -> dict[SearchWay, SearchQuery]:
    digits, letter_number = fold_compactly(query_text), letter_number_key(query_text)
    ways: dict[SearchWay, SearchQuery] = {}
    is_number = digits.isascii() and digits.isdecimal()
    if _may_be_letter_number(letter_number) and not (is_number and len(digits) > MOST_LAST_DIGITS):
        ways[SearchWay.LETTER] = SearchQuery(letter_number=letter_number)
    if is_number and len(digits) == _POSTAL_CODE_DIGITS:
        ways[SearchWay.POSTAL_CODE] = SearchQuery(word_kind=POSTAL_CODE_KIND, word_beginnings=(digits,))
    if is_number and LEAST_DIGITS <= len(digits) <= MOST_LAST_DIGITS:
        reversed_digits = last_digits_word(digits).removeprefix(LAST_DIGITS_KIND)
        ways[SearchWay.LAST_DIGITS] = SearchQuery(word_kind=LAST_DIGITS_KIND, word_beginnings=(reversed_digits,))
    if plate_parts := read_plate_parts(query_text):
        ways[SearchWay.PLATE] = SearchQuery(word_kind=PLATE_KIND, word_beginnings=("".join(plate_parts),))
    return ways


def _may_be_letter_number(letter_number: str) -> bool:
    return len(letter_number) <= LONGEST_LETTER_NUMBER and re.search("[0-9]", letter_number) is not None


def _list_address_ways(query_text: str) -> dict[SearchWay, SearchQuery]:
    address_words = split_address(query_text)
    if not any(len(word) >= LEAST_LETTERS and not word.isdecimal() for word in address_words):
        return {}
    return {SearchWay.ADDRESS: SearchQuery(word_kind=ADDRESS_KIND, word_beginnings=address_words)}
