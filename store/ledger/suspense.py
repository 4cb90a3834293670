"""Receipts without a bill."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, func, select, tuple_, update

from domain.ledger.accounts import MoneySource
from domain.ledger.suspense import SuspenseReceipt, SuspenseState, enter_decision, enter_receipt
from domain.values.errors import Conflict, NotFound
from domain.values.paging import Cursor
from store.engines.base import DatabaseEngine
from store.engines.types import ID, Utc
from store.ledger.entries import SqlLedgerRepository
from store.rows import TableMapping
from store.schema import suspense_receipts
from store.work import Repository

_MAPPING = TableMapping(suspense_receipts, SuspenseReceipt)
_SELECT = select(*_MAPPING.columns)
_SELECT_BY_ROW = _SELECT.where(suspense_receipts.c.id == bindparam("receipt_row"))
_LOCK_BY_ROW = _SELECT_BY_ROW.with_for_update()
_SELECT_BY_REFERENCE = _SELECT.where(
    suspense_receipts.c.method == bindparam("of_method"),
    suspense_receipts.c.reference == bindparam("of_reference"),
    func.coalesce(suspense_receipts.c.gateway, "") == bindparam("of_gateway"),
)
_SELECT_BY_TRANSFER = _SELECT.where(suspense_receipts.c.transfer_reference == bindparam("of_transfer"))
_CHANGING = (
    "state",
    "bill_id",
    "iban",
    "approved_by",
    "approved_at",
    "transfer_reference",
    "reason",
    "decided_by",
    "decided_at",
)
_UPDATE = (
    update(suspense_receipts)
    .where(
        suspense_receipts.c.id == bindparam("receipt_row"), suspense_receipts.c.revision == bindparam("read_revision")
    )
    .values(revision=suspense_receipts.c.revision + 1)
)
_IS_IN_STATE = suspense_receipts.c.state == bindparam("of_state", type_=suspense_receipts.c.state.type)
_COUNT_OPEN = select(func.count(), func.coalesce(func.sum(suspense_receipts.c.amount), 0)).where(
    suspense_receipts.c.state == SuspenseState.OPEN
)


def _insert_receipt(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(suspense_receipts).on_conflict_do_nothing()


def _select_in_state(*, after_cursor: bool, backwards: bool) -> Select[Any]:
    statement, place = _SELECT.where(_IS_IN_STATE), tuple_(suspense_receipts.c.received_at, suspense_receipts.c.id)
    if after_cursor:
        last_place = tuple_(bindparam("last_at", type_=Utc), bindparam("last_row", type_=ID))
        statement = statement.where(place < last_place if backwards else place > last_place)
    ordering = (suspense_receipts.c.received_at, suspense_receipts.c.id)
    return statement.order_by(*(column.desc() if backwards else column for column in ordering)).limit(
        bindparam("most", type_=Integer)
    )


_SELECT_FIRST, _SELECT_AFTER, _SELECT_BEFORE = (
    _select_in_state(after_cursor=False, backwards=False),
    _select_in_state(after_cursor=True, backwards=False),
    _select_in_state(after_cursor=True, backwards=True),
)


class SqlSuspenseRepository(Repository):
    """The port `SuspenseRepository`."""

    async def add(self, receipt: SuspenseReceipt) -> None:
        if not await self._transaction.count_written(_insert_receipt, _MAPPING.column_values(receipt)):
            raise Conflict("reference")
        await SqlLedgerRepository(self._transaction).add(enter_receipt(receipt))

    async def save(self, receipt: SuspenseReceipt) -> SuspenseReceipt:
        changed_values = {column_name: getattr(receipt, column_name) for column_name in _CHANGING}
        row_keys = {"receipt_row": receipt.id, "read_revision": receipt.revision}
        if await self._transaction.count_written(_UPDATE, {**changed_values, **row_keys}) != 1:
            raise Conflict("receipt")
        if (entry := enter_decision(receipt)) is not None:
            await SqlLedgerRepository(self._transaction).add(entry)
        return replace(receipt, revision=receipt.revision + 1)

    async def get(self, receipt_id: int, *, lock: bool = False) -> SuspenseReceipt:
        statement = _LOCK_BY_ROW if lock else _SELECT_BY_ROW
        row = await self._transaction.fetch_row(statement, {"receipt_row": receipt_id})
        if row is None:
            raise NotFound("receipt")
        return _MAPPING.read_row(row)

    async def find(self, source: MoneySource, reference: str) -> SuspenseReceipt | None:
        values = {"of_method": source.method, "of_gateway": source.gateway or "", "of_reference": reference}
        row = await self._transaction.fetch_row(_SELECT_BY_REFERENCE, values)
        return None if row is None else _MAPPING.read_row(row)

    async def find_transfer(self, transfer_reference: str) -> SuspenseReceipt | None:
        row = await self._transaction.fetch_row(_SELECT_BY_TRANSFER, {"of_transfer": transfer_reference})
        return None if row is None else _MAPPING.read_row(row)

    async def list_in_state(
        self, state: SuspenseState, limit: int, cursor: Cursor | None = None
    ) -> list[SuspenseReceipt]:
        values: dict[str, Any] = {"of_state": state, "most": limit + 1}
        if cursor is None:
            return _MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_FIRST, values))
        values |= {"last_at": cursor.sort_key, "last_row": cursor.id}
        statement = _SELECT_BEFORE if cursor.backwards else _SELECT_AFTER
        receipts = _MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))
        return receipts[::-1] if cursor.backwards else receipts

    async def count_open(self) -> tuple[int, int]:
        row = await self._transaction.fetch_row(_COUNT_OPEN)
        receipt_count, amount = row if row else (0, 0)
        return int(receipt_count), int(amount)
