"""Every job of the table does its work under a clock that the test moves, one process at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.configuration.settings import Settings
from app.jobs.exporting import sheet_of
from app.jobs.scheduler import JOBS, Job, Scheduler
from app.jobs.timetable import every
from app.jobs.waking import Waking
from app.parts import Parts, build_providers
from app.wiring import build_printer, build_signer
from channels.relay.relay import Relay
from domain.actions.history.sealing import verify
from domain.actions.reports.monthly import keep_monthly
from domain.messages.records import MessageState, OutboxMessage
from domain.offices.office import QUESTIONS_KEEP
from domain.people.person import StaffMember
from domain.values.actors import Role
from domain.values.errors import Unavailable
from tests.support.municipality import CITIZEN, CIVIL_OFFICER, Municipality

SETTINGS = Settings(demo=True)
BY_NAME = {job.name: job for job in JOBS}


@pytest.fixture
def parts(town: Municipality) -> Parts:
    """What a process is made of, over the municipality's store and clock."""
    providers = build_providers(SETTINGS)
    relay = Relay(town.desk, town.store, tuple(providers.values()), time.monotonic)
    printer = build_printer(SETTINGS, town.desk.catalogue)
    return Parts(SETTINGS, town.desk, town.store, providers, relay, printer, build_signer(SETTINGS), Waking())


@pytest.fixture
def scheduler(parts: Parts) -> Scheduler:
    """A scheduler that runs what it is told to."""
    return Scheduler(parts)


async def run(scheduler: Scheduler, name: str) -> None:
    assert await scheduler.run(BY_NAME[name])


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
    async with town.store.unit() as uow:
        [claimed] = await uow.outbox.claim(
            "sms", town.clock.now(), 1, timedelta(minutes=2), "dead", provider="simulator"
        )
    town.sql("UPDATE outbox SET claimed_until = '2000-01-01 00:00:00.000000' WHERE id = ?", claimed.id)
    town.advance(minutes=5)
    await run(scheduler, "outcomes")
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
    await town.reach("awaiting_payment")
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


async def test_the_history_is_sealed(town: Municipality, scheduler: Scheduler, parts: Parts) -> None:
    await town.order()
    await run(scheduler, "seal")
    found = await verify(town.store, parts.signer)
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


async def test_the_month_that_is_over_is_reported_once(town: Municipality, scheduler: Scheduler, parts: Parts) -> None:
    manager = StaffMember("mina", frozenset({Role.MANAGER}), "مینا", "+989111000009", "", True, town.clock.now())
    async with town.store.unit() as uow:
        await uow.people.put_staff(manager)
    await town.order()
    town.advance(days=30)
    for one in (scheduler, scheduler):
        await run(one, "report")
    async with town.store.unit(write=False) as uow:
        [kept] = await uow.reports.kept("manager")
        _, content = await uow.reports.content(kept.id)
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
    await scheduler.run(BY_NAME["report"])
    assert len(await town.sent("+989111000009")) == 2


async def test_a_monthly_report_of_two_processes_is_one(town: Municipality) -> None:
    made = asyncio.Event()

    async def slowly(rows: Iterable[object]) -> bytes:
        await made.wait()
        return b"slow"

    await town.order()
    assert await keep_monthly(town.desk, town.store, sheet_of) == 0  # nothing was before this month
    town.advance(days=30)
    late = asyncio.create_task(keep_monthly(town.desk, town.store, slowly))
    assert await keep_monthly(town.desk, town.store, sheet_of) == 1
    made.set()
    assert await late == 0
    assert town.rows("SELECT count(*) FROM report_files") == [(1,)]


async def test_calls_of_counter_software_are_forgotten(town: Municipality, scheduler: Scheduler) -> None:
    async with town.store.unit() as uow:
        await uow.calls.begin("1001", "a", "d", "Ping", town.clock.now() + QUESTIONS_KEEP, town.clock.now())
    town.advance(minutes=9)
    await run(scheduler, "calls")
    assert town.rows("SELECT count(*) FROM office_calls") == [(1,)]
    town.advance(minutes=1)
    await run(scheduler, "calls")
    assert town.rows("SELECT count(*) FROM office_calls") == [(0,)]


async def test_what_another_process_does_is_left_to_it(town: Municipality, parts: Parts) -> None:
    await town.say(CITIZEN, "راهنما")
    ours, theirs = Scheduler(parts), Scheduler(parts)
    assert await theirs.run(BY_NAME["relay"])
    await town.say(CITIZEN, "راهنما")
    assert not await ours.run(BY_NAME["relay"])
    assert (await newest(town)).state is MessageState.QUEUED


