"""Differences between gateway, settlement files and ledger."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, select, update

from domain.settlement.differences import DifferenceKind, PaymentDifference
from domain.values.errors import NotFound
from store.rows import TableMapping
from store.schema import payment_differences
from store.work import Repository

_MAPPING = TableMapping(payment_differences, PaymentDifference)
_SELECT = select(*_MAPPING.columns)
_IS_KEY = payment_differences.c.key == bindparam("of_key")
_SELECT_BY_KEY = _SELECT.where(_IS_KEY)
_LOCK_BY_KEY = _SELECT_BY_KEY.with_for_update()
_INSERT = insert(payment_differences)
_UPDATE = update(payment_differences).where(_IS_KEY)
_IS_OPEN = payment_differences.c.resolved_at.is_(None)
_SELECT_OPEN = (
    _SELECT.where(_IS_OPEN)
    .order_by(payment_differences.c.day.desc(), payment_differences.c.key)
    .limit(bindparam("most", type_=Integer))
)
_SELECT_OPEN_OF_DAY = _SELECT_OPEN.where(payment_differences.c.day == bindparam("of_day"))
_OF_KINDS = payment_differences.c.kind.in_(bindparam("kinds", expanding=True))
_COUNT_OPEN = select(func.count()).where(_IS_OPEN).select_from(payment_differences)
_SELECT_UNALERTED = _SELECT_OPEN.where(payment_differences.c.alerted_at.is_(None))
_CHANGING_FIELDS = ("amount", "facts", "alerted_at", "resolved_at", "resolved_by", "note")


class SqlDifferenceRepository(Repository):
    """The port `DifferenceRepository`."""

    async def add_new(self, difference: PaymentDifference) -> bool:
        known = await self._transaction.fetch_row(_SELECT_BY_KEY, {"of_key": difference.key})
        if known is None:
            await self._transaction.execute(_INSERT, _MAPPING.column_values(difference))
            return True
        earlier = _MAPPING.read_row(known)
        if earlier.resolved_at is None or earlier.resolved_by is not None:
            return False  # what somebody closed stays closed
        await self.save(difference)
        return True

    async def get(self, key: str, *, lock: bool = False) -> PaymentDifference:
        row = await self._transaction.fetch_row(_LOCK_BY_KEY if lock else _SELECT_BY_KEY, {"of_key": key})
        if row is None:
            raise NotFound("difference")
        return _MAPPING.read_row(row)

    async def save(self, difference: PaymentDifference) -> None:
        values = {name: getattr(difference, name) for name in _CHANGING_FIELDS}
        await self._transaction.execute(_UPDATE, {"of_key": difference.key, **values})

    async def list_open(
        self, limit: int, day: date | None = None, kinds: Collection[DifferenceKind] | None = None
    ) -> list[PaymentDifference]:
        statement = _SELECT_OPEN if day is None else _SELECT_OPEN_OF_DAY
        values: dict[str, Any] = {"most": limit} if day is None else {"most": limit, "of_day": day}
        if kinds is not None:
            statement, values = statement.where(_OF_KINDS), values | {"kinds": sorted(kinds)}
        return _MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))

    async def count_open(self) -> int:
        return int(await self._transaction.fetch_value(_COUNT_OPEN))

    async def list_unalerted(self, limit: int) -> list[PaymentDifference]:
        return _MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_UNALERTED, {"most": limit}))
