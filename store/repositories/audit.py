"""Denials and other facts of security: written, never changed, but that a row of alike refusals counts them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, func, insert, or_, select, update

from domain.audit.entries import AuditEntry, AuditFilter
from store.engines.base import DatabaseEngine
from store.engines.types import Utc
from store.rows import TableMapping
from store.schema import audit
from store.work import Repository

# Nobody refers to an entry, so the database numbers them; inline, because that number is not wanted back.
_RECORD = insert(audit).inline()
_ENTRY = TableMapping(audit, AuditEntry)
_ONCE_MORE = {"times": audit.c.times + 1, "last_at": bindparam("now", type_=Utc)}
_AGAIN = update(audit).where(audit.c.alike == bindparam("of_alike")).values(_ONCE_MORE)


def _record_alike(engine: DatabaseEngine) -> Executable:
    new = engine.insert(audit).inline()
    more = {"times": audit.c.times + 1, "last_at": new.excluded.at}
    return new.on_conflict_do_update(index_elements=["alike"], index_where=audit.c.alike.is_not(None), set_=more)


class SqlAudit(Repository):
    """The port `Audit`."""

    async def record(self, at: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> None:
        """Append one fact."""
        await self._work.run(_RECORD, {"at": at, "actor": actor, "what": what, "detail": dict(detail)})

    async def again(self, alike: str, at: datetime) -> bool:
        """Count once more what is there under `alike`; False when nothing is."""
        return await self._work.count(_AGAIN, {"of_alike": alike, "now": at}) == 1

    async def record_alike(self, alike: str, at: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> None:
        """Append one fact under `alike`, or count it once more where there is one."""
        values = {"at": at, "actor": actor, "what": what, "detail": dict(detail), "alike": alike}
        await self._work.run(_record_alike, values)

    async def find(self, wanted: AuditFilter) -> list[AuditEntry]:
        """Return facts, newest first."""
        conditions: list[ColumnElement[bool]] = []
        if wanted.actor is not None:
            absent = audit.c.actor.startswith(f"{wanted.actor} for ", autoescape=True)
            conditions.append(or_(audit.c.actor == wanted.actor, absent))
        if wanted.what is not None:
            conditions.append(audit.c.what == wanted.what)
        if wanted.before is not None:
            conditions.append(audit.c.id < wanted.before)
        if wanted.made:
            conditions += await self._within(*wanted.made)
        statement = select(*_ENTRY.columns).where(*conditions).order_by(audit.c.id.desc()).limit(wanted.limit)
        return _ENTRY.read_all(await self._work.rows(statement))

    async def _within(self, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
        """Return what bounds the facts of a span by their numbers too, so that no index is read past its end."""
        in_span = [audit.c.at >= start, audit.c.at < end]
        row = await self._work.row(select(func.min(audit.c.id), func.max(audit.c.id)).where(*in_span))
        first, last = row if row and row[0] is not None else (0, 0)
        return [*in_span, audit.c.id.between(first, last)]
