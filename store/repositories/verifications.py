"""Verifications of the history, and what they found."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from domain.audit.entries import VerificationRecord
from store.rows import TableMapping
from store.schema import verifications
from store.work import Repository

_RECORD_MAPPING = TableMapping(verifications, VerificationRecord)
_SELECT_RECORD = select(*_RECORD_MAPPING.columns).limit(1)
_SELECT_ASKED = _SELECT_RECORD.where(verifications.c.ended_at.is_(None)).order_by(verifications.c.id)
_SELECT_LAST = _SELECT_RECORD.where(verifications.c.ended_at.is_not(None)).order_by(verifications.c.id.desc())
_INSERT_REQUEST = insert(verifications).inline()
_UPDATE_RECORD = update(verifications).where(verifications.c.id == bindparam("of_id"))
_RESULT_FIELDS = ("ended_at", "requests", "events", "seals", "unsealed", "fault_count", "faults")


class SqlVerificationRepository(Repository):
    """The port `VerificationRepository`."""

    async def add_request(self, asked_by: str, asked_at: datetime) -> None:
        await self._transaction.execute(_INSERT_REQUEST, {"asked_by": asked_by, "asked_at": asked_at})

    async def find_requested(self) -> VerificationRecord | None:
        row = await self._transaction.fetch_row(_SELECT_ASKED)
        return None if row is None else _RECORD_MAPPING.read_row(row)

    async def save_result(self, verification: VerificationRecord) -> None:
        result_values = {column_name: getattr(verification, column_name) for column_name in _RESULT_FIELDS}
        await self._transaction.execute(_UPDATE_RECORD, {"of_id": verification.id, **result_values})

    async def find_last_ended(self) -> VerificationRecord | None:
        row = await self._transaction.fetch_row(_SELECT_LAST)
        return None if row is None else _RECORD_MAPPING.read_row(row)
