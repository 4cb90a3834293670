"""The people of the demonstration, put together of lists of names: the n-th of each sort is the same in every run.

Their national codes have right check digits, and begin with 999, which no office issues. Every mobile lies in one
block, 0911 555 xxxx: 1xxx citizens, 2xxx drivers, 3xxx owners of taxis, 8xxx operators, 9xxx staff.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from app.demo.data import read_text
from domain.values.identifiers import parse_mobile
from domain.values.text import persian_digits

T = TypeVar("T")

CITIZEN_BLOCK, DRIVER_BLOCK, OWNER_BLOCK = 1100, 2000, 3000
"""First of the last four digits of their mobiles."""

_FAMILY_OFFSETS = {CITIZEN_BLOCK: 17, DRIVER_BLOCK: 5, OWNER_BLOCK: 0}
"""First family of each sort: chosen so that no two people of the town are called the same."""

_DIGIT_WEIGHTS = range(10, 1, -1)


@dataclass(frozen=True, slots=True)
class Townsperson:
    """Somebody of the town; `mobile` is +989…."""

    mobile: str
    name: str
    national_code: str


@cache
def read_lists() -> dict[str, Any]:
    """Read what everything is put together of."""
    return tomllib.loads(read_text("lists.toml"))


def pick_nth(values: Sequence[T], number: int) -> T:
    """Return the n-th value, round and round."""
    return values[number % len(values)]


def nth_person(block: int, person_number: int) -> Townsperson:
    """Return the n-th of those whose mobiles begin there."""
    serial = block + person_number
    name_lists = read_lists()
    is_woman = block == CITIZEN_BLOCK and person_number % 2 == 1
    first_name = (
        pick_nth(name_lists["women"], person_number // 2) if is_woman else pick_nth(name_lists["men"], person_number)
    )
    family_name = pick_nth(name_lists["families"], person_number * 7 + person_number // 25 + _FAMILY_OFFSETS[block])
    return Townsperson(parse_mobile(f"0911555{serial:04}"), f"{first_name} {family_name}", make_national_code(serial))


def nth_citizen(person_number: int) -> Townsperson:
    """Return the n-th citizen without a story of his own in `requests.toml`."""
    return nth_person(CITIZEN_BLOCK, person_number)


def nth_home(home_number: int) -> str:
    """Return the address of a house in the town."""
    return f"{pick_nth(read_lists()['homes'], home_number)}، پلاک {persian_digits(str(3 + home_number * 2))}"


def make_national_code(serial: int) -> str:
    """Return a national code with its check digit, of a number up to five digits."""
    nine_digits = f"999{serial:05}7"
    remainder = sum(int(digit) * weight for digit, weight in zip(nine_digits, _DIGIT_WEIGHTS, strict=True)) % 11
    return nine_digits + str(remainder if remainder < 2 else 11 - remainder)
