"""What counter software called: each call acts once, each nonce is taken once, whichever process gets it."""

from datetime import datetime

from sqlalchemy import Executable, Integer, bindparam, delete, select, tuple_, update

from domain.offices.ports import RecordedCall
from store.engines.base import DatabaseEngine, StatementRecipe
from store.engines.types import Utc
from store.schema import office_calls, office_nonces
from store.work import ParameterValues, Repository

_IS_CALL = (office_calls.c.office == bindparam("of_office"), office_calls.c.call_id == bindparam("of_call"))
_SELECT_CALL = select(
    office_calls.c.digest, office_calls.c.operation, office_calls.c.answer, office_calls.c.keeps_until
).where(*_IS_CALL)
_RENEW = update(office_calls).where(*_IS_CALL, office_calls.c.keeps_until <= bindparam("now", type_=Utc))
_STORE_ANSWER = update(office_calls).where(*_IS_CALL)
_SELECT_NONCE = select(office_nonces.c.nonce).where(
    office_nonces.c.office == bindparam("of_office"), office_nonces.c.nonce == bindparam("of_nonce")
)

_NOW_PARAMETER, _ROW_LIMIT = bindparam("now", type_=Utc), bindparam("most", type_=Integer)
_SELECT_PAST_CALLS = (
    select(office_calls.c.office, office_calls.c.call_id)
    .where(office_calls.c.keeps_until <= _NOW_PARAMETER)
    .order_by(office_calls.c.keeps_until)
    .limit(_ROW_LIMIT)
    .with_for_update(skip_locked=True)
)
_SELECT_PAST_NONCES = (
    select(office_nonces.c.office, office_nonces.c.nonce)
    .where(office_nonces.c.ends_at <= _NOW_PARAMETER)
    .order_by(office_nonces.c.ends_at)
    .limit(_ROW_LIMIT)
    .with_for_update(skip_locked=True)
)
_DELETE_PAST = (
    delete(office_calls).where(tuple_(office_calls.c.office, office_calls.c.call_id).in_(_SELECT_PAST_CALLS)),
    delete(office_nonces).where(tuple_(office_nonces.c.office, office_nonces.c.nonce).in_(_SELECT_PAST_NONCES)),
)


def _insert_nonce(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(office_nonces).on_conflict_do_nothing(index_elements=["office", "nonce"])


def _insert_call(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(office_calls).on_conflict_do_nothing(index_elements=["office", "call_id"])


class SqlCallRepository(Repository):
    """The port `CallRepository`. An INSERT of what another open unit inserted waits for its end, on every engine."""

    async def take_nonce(self, office_code: str, nonce: str, expires_at: datetime) -> bool:
        return await self._writes_row(_insert_nonce, {"office": office_code, "nonce": nonce, "ends_at": expires_at})

    async def is_nonce_taken(self, office_code: str, nonce: str) -> bool:
        nonce_key = {"of_office": office_code, "of_nonce": nonce}
        return await self._transaction.fetch_row(_SELECT_NONCE, nonce_key) is not None

    async def find(self, office_code: str, call_id: str, now: datetime) -> RecordedCall | None:
        row = await self._transaction.fetch_row(_SELECT_CALL, {"of_office": office_code, "of_call": call_id})
        return RecordedCall(*row[:3]) if row is not None and row[3] > now else None

    async def begin(
        self,
        office_code: str,
        call_id: str,
        body_digest: str,
        operation: str,
        retained_until: datetime,
        called_at: datetime,
    ) -> RecordedCall | None:
        call_key = {"of_office": office_code, "of_call": call_id}
        values = {
            "digest": body_digest,
            "operation": operation,
            "answer": None,
            "at": called_at,
            "keeps_until": retained_until,
        }
        while True:
            if await self._writes_row(_insert_call, {"office": office_code, "call_id": call_id, **values}):
                return None
            if (earlier_call := await self.find(office_code, call_id, called_at)) is not None:
                return earlier_call
            if await self._writes_row(_RENEW, {**call_key, **values, "now": called_at}):
                return None
            # It was swept, or another unit renewed it, between two statements: look again.

    async def _writes_row(self, statement: Executable | StatementRecipe, values: ParameterValues) -> bool:
        return await self._transaction.count_written(statement, values) == 1

    async def save_answer(self, office_code: str, call_id: str, answer_text: str) -> None:
        await self._transaction.defer(
            _STORE_ANSWER, {"of_office": office_code, "of_call": call_id, "answer": answer_text}
        )

    async def delete_expired(self, now: datetime, limit: int) -> int:
        return sum(
            [
                await self._transaction.count_written(statement, {"now": now, "most": limit})
                for statement in _DELETE_PAST
            ]
        )
