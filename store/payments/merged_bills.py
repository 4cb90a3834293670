"""Merged bills with their parts. The same bills are merged once: a digest of their keys is unique."""

from collections.abc import Sequence

from sqlalchemy import Executable, Integer, bindparam, insert, select

from domain.bills.merged_bill import MergedBill
from domain.values.errors import BillNotFound, Conflict
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.payments.links import digest_bills
from store.schema import merged_bill_parts, merged_bills
from store.work import Repository

_COLUMN_NAMES = ("id", "file_number", "bill_id", "payment_id", "amount", "created_at")
_SELECT = select(*(merged_bills.c[name] for name in _COLUMN_NAMES)).order_by(merged_bills.c.id)
_SELECT_BY_ROW = _SELECT.where(merged_bills.c.id == bindparam("merged_row"))
_SELECT_BY_DIGEST = _SELECT.where(merged_bills.c.bill_digest == bindparam("of_digest"))
_SELECT_BY_BILL_ID = _SELECT.where(merged_bills.c.bill_id == bindparam("wanted_id"))
_SELECT_BY_PAYMENT_ID = _SELECT.where(merged_bills.c.payment_id == bindparam("wanted_id")).limit(
    bindparam("most", type_=Integer)
)
_SELECT_OF_BILL = _SELECT.where(
    merged_bills.c.id.in_(
        select(merged_bill_parts.c.merged_bill_id).where(merged_bill_parts.c.bill_row_id == bindparam("bill_row"))
    )
)
_SELECT_PARTS = (
    select(merged_bill_parts.c.merged_bill_id, merged_bill_parts.c.bill_row_id)
    .where(merged_bill_parts.c.merged_bill_id.in_(bindparam("merged_rows", expanding=True)))
    .order_by(merged_bill_parts.c.merged_bill_id, merged_bill_parts.c.bill_row_id)
)
_INSERT_PART = insert(merged_bill_parts)


def _insert_merged_bill(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(merged_bills).on_conflict_do_nothing(index_elements=["bill_digest"])


class SqlMergedBillRepository(Repository):
    """The port `MergedBillRepository`."""

    async def add(self, merged_bill: MergedBill) -> None:
        values = {name: getattr(merged_bill, name) for name in _COLUMN_NAMES}
        values["bill_digest"] = digest_bills(merged_bill.part_row_ids)
        if not await self._transaction.count_written(_insert_merged_bill, values):
            raise Conflict("bill")
        parts = [{"merged_bill_id": merged_bill.id, "bill_row_id": row_id} for row_id in merged_bill.part_row_ids]
        await self._transaction.execute(_INSERT_PART, parts)

    async def get(self, merged_bill_id: int) -> MergedBill:
        rows = await self._transaction.fetch_rows(_SELECT_BY_ROW, {"merged_row": merged_bill_id})
        if not rows:
            raise BillNotFound("bill_id")
        return (await self._read_merged_bills(rows))[0]

    async def find_of_parts(self, bill_row_ids: Sequence[int]) -> MergedBill | None:
        rows = await self._transaction.fetch_rows(_SELECT_BY_DIGEST, {"of_digest": digest_bills(bill_row_ids)})
        return (await self._read_merged_bills(rows))[0] if rows else None

    async def find_by_bill_id(self, bill_id: str) -> MergedBill | None:
        rows = await self._transaction.fetch_rows(_SELECT_BY_BILL_ID, {"wanted_id": bill_id})
        return (await self._read_merged_bills(rows))[0] if rows else None

    async def list_by_payment_id(self, payment_id: str, limit: int) -> list[MergedBill]:
        parameters = {"wanted_id": payment_id, "most": limit}
        return await self._read_merged_bills(await self._transaction.fetch_rows(_SELECT_BY_PAYMENT_ID, parameters))

    async def list_of_bill(self, bill_row_id: int) -> list[MergedBill]:
        return await self._read_merged_bills(
            await self._transaction.fetch_rows(_SELECT_OF_BILL, {"bill_row": bill_row_id})
        )

    async def _read_merged_bills(self, rows: Sequence[Row]) -> list[MergedBill]:
        if not rows:
            return []
        parts: dict[int, list[int]] = {}
        for merged_row, bill_row in await self._transaction.fetch_rows(
            _SELECT_PARTS, {"merged_rows": [row[0] for row in rows]}
        ):
            parts.setdefault(merged_row, []).append(bill_row)
        return [
            MergedBill(id=row[0], file_number=row[1], bill_id=row[2], payment_id=row[3], amount=row[4],
                       part_row_ids=tuple(parts[row[0]]), created_at=row[5])
            for row in rows
        ]  # fmt: skip
