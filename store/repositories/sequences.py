"""Numbers that are given out one after another: a row each in `counters`, locked from the drawing to the commit.

A unit that rolls back gives its number back, and nobody else can have drawn the next one meanwhile: there are no gaps.
"""

from sqlalchemy import Executable, bindparam

from store.engines.base import DatabaseEngine
from store.schema import counters
from store.work import Repository


def draw_numbers(engine: DatabaseEngine) -> Executable:
    """Return the statement that draws the next `by` numbers of the sequence `of`, and returns the last of them."""
    insertion = engine.insert_into(counters).values(
        name=bindparam("of"), value=bindparam("by", type_=counters.c.value.type)
    )
    return insertion.on_conflict_do_update(
        index_elements=[counters.c.name], set_={"value": counters.c.value + insertion.excluded.value}
    ).returning(counters.c.value)


class SqlSequenceRepository(Repository):
    """The port `SequenceRepository`."""

    async def next_number(self, sequence_name: str) -> int:
        number: int = await self._transaction.fetch_value(draw_numbers, {"of": sequence_name, "by": 1})
        return number
