"""Dated prices."""

from datetime import date

from sqlalchemy import bindparam, insert, select, update

from domain.errors import NotFound
from domain.tariffs import TariffRow
from store.rows import Record
from store.schema import tariffs
from store.work import Repository

_ROW = Record(tariffs, TariffRow)
_ADD = insert(tariffs)
_ALL = select(*_ROW.columns).order_by(tariffs.c.service, tariffs.c.dimensions, tariffs.c.valid_from)
_OF_SERVICE = (
    select(*_ROW.columns)
    .where(tariffs.c.service == bindparam("of_service"))
    .order_by(tariffs.c.valid_from, tariffs.c.id)
)
_CLOSE = update(tariffs).where(tariffs.c.id == bindparam("row")).values(valid_to=bindparam("day"))


class SqlTariffs(Repository):
    """The port `Tariffs`."""

    async def of_service(self, service: str) -> list[TariffRow]:
        """Return all rows of a service, oldest first."""
        return _ROW.read_all(await self._work.rows(_OF_SERVICE, {"of_service": service}))

    async def all(self) -> list[TariffRow]:
        """Return every row, by service and dimensions, oldest first."""
        return _ROW.read_all(await self._work.rows(_ALL))

    async def add(self, row: TariffRow) -> None:
        """Store a new row, once the open one was closed; `Conflict` when another is open or begins on the same day."""
        await self._work.run(_ADD, _ROW.values(row))

    async def close(self, tariff_id: int, valid_to: date) -> None:
        """End a row on that day (exclusive); `NotFound("tariff")`."""
        if await self._work.count(_CLOSE, {"row": tariff_id, "day": valid_to}) != 1:
            raise NotFound("tariff")
