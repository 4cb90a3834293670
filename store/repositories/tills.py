"""The closings of counter offices' tills."""

from datetime import date

from sqlalchemy import bindparam, func, insert, select

from domain.offices.tills import TillClosing
from store.rows import TableMapping
from store.schema import till_closings
from store.work import Repository

_CLOSING = TableMapping(till_closings, TillClosing)
_OF_OFFICE = till_closings.c.office == bindparam("of_office")
_CLOSINGS = (
    select(*_CLOSING.columns)
    .where(_OF_OFFICE, till_closings.c.day >= bindparam("first"), till_closings.c.day < bindparam("last"))
    .order_by(till_closings.c.number)
)
_LAST = select(func.coalesce(func.max(till_closings.c.number), 0)).where(_OF_OFFICE)
_ADD = insert(till_closings)


class SqlTills(Repository):
    """The port `Tills`."""

    async def closings(self, office: str, first: date, last: date) -> list[TillClosing]:
        """Return every closing of these days, `last` not included, in the order of their numbers."""
        rows = await self._work.rows(_CLOSINGS, {"of_office": office, "first": first, "last": last})
        return _CLOSING.read_all(rows)

    async def last_number(self, office: str) -> int:
        """Return the number of the office's latest closing, 0 when there is none."""
        number: int = await self._work.value(_LAST, {"of_office": office})
        return number

    async def add(self, closing: TillClosing) -> None:
        """Keep a closing; `Conflict` when its office has one of that number."""
        await self._work.run(_ADD, _CLOSING.values(closing))
