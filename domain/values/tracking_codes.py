"""Tracking codes: nine digits, the first 1–9, the last a Damm check digit.

The check digit finds every single mistyped digit and every swap of two neighbours, so a mistyped code is answered
without a look-up (channels.md, "Tracking codes"). The eight digits before it come from the random port.
"""

import re

from stdnum import damm

from domain.values.errors import CodeMistyped, InvalidField
from domain.values.text import fold_compactly

CODE_DIGITS = 9
LOWEST_PAYLOAD = 10_000_000
HIGHEST_PAYLOAD = 99_999_999

_NINE_DIGITS = re.compile(r"[0-9]{9}")


class TrackingCode(str):
    """Nine digits whose check digit is right, as this module and the store alone make them: nobody reads one again.

    Out of a stored dialogue it comes back as plain text.
    """

    __slots__ = ()


NO_CODE = TrackingCode("")
"""Of a request that is nowhere stored yet."""


def make_code(payload: int) -> TrackingCode:
    """Return the tracking code of an eight-digit payload (10000000–99999999); `ValueError` outside of it."""
    if not LOWEST_PAYLOAD <= payload <= HIGHEST_PAYLOAD:
        raise ValueError(f"a tracking payload has eight digits and no leading zero, got {payload}")
    digits = str(payload)
    return TrackingCode(digits + damm.calc_check_digit(digits))


def parse_code(text: str) -> TrackingCode:
    """Return the nine digits of a code typed with any spacing, dashes and digit script.

    Raises `CodeMistyped` for nine digits that cannot be a code, `InvalidField("code")` for anything else.
    """
    code = text if _NINE_DIGITS.fullmatch(text) else fold_compactly(text)
    if not _NINE_DIGITS.fullmatch(code):
        raise InvalidField("code")
    if code[0] == "0" or damm.calc_check_digit(code[:-1]) != code[-1]:
        raise CodeMistyped("code")
    return TrackingCode(code)


def display_code(code: str) -> str:
    """Return a code for people to read and copy: three groups of three ASCII digits, with no-break spaces between them,
    so that no line parts them; they are read back as any other.
    """
    return "\u00a0".join((code[:3], code[3:6], code[6:]))
