"""Read events on every engine: one for alike readings of an hour, found by each filter, forgotten after their time."""

from datetime import timedelta

from domain.audit.read_events import ReadEventFilter, ReadKind
from store.unit_of_work import SqlStore
from tests.support.factories import NOW

HOUR = timedelta(hours=1)
START = NOW.replace(minute=10, second=0, microsecond=0)


async def test_alike_readings_of_an_hour_are_one_and_are_found(store: SqlStore) -> None:
    readings = [
        (START, "staff:sara", ReadKind.REQUEST, "123456786"),
        (START + HOUR / 2, "staff:sara", ReadKind.REQUEST, "123456786"),
        (START + HOUR, "staff:sara for ali", ReadKind.REQUEST, "123456786"),
        (START + HOUR, "staff:sarah", ReadKind.QUEUE, "queue=open"),
    ]
    for reading in readings:
        async with store.open_unit() as uow:
            await uow.audit.add_read_event(*reading)
    async with store.open_unit(write=False) as uow:
        everything = await uow.audit.list_read_events(ReadEventFilter())
        assert [(one.at, one.viewer, one.kind, one.subject) for one in reversed(everything)] == [
            readings[0],
            readings[2],
            readings[3],
        ]
        for event_filter, wanted in (
            (ReadEventFilter(viewer="staff:sara"), [1, 2]),
            (ReadEventFilter(kind=ReadKind.QUEUE), [0]),
            (ReadEventFilter(subject="123456786"), [1, 2]),
            (ReadEventFilter(made=(START, START + HOUR)), [2]),
            (ReadEventFilter(made=(START - HOUR, START)), []),
            (ReadEventFilter(before=everything[0].id, limit=1), [1]),
        ):
            assert await uow.audit.list_read_events(event_filter) == [everything[place] for place in wanted]


async def test_old_ones_are_forgotten_by_whole_hours(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for hours in range(3):
            await uow.audit.add_read_event(START + hours * HOUR, "staff:sara", ReadKind.QUEUE, "")
        assert await uow.audit.delete_read_events_before(START + HOUR) == 1
        assert len(await uow.audit.list_read_events(ReadEventFilter())) == 2
