"""The closings of counter offices' tills."""

from datetime import date

from sqlalchemy import bindparam, func, insert, select

from domain.offices.tills import TillClosing
from store.rows import TableMapping
from store.schema import till_closings
from store.work import Repository

_CLOSING_MAPPING = TableMapping(till_closings, TillClosing)
_IS_OF_OFFICE = till_closings.c.office == bindparam("of_office")
_SELECT_CLOSINGS = (
    select(*_CLOSING_MAPPING.columns)
    .where(_IS_OF_OFFICE, till_closings.c.day >= bindparam("first"), till_closings.c.day < bindparam("last"))
    .order_by(till_closings.c.number)
)
_SELECT_LAST_NUMBER = select(func.coalesce(func.max(till_closings.c.number), 0)).where(_IS_OF_OFFICE)
_INSERT_CLOSING = insert(till_closings)


class SqlTillRepository(Repository):
    """The port `TillRepository`."""

    async def list_closings(self, office_code: str, first_day: date, end_day: date) -> list[TillClosing]:
        rows = await self._transaction.fetch_rows(
            _SELECT_CLOSINGS, {"of_office": office_code, "first": first_day, "last": end_day}
        )
        return _CLOSING_MAPPING.read_rows(rows)

    async def last_closing_number(self, office_code: str) -> int:
        last_number: int = await self._transaction.fetch_value(_SELECT_LAST_NUMBER, {"of_office": office_code})
        return last_number

    async def add(self, closing: TillClosing) -> None:
        await self._transaction.execute(_INSERT_CLOSING, _CLOSING_MAPPING.column_values(closing))
