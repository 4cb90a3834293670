"""Verifications of the history, and what they found."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from domain.audit.entries import VerificationRecord
from store.rows import TableMapping
from store.schema import verifications
from store.work import Repository

_VERIFIED = TableMapping(verifications, VerificationRecord)
_ALL = select(*_VERIFIED.columns).limit(1)
_ASKED = _ALL.where(verifications.c.ended_at.is_(None)).order_by(verifications.c.id)
_LAST = _ALL.where(verifications.c.ended_at.is_not(None)).order_by(verifications.c.id.desc())
_ASK = insert(verifications).inline()
_END = update(verifications).where(verifications.c.id == bindparam("of_id"))
_FOUND = ("ended_at", "requests", "events", "seals", "unsealed", "fault_count", "faults")


class SqlVerifications(Repository):
    """The port `Verifications`."""

    async def ask(self, by: str, at: datetime) -> None:
        """Ask for one."""
        await self._work.run(_ASK, {"asked_by": by, "asked_at": at})

    async def asked(self) -> VerificationRecord | None:
        """Return the oldest one that has not ended."""
        row = await self._work.row(_ASKED)
        return None if row is None else _VERIFIED.read(row)

    async def end(self, verified: VerificationRecord) -> None:
        """Store what one found."""
        found = {name: getattr(verified, name) for name in _FOUND}
        await self._work.run(_END, {"of_id": verified.id, **found})

    async def last(self) -> VerificationRecord | None:
        """Return the last one that ended."""
        row = await self._work.row(_LAST)
        return None if row is None else _VERIFIED.read(row)
