"""Who may run a job now, by the database's own time: the clocks of the processes do not matter."""

from datetime import timedelta

from sqlalchemy import Executable, Float, bindparam, delete, or_

from store.engines.base import Engine
from store.schema import leases
from store.work import Repository

_RELEASE = delete(leases).where(leases.c.name == bindparam("of_name"), leases.c.token == bindparam("held"))


def _acquire(engine: Engine) -> Executable:
    new = engine.insert(leases).values(until=engine.later(bindparam("period", type_=Float)))
    taken = new.on_conflict_do_update(
        index_elements=["name"],
        set_={name: new.excluded[name] for name in ("token", "until")},
        where=or_(leases.c.until <= engine.now, leases.c.token == new.excluded.token),
    )
    return taken.returning(leases.c.name)


class SqlLeases(Repository):
    """The port `Leases`."""

    async def acquire(self, name: str, token: str, period: timedelta) -> bool:
        """Take or renew the lease under `token`; False while another token holds it."""
        wanted = {"name": name, "token": token, "period": period.total_seconds()}
        return await self._work.row(_acquire, wanted) is not None

    async def release(self, name: str, token: str) -> None:
        """Give it back, if still held."""
        await self._work.run(_RELEASE, {"of_name": name, "held": token})
