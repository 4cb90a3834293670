"""Money: whole rials as `int`, never a fraction."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Literal, TypeAlias

from persiantools.digits import to_word

from domain.values.errors import InvalidField
from domain.values.languages import language_in_force
from domain.values.reasons import InvalidReason
from domain.values.text import group_digits

RoundingMode: TypeAlias = Literal["down", "up", "nearest"]
"""Rounding of an amount to its step; `nearest` takes a half up."""

QuantityInput: TypeAlias = Decimal | float
"""A number of units as a rule, a form or a stored quote has it; it means the digits that it is written with."""

MOST_UNITS = 10**12
"""Units of one thing in one quote."""

ONE_HUNDREDTH = Decimal("0.01")

BILL_STEP_RIALS = 1000
"""Rials: a payment id counts thousands, so a bill's amount is a multiple of this."""


RIALS_OF_A_TOMAN = 10


def round_rials(amount: int, step_rials: int = BILL_STEP_RIALS, rounding_mode: RoundingMode = "down") -> int:
    """Return a multiple of `step_rials` rials near `amount`; `ValueError` for a negative amount or a step below 1."""
    if amount < 0 or step_rials < 1:
        raise ValueError(f"cannot round {amount} rials to steps of {step_rials}")
    rounding_offset = {"down": 0, "nearest": step_rials // 2, "up": step_rials - 1}[rounding_mode]
    return (amount + rounding_offset) // step_rials * step_rials


def rials_in_toman(rials_text: str) -> str:
    """Return an amount of rials as people read it, a multiple of ten, in toman."""
    return group_digits(int("".join(filter(str.isdecimal, rials_text))) // RIALS_OF_A_TOMAN)


def exact_quantity(quantity: QuantityInput) -> Decimal:
    """Return a quantity as it was written, without needless zeros; `InvalidField("units")` for what a bill cannot say.

    That is one below zero, of more than `MOST_UNITS`, or finer than two places, which nobody could check. Nothing is
    ever cut: a rule whose units come out finer (metres × metres) says how they are rounded, by `round_quantity`.
    """
    exact_decimal = Decimal(str(quantity))
    if not exact_decimal.is_finite() or not 0 <= exact_decimal <= MOST_UNITS:
        raise InvalidField("units", InvalidReason.RANGE, least=group_digits(0), most=group_digits(MOST_UNITS))
    return exact_hundredths(exact_decimal)


def exact_hundredths(number: Decimal) -> Decimal:
    """Return a number in hundredths, without needless zeros; `InvalidField("units")` for a finer one."""
    in_hundredths = number.quantize(ONE_HUNDREDTH)
    if in_hundredths != number:
        raise InvalidField("units", InvalidReason.TWO_PLACES)
    return Decimal(int(in_hundredths * 100)) / 100


def round_quantity(quantity: Decimal, rounding_mode: RoundingMode) -> Decimal:
    """Return a quantity in hundredths of a unit, as a bill can say it; `InvalidField("units")` as `exact_quantity`."""
    decimal_mode = {"down": ROUND_DOWN, "up": ROUND_UP, "nearest": ROUND_HALF_UP}[rounding_mode]
    return exact_quantity(quantity.quantize(ONE_HUNDREDTH, decimal_mode))


def quantity_as_json(quantity: Decimal) -> int | float:
    """Return a quantity as quotes are stored: a whole number, or one whose digits are exactly what was written (two
    places of at most `MOST_UNITS` are fewer digits than such a number keeps).
    """
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def rials_text(amount: int, unit_label: str) -> str:
    """Return an amount for people, «۱٬۲۵۰٬۰۰۰ ریال»: the unit's word comes from the catalogue of texts."""
    return f"{group_digits(amount)} {unit_label}"


def amount_in_words(amount: int) -> str:
    """Return an amount in words, as receipts repeat it: «سی و پنج میلیون و دویست هزار»; in a language in which that
    cannot be done, in digits.
    """
    return str(to_word(amount)) if language_in_force().spells_amounts else group_digits(amount)
