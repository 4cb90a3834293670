"""Possible next events of a world, as a list: a schedule is which of them did, one index after the other."""

from functools import lru_cache
from typing import Any
from zlib import crc32

Option = tuple[Any, ...]
"""A function that takes the world, and its further arguments: everything that happens is one such call."""


def describe_option(option: Option) -> str:
    """Return one option as a line of a trace."""
    function, *arguments = option
    return " ".join([function.__name__, *map(str, arguments)])


_WEIGHTS = (0, 0, 0, 1, 1, 2, 4, 8)
TASTES = 4096
"""Number of tastes; the first one likes everything alike."""


class Taste(dict[tuple[str, Any], int]):
    """Weights of a schedule for each kind of event, none of some at all: so schedules differ, and come to depths that
    the average one never sees (swarm testing)."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, kind: tuple[str, Any]) -> int:
        weight = self[kind] = (
            _WEIGHTS[crc32(repr((self._number, kind)).encode()) % len(_WEIGHTS)] if self._number else 1
        )
        return weight

    def weigh(self, options: list[Option]) -> list[Option]:
        """Return the options as often as they are liked; all of them, if none is."""
        weighed: list[Option] = []
        for option in options:
            weighed += [option] * self[option[0].__name__, option[-1] if option[-1].__class__ is str else None]
        return weighed or options


@lru_cache(TASTES)
def get_taste(number: int) -> Taste:
    """Return a taste by its number."""
    return Taste(number % TASTES)
