"""Keys under which calls and forms act once, whichever process gets them."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, select, update

from domain.idempotency.ports import RecordedOperation
from store.engines.base import DatabaseEngine, StatementRecipe
from store.engines.types import Utc
from store.expired_rows import delete_expired
from store.schema import idempotency_keys
from store.work import ParameterValues, Repository

_IS_KEY = (idempotency_keys.c.owner == bindparam("of_owner"), idempotency_keys.c.key == bindparam("of_key"))
_SELECT = select(
    idempotency_keys.c.digest, idempotency_keys.c.operation, idempotency_keys.c.answer, idempotency_keys.c.expires_at
).where(*_IS_KEY)
_RENEW = update(idempotency_keys).where(*_IS_KEY, idempotency_keys.c.expires_at <= bindparam("now", type_=Utc))
_STORE_ANSWER = update(idempotency_keys).where(*_IS_KEY)
_DELETE_EXPIRED = delete_expired(idempotency_keys, idempotency_keys.c.expires_at)


def _insert_key(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(idempotency_keys).on_conflict_do_nothing(index_elements=["owner", "key"])


class SqlIdempotencyKeyRepository(Repository):
    """The port `IdempotencyKeyRepository`. An INSERT of what another open unit inserted waits for its end, on every
    engine.
    """

    async def find(self, owner: str, key: str, now: datetime) -> RecordedOperation | None:
        row = await self._transaction.fetch_row(_SELECT, {"of_owner": owner, "of_key": key})
        return RecordedOperation(*row[:3]) if row is not None and row[3] > now else None

    async def begin(
        self, owner: str, key: str, digest: str, operation: str, expires_at: datetime, now: datetime
    ) -> RecordedOperation | None:
        values = {"digest": digest, "operation": operation, "answer": None, "at": now, "expires_at": expires_at}
        while True:
            if await self._writes_row(_insert_key, {"owner": owner, "key": key, **values}):
                return None
            if (earlier := await self.find(owner, key, now)) is not None:
                return earlier
            if await self._writes_row(_RENEW, {"of_owner": owner, "of_key": key, **values, "now": now}):
                return None
            # It was swept, or another unit renewed it, between two statements: look again.

    async def _writes_row(self, statement: Executable | StatementRecipe, values: ParameterValues) -> bool:
        return await self._transaction.count_written(statement, values) == 1

    async def save_answer(self, owner: str, key: str, answer: str) -> None:
        await self._transaction.defer(_STORE_ANSWER, {"of_owner": owner, "of_key": key, "answer": answer})

    async def delete_expired(self, now: datetime, limit: int) -> int:
        return await self._transaction.count_written(_DELETE_EXPIRED, {"now": now, "most": limit})
