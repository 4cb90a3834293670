"""Days that the municipality declared off or working."""

from datetime import date

from sqlalchemy import Executable, select

from store.engines.base import Engine
from store.schema import work_calendar
from store.work import Repository

_OVERRIDES = select(work_calendar.c.day, work_calendar.c.working).order_by(work_calendar.c.day)


def _declare(engine: Engine) -> Executable:
    new = engine.insert(work_calendar)
    changed = {name: new.excluded[name] for name in ("working", "note")}
    return new.on_conflict_do_update(index_elements=["day"], set_=changed)


class SqlWorkCalendar(Repository):
    """The port `WorkCalendar`."""

    async def overrides(self) -> dict[date, bool]:
        """Return day → whether it is a working day."""
        return {day: working for day, working in await self._work.rows(_OVERRIDES)}

    async def set_override(self, day: date, working: bool, note: str) -> None:
        """Declare a day, replacing what was declared before."""
        await self._work.run(_declare, {"day": day, "working": working, "note": note})