async def test_a_job_that_fails_is_logged_and_tried_again(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    tries = iter([ValueError("broken"), Unavailable("database"), None])

    async def fail_twice(_parts: Parts) -> None:
        if error := next(tries):
            raise error

    job = Job("fragile", every(hours=1), fail_twice)
    scheduler = Scheduler(parts, (job,))
    assert [await scheduler.run(job) for _ in range(3)] == [False, False, True]
    assert [record.exc_info is not None for record in caplog.records] == [True, False]


@asynccontextmanager
async def started(parts: Parts, *jobs: Job) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(parts, jobs)
    scheduler.start()
    yield scheduler
    await scheduler.stop(1.0)


async def test_the_relay_runs_as_soon_as_something_is_queued(parts: Parts) -> None:
    ran = asyncio.Event()

    async def relay(_parts: Parts) -> None:
        ran.set()

    async with started(parts, Job("relay", every(hours=1), relay, at_once="sms")):
        parts.waking.queued(["sms"])
        await asyncio.wait_for(ran.wait(), 5)


async def test_a_text_for_one_channel_wakes_no_other_and_waits_for_none(parts: Parts) -> None:
    ran, held = asyncio.Event(), asyncio.Event()
    woken: list[str] = []

    async def hang(_parts: Parts) -> None:
        woken.append("telegram")
        held.set()
        await asyncio.Event().wait()

    async def relay(_parts: Parts) -> None:
        woken.append("sms")
        ran.set()

    jobs = (Job("slow", every(hours=1), hang, at_once="telegram"), Job("relay", every(hours=1), relay, at_once="sms"))
    async with asyncio.timeout(5):
        async with started(parts, *jobs):
            parts.waking.queued(["sms"])
            await ran.wait()
            assert woken == ["sms"]
            ran.clear()
            parts.waking.queued(["telegram"])
            await held.wait()
            parts.waking.queued(["sms"])
            await ran.wait()


async def test_stopping_waits_for_what_runs_and_gives_leases_back(parts: Parts, town: Municipality) -> None:
    begun, ended = asyncio.Event(), []

    async def relay(_parts: Parts) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        ended.append(True)

    async with started(parts, Job("relay", every(hours=1), relay, at_once="sms")):
        parts.waking.queued(["sms"])
        await begun.wait()
    assert ended == [True]
    assert town.rows("SELECT count(*) FROM leases") == [(0,)]


async def test_stopping_cuts_off_what_does_not_end(parts: Parts) -> None:
    begun, ended = asyncio.Event(), []

    async def relay(_parts: Parts) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    scheduler = Scheduler(parts, (Job("relay", every(hours=1), relay, at_once="sms"),))
    scheduler.start()
    parts.waking.queued(["sms"])
    await begun.wait()
    await scheduler.stop(0.05)
    assert ended == [True]


def test_every_job_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(JOBS)


async def test_jobs_of_a_bot_are_there_where_the_bot_is(parts: Parts) -> None:
    assert {job.bot for job in JOBS} == {None, "telegram", "bale"}
    ran = asyncio.Event()

    async def telegram(_parts: Parts) -> None:
        ran.set()

    async with started(parts, Job("telegram_relay", every(seconds=1), telegram, at_once="telegram", bot="telegram")):
        parts.waking.queued(["telegram"])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ran.wait(), 0.2)


async def test_stopping_waits_for_no_endless_job(parts: Parts, town: Municipality) -> None:
    begun, ended = asyncio.Event(), []

    async def poll(_parts: Parts) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    scheduler = Scheduler(parts, (Job("poll", every(hours=1), poll, at_once="sms", endless=True),))
    scheduler.start()
    parts.waking.queued(["sms"])
    await begun.wait()
    async with asyncio.timeout(5):
        await scheduler.stop(3600.0)
    assert ended == [True]
    assert town.rows("SELECT count(*) FROM leases") == [(0,)]


async def test_a_run_that_does_not_end_is_cut_off_at_its_limit(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    async def hang(_parts: Parts) -> None:
        await asyncio.Event().wait()

    job = Job("hangs", every(hours=1), hang, limit=timedelta(milliseconds=50))
    async with asyncio.timeout(5):
        assert not await Scheduler(parts, (job,)).run(job)
    assert [record.getMessage() for record in caplog.records] == ["job hangs was cut off after 0.05 s"]


async def test_a_clock_that_steps_back_stops_no_interval(
    parts: Parts, town: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    ran = asyncio.Semaphore(0)

    async def run_once(_parts: Parts) -> None:
        ran.release()

    async with started(parts, Job("often", every(seconds=1), run_once)):
        async with asyncio.timeout(5):
            await ran.acquire()
            town.advance(hours=-1)
            await ran.acquire()
            await ran.acquire()
    assert "the clock was set by -3600 s" in [record.getMessage() for record in caplog.records]


async def test_late_jobs_are_told_to_monitoring(parts: Parts) -> None:
    async def nothing(_parts: Parts) -> None:
        """It is done at once."""

    job = Job("relay", every(seconds=1), nothing, at_once="sms")
    async with started(parts, job, Job("other", every(hours=1), nothing)) as scheduler:
        assert {state.name: state.seconds_ago for state in parts.runs.states()} == {"relay": None, "other": None}
        assert await scheduler.run(job)
        [relay, other] = parts.runs.states()
    assert relay.seconds_ago is not None
    assert (relay.seconds_ago < 5, relay.late, relay.carries, other.carries) == (True, False, True, False)
