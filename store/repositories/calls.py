"""What counter software called: each call acts once, each nonce is taken once, whichever process gets it."""

from datetime import datetime

from sqlalchemy import Executable, Integer, bindparam, delete, select, tuple_, update

from domain.offices.ports import RecordedCall
from store.engines.base import DatabaseEngine
from store.engines.types import Utc
from store.schema import office_calls, office_nonces
from store.work import Repository

_OF_CALL = (office_calls.c.office == bindparam("of_office"), office_calls.c.call_id == bindparam("of_call"))
_KNOWN = select(
    office_calls.c.digest, office_calls.c.operation, office_calls.c.answer, office_calls.c.keeps_until
).where(*_OF_CALL)
_RENEW = update(office_calls).where(*_OF_CALL, office_calls.c.keeps_until <= bindparam("now", type_=Utc))
_ANSWER = update(office_calls).where(*_OF_CALL)

_NOW, _MOST = bindparam("now", type_=Utc), bindparam("most", type_=Integer)
_PAST_CALLS = (
    select(office_calls.c.office, office_calls.c.call_id)
    .where(office_calls.c.keeps_until <= _NOW)
    .order_by(office_calls.c.keeps_until)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)
_PAST_NONCES = (
    select(office_nonces.c.office, office_nonces.c.nonce)
    .where(office_nonces.c.ends_at <= _NOW)
    .order_by(office_nonces.c.ends_at)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)
_SWEEP = (
    delete(office_calls).where(tuple_(office_calls.c.office, office_calls.c.call_id).in_(_PAST_CALLS)),
    delete(office_nonces).where(tuple_(office_nonces.c.office, office_nonces.c.nonce).in_(_PAST_NONCES)),
)


def _take_nonce(engine: DatabaseEngine) -> Executable:
    return engine.insert(office_nonces).on_conflict_do_nothing(index_elements=["office", "nonce"])


def _begin(engine: DatabaseEngine) -> Executable:
    return engine.insert(office_calls).on_conflict_do_nothing(index_elements=["office", "call_id"])


class SqlCalls(Repository):
    """The port `Calls`. An INSERT of what another open unit inserted waits for its end, on every engine."""

    async def take_nonce(self, office: str, nonce: str, ends_at: datetime) -> bool:
        """Take a nonce; False when it was taken before."""
        return await self._work.count(_take_nonce, {"office": office, "nonce": nonce, "ends_at": ends_at}) == 1

    async def begin(
        self, office: str, call_id: str, digest: str, operation: str, keeps_until: datetime, at: datetime
    ) -> RecordedCall | None:
        """Begin a call; None when it is new and ours, otherwise what it was the first time."""
        which = {"of_office": office, "of_call": call_id}
        fresh = {"digest": digest, "operation": operation, "answer": None, "at": at, "keeps_until": keeps_until}
        while True:
            if await self._work.count(_begin, {"office": office, "call_id": call_id, **fresh}) == 1:
                return None
            row = await self._work.row(_KNOWN, which)
            if row is not None and row[3] > at:
                return RecordedCall(*row[:3])
            if row is not None and await self._work.count(_RENEW, {**which, **fresh, "now": at}) == 1:
                return None
            # It was swept, or another unit renewed it, between two statements: look again.

    async def answer(self, office: str, call_id: str, answer: str) -> None:
        """Keep the answer of a call that was begun in this unit."""
        await self._work.later(_ANSWER, {"of_office": office, "of_call": call_id, "answer": answer})

    async def sweep(self, now: datetime, limit: int) -> int:
        """Forget nonces and calls whose time is over, at most `limit` of each; return how many."""
        return sum([await self._work.count(statement, {"now": now, "most": limit}) for statement in _SWEEP])
