"""The people of the demonstration, put together of lists of names: the n-th of each sort is the same in every run.

Their national codes have right check digits, and begin with 999, which no office issues. Every mobile lies in one
block, 0911 555 xxxx: 1xxx citizens, 2xxx drivers, 3xxx owners of taxis, 8xxx operators, 9xxx staff.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from app.demo.data import read
from domain.values.identifiers import mobile
from domain.values.text import persian_digits

T = TypeVar("T")

CITIZENS, DRIVERS, OWNERS = 1100, 2000, 3000
"""Where the last four digits of their mobiles begin."""

_NAMESAKES = {CITIZENS: 17, DRIVERS: 5, OWNERS: 0}
"""Where the families of each sort begin: chosen so that no two people of the town are called the same."""

_WEIGHTS = range(10, 1, -1)


@dataclass(frozen=True, slots=True)
class Townsperson:
    """Somebody of the town; `mobile` is +989…."""

    mobile: str
    name: str
    national_code: str


@cache
def lists() -> dict[str, Any]:
    """Read what everything is put together of."""
    return tomllib.loads(read("lists.toml"))


def nth(values: Sequence[T], number: int) -> T:
    """Return the n-th value, round and round."""
    return values[number % len(values)]


def person(block: int, number: int) -> Townsperson:
    """Return the n-th of those whose mobiles begin there."""
    serial = block + number
    names = lists()
    woman = block == CITIZENS and number % 2 == 1
    first = nth(names["women"], number // 2) if woman else nth(names["men"], number)
    family = nth(names["families"], number * 7 + number // 25 + _NAMESAKES[block])
    return Townsperson(mobile(f"0911555{serial:04}"), f"{first} {family}", national_code(serial))


def citizen(number: int) -> Townsperson:
    """Return the n-th citizen without a story of his own in `requests.toml`."""
    return person(CITIZENS, number)


def home(number: int) -> str:
    """Return the address of a house in the town."""
    return f"{nth(lists()['homes'], number)}، پلاک {persian_digits(str(3 + number * 2))}"


def national_code(serial: int) -> str:
    """Return a national code with its check digit, of a number up to five digits."""
    nine = f"999{serial:05}7"
    remainder = sum(int(digit) * weight for digit, weight in zip(nine, _WEIGHTS, strict=True)) % 11
    return nine + str(remainder if remainder < 2 else 11 - remainder)
