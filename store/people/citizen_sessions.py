"""Sessions of the citizens' portal."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, or_, select, update

from domain.people.citizen_session import CitizenSession
from store.engines.base import DatabaseEngine
from store.engines.types import ID, Utc
from store.rows import TableMapping
from store.schema import citizen_sessions
from store.work import Repository

_SESSION_MAPPING = TableMapping(citizen_sessions, CitizenSession)
_SELECT_SESSION = select(*_SESSION_MAPPING.columns).where(
    or_(
        citizen_sessions.c.digest == bindparam("of_digest"), citizen_sessions.c.pending_digest == bindparam("of_digest")
    )
)
_IS_SESSION = citizen_sessions.c.id == bindparam("of_session", type_=ID)
_UPDATE_SESSION = update(citizen_sessions).where(_IS_SESSION)
_UPDATE_LAST_USE = _UPDATE_SESSION.values(last_used_at=bindparam("moment"))
_UPDATE_PROOF = _UPDATE_SESSION.values(
    pending_digest=bindparam("new_digest"), proved_mobile=bindparam("mobile"), proved_at=bindparam("moment")
)
_UPDATE_PENDING = _UPDATE_SESSION.values(pending_digest=bindparam("new_digest"))
_NO_PROOF = {"proved_mobile": None, "proved_at": None}
_DELETE_PROOF = _UPDATE_SESSION.values(_NO_PROOF)
_DELETE_OLD_PROOFS = (
    update(citizen_sessions)
    .where(citizen_sessions.c.proved_mobile.is_not(None), citizen_sessions.c.proved_at < bindparam("moment", type_=Utc))
    .values(_NO_PROOF)
)
_ADOPT_PENDING = (
    update(citizen_sessions)
    .where(citizen_sessions.c.pending_digest == bindparam("new_digest"))
    .values(digest=citizen_sessions.c.pending_digest, pending_digest=None)
)
_DELETE_SESSION = delete(citizen_sessions).where(_IS_SESSION)
_DELETE_UNUSED = delete(citizen_sessions).where(citizen_sessions.c.last_used_at < bindparam("moment", type_=Utc))


def _insert_session(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(citizen_sessions)


class SqlCitizenSessionRepository(Repository):
    """The port `CitizenSessionRepository`."""

    async def add(self, session: CitizenSession) -> None:
        await self._transaction.execute(_insert_session, _SESSION_MAPPING.column_values(session))

    async def find(self, token_digest: str) -> CitizenSession | None:
        row = await self._transaction.fetch_row(_SELECT_SESSION, {"of_digest": token_digest})
        return None if row is None else _SESSION_MAPPING.read_row(row)

    async def save_last_use(self, session_id: int, used_at: datetime) -> None:
        await self._transaction.execute(_UPDATE_LAST_USE, {"of_session": session_id, "moment": used_at})

    async def save_proof(self, session_id: int, pending_digest: str, mobile: str, proved_at: datetime) -> None:
        proof_values = {"new_digest": pending_digest, "mobile": mobile, "moment": proved_at}
        await self._transaction.execute(_UPDATE_PROOF, {"of_session": session_id, **proof_values})

    async def delete_proof(self, session_id: int) -> None:
        await self._transaction.execute(_DELETE_PROOF, {"of_session": session_id})

    async def delete_old_proofs(self, proved_before: datetime) -> int:
        return await self._transaction.count_written(_DELETE_OLD_PROOFS, {"moment": proved_before})

    async def save_pending(self, session_id: int, pending_digest: str) -> None:
        await self._transaction.execute(_UPDATE_PENDING, {"of_session": session_id, "new_digest": pending_digest})

    async def adopt_pending(self, pending_digest: str) -> None:
        await self._transaction.execute(_ADOPT_PENDING, {"new_digest": pending_digest})

    async def delete(self, session_id: int) -> bool:
        return await self._transaction.count_written(_DELETE_SESSION, {"of_session": session_id}) == 1

    async def delete_unused(self, last_used_before: datetime) -> int:
        return await self._transaction.count_written(_DELETE_UNUSED, {"moment": last_used_before})
