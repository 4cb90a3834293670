"""Verifying the history in a process of its own, by the night and by wish; and what each process takes up by itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.configuration.settings import Settings
from app.jobs.scheduler import JOBS, Job, Scheduler
from app.jobs.timetable import run_every
from app.parts import ServerParts
from app.processes.verifying import verify_in_process
from app.wiring import build_signer
from domain.actions.context import ActorContext
from domain.actions.history.sealing import seal_history
from domain.actions.settings.setting_changes import change_rules, declare_day
from domain.settings.rules import RULE_GROUPS
from domain.values.actors import SYSTEM
from domain.values.errors import Unavailable
from domain.values.version_token import VersionToken
from tests.support.municipality import TUESDAY_MORNING, Municipality

BY_NAME = {job.name: job for job in JOBS}


async def test_the_history_is_verified_apart(town: Municipality, settings: Settings) -> None:
    code = await town.order()
    await seal_history(town.desk, town.store, build_signer(settings))
    found = await verify_in_process(settings)
    assert (found.faults, found.requests, found.seals) == ([], 1, 1)
    town.sql("UPDATE history SET channel = 'cli' WHERE seq = 1")
    found = await verify_in_process(settings)
    assert ("event_edited", code) in {(one.kind, one.subject) for one in found.faults}


async def test_a_process_that_dies_is_told(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}"})
    with pytest.raises(Unavailable):
        await verify_in_process(nowhere)


async def test_the_night_asks_and_a_job_answers(town: Municipality, parts: ServerParts) -> None:
    scheduler = Scheduler(parts)
    await town.order()
    for _ in range(2):
        assert await scheduler.run_job(BY_NAME["nightly"])
        assert await scheduler.run_job(BY_NAME["verification"])
    async with town.store.open_unit(write=False) as uow:
        last = await uow.verifications.find_last_ended()
        assert last
        assert (last.requests, last.fault_count, last.asked_by) == (1, 0, "system:engine")
        assert await uow.verifications.find_requested() is None
    assert town.rows("SELECT count(*) FROM verifications") == [(1,)]
    town.advance(days=1)
    assert await scheduler.run_job(BY_NAME["nightly"])
    assert town.rows("SELECT count(*) FROM verifications") == [(2,)]


async def test_each_process_takes_up_what_was_changed(town: Municipality, parts: ServerParts) -> None:
    first, second = Scheduler(parts), Scheduler(replace(parts, dependencies=replace(town.desk)))
    tomorrow = (TUESDAY_MORNING + timedelta(days=1)).date()
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, SYSTEM)
        await change_rules(
            context,
            RULE_GROUPS["deadlines"],
            {"answer_days": "9"},
            VersionToken.from_number(0),
        )
        await declare_day(context, tomorrow, False, "")
    for scheduler in (first, second):
        assert await scheduler.run_job(BY_NAME["rules"])
        desk = scheduler._parts.dependencies
        assert desk.policy.answer_days == 9
        assert not desk.calendar.is_working_day(tomorrow)


async def test_a_kept_value_that_means_nothing_any_more_is_left_out(
    town: Municipality, parts: ServerParts, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in {
        "answer_days": '"soon"',
        "gone_days": "3",
        "text:no.such": '"x"',
        "text:sms.help": '"{vanished}"',
        "payment_days": "8",
    }.items():
        town.sql(
            "INSERT INTO setting_changes (name, value, by, at) VALUES (?, ?, 'x', '2026-11-24 06:30:00')", name, value
        )
    assert await Scheduler(parts).run_job(BY_NAME["rules"])
    assert (town.desk.policy.payment_days, town.desk.policy.answer_days) == (8, 7)
    assert "{menu}" in town.desk.catalogue.text("sms.help")
    assert len([one for one in caplog.messages if "cannot be used any more" in one]) == 4


async def test_a_job_of_every_process_that_fails_is_tried_again(parts: ServerParts) -> None:
    async def fail(_parts: ServerParts) -> None:
        raise Unavailable("database")

    scheduler = Scheduler(parts, (Job("falls", run_every(seconds=1), fail, in_every_process=True),))
    assert not await scheduler.run_job(scheduler._jobs[0])
