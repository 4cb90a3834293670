"""Who may run a job now, by the database's own time: the clocks of the processes do not matter.

The database's clock may be set back, though, after it was ahead: then the lease of a holder that died lies in the
future. No holder writes one further ahead than its period, so such a lease holds nobody off.
"""

from datetime import timedelta

from sqlalchemy import Executable, Float, bindparam, case, delete, func, null, or_, select

from domain.jobs.ports import HeldLease
from store.engines.base import DatabaseEngine
from store.schema import leases
from store.work import Repository

SLACK = timedelta(seconds=2)
"""By so much a clock may be set back, as it often is, without a living holder losing its lease."""

_RELEASE = delete(leases).where(leases.c.name == bindparam("of_name"), leases.c.token == bindparam("held"))


def _acquire(engine: DatabaseEngine) -> Executable:
    ran = bindparam("ran", type_=Float)
    ran_at = case((ran.is_(None), null()), else_=engine.later(-ran))
    new = engine.insert(leases).values(until=engine.later(bindparam("period", type_=Float)), ran_at=ran_at)
    taken = new.on_conflict_do_update(
        index_elements=["name"],
        set_={
            **{name: new.excluded[name] for name in ("token", "until")},
            "ran_at": func.coalesce(new.excluded.ran_at, leases.c.ran_at),
        },
        where=or_(
            leases.c.until <= engine.now,
            leases.c.until > engine.later(bindparam("longest", type_=Float)),
            leases.c.token == new.excluded.token,
        ),
    )
    return taken.returning(leases.c.name)


def _all(engine: DatabaseEngine) -> Executable:
    return select(leases.c.name, leases.c.ran_at, engine.now.label("now"))


class SqlLeases(Repository):
    """The port `Leases`."""

    async def acquire(self, name: str, token: str, period: timedelta, ran: timedelta | None = None) -> bool:
        """Take or renew the lease under `token`; False while another token holds it."""
        wanted = {
            "name": name,
            "token": token,
            "period": period.total_seconds(),
            "longest": (period + SLACK).total_seconds(),
            "ran": None if ran is None else ran.total_seconds(),
        }
        return await self._work.row(_acquire, wanted) is not None

    async def all(self) -> list[HeldLease]:
        """Return every lease that was not given back."""
        return [HeldLease(*row) for row in await self._work.rows(_all)]

    async def release(self, name: str, token: str) -> None:
        """Give it back, if still held."""
        await self._work.run(_RELEASE, {"of_name": name, "held": token})
