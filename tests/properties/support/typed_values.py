"""Values typed into forms and steps, right and wrong: one pool of words, tried on every field by its own reader.

A further service needs nothing here: a field is given what its type reads well, and now and then what it does not.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from domain.fields.types import FieldType, ReadingContext
from domain.values.errors import DomainError
from tests.support.scenarios.taxi_registries import AUXILIARY_CODE, DRIVER_CODE, PLATE, SECOND_PLATE

POOL: tuple[object, ...] = (
    "متن", "فردا", "8", "0", "4", "1", "40", "لودر ۴ ساعت", "1000000", DRIVER_CODE, AUXILIARY_CODE, "0013542419",
    "4947113456", "2-14-15-20", PLATE, SECOND_PLATE, "114", "115", "09121234567", "IR910120000000100324200001",
    "subdivision", "tree_felling", "پس‌فردا", "شنبه", "امروز", "1405/9/1", "1400/1/1", "1410/1/1", "14:30", "صبح", "2",
    "250",    "5.5", "25", "1,2", "1,30", "-1", "چند", "1234567", "100000000000", "لودر ۴ ساعت و گریدر ۲ ساعت",
    "۲ لودر ۳ ساعت", "لودر ۳۰ ساعت", [{"machine": "loader", "hours": 2, "count": 2}],
    [{"machine": "crane", "hours": 1}], [], "هزار", "😀" * 20, "😀" * 300, "خط اول\nخط دوم", "{code}", " ", "XX",
)  # fmt: skip
"""The first that a field reads well is its plainest value."""

AHEAD = (3, 2, 30, 200, -1)
"""Hours from now of the moments that people name."""


def list_typed(choices: tuple[str, ...], now: datetime) -> tuple[object, ...]:
    """Return all that may be typed into a field with these choices, which come first."""
    several = (",".join(choices[:2]),) if len(choices) > 1 else ()
    moments = ((now + timedelta(hours=hours)).isoformat() for hours in AHEAD)
    return (*choices, *several, *POOL, *moments)


@lru_cache(maxsize=10_000)
def list_readable(kind: FieldType, choices: tuple[str, ...], now: datetime) -> tuple[object, ...]:
    """Return what of it a field of that type reads: right by itself, whatever the guards will say."""
    reading = ReadingContext(now, choices)
    return tuple(raw for raw in list_typed(choices, now) if _reads(kind, raw, reading))


def _reads(kind: FieldType, raw: object, reading: ReadingContext) -> bool:
    try:
        kind.parse(raw, reading)
    except DomainError:
        return False
    return True
