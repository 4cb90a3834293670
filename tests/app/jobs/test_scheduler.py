"""Every job of the table does its work under a clock that the test moves, one process at a time."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.jobs.scheduler import JOBS, Job, Scheduler
from app.jobs.timetable import Interval, run_every
from app.parts import ServerParts
from app.processes.exporting import make_sheet
from domain.actions.history.sealing import verify_history
from domain.actions.reports.monthly import store_monthly_reports
from domain.messages.records import MessageState, OutboxMessage
from domain.offices.office import QUERY_ANSWER_RETENTION
from domain.people.person import StaffMember
from domain.values.actors import Role
from domain.values.errors import Unavailable
from tests.support.municipality import CITIZEN, CIVIL_OFFICER, ORDER, Municipality
from tests.support.patience import patient

BY_NAME = {job.name: job for job in JOBS}


@pytest.fixture
def scheduler(parts: ServerParts) -> Scheduler:
    """A scheduler that runs what it is told to."""
    return Scheduler(parts)


async def run(scheduler: Scheduler, name: str) -> None:
    assert await scheduler.run_job(BY_NAME[name])


async def states(town: Municipality) -> dict[str, MessageState]:
    return {message.key.rpartition(".")[2]: message.state for message in await town.sent()}


async def newest(town: Municipality, mobile: str = CITIZEN) -> OutboxMessage:
    return (await town.sent(mobile))[-1]


async def test_texts_are_sent_and_their_receipts_fetched(town: Municipality, scheduler: Scheduler) -> None:
    await town.say(CITIZEN, "راهنما")
    await run(scheduler, "relay")
    assert (await newest(town)).state is MessageState.SENT
    town.advance(minutes=6)
    await run(scheduler, "receipts")
    assert (await newest(town)).state is MessageState.DELIVERED


async def test_an_abandoned_claim_is_asked_about(town: Municipality, scheduler: Scheduler) -> None:
    await town.say(CITIZEN, "راهنما")
    async with town.store.open_unit() as uow:
        [claimed] = await uow.outbox.claim_due(
            "sms", town.clock.now(), 1, timedelta(minutes=2), "dead", provider="simulator"
        )
    town.sql("UPDATE outbox SET claimed_until = '2000-01-01 00:00:00.000000' WHERE id = ?", claimed.id)
    town.advance(minutes=5)
    await run(scheduler, "relay")
    assert (await newest(town)).state is MessageState.SENT


async def test_an_unpaid_bill_expires_after_its_deadline_and_lag(town: Municipality, scheduler: Scheduler) -> None:
    code = await town.reach("awaiting_payment")
    town.advance(days=4)
    await run(scheduler, "deadlines")
    assert (await town.request(code)).state == "awaiting_payment"
    town.advance(days=2)
    await run(scheduler, "deadlines")
    assert (await town.request(code)).state == "expired"


async def test_a_payment_is_reminded_of(town: Municipality, scheduler: Scheduler) -> None:
    await town.reach("awaiting_payment", ORDER.replace("فردا", "۱۵ آذر"))  # so that the bill has its whole time
    await run(scheduler, "reminders")
    assert "pay_soon" not in await town.keys()
    town.advance(days=3, hours=8)
    await run(scheduler, "reminders")
    assert (await town.keys())[-1] == "pay_soon"


async def test_a_unit_is_told_of_what_lies_too_long(town: Municipality, scheduler: Scheduler) -> None:
    await town.order()
    town.advance(days=2)
    await run(scheduler, "sla")
    assert (await newest(town, CIVIL_OFFICER)).key == "staff.sla_broken"


async def test_a_text_that_became_too_old_is_replaced(town: Municipality, scheduler: Scheduler) -> None:
    code = await town.order()
    town.advance(hours=12)
    await town.do(code, "accept", Role.CIVIL)
    town.advance(days=4)
    await run(scheduler, "stale")
    assert (await states(town))["accept"] is MessageState.EXPIRED
    assert (await newest(town)).state is MessageState.QUEUED


async def test_the_history_is_sealed(town: Municipality, scheduler: Scheduler, parts: ServerParts) -> None:
    await town.order()
    await run(scheduler, "seal")
    found = await verify_history(town.store, parts.signer)
    assert (found.seals, found.unsealed, found.faults) == (1, 0, [])


async def test_a_request_kept_long_enough_loses_its_personal_data(town: Municipality, scheduler: Scheduler) -> None:
    code = await town.order()
    await town.do(code, "reject", Role.CIVIL, reason="تکراری")
    await run(scheduler, "erasure")
    assert (await town.request(code)).mobile == CITIZEN
    town.advance(days=5 * 366)
    await run(scheduler, "erasure")
    request = await town.request(code)
    assert (request.mobile, request.erased_at) == (None, town.clock.now())


async def test_the_month_that_is_over_is_reported_once(
    town: Municipality, scheduler: Scheduler, parts: ServerParts
) -> None:
    manager = StaffMember("mina", frozenset({Role.MANAGER}), "مینا", "+989111000009", "", True, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(manager)
    await town.order()
    town.advance(days=30)
    for one in (scheduler, scheduler):
        await run(one, "report")
    async with town.store.open_unit(write=False) as uow:
        [kept] = await uow.reports.list_reports("manager")
        _, content = await uow.reports.get_report(kept.id)
    assert (kept.name, kept.first, kept.size) == ("manager-1405-09.xlsx", date(2026, 11, 22), len(content))
    [sheet] = load_workbook(BytesIO(content)).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "گزارش مدیر"
    at = rows.index(next(row for row in rows if row[0] == "دریافت شده"))
    assert rows[at + 1][0] == 1
    told = await town.sent("+989111000009")
    assert [message.key for message in told] == ["staff.report_ready"]
    assert "گزارش آذر ۱۴۰۵ آماده است" in told[0].text
    town.advance(days=31)
    await scheduler.run_job(BY_NAME["report"])
    assert len(await town.sent("+989111000009")) == 2


async def test_a_monthly_report_of_two_processes_is_one(town: Municipality) -> None:
    made = asyncio.Event()

    async def slowly(rows: Iterable[object]) -> bytes:
        await made.wait()
        return b"slow"

    await town.order()
    assert await store_monthly_reports(town.desk, town.store, make_sheet) == 0  # nothing was before this month
    town.advance(days=30)
    late = asyncio.create_task(store_monthly_reports(town.desk, town.store, slowly))
    assert await store_monthly_reports(town.desk, town.store, make_sheet) == 1
    made.set()
    assert await late == 0
    assert town.rows("SELECT count(*) FROM report_files") == [(1,)]


async def test_calls_of_counter_software_are_forgotten(town: Municipality, scheduler: Scheduler) -> None:
    async with town.store.open_unit() as uow:
        await uow.idempotency_keys.begin(
            "1001", "a", "d", "Ping", town.clock.now() + QUERY_ANSWER_RETENTION, town.clock.now()
        )
    town.advance(minutes=9)
    await run(scheduler, "expired_keys")
    assert town.rows("SELECT count(*) FROM idempotency_keys") == [(1,)]
    town.advance(minutes=1)
    await run(scheduler, "expired_keys")
    assert town.rows("SELECT count(*) FROM idempotency_keys") == [(0,)]


async def test_what_another_process_does_is_left_to_it(town: Municipality, parts: ServerParts) -> None:
    await town.say(CITIZEN, "راهنما")
    ours, theirs = Scheduler(parts), Scheduler(parts)
    assert await theirs.run_job(BY_NAME["relay"])
    await town.say(CITIZEN, "راهنما")
    assert not await ours.run_job(BY_NAME["relay"])
    assert (await newest(town)).state is MessageState.QUEUED


async def test_a_job_that_fails_is_logged_and_tried_again(parts: ServerParts, caplog: pytest.LogCaptureFixture) -> None:
    tries = iter([ValueError("broken"), Unavailable("database"), None])

    async def fail_twice(_parts: ServerParts) -> None:
        if error := next(tries):
            raise error

    job = Job("fragile", run_every(hours=1), fail_twice)
    scheduler = Scheduler(parts, (job,))
    assert [await scheduler.run_job(job) for _ in range(3)] == [False, False, True]
    assert [record.exc_info is not None for record in caplog.records] == [True, False]


@asynccontextmanager
async def started(parts: ServerParts, *jobs: Job) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(parts, jobs)
    scheduler.start()
    yield scheduler
    await scheduler.stop(1.0)


async def test_the_relay_runs_as_soon_as_something_is_queued(parts: ServerParts) -> None:
    ran = asyncio.Event()

    async def relay(_parts: ServerParts) -> None:
        ran.set()

    async with started(parts, Job("relay", run_every(hours=1), relay, wake_channel="sms")):
        parts.wake_events.note_queued(["sms"])
        await asyncio.wait_for(ran.wait(), patient(5))


async def test_a_text_for_one_channel_wakes_no_other_and_waits_for_none(parts: ServerParts) -> None:
    ran, held = asyncio.Event(), asyncio.Event()
    woken: list[str] = []

    async def hang(_parts: ServerParts) -> None:
        woken.append("telegram")
        held.set()
        await asyncio.Event().wait()

    async def relay(_parts: ServerParts) -> None:
        woken.append("sms")
        ran.set()

    jobs = (
        Job("slow", run_every(hours=1), hang, wake_channel="telegram"),
        Job("relay", run_every(hours=1), relay, wake_channel="sms"),
    )
    async with asyncio.timeout(patient(5)):
        async with started(parts, *jobs):
            parts.wake_events.note_queued(["sms"])
            await ran.wait()
            assert woken == ["sms"]
            ran.clear()
            parts.wake_events.note_queued(["telegram"])
            await held.wait()
            parts.wake_events.note_queued(["sms"])
            await ran.wait()


async def test_stopping_waits_for_what_runs_and_gives_leases_back(parts: ServerParts, town: Municipality) -> None:
    begun, ended = asyncio.Event(), []

    async def relay(_parts: ServerParts) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        ended.append(True)

    async with started(parts, Job("relay", run_every(hours=1), relay, wake_channel="sms")):
        parts.wake_events.note_queued(["sms"])
        await begun.wait()
    assert ended == [True]
    assert town.rows("SELECT count(*) FROM leases") == [(0,)]


async def test_stopping_cuts_off_what_does_not_end(parts: ServerParts) -> None:
    begun, ended = asyncio.Event(), []

    async def relay(_parts: ServerParts) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    scheduler = Scheduler(parts, (Job("relay", run_every(hours=1), relay, wake_channel="sms"),))
    scheduler.start()
    parts.wake_events.note_queued(["sms"])
    await begun.wait()
    await scheduler.stop(0.05)
    assert ended == [True]


async def test_a_job_that_is_due_while_its_scheduler_stops_is_no_fault(
    parts: ServerParts, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(_parts: ServerParts) -> None:
        await asyncio.sleep(0)

    scheduler = Scheduler(parts, (Job("work", Interval(timedelta(milliseconds=20)), work, in_every_process=True),))
    scheduler.start()
    await asyncio.sleep(0.005)
    loop, is_time_to_stop = asyncio.get_running_loop(), asyncio.Event()

    def let_both_be_due() -> None:
        time.sleep(0.1)
        loop.call_soon(is_time_to_stop.set)

    loop.call_soon(let_both_be_due)
    await is_time_to_stop.wait()
    await scheduler.stop(1.0)
    await asyncio.sleep(0.01)
    assert caplog.records == []


def test_every_job_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(JOBS)


async def test_jobs_of_a_bot_are_there_where_the_bot_is(parts: ServerParts) -> None:
    assert {job.messenger for job in JOBS} == {None, "telegram", "bale"}
    ran = asyncio.Event()

    async def telegram(_parts: ServerParts) -> None:
        ran.set()

    async with started(
        parts, Job("telegram_relay", run_every(seconds=1), telegram, wake_channel="telegram", messenger="telegram")
    ):
        parts.wake_events.note_queued(["telegram"])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ran.wait(), 0.2)


async def test_stopping_waits_for_no_endless_job(parts: ServerParts, town: Municipality) -> None:
    begun, ended = asyncio.Event(), []

    async def poll(_parts: ServerParts) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    scheduler = Scheduler(parts, (Job("poll", run_every(hours=1), poll, wake_channel="sms", is_endless=True),))
    scheduler.start()
    parts.wake_events.note_queued(["sms"])
    await begun.wait()
    async with asyncio.timeout(patient(5)):
        await scheduler.stop(3600.0)
    assert ended == [True]
    assert town.rows("SELECT count(*) FROM leases") == [(0,)]


async def test_a_run_that_does_not_end_is_cut_off_at_its_limit(
    parts: ServerParts, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(_parts: ServerParts) -> None:
        await asyncio.Event().wait()

    job = Job("hangs", run_every(hours=1), hang, run_limit=timedelta(milliseconds=50))
    async with asyncio.timeout(patient(5)):
        assert not await Scheduler(parts, (job,)).run_job(job)
    assert [record.getMessage() for record in caplog.records] == ["job hangs was cut off after 0.05 s"]


async def test_a_clock_that_steps_back_stops_no_interval(
    parts: ServerParts, town: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    ran = asyncio.Semaphore(0)

    async def run_once(_parts: ServerParts) -> None:
        ran.release()

    async with started(parts, Job("often", run_every(seconds=1), run_once)):
        async with asyncio.timeout(patient(5)):
            await ran.acquire()
            town.advance(hours=-1)
            await ran.acquire()
            await ran.acquire()
    told = [record.getMessage() for record in caplog.records]
    assert [line for line in told if re.fullmatch(r"the clock was set by -36\d\d s", line)], "and for how long it ran"


async def test_late_jobs_are_told_to_monitoring(parts: ServerParts) -> None:
    async def nothing(_parts: ServerParts) -> None:
        """It is done at once."""

    job = Job("relay", run_every(seconds=1), nothing, wake_channel="sms")
    async with started(parts, job, Job("other", run_every(hours=1), nothing)) as scheduler:
        assert {state.name: state.seconds_ago for state in parts.job_runs.list_states()} == {
            "relay": None,
            "other": None,
        }
        assert await scheduler.run_job(job)
        [relay, other] = parts.job_runs.list_states()
    assert relay.seconds_ago is not None
    assert (relay.seconds_ago < 5, relay.is_late, relay.carries_messages, other.carries_messages) == (
        True,
        False,
        True,
        False,
    )
