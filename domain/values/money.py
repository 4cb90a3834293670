"""Money: whole rials as `int`, never a fraction."""

from decimal import Decimal
from typing import Literal, TypeAlias

from persiantools.digits import to_word

from domain.values.errors import InvalidField
from domain.values.text import grouped

Rounding: TypeAlias = Literal["down", "up", "nearest"]
"""How an amount meets its step; `nearest` takes a half up."""

BILL_STEP = 1000
"""Rials: a payment id counts thousands, so a bill's amount is a multiple of this."""


def round_rials(amount: int, step: int = BILL_STEP, mode: Rounding = "down") -> int:
    """Return a multiple of `step` rials near `amount`; `ValueError` for a negative amount or a step below 1."""
    if amount < 0 or step < 1:
        raise ValueError(f"cannot round {amount} rials to steps of {step}")
    extra = {"down": 0, "nearest": step // 2, "up": step - 1}[mode]
    return (amount + extra) // step * step


def exact_quantity(quantity: float) -> Decimal:
    """Return a quantity as it was written; `InvalidField("units")` for one below zero or finer than two places, which
    nobody could check on a bill.
    """
    written = Decimal(str(quantity))
    if not written.is_finite() or written < 0:
        raise InvalidField("units", detail="range", least=grouped(0), most="…")
    if written * 100 % 1:
        raise InvalidField("units", detail="two_places")
    return written


def rials_text(amount: int, unit: str) -> str:
    """Return an amount for people, «۱٬۲۵۰٬۰۰۰ ریال»: the unit's word comes from the catalogue of texts."""
    return f"{grouped(amount)} {unit}"


def in_words(amount: int) -> str:
    """Return an amount in Persian words, as receipts repeat it: «سی و پنج میلیون و دویست هزار»."""
    return str(to_word(amount))
