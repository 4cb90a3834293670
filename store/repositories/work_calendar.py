"""Days that the municipality declared off or working."""

from datetime import date

from sqlalchemy import Executable, bindparam, delete, select

from domain.settings.records import DeclaredDay
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import work_calendar
from store.work import Repository

_OVERRIDES = select(work_calendar.c.day, work_calendar.c.working).order_by(work_calendar.c.day)


_DAY = TableMapping(work_calendar, DeclaredDay)
_DECLARED = select(*_DAY.columns).where(work_calendar.c.day >= bindparam("since")).order_by(work_calendar.c.day)
_FORGET = delete(work_calendar).where(work_calendar.c.day == bindparam("of_day"))


def _declare(engine: DatabaseEngine) -> Executable:
    new = engine.insert(work_calendar)
    changed = {name: new.excluded[name] for name in ("working", "note")}
    return new.on_conflict_do_update(index_elements=["day"], set_=changed)


class SqlWorkCalendar(Repository):
    """The port `WorkCalendar`."""

    async def overrides(self) -> dict[date, bool]:
        """Return day → whether it is a working day."""
        return {day: working for day, working in await self._work.rows(_OVERRIDES)}

    async def declared(self, since: date) -> list[DeclaredDay]:
        """Return the days from `since` on that were declared, in order."""
        return _DAY.read_all(await self._work.rows(_DECLARED, {"since": since}))

    async def set_override(self, day: date, working: bool, note: str) -> None:
        """Declare a day, replacing what was declared before."""
        await self._work.run(_declare, {"day": day, "working": working, "note": note})

    async def forget(self, day: date) -> bool:
        """Let a day be what it is by itself again; False when it was not declared."""
        return await self._work.count(_FORGET, {"of_day": day}) == 1
