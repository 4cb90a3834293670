"""The code in a text of which somebody asks whether the municipality sent it.

It may be an address, the token of a payment link or of an issued paper, a letter's number, a tracking code or a bill's
ids. People paste the whole text, so the code stands anywhere among other words and numbers. Addresses come first: a
fraud puts a real bill beside an address of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from urllib.parse import urlsplit

from domain.parsing.identifiers import BILL_LABELS, find_grouped_numbers, read_bill_id, read_tracking_code
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import TokenStream, key_of
from domain.values import bill_ids
from domain.values.errors import CodeMistyped, InvalidField
from domain.values.page_tokens import LINK_TOKEN_PATTERN, PAPER_TOKEN_PATTERN
from domain.values.reasons import MistypedCodeReason
from domain.values.text import ascii_digits, fold_text

_ADDRESS_MARK = re.compile(
    r"://|(?<!\w)www\.|/(?:pay|verify)/|[\w-]\.[a-z]{2,}(?:/|\W*$)",
    re.IGNORECASE,
)
"""Mark of an address among other words; it is looked for in each by itself, for texts may be long."""

_LABEL_BEFORE_ADDRESS = re.compile(r"^(?:[^./\\@:?#]*:(?!//)(?!\d)|[^\w/\\@]+(?=\w))+")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")
_MARKS_AFTER_ADDRESS = ".,،؛;:!?؟)]}»\"'”’"
_TOKEN_CANDIDATE = re.compile(r"(?<![\w/.])[0-9a-zA-Z]{12,32}(?!\w)")
_GROUPED_PAPER_TOKEN = re.compile(r"(?<![\w/.])[0-9a-f]{1,16}(?:[ -][0-9a-f]{1,16})+(?!\w)", re.IGNORECASE)
"""A paper's token as people copy it, in groups."""

_LETTER_WORD = fold_text("نامه")
_PARTING = r"\s?[/\\-]\s?"
_REGISTERS = f"[a-z{fold_text('ک')}{fold_text('ت')}]"
_REGISTER_NUMBER = re.compile(
    rf"(?<![\w/])(?:(1[34][0-9]{{2}}){_PARTING}({_REGISTERS}){_PARTING}([0-9]{{1,9}})"
    rf"|([0-9]{{1,9}}){_PARTING}({_REGISTERS}){_PARTING}(1[34][0-9]{{2}}))(?![\w/])"
)
"""A number of our registers, as it is written (1405/ک/12) or as it is read from the right."""

_CALLED_LETTER = re.compile(
    rf"(?<!\w){_LETTER_WORD}(?:\s|:|ی\b|با\b|به\b|شماره\b)*(?P<number>\w+(?:\s?[/\\._-]\s?\w+){{0,4}})"
)
"""Words for a letter's number: the secretariat's own may be anything."""

_DATE = re.compile(r"1[34][0-9]{2}/[0-9]{1,2}/[0-9]{1,2}")
_LONGEST_LETTER_NUMBER = 24
_FEWEST_DIGITS, _MOST_DIGITS = 6, 13
_MOST_NUMBERS = 20
_CODE_LABELS = BILL_LABELS | {key_of("پرداخت")}


@dataclass(frozen=True, slots=True)
class ClaimedCode:
    """Code found."""

    code: str
    """Digits of a tracking code or bill id, a token, a letter's number behind the word for it
    (`read_letter_number`), or addresses as they were written, parted by spaces.
    """
    payment_id: str = ""
    """The payment id that belongs to the bill id; empty where none was written."""


@dataclass(frozen=True, slots=True)
class ClaimedAddress:
    """An address as a browser would take it."""

    host: str
    """Host of the site it leads to; empty for a path alone («/pay/…»)."""
    token: str
    """Token of a payment link or of a paper; empty for any other page."""


def find_claimed_code(stream: TokenStream) -> ClaimedCode | None:
    """Return the code in what nobody took of a message; None without one.

    `CodeMistyped("code")` where there are but numbers whose check digits are wrong: they need no look-up.
    """
    if addresses := list(_list_addresses(stream.text)):
        return ClaimedCode(" ".join(addresses))
    return _find_token(stream) or _find_letter(stream.text) or _find_number(stream)


def take_claimed_code(reader: MessageReader) -> None:
    """Take the code of a text or paper, and the payment id beside a bill id; mistyped ones are told as such."""
    try:
        claimed_code = find_claimed_code(reader.stream)
    except CodeMistyped as problem:
        reader.problems_by_slot["code"] = problem
    else:
        if claimed_code is None:
            return
        reader.slots["code"] = claimed_code.code
        if claimed_code.payment_id:
            reader.slots["payment_id"] = claimed_code.payment_id
    _take_numbers(reader.stream)


