"""Sessions of the staff's site, and second factors."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, select, update

from domain.people.sessions import SecondFactor, StaffSession
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import second_factors, staff_sessions
from store.work import Repository

_SESSION = TableMapping(staff_sessions, StaffSession)
_KNOWN = select(*_SESSION.columns)
_BY_DIGEST = _KNOWN.where(staff_sessions.c.digest == bindparam("of_digest"))
_OF_USER = _KNOWN.where(staff_sessions.c.username == bindparam("of_username")).order_by(
    staff_sessions.c.seen_at.desc(), staff_sessions.c.digest
)
_ONE = update(staff_sessions).where(staff_sessions.c.digest == bindparam("of_digest"))
_SEEN = _ONE.values(seen_at=bindparam("moment"))
_PROVED = _ONE.values(proved_at=bindparam("moment"))
_END = delete(staff_sessions).where(staff_sessions.c.digest == bindparam("of_digest"))
_END_OTHERS = delete(staff_sessions).where(
    staff_sessions.c.username == bindparam("of_username"), staff_sessions.c.digest != bindparam("kept")
)
_SWEEP = delete(staff_sessions).where(staff_sessions.c.seen_at < bindparam("seen_before"))

_FACTOR = TableMapping(second_factors, SecondFactor)
_OF_MEMBER = select(*_FACTOR.columns).where(second_factors.c.username == bindparam("of_username"))
_FACTORS = select(*_FACTOR.columns).order_by(second_factors.c.username)
_FACTORS_LOCKED = _FACTORS.with_for_update()
_OF_MEMBER_LOCKED = _OF_MEMBER.with_for_update()
_REMOVE = delete(second_factors).where(second_factors.c.username == bindparam("of_username"))


def _add(engine: DatabaseEngine) -> Executable:
    return engine.insert(staff_sessions)


def _put(engine: DatabaseEngine) -> Executable:
    new = engine.insert(second_factors)
    changed = {name: new.excluded[name] for name in _FACTOR.names if name != "username"}
    return new.on_conflict_do_update(index_elements=["username"], set_=changed)


class SqlStaffSessions(Repository):
    """The port `StaffSessions`."""

    async def add(self, session: StaffSession) -> None:
        """Store a new session."""
        await self._work.run(_add, _SESSION.values(session))

    async def get(self, digest: str) -> StaffSession | None:
        """Return a session, whether it still lives or not."""
        row = await self._work.row(_BY_DIGEST, {"of_digest": digest})
        return None if row is None else _SESSION.read(row)

    async def of(self, username: str) -> list[StaffSession]:
        """Return the sessions of a member of the staff, the one that was used last first."""
        return _SESSION.read_all(await self._work.rows(_OF_USER, {"of_username": username}))

    async def seen(self, digest: str, at: datetime) -> None:
        """Store when it was used last, and nothing else: another tab may have proved it meanwhile."""
        await self._work.run(_SEEN, {"of_digest": digest, "moment": at})

    async def proved(self, digest: str, at: datetime) -> None:
        """Store when it was proved last."""
        await self._work.run(_PROVED, {"of_digest": digest, "moment": at})

    async def end(self, digest: str) -> bool:
        """Forget a session; False when it was gone."""
        return await self._work.count(_END, {"of_digest": digest}) == 1

    async def end_others(self, username: str, but: str | None = None) -> int:
        """Forget the sessions of a member of the staff, but for one; return how many."""
        return await self._work.count(_END_OTHERS, {"of_username": username, "kept": but or ""})

    async def sweep(self, seen_before: datetime) -> int:
        """Forget the sessions that were not used since; return how many."""
        return await self._work.count(_SWEEP, {"seen_before": seen_before})


class SqlSecondFactors(Repository):
    """The port `SecondFactors`."""

    async def get(self, username: str, *, lock: bool = False) -> SecondFactor | None:
        """Return the authenticator of a member of the staff."""
        row = await self._work.row(_OF_MEMBER_LOCKED if lock else _OF_MEMBER, {"of_username": username})
        return None if row is None else _FACTOR.read(row)

    async def all(self, *, lock: bool = False) -> list[SecondFactor]:
        """Return every authenticator, by user name."""
        return _FACTOR.read_all(await self._work.rows(_FACTORS_LOCKED if lock else _FACTORS))

    async def put(self, factor: SecondFactor) -> None:
        """Store a new or changed one (by user name)."""
        await self._work.run(_put, _FACTOR.values(factor))

    async def remove(self, username: str) -> bool:
        """Forget it; False when there was none."""
        return await self._work.count(_REMOVE, {"of_username": username}) == 1
