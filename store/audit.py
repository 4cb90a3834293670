"""Denials and other facts of security: written, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select

from domain.house_records import AuditEntry, AuditFilter
from store.rows import Record
from store.schema import audit
from store.work import Repository

# Nobody refers to an entry, so the database numbers them; inline, because that number is not wanted back.
_RECORD = insert(audit).inline()
_ENTRY = Record(audit, AuditEntry)


class SqlAudit(Repository):
    """The port `Audit`."""

    async def record(self, at: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> None:
        """Append one fact."""
        await self._work.run(_RECORD, {"at": at, "actor": actor, "what": what, "detail": dict(detail)})

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
