"""Denials and other facts of security: written, never changed, but that a row of equal refusals counts them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, func, insert, or_, select, update

from domain.audit.entries import AuditEntry, AuditFilter
from store.engines.base import DatabaseEngine
from store.engines.types import Utc
from store.repositories.read_events import SqlReadEventRepository
from store.rows import TableMapping
from store.schema import audit

# Nobody refers to an entry, so the database numbers them; inline, because that number is not wanted back.
_INSERT_ENTRY = insert(audit).inline()
_ENTRY_MAPPING = TableMapping(audit, AuditEntry)
_COUNTED_ONCE_MORE = {"times": audit.c.times + 1, "last_at": bindparam("now", type_=Utc)}
_COUNT_AGAIN = update(audit).where(audit.c.alike == bindparam("of_alike")).values(_COUNTED_ONCE_MORE)


def _upsert_counted(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(audit).inline()
    counted_once_more = {"times": audit.c.times + 1, "last_at": insertion.excluded.at}
    return insertion.on_conflict_do_update(
        index_elements=["alike"], index_where=audit.c.alike.is_not(None), set_=counted_once_more
    )


class SqlAuditRepository(SqlReadEventRepository):
    """The port `AuditRepository`."""

    async def add_entry(
        self, recorded_at: datetime, actor_label: str, fact_code: str, detail: Mapping[str, Any]
    ) -> None:
        await self._transaction.execute(
            _INSERT_ENTRY, {"at": recorded_at, "actor": actor_label, "what": fact_code, "detail": dict(detail)}
        )

    async def count_again(self, likeness_key: str, recorded_at: datetime) -> bool:
        return await self._transaction.count_written(_COUNT_AGAIN, {"of_alike": likeness_key, "now": recorded_at}) == 1

    async def add_or_count_entry(
        self, likeness_key: str, recorded_at: datetime, actor_label: str, fact_code: str, detail: Mapping[str, Any]
    ) -> None:
        values = {
            "at": recorded_at,
            "actor": actor_label,
            "what": fact_code,
            "detail": dict(detail),
            "alike": likeness_key,
        }
        await self._transaction.execute(_upsert_counted, values)

    async def list_entries(self, audit_filter: AuditFilter) -> list[AuditEntry]:
        conditions: list[ColumnElement[bool]] = []
        if audit_filter.actor is not None:
            acts_for_absent = audit.c.actor.startswith(f"{audit_filter.actor} for ", autoescape=True)
            conditions.append(or_(audit.c.actor == audit_filter.actor, acts_for_absent))
        if audit_filter.what is not None:
            conditions.append(audit.c.what == audit_filter.what)
        if audit_filter.before is not None:
            conditions.append(audit.c.id < audit_filter.before)
        if audit_filter.made:
            conditions += await self._span_conditions(*audit_filter.made)
        statement = (
            select(*_ENTRY_MAPPING.columns).where(*conditions).order_by(audit.c.id.desc()).limit(audit_filter.limit)
        )
        return _ENTRY_MAPPING.read_rows(await self._transaction.fetch_rows(statement))

    async def _span_conditions(self, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
        """Return what bounds the facts of a span by their numbers too, so that no index is read past its end."""
        in_span = [audit.c.at >= start, audit.c.at < end]
        row = await self._transaction.fetch_row(select(func.min(audit.c.id), func.max(audit.c.id)).where(*in_span))
        first_id, last_id = row if row and row[0] is not None else (0, 0)
        return [*in_span, audit.c.id.between(first_id, last_id)]
