"""Days that the municipality declared off or working."""

from datetime import date

from sqlalchemy import Executable, bindparam, delete, select

from domain.settings.records import DeclaredDay
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import work_calendar
from store.work import Repository

_SELECT_OVERRIDES = select(work_calendar.c.day, work_calendar.c.working).order_by(work_calendar.c.day)


_DAY_MAPPING = TableMapping(work_calendar, DeclaredDay)
_SELECT_DECLARED = (
    select(*_DAY_MAPPING.columns).where(work_calendar.c.day >= bindparam("since")).order_by(work_calendar.c.day)
)
_DELETE_DAY = delete(work_calendar).where(work_calendar.c.day == bindparam("of_day"))


def _upsert_day(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(work_calendar)
    updated_columns = {column_name: insertion.excluded[column_name] for column_name in ("working", "note")}
    return insertion.on_conflict_do_update(index_elements=["day"], set_=updated_columns)


class SqlWorkCalendarRepository(Repository):
    """The port `WorkCalendarRepository`."""

    async def get_overrides(self) -> dict[date, bool]:
        return {day: working for day, working in await self._transaction.fetch_rows(_SELECT_OVERRIDES)}

    async def list_declared(self, since_day: date) -> list[DeclaredDay]:
        return _DAY_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_DECLARED, {"since": since_day}))

    async def save_override(self, day: date, is_working: bool, note: str) -> None:
        """It takes the place of what was declared before."""
        await self._transaction.execute(_upsert_day, {"day": day, "working": is_working, "note": note})

    async def delete_override(self, day: date) -> bool:
        return await self._transaction.count_written(_DELETE_DAY, {"of_day": day}) == 1