def _take_numbers(stream: TokenStream) -> None:
    """Take every number: of whatever else is in the pasted text nothing is asked."""
    for index in range(len(stream)):
        if stream.digits_at(index):
            stream.take(index, index + 1)


def read_address(address: str) -> ClaimedAddress:
    """Return where an address leads; a host that no browser can read is a foreign one."""
    bare_address = fold_text(address)
    if bare_address.startswith(("/pay/", "/verify/")):
        host, path = "", bare_address
    else:
        try:
            parts = urlsplit("//" + _SCHEME.sub("", bare_address).replace("\\", "/"))
        except ValueError:
            return ClaimedAddress("?", "")
        host, path = parts.hostname or "?", parts.path
    path_match = re.match(r"/(?:pay|verify)/([0-9a-z]+)", path)
    return ClaimedAddress(host, path_match[1] if path_match else "")


def is_address(code: str) -> bool:
    """Return whether what was found is one address or several."""
    return read_letter_number(code) is None and ("/" in code or "." in code)


def read_letter_number(code: str) -> str | None:
    """Return the letter's number that was found, without spaces; None where something else was."""
    word, _, number = code.partition(" ")
    return number if word == _LETTER_WORD and number else None


def _list_addresses(text: str) -> Iterator[str]:
    for word in text.split():
        if _ADDRESS_MARK.search(word):
            yield _LABEL_BEFORE_ADDRESS.sub("", word).rstrip(_MARKS_AFTER_ADDRESS)


def _find_token(stream: TokenStream) -> ClaimedCode | None:
    free_starts = {stream.tokens[index].start for index in stream.free_indexes()}
    text = ascii_digits(stream.text)
    for match in (*_TOKEN_CANDIDATE.finditer(text), *_GROUPED_PAPER_TOKEN.finditer(text)):
        token = match[0].lower().replace(" ", "").replace("-", "")
        is_token = PAPER_TOKEN_PATTERN.fullmatch(token) or LINK_TOKEN_PATTERN.fullmatch(token)
        if is_token and not token.isdecimal() and match.start() in free_starts:
            return ClaimedCode(token)
    return None


def _find_letter(text: str) -> ClaimedCode | None:
    folded_text = fold_text(text)
    if match := _REGISTER_NUMBER.search(folded_text):
        year, register, number = match.groups()[:3] if match[1] else match.groups()[:2:-1]
        return ClaimedCode(f"{_LETTER_WORD} {year}/{register}/{number}")
    for match in _CALLED_LETTER.finditer(folded_text):
        number = "".join(match["number"].split())
        is_other_number = read_tracking_code(number) or read_bill_id(number) or _DATE.fullmatch(number)
        if any(map(str.isdecimal, number)) and len(number) <= _LONGEST_LETTER_NUMBER and not is_other_number:
            return ClaimedCode(f"{_LETTER_WORD} {number}")
    return None


def _find_number(stream: TokenStream) -> ClaimedCode | None:
    long_numbers = [number for number in _list_numbers(stream) if len(number) >= _FEWEST_DIGITS]
    numbers = [number for number in long_numbers if len(number) <= _MOST_DIGITS][:_MOST_NUMBERS]
    for bill_id, payment_id in permutations(numbers, 2):
        if _belong_together(bill_id, payment_id):
            return ClaimedCode(bill_id.lstrip("0"), payment_id.lstrip("0"))
    for digits in numbers:
        if read_tracking_code(digits):
            return ClaimedCode(digits)
        if read_bill_id(digits):
            return ClaimedCode(digits.lstrip("0"))
    if long_numbers:
        raise CodeMistyped("code", MistypedCodeReason.ANY_CODE)
    return None


def _list_numbers(stream: TokenStream) -> list[str]:
    """Return the numbers of a message, what is called a code or an id first."""
    single_numbers = (
        (stream.digits_at(index), index, index + 1) for index in range(len(stream)) if stream.digits_at(index)
    )
    labelled_numbers: list[str] = []
    other_numbers: list[str] = []
    for digits, start, _ in (*find_grouped_numbers(stream), *single_numbers):
        is_labelled = stream.skip_back(start, _CODE_LABELS) < start
        (labelled_numbers if is_labelled else other_numbers).append(digits)
    return list(dict.fromkeys((*labelled_numbers, *other_numbers)))


def _belong_together(bill_id: str, payment_id: str) -> bool:
    try:
        bill_ids.parse_ids(bill_id, payment_id)
    except InvalidField:
        return False
    return True
