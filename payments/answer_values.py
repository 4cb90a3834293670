"""Values that gateways read out of callbacks and answers: whole rials, codes, numbers, each strictly or not at all."""

import re
from collections.abc import Mapping
from typing import Any

from domain.gateways.card_numbers import hide_card_numbers
from domain.values.errors import InvalidField, MissingField

LONGEST_CODE = 40
"""Characters of a bank's result code that are stored; the published ones have 29 at most."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_NAME = re.compile(r"[\x21-\x7e]{1,128}")
_NO_CODE = "none"


def read_amount(value: object) -> int | None:
    """Return whole rials, written as a number or as digits; None for anything else, also for `true` and `1.0`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 10**18 else None
    return int(value) if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value) else None


def read_code(value: object) -> str:
    """Return a bank's result code as it is stored and shown: numbers as digits, texts cut; `none` where none came."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return _NO_CODE
    printable = "".join(sign for sign in str(value).strip() if sign.isprintable())
    return hide_card_numbers(printable)[:LONGEST_CODE] or _NO_CODE


def read_name(value: object) -> str | None:
    """Return a bank's name or number of something: visible ASCII without spaces; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def find_value(document: Mapping[str, Any], *field_names: str) -> object:
    """Return the value of the first of these names that is there, in whatever capitals; None without one."""
    values_by_name = {name.casefold(): value for name, value in document.items()}
    keys = [field_name.casefold() for field_name in field_names]
    return next((values_by_name[key] for key in keys if key in values_by_name), None)


def read_object(value: object) -> Mapping[str, Any]:
    """Return a JSON object inside an answer; empty for anything else: banks put `[]` or `null` where nothing is."""
    return value if isinstance(value, dict) else {}


def require_callback_name(values: Mapping[str, str], field: str) -> str:
    """Return the bank's name of something from a callback; `MissingField`, `InvalidField`."""
    brought = find_callback_value(values, field)
    if not brought:
        raise MissingField(field)
    name = read_name(brought)
    if name is None:
        raise InvalidField(field)
    return name


def find_callback_name(values: Mapping[str, str], field: str) -> str | None:
    """Return the bank's name of something from a callback, None where it is empty; `InvalidField`."""
    return require_callback_name(values, field) if find_callback_value(values, field) else None


def require_callback_number(values: Mapping[str, str], field: str) -> int:
    """Return a positive whole number from a callback; `MissingField`, `InvalidField`."""
    number = read_amount(require_callback_name(values, field))
    if not number:
        raise InvalidField(field)
    return number


def find_callback_value(values: Mapping[str, str], field: str) -> str:
    """Return what a callback brings under a name, whatever its capitals: banks change these between versions."""
    return next((value for name, value in values.items() if name.casefold() == field.casefold()), "").strip()
