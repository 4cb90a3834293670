"""JSON that comes from panels: read strictly, with amounts as decimals, and values of which none is believed."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

LONGEST_ID = 100
"""Characters of an id that is taken for one."""

LONGEST_NUMBER = 40
"""Digits of a number that is taken for one."""


def parse_document(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object of a body; None for all else: no object, broken UTF-8, NaN, nested without end."""
    try:
        document = json.loads(
            body.decode("utf-8-sig"), parse_float=Decimal, parse_int=_parse_int, parse_constant=_refuse_constant
        )
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def read_number(value: object) -> int | None:
    """Return a whole number, also one that is written as text; None for all else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_amount(value: object) -> Decimal | None:
    """Return an amount that is not negative; None for all else."""
    number = read_number(value)
    amount = value if isinstance(value, Decimal) else None if number is None else Decimal(number)
    return amount if amount is not None and amount >= 0 else None


def read_id(value: object) -> str | None:
    """Return an id as text; None for none, for 0, and for what is no plain value of a usual length."""
    number = read_number(value)
    text = str(number) if number is not None else value if isinstance(value, str) else ""
    return text if text not in {"", "0"} and text.isprintable() and len(text) <= LONGEST_ID else None


def read_rows(value: object) -> list[Mapping[str, Any]] | None:
    """Return a list of objects; None for all else."""
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return value
    return None


def _parse_int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("no number is that long")
    return int(digits)


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
