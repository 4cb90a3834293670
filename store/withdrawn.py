"""Dated rows that were withdrawn, as they lie in their tables.

They are kept, closed on their own first day. The database lets one row of a thing begin on a day, and another may begin
where one was withdrawn; so a withdrawn row lies on a day that is out of the way, `ASIDE` or later, and its first day is
the one that it ends on. Read as it lies, it holds on no day either.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, bindparam, case, func, select, update

from store.rows import Record
from store.work import Work

ASIDE = date(9000, 1, 1)


class Withdrawn:
    """The withdrawn rows of a table with `valid_from` and `valid_to`; rows of one `thing` (columns) share its days."""

    def __init__(self, table: Table, *thing: Column[Any]) -> None:
        other = table.alias()
        same = and_(*(other.c[one.name] == one for one in thing), other.c.valid_to < other.c.valid_from)
        self._first = case((table.c.valid_to < table.c.valid_from, table.c.valid_to), else_=table.c.valid_from)
        self._mine = table.c.id == bindparam("row")
        self._before = select(func.count(other.c.id)).select_from(table.outerjoin(other, same)).where(self._mine)
        values = {"valid_to": table.c.valid_from, "valid_from": bindparam("aside")}
        self._lay = update(table).where(self._mine).values(values)

    @property
    def first_day(self) -> ColumnElement[Any]:
        """The day on which a row begins, or would have begun."""
        return self._first

    def columns(self, record: Record[Any]) -> Sequence[ColumnElement[Any]]:
        """Return the columns of a record with the rows' first days."""
        return [self._first.label(one.name) if one.name == "valid_from" else one for one in record.columns]

    async def lay(self, work: Work, row_id: int) -> bool:
        """Withdraw a row; False when there is none. The caller keeps others off its thing."""
        number = await work.value(self._before, {"row": row_id})
        aside = ASIDE + timedelta(days=number)
        return await work.count(self._lay, {"row": row_id, "aside": aside}) == 1
