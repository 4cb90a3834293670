"""Usual durations of services, reckoned at night out of what was done in the last year, on every engine."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.actions.reports import durations
from domain.reports.durations import COUNTED_PERIOD, UsualDuration
from domain.reports.rows import StepRecord
from domain.requests.request import Phase
from store.unit_of_work import SqlStore
from tests.support.factories import a_request
from tests.support.municipality import TUESDAY_MORNING, Municipality, StandingClock, build_desk

NOW, DAY = TUESDAY_MORNING, timedelta(days=1)


@pytest.fixture
async def town(store: SqlStore, tmp_path: Path) -> Municipality:
    """An empty municipality on each engine, on Tuesday 1405/09/03 at ten."""
    clock = StandingClock()
    return Municipality(build_desk(clock), store, clock, tmp_path)


STEP = StepRecord(
    at=NOW,
    request_id=0,
    seq=2,
    service="machinery",
    kind=None,
    channel="sms",
    office=None,
    officer=None,
    state="submitted",
    seconds=60,
    worked=1,
    late=None,
    outcome=Phase.DONE,
    remote=False,
)


async def finished(town: Municipality, created_at: datetime, ended_at: datetime, **changes: Any) -> None:
    """Store a request that ended then."""
    request = a_request(created_at=created_at, service=changes.pop("service", "machinery"))
    step = replace(STEP, at=ended_at, request_id=request.id, service=request.service)
    async with town.store.open_unit() as uow:
        await uow.requests.add(request)
        await uow.reports.add_step(replace(step, **changes))


async def usual(town: Municipality) -> list[UsualDuration]:
    """Durations kept."""
    async with town.store.open_unit(write=False) as uow:
        return sorted(await uow.durations.list_usual(), key=lambda one: one.service)


async def test_what_was_done_in_the_last_year_counts(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durations, "PAGE_SIZE", 3)
    saturday = NOW - 10 * DAY
    for number in range(8):
        await finished(town, saturday, saturday + 2 * DAY, seq=2 + number % 2)
    for _ in range(2):
        await finished(town, saturday, saturday + 9 * DAY)
    await finished(town, NOW - DAY, NOW, service="expert")
    await finished(town, saturday, saturday + 3 * DAY, outcome=Phase.CANCELLED)
    await finished(town, saturday, saturday + 3 * DAY, outcome=None)
    await finished(town, NOW - COUNTED_PERIOD - 30 * DAY, NOW - COUNTED_PERIOD - DAY)
    assert await durations.reckon_usual_durations(town.desk, town.store) == 11
    assert await usual(town) == [
        UsualDuration("expert", 1, 1, NOW),
        UsualDuration("machinery", 2, 10, NOW),
    ]


async def test_each_step_of_the_page_has_its_own(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durations, "PAGE_SIZE", 3)
    saturday = NOW - 10 * DAY
    for seconds in (0, 1):  # a page of steps may end between those of one moment
        request = a_request(created_at=saturday, service="machinery")
        async with town.store.open_unit() as uow:
            await uow.requests.add(request)
            for seq, days, state in ((1, 0, None), (2, 1, "submitted"), (3, 1, "accepted"), (4, 3, "handed_over")):
                stay = 0 if state in {None, "accepted"} else 86_400 * (days if state == "submitted" else 2)
                step = replace(STEP, request_id=request.id, seq=seq, state=state, seconds=stay + seconds)
                outcome = Phase.DONE if state == "handed_over" else None
                await uow.reports.add_step(replace(step, at=saturday + days * DAY, outcome=outcome))
    await durations.reckon_usual_durations(town.desk, town.store)
    assert [(one.service, one.working_days, one.finished_count) for one in await usual(town)] == [
        ("machinery", 3, 2),
        ("machinery/1", 1, 2),
        ("machinery/2", 0, 2),
        ("machinery/5", 2, 2),
    ]


async def test_it_is_reckoned_once_a_day_and_what_is_no_longer_done_is_forgotten(town: Municipality) -> None:
    await finished(town, NOW - DAY, NOW)
    assert await durations.reckon_usual_durations(town.desk, town.store) == 1
    assert await durations.reckon_usual_durations(town.desk, town.store) == 0
    town.clock.at += DAY
    await finished(town, NOW, NOW + DAY, service="expert")
    assert await durations.reckon_usual_durations(town.desk, town.store) == 2
    assert [one.reckoned_at for one in await usual(town)] == [NOW + DAY] * 2
    town.clock.at += 2 * COUNTED_PERIOD
    assert await durations.reckon_usual_durations(town.desk, town.store) == 0
    assert await usual(town) == []
