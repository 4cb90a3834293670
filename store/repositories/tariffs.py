"""Dated prices."""

from datetime import date

from sqlalchemy import bindparam, insert, literal, select, update

from domain.tariffs.tariff import ProposalState, ProposedTariff, TariffRow
from domain.values.errors import NotFound
from store.engines.types import EnumText
from store.rows import TableMapping
from store.schema import proposed_tariffs, tariffs
from store.work import Repository

_ROW = TableMapping(tariffs, TariffRow)
_ADD = insert(tariffs)
_EVERY = select(*_ROW.columns)
_ALL = _EVERY.order_by(tariffs.c.service, tariffs.c.dimensions, tariffs.c.valid_from, tariffs.c.id)
_OF_SERVICE = _EVERY.where(tariffs.c.service == bindparam("of_service")).order_by(tariffs.c.valid_from, tariffs.c.id)
_BY_ID = _EVERY.where(tariffs.c.id == bindparam("row"))
_ONE_ROW = update(tariffs).where(tariffs.c.id == bindparam("row"))
_CLOSE, _WITHDRAW = _ONE_ROW.values(valid_to=bindparam("day")), _ONE_ROW.values(valid_to=tariffs.c.valid_from)

_PROPOSAL = TableMapping(proposed_tariffs, ProposedTariff)
_PROPOSE = insert(proposed_tariffs)
_ONE = select(*_PROPOSAL.columns).where(proposed_tariffs.c.id == bindparam("of_id"))
_ONE_LOCKED = _ONE.with_for_update()
_DECIDE = update(proposed_tariffs).where(proposed_tariffs.c.id == bindparam("of_id"))
_PENDING = (
    select(*_PROPOSAL.columns)
    .where(proposed_tariffs.c.state == literal(ProposalState.PENDING, EnumText(ProposalState), literal_execute=True))
    .order_by(proposed_tariffs.c.id)
)


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

    async def get(self, tariff_id: int) -> TariffRow:
        """Return a row; `NotFound("tariff")`."""
        row = await self._work.row(_BY_ID, {"row": tariff_id})
        if row is None:
            raise NotFound("tariff")
        return _ROW.read(row)

    async def close(self, tariff_id: int, valid_to: date | None) -> None:
        """End a row on that day (exclusive), or open its end (None); `NotFound("tariff")`."""
        if await self._work.count(_CLOSE, {"row": tariff_id, "day": valid_to}) != 1:
            raise NotFound("tariff")

    async def withdraw(self, tariff_id: int) -> None:
        """End a row on its own first day; another may begin there. `NotFound("tariff")`."""
        if await self._work.count(_WITHDRAW, {"row": tariff_id}) != 1:
            raise NotFound("tariff")

    async def propose(self, proposal: ProposedTariff) -> None:
        """Store a proposal; `Conflict` while another one for the same waits."""
        await self._work.run(_PROPOSE, _PROPOSAL.values(proposal))

    async def proposal(self, proposal_id: int, *, lock: bool = False) -> ProposedTariff:
        """Return a proposal; `NotFound("proposal")`."""
        row = await self._work.row(_ONE_LOCKED if lock else _ONE, {"of_id": proposal_id})
        if row is None:
            raise NotFound("proposal")
        return _PROPOSAL.read(row)

    async def save_proposal(self, proposal: ProposedTariff) -> None:
        """Store what was decided."""
        values = {name: getattr(proposal, name) for name in ("state", "decided_by", "decided_at")}
        await self._work.run(_DECIDE, {"of_id": proposal.id, **values})

    async def pending(self) -> list[ProposedTariff]:
        """Return the proposals that wait, oldest first."""
        return _PROPOSAL.read_all(await self._work.rows(_PENDING))
