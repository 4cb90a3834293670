"""Leases for running jobs, by the database's own time: the clocks of the processes do not matter.

The database's clock may be set back, though, after it was ahead: then the lease of a holder that died lies in the
future. No holder writes one further ahead than its period, so such a lease holds nobody off.
"""

from datetime import timedelta

from sqlalchemy import Executable, Float, bindparam, case, delete, func, null, or_, select

from domain.jobs.ports import HeldLease
from store.engines.base import DatabaseEngine
from store.schema import leases
from store.work import Repository

CLOCK_SLACK = timedelta(seconds=2)
"""By so much a clock may be set back, as it often is, without a living holder losing its lease."""

_DELETE_LEASE = delete(leases).where(leases.c.name == bindparam("of_name"), leases.c.token == bindparam("held"))


def _upsert_lease(engine: DatabaseEngine) -> Executable:
    ran = bindparam("ran", type_=Float)
    ran_at = case((ran.is_(None), null()), else_=engine.time_after(-ran))
    insertion = engine.insert_into(leases).values(
        until=engine.time_after(bindparam("period", type_=Float)), ran_at=ran_at
    )
    upsert = insertion.on_conflict_do_update(
        index_elements=["name"],
        set_={
            **{name: insertion.excluded[name] for name in ("token", "until")},
            "ran_at": func.coalesce(insertion.excluded.ran_at, leases.c.ran_at),
        },
        where=or_(
            leases.c.until <= engine.now,
            leases.c.until > engine.time_after(bindparam("longest", type_=Float)),
            leases.c.token == insertion.excluded.token,
        ),
    )
    return upsert.returning(leases.c.name)


def _select_leases(engine: DatabaseEngine) -> Executable:
    return select(leases.c.name, leases.c.ran_at, engine.now.label("now"))


class SqlLeaseRepository(Repository):
    """The port `LeaseRepository`."""

    async def acquire(
        self, job_name: str, holder_token: str, lease_period: timedelta, ran_ago: timedelta | None = None
    ) -> bool:
        parameters = {
            "name": job_name,
            "token": holder_token,
            "period": lease_period.total_seconds(),
            "longest": (lease_period + CLOCK_SLACK).total_seconds(),
            "ran": None if ran_ago is None else ran_ago.total_seconds(),
        }
        return await self._transaction.fetch_row(_upsert_lease, parameters) is not None

    async def list_held(self) -> list[HeldLease]:
        return [HeldLease(*row) for row in await self._transaction.fetch_rows(_select_leases)]

    async def release(self, job_name: str, holder_token: str) -> None:
        await self._transaction.execute(_DELETE_LEASE, {"of_name": job_name, "held": holder_token})
