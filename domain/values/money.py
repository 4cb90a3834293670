"""Money: whole rials as `int`, never a fraction."""

from decimal import Decimal
from typing import Literal, TypeAlias

from persiantools.digits import to_word

from domain.values.errors import InvalidField
from domain.values.languages import language_in_force
from domain.values.text import group_digits

RoundingMode: TypeAlias = Literal["down", "up", "nearest"]
"""How an amount meets its step; `nearest` takes a half up."""

BILL_STEP_RIALS = 1000
"""Rials: a payment id counts thousands, so a bill's amount is a multiple of this."""


def round_rials(amount: int, step_rials: int = BILL_STEP_RIALS, rounding_mode: RoundingMode = "down") -> int:
    """Return a multiple of `step_rials` rials near `amount`; `ValueError` for a negative amount or a step below 1."""
    if amount < 0 or step_rials < 1:
        raise ValueError(f"cannot round {amount} rials to steps of {step_rials}")
    rounding_offset = {"down": 0, "nearest": step_rials // 2, "up": step_rials - 1}[rounding_mode]
    return (amount + rounding_offset) // step_rials * step_rials


def exact_quantity(quantity: float) -> Decimal:
    """Return a quantity as it was written; `InvalidField("units")` for one below zero or finer than two places, which
    nobody could check on a bill.
    """
    exact_decimal = Decimal(str(quantity))
    if not exact_decimal.is_finite() or exact_decimal < 0:
        raise InvalidField("units", detail="range", least=group_digits(0), most="…")
    if exact_decimal * 100 % 1:
        raise InvalidField("units", detail="two_places")
    return exact_decimal


def rials_text(amount: int, unit_label: str) -> str:
    """Return an amount for people, «۱٬۲۵۰٬۰۰۰ ریال»: the unit's word comes from the catalogue of texts."""
    return f"{group_digits(amount)} {unit_label}"


def amount_in_words(amount: int) -> str:
    """Return an amount in words, as receipts repeat it: «سی و پنج میلیون و دویست هزار»; in a language in which that
    cannot be done, in digits.
    """
    return str(to_word(amount)) if language_in_force().spells_amounts else group_digits(amount)
