"""The IBAN (شماره شبا) of an Iranian bank account: read as people type it, shown in groups, its bank known by its code.

IR, two check digits by ISO 7064 (mod 97), three digits of the bank, nineteen of the account; the codes are the central
bank's.
"""

import re

from stdnum.iso7064 import mod_97_10

from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import fold_compactly

IBAN_DIGITS = 24
"""Digits behind the IR."""

_SHOWN_DIGITS = 4
_WRITTEN_IBAN = re.compile(r"(?:(?:شماره)?شبا:?)?(?:ir)?([0-9]{24})")

BANK_CODES = frozenset(
    {
        "010", "011", "012", "013", "014", "015", "016", "017", "018", "019", "020", "021", "022", "051", "052", "053",
        "054", "055", "056", "057", "058", "059", "060", "061", "062", "063", "064", "065", "066", "069", "070", "073",
        "075", "078", "079", "080", "090", "095",
    }
)  # fmt: skip
"""The banks and credit institutions, by the three digits that the central bank gave them (docs/facts-iran.md says where
from); `banks` in the texts has their names. A bank that is founded is added here and there.
"""


class Iban(str):
    """An IBAN with right check digits, as `parse_iban` gives it: IR and 24 digits."""

    __slots__ = ()

    @property
    def bank_code(self) -> str | None:
        """The three digits of its bank; None of a bank that is not known here."""
        code = self[4:7]
        return code if code in BANK_CODES else None

    @property
    def text_key(self) -> str:
        """The key of its bank's name."""
        return f"banks.{self.bank_code or 'unknown'}"

    @property
    def last_digits(self) -> str:
        """Last digits for those who need not know it."""
        return self[-_SHOWN_DIGITS:]

    @property
    def groups(self) -> str:
        """The whole number in groups of four, as cards and banks' papers print it."""
        return " ".join(self[start : start + 4] for start in range(0, len(self), 4))


def parse_iban(text: str) -> Iban:
    """Return an IBAN typed with spaces or dashes, in any digits, with or without the IR, as forms print it.

    `InvalidField("iban")`: `bad_iban` for what is none, `iban_digits` for 24 digits of which one is wrong, `iban_bank`
    where no bank has its code.
    """
    matched = _WRITTEN_IBAN.fullmatch(fold_compactly(text))
    if not matched:
        raise InvalidField("iban", InvalidReason.BAD_IBAN)
    if not mod_97_10.is_valid(f"{matched[1][2:]}IR{matched[1][:2]}"):
        raise InvalidField("iban", InvalidReason.IBAN_DIGITS)
    iban = Iban(f"IR{matched[1]}")
    if iban.bank_code is None:
        raise InvalidField("iban", InvalidReason.IBAN_BANK)
    return iban


def find_valid_iban(text: str) -> Iban | None:
    """Return an IBAN as `parse_iban` does; None for what is none, or has a wrong digit."""
    try:
        return parse_iban(text)
    except InvalidField:
        return None
