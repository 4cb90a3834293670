"""Sessions of the staff's site, and second factors."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, select, update

from domain.people.sessions import SecondFactor, StaffSession
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import second_factors, staff_sessions
from store.work import Repository

_SESSION_MAPPING = TableMapping(staff_sessions, StaffSession)
_SELECT_SESSIONS = select(*_SESSION_MAPPING.columns)
_SELECT_BY_DIGEST = _SELECT_SESSIONS.where(staff_sessions.c.digest == bindparam("of_digest"))
_SELECT_OF_USER = _SELECT_SESSIONS.where(staff_sessions.c.username == bindparam("of_username")).order_by(
    staff_sessions.c.seen_at.desc(), staff_sessions.c.digest
)
_UPDATE_SESSION = update(staff_sessions).where(staff_sessions.c.digest == bindparam("of_digest"))
_UPDATE_SEEN = _UPDATE_SESSION.values(seen_at=bindparam("moment"))
_UPDATE_PROVED = _UPDATE_SESSION.values(proved_at=bindparam("moment"))
_DELETE_SESSION = delete(staff_sessions).where(staff_sessions.c.digest == bindparam("of_digest"))
_DELETE_OTHERS = delete(staff_sessions).where(
    staff_sessions.c.username == bindparam("of_username"), staff_sessions.c.digest != bindparam("kept")
)
_DELETE_UNUSED = delete(staff_sessions).where(staff_sessions.c.seen_at < bindparam("seen_before"))

_FACTOR_MAPPING = TableMapping(second_factors, SecondFactor)
_SELECT_FACTOR = select(*_FACTOR_MAPPING.columns).where(second_factors.c.username == bindparam("of_username"))
_SELECT_FACTORS = select(*_FACTOR_MAPPING.columns).order_by(second_factors.c.username)
_LOCK_FACTORS = _SELECT_FACTORS.with_for_update()
_LOCK_FACTOR = _SELECT_FACTOR.with_for_update()
_DELETE_FACTOR = delete(second_factors).where(second_factors.c.username == bindparam("of_username"))


def _insert_session(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(staff_sessions)


def _upsert_factor(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(second_factors)
    updated_columns = {
        column_name: insertion.excluded[column_name]
        for column_name in _FACTOR_MAPPING.column_names
        if column_name != "username"
    }
    return insertion.on_conflict_do_update(index_elements=["username"], set_=updated_columns)


class SqlStaffSessionRepository(Repository):
    """The port `StaffSessionRepository`."""

    async def add(self, session: StaffSession) -> None:
        await self._transaction.execute(_insert_session, _SESSION_MAPPING.column_values(session))

    async def find(self, token_digest: str) -> StaffSession | None:
        row = await self._transaction.fetch_row(_SELECT_BY_DIGEST, {"of_digest": token_digest})
        return None if row is None else _SESSION_MAPPING.read_row(row)

    async def list_of_member(self, username: str) -> list[StaffSession]:
        return _SESSION_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_OF_USER, {"of_username": username})
        )

    async def save_last_seen(self, token_digest: str, used_at: datetime) -> None:
        await self._transaction.execute(_UPDATE_SEEN, {"of_digest": token_digest, "moment": used_at})

    async def save_last_proved(self, token_digest: str, proved_at: datetime) -> None:
        await self._transaction.execute(_UPDATE_PROVED, {"of_digest": token_digest, "moment": proved_at})

    async def delete(self, token_digest: str) -> bool:
        return await self._transaction.count_written(_DELETE_SESSION, {"of_digest": token_digest}) == 1

    async def delete_others(self, username: str, except_digest: str | None = None) -> int:
        return await self._transaction.count_written(
            _DELETE_OTHERS, {"of_username": username, "kept": except_digest or ""}
        )

    async def delete_unused(self, last_used_before: datetime) -> int:
        return await self._transaction.count_written(_DELETE_UNUSED, {"seen_before": last_used_before})


class SqlSecondFactorRepository(Repository):
    """The port `SecondFactorRepository`."""

    async def find(self, username: str, *, lock: bool = False) -> SecondFactor | None:
        row = await self._transaction.fetch_row(_LOCK_FACTOR if lock else _SELECT_FACTOR, {"of_username": username})
        return None if row is None else _FACTOR_MAPPING.read_row(row)

    async def list_all(self, *, lock: bool = False) -> list[SecondFactor]:
        return _FACTOR_MAPPING.read_rows(await self._transaction.fetch_rows(_LOCK_FACTORS if lock else _SELECT_FACTORS))

    async def save(self, second_factor: SecondFactor) -> None:
        await self._transaction.execute(_upsert_factor, _FACTOR_MAPPING.column_values(second_factor))

    async def delete(self, username: str) -> bool:
        return await self._transaction.count_written(_DELETE_FACTOR, {"of_username": username}) == 1
