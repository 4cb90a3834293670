"""Dated prices."""

from datetime import date

from sqlalchemy import bindparam, insert, literal, select, update

from domain.tariffs.tariff import ProposalState, ProposedTariff, TariffRow
from domain.values.errors import NotFound
from store.engines.types import EnumText
from store.rows import TableMapping
from store.schema import proposed_tariffs, tariffs
from store.work import Repository, SqlTransaction

_TARIFF_MAPPING = TableMapping(tariffs, TariffRow)
_INSERT_TARIFF = insert(tariffs)
_SELECT_TARIFFS = select(*_TARIFF_MAPPING.columns)
_SELECT_ALL_TARIFFS = _SELECT_TARIFFS.order_by(
    tariffs.c.service, tariffs.c.dimensions, tariffs.c.valid_from, tariffs.c.id
)
_SELECT_OF_SERVICE = _SELECT_TARIFFS.where(tariffs.c.service == bindparam("of_service")).order_by(
    tariffs.c.valid_from, tariffs.c.id
)
_SELECT_TARIFF = _SELECT_TARIFFS.where(tariffs.c.id == bindparam("row"))
_UPDATE_TARIFF = update(tariffs).where(tariffs.c.id == bindparam("row"))
_CLOSE_TARIFF, _WITHDRAW_TARIFF = (
    _UPDATE_TARIFF.values(valid_to=bindparam("day")),
    _UPDATE_TARIFF.values(valid_to=tariffs.c.valid_from),
)

_PROPOSAL_MAPPING = TableMapping(proposed_tariffs, ProposedTariff)
_INSERT_PROPOSAL = insert(proposed_tariffs)
_SELECT_PROPOSAL = select(*_PROPOSAL_MAPPING.columns).where(proposed_tariffs.c.id == bindparam("of_id"))
_LOCK_PROPOSAL = _SELECT_PROPOSAL.with_for_update()
_UPDATE_PROPOSAL = update(proposed_tariffs).where(proposed_tariffs.c.id == bindparam("of_id"))
_SELECT_PENDING = (
    select(*_PROPOSAL_MAPPING.columns)
    .where(proposed_tariffs.c.state == literal(ProposalState.PENDING, EnumText(ProposalState), literal_execute=True))
    .order_by(proposed_tariffs.c.id)
)


class SqlTariffRepository(Repository):
    """The port `TariffRepository`. A unit reads the prices of a service once, whatever it prices by them."""

    def __init__(self, transaction: SqlTransaction) -> None:
        super().__init__(transaction)
        self._rows_by_service: dict[str, list[TariffRow]] = {}

    async def list_of_service(self, service: str) -> list[TariffRow]:
        if service not in self._rows_by_service:
            rows = await self._transaction.fetch_rows(_SELECT_OF_SERVICE, {"of_service": service})
            self._rows_by_service[service] = _TARIFF_MAPPING.read_rows(rows)
        return list(self._rows_by_service[service])

    async def list_all(self) -> list[TariffRow]:
        return _TARIFF_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_ALL_TARIFFS))

    async def add(self, row: TariffRow) -> None:
        """The open one must be closed before: `Conflict` while another is open, or begins on the same day."""
        self._rows_by_service.clear()
        await self._transaction.execute(_INSERT_TARIFF, _TARIFF_MAPPING.column_values(row))

    async def get(self, tariff_id: int) -> TariffRow:
        row = await self._transaction.fetch_row(_SELECT_TARIFF, {"row": tariff_id})
        if row is None:
            raise NotFound("tariff")
        return _TARIFF_MAPPING.read_row(row)

    async def close_row(self, tariff_id: int, valid_to: date | None) -> None:
        self._rows_by_service.clear()
        if await self._transaction.count_written(_CLOSE_TARIFF, {"row": tariff_id, "day": valid_to}) != 1:
            raise NotFound("tariff")

    async def withdraw_row(self, tariff_id: int) -> None:
        self._rows_by_service.clear()
        if await self._transaction.count_written(_WITHDRAW_TARIFF, {"row": tariff_id}) != 1:
            raise NotFound("tariff")

    async def add_proposal(self, proposal: ProposedTariff) -> None:
        await self._transaction.execute(_INSERT_PROPOSAL, _PROPOSAL_MAPPING.column_values(proposal))

    async def get_proposal(self, proposal_id: int, *, lock: bool = False) -> ProposedTariff:
        row = await self._transaction.fetch_row(_LOCK_PROPOSAL if lock else _SELECT_PROPOSAL, {"of_id": proposal_id})
        if row is None:
            raise NotFound("proposal")
        return _PROPOSAL_MAPPING.read_row(row)

    async def save_proposal(self, proposal: ProposedTariff) -> None:
        values = {column_name: getattr(proposal, column_name) for column_name in ("state", "decided_by", "decided_at")}
        await self._transaction.execute(_UPDATE_PROPOSAL, {"of_id": proposal.id, **values})

    async def list_pending(self) -> list[ProposedTariff]:
        return _PROPOSAL_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_PENDING))
