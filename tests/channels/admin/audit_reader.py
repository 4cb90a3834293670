"""Reads the audit of a test's site: who did what, and how often somebody was not allowed to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from domain.audit.entries import AuditFilter
from store import schema
from store.work import Repository
from tests.support.staff_site import StaffSite

_DENIALS = select(func.coalesce(func.sum(schema.audit.c.times), 0)).where(schema.audit.c.what == "denied")
"""Built once, as the statements of the store are: each is made ready for the database once, and this one runs often."""


class AuditReader(Repository):
    """Reader of the audit."""

    async def all(self) -> list[tuple[str, str]]:
        """Actors and kinds, oldest first, as often as they are there."""
        table = schema.audit.c
        rows = await self._transaction.fetch_rows(select(table.actor, table.what, table.times).order_by(table.id))
        return [(actor, what) for actor, what, times in rows for _ in range(times)]

    async def denied(self) -> int:
        """Number of denials."""
        row = await self._transaction.fetch_row(_DENIALS)
        return int(row[0]) if row else 0


async def list_audited(site: StaffSite) -> list[tuple[str, str]]:
    """Actors and kinds, oldest first."""
    async with site.store.open_unit(write=False) as uow:
        return await AuditReader(uow.audit._transaction).all()


async def count_denials(site: StaffSite) -> int:
    """Number of denials."""
    async with site.store.open_unit(write=False) as uow:
        return await AuditReader(uow.audit._transaction).denied()


async def list_denial_facts(site: StaffSite) -> list[Mapping[str, Any]]:
    """Facts of each denial in the audit, oldest first; alike ones are one of them."""
    async with site.store.open_unit(write=False) as uow:
        return [one.detail for one in reversed(await uow.audit.list_entries(AuditFilter(what="denied", limit=200)))]
