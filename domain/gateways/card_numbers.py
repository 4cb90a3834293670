"""Card numbers: six digits of the bank and the last four are stored, and nothing else of them anywhere."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from domain.values.ibans import find_valid_iban
from domain.values.text import ascii_digits

CARD_DIGITS = 16
"""Digits of a card number that people write."""

_FULL_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{6,9}([0-9]{4})(?![0-9])")
_GROUPED_NUMBER = re.compile(r"(?<![0-9])([0-9]{4})[ \-]([0-9]{2})[0-9]{2}[ \-][0-9]{4}[ \-]([0-9]{4})(?![0-9])")
_BANKS = (
    "207177|502229|502806|502908|502910|502938|504172|504706|505416|505785|505801|505809|507677|581874|585947|585983|589210"
    "|589463|603769|603770|603799|606256|606373|610433|621986|622106|627353|627381|627412|627488|627648|627760|627884|627961"
    "|628023|628157|636214|636795|636949|639194|639217|639346|639347|639370|639599|639607|991975"
)
"""The six digits with which the cards of Iranian banks begin."""
_GAP = r"[\s.\-_/\u2010-\u2015\u2212\u200b-\u200f]"
_WIDE_GAP = rf"(?:{_GAP}|[,:|+*·\u060c\u066b\u066c]){{0,3}}"


def _write_prefix_tree(numbers: Sequence[str]) -> str:
    """Return a pattern of numbers of one length, their digits parted: as a tree it is compiled many times faster."""
    numbers_by_digit = groupby(sorted(numbers), key=lambda number: number[0])
    tails_by_digit = {digit: [number[1:] for number in of_digit] for digit, of_digit in numbers_by_digit}
    return "|".join(
        f"{digit}{_WIDE_GAP}(?:{_write_prefix_tree(tails)})" if tails[0] else digit
        for digit, tails in tails_by_digit.items()
    )


_CARD_OF_BANK = rf"(?={_write_prefix_tree(_BANKS.split('|'))})[0-9](?:{_WIDE_GAP}[0-9]){{{CARD_DIGITS - 1}}}"
_DAY = r"1[34][0-9]{2}[./\-][0-9]{1,2}[./\-]"
_YEAR = r"1[34][0-9]{2}(?![0-9])"
_FOUR_GROUPS = (
    rf"(?!{_YEAR})(?=[0-9]{{4}}{_GAP}|[0-9]{{16}})"
    rf"[0-9]{{4}}(?P<gap>{_GAP}*)[0-9]{{4}}(?P=gap)[0-9]{{4}}(?P=gap)(?!{_DAY})[0-9]{{4}}"
)
_NAMED_ACCOUNT = rf"(?<![a-z])ir{_GAP}*(?!{_CARD_OF_BANK})(?:[0-9]{_GAP}*){{23}}[0-9]"
_GROUPED_ACCOUNT = rf"[0-9]{{2}}{_GAP}+(?!{_CARD_OF_BANK})[0-9]{{3,5}}(?:{_GAP}+[0-9]{{3,5}}){{4}}{_GAP}+[0-9]{{1,3}}"
_UNNAMED_ACCOUNT = rf"(?P<unnamed>(?:[0-9]{_GAP}*){{23}}[0-9])"
_MASKED_NUMBER = re.compile(r"([0-9]{6})[^0-9]{1,9}([0-9]{4})")


class _WrittenNumbers(NamedTuple):
    """Patterns of what people write, compiled by the first text: programs that read none do without."""

    account: re.Pattern[str]
    """The number of an account: behind IR, or in its groups (two digits, fours, a short one; a digit forgotten or typed
    twice in any), or any that is a right one of a bank.
    """
    cards: tuple[re.Pattern[str], ...]
    """A card of a bank that is known, however its digits are parted, goes first: another number may stand before it. Of
    the others, two numbers of eight digits are no card, and neither are years in a row.
    """


@cache
def _compile_written_numbers() -> _WrittenNumbers:
    account = f"{_NAMED_ACCOUNT}|{_GROUPED_ACCOUNT}|{_UNNAMED_ACCOUNT}"
    return _WrittenNumbers(
        re.compile(rf"(?<![0-9])(?:{account})(?![0-9])", re.IGNORECASE),
        tuple(re.compile(rf"(?<![0-9]){number}(?![0-9])") for number in (_CARD_OF_BANK, _FOUR_GROUPS)),
    )


def mask_card(number: str | None) -> str | None:
    """Return a card number as `603799******1234`, whether it came whole or masked; None for anything else."""
    if number is None:
        return None
    digits = ascii_digits(number).strip()
    found = _MASKED_NUMBER.fullmatch(digits) or _FULL_NUMBER.fullmatch(digits)
    return f"{found[1]}******{found[2]}" if found else None


def passes_luhn(digits: str) -> bool:
    """Tell whether the check digit of a card number is right (Luhn; facts-iran.md, "Identifiers")."""
    doubled = [int(digit) * (2 - (len(digits) - place) % 2) for place, digit in enumerate(digits)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def hide_card_numbers(text: str) -> str:
    """Return a text with every card number masked: one of 16 to 19 digits is such where Luhn's check holds."""
    masked = _FULL_NUMBER.sub(
        lambda found: f"{found[1]}******{found[2]}" if passes_luhn(found[0]) else found[0], ascii_digits(text)
    )
    return _GROUPED_NUMBER.sub(r"\1\2******\3", masked)


def hide_written_cards(text: str) -> str:
    """Return what somebody wrote with every number of sixteen digits masked as a card's, in groups or not, whatever
    Luhn's check says: a slip makes no card number public. All else stays as it was written.
    """
    pieces, end = list[str](), 0
    for card in _find_written_cards(ascii_digits(text)):
        digits = "".join(filter(str.isdigit, card[0]))
        pieces += text[end : card.start()], f"{digits[:6]}******{digits[-4:]}"
        end = card.end()
    return "".join((*pieces, text[end:]))


def _find_written_cards(text: str) -> list[re.Match[str]]:
    """Return the card numbers in a text, in its order: they are looked for outside the numbers of accounts."""
    patterns = _compile_written_numbers()
    cards, rest = list[re.Match[str]](), patterns.account.sub(_blank_account, text)
    for written_number in patterns.cards:
        cards += written_number.finditer(rest)
        rest = written_number.sub(_blank, rest)
    return sorted(cards, key=re.Match.start)


def _blank_account(found: re.Match[str]) -> str:
    iban = find_valid_iban(found["unnamed"] or "")
    is_account = found["unnamed"] is None or (iban is not None and iban.bank_code is not None)
    return _blank(found) if is_account else found[0]


def _blank(found: re.Match[str]) -> str:
    return "x" * len(found[0])
