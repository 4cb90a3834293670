"""Read events: one row for alike readings of an hour, never changed, and forgotten after their time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Executable, delete, func, or_, select

from domain.audit.read_events import ReadEvent, ReadEventFilter, ReadKind, number_hour
from store.engines.base import DatabaseEngine
from store.schema import read_events
from store.work import Repository

_COLUMNS = (read_events.c.id, read_events.c.at, read_events.c.viewer, read_events.c.kind, read_events.c.subject)


def _insert_if_new(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(read_events).inline()
    return insertion.on_conflict_do_nothing(index_elements=["hour", "viewer", "kind", "subject"])


class SqlReadEventRepository(Repository):
    """The port `ReadEventRepository`."""

    async def add_read_event(self, read_at: datetime, viewer_label: str, kind: ReadKind, subject: str) -> None:
        values = {
            "hour": number_hour(read_at),
            "at": read_at,
            "viewer": viewer_label,
            "kind": kind.value,
            "subject": subject,
        }
        await self._transaction.execute(_insert_if_new, values)

    async def list_read_events(self, event_filter: ReadEventFilter) -> list[ReadEvent]:
        conditions = _list_conditions(event_filter)
        if event_filter.made:
            conditions += await self._hour_conditions(*event_filter.made)
        statement = select(*_COLUMNS).where(*conditions).order_by(read_events.c.id.desc()).limit(event_filter.limit)
        return [
            ReadEvent(event_id, at, viewer, ReadKind(kind), subject)
            for event_id, at, viewer, kind, subject in await self._transaction.fetch_rows(statement)
        ]

    async def _hour_conditions(self, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
        """Return what bounds the events of a span by their numbers too, so that no index is read past its end."""
        in_hours = read_events.c.hour.between(number_hour(start), number_hour(end))
        row = await self._transaction.fetch_row(
            select(func.min(read_events.c.id), func.max(read_events.c.id)).where(in_hours)
        )
        first_id, last_id = row if row and row[0] is not None else (0, 0)
        return [read_events.c.at >= start, read_events.c.at < end, read_events.c.id.between(first_id, last_id)]

    async def delete_read_events_before(self, moment: datetime) -> int:
        statement = delete(read_events).where(read_events.c.hour < number_hour(moment))
        return await self._transaction.count_written(statement)


def _list_conditions(event_filter: ReadEventFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if event_filter.viewer is not None:
        acts_for_absent = read_events.c.viewer.startswith(f"{event_filter.viewer} for ", autoescape=True)
        conditions.append(or_(read_events.c.viewer == event_filter.viewer, acts_for_absent))
    if event_filter.kind is not None:
        conditions.append(read_events.c.kind == event_filter.kind.value)
    if event_filter.subject is not None:
        conditions.append(read_events.c.subject == event_filter.subject)
    if event_filter.before is not None:
        conditions.append(read_events.c.id < event_filter.before)
    return conditions
