"""Card numbers: six digits of the bank and the last four are stored, and nothing else of them anywhere."""

import re

from domain.values.text import ascii_digits

_FULL_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{6,9}([0-9]{4})(?![0-9])")
_GROUPED_NUMBER = re.compile(r"(?<![0-9])([0-9]{4})[ \-]([0-9]{2})[0-9]{2}[ \-][0-9]{4}[ \-]([0-9]{4})(?![0-9])")
_WRITTEN_RUN = re.compile(r"[0-9]+(?:[ .\-\u200c][0-9]+)*")
_WRITTEN_NUMBER = re.compile(
    r"(?<![0-9])([0-9]{4})[ .\-\u200c]?([0-9]{2})[0-9]{2}[ .\-\u200c]?[0-9]{4}[ .\-\u200c]?([0-9]{4})(?![0-9])"
)
_BARE_NUMBER = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
_ACCOUNT_LENGTHS = range(21, 27)
"""Digits of an IBAN in groups, one forgotten or typed twice: four of its groups are no card."""
_MASKED_NUMBER = re.compile(r"([0-9]{6})[^0-9]{1,9}([0-9]{4})")


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
    pieces: list[str] = []
    end, readable_digits = 0, ascii_digits(text)
    for run in _WRITTEN_RUN.finditer(readable_digits):
        is_account = sum(map(str.isdigit, run[0])) in _ACCOUNT_LENGTHS and not _BARE_NUMBER.search(run[0])
        if not is_account and (masked := _WRITTEN_NUMBER.sub(r"\1\2******\3", run[0])) != run[0]:
            pieces += text[end : run.start()], masked
            end = run.end()
    return "".join((*pieces, text[end:]))
