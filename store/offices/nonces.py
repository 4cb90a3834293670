"""Nonces of counter software: each is taken once, whichever process gets it."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, select

from store.engines.base import DatabaseEngine
from store.expired_rows import delete_expired
from store.schema import office_nonces
from store.work import Repository

_SELECT_NONCE = select(office_nonces.c.nonce).where(
    office_nonces.c.office == bindparam("of_office"), office_nonces.c.nonce == bindparam("of_nonce")
)
_DELETE_EXPIRED = delete_expired(office_nonces, office_nonces.c.ends_at)


def _insert_nonce(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(office_nonces).on_conflict_do_nothing(index_elements=["office", "nonce"])


class SqlNonceRepository(Repository):
    """The port `NonceRepository`. An INSERT of what another open unit inserted waits for its end, on every engine."""

    async def take(self, office_code: str, nonce: str, expires_at: datetime) -> bool:
        nonce_row = {"office": office_code, "nonce": nonce, "ends_at": expires_at}
        return await self._transaction.count_written(_insert_nonce, nonce_row) == 1

    async def is_taken(self, office_code: str, nonce: str) -> bool:
        nonce_key = {"of_office": office_code, "of_nonce": nonce}
        return await self._transaction.fetch_row(_SELECT_NONCE, nonce_key) is not None

    async def delete_expired(self, now: datetime, limit: int) -> int:
        return await self._transaction.count_written(_DELETE_EXPIRED, {"now": now, "most": limit})
