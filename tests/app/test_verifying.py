"""Verifying the history in a process of its own, by the night and by wish; and what each process takes up by itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.configuration.settings import Settings
from app.jobs.scheduler import JOBS, Job, Scheduler
from app.jobs.timetable import every
from app.jobs.verifying import verify_apart
from app.jobs.waking import Waking
from app.parts import Parts, build_providers
from app.wiring import build_printer, build_signer
from channels.relay.relay import Relay
from domain.actions.history.sealing import seal
from domain.actions.settings.changes import change_rules, declare_day
from domain.settings.rules import GROUPS
from domain.values.errors import Unavailable
from domain.values.version_token import VersionToken
from tests.support.municipality import TUESDAY_MORNING, Municipality

BY_NAME = {job.name: job for job in JOBS}


@pytest.fixture
def settings(database: Path) -> Settings:
    """The settings of a process over the municipality's database."""
    return Settings(demo=True, database_url=f"sqlite:///{database}")


@pytest.fixture
def parts(town: Municipality, settings: Settings) -> Parts:
    """What a process is made of, over the municipality's store and clock."""
    providers = build_providers(settings)
    relay = Relay(town.desk, town.store, tuple(providers.values()), lambda: 0.0)
    printer = build_printer(settings, town.desk.catalogue)
    return Parts(settings, town.desk, town.store, providers, relay, printer, build_signer(settings), Waking())


async def test_the_history_is_verified_apart(town: Municipality, settings: Settings) -> None:
    code = await town.order()
    await seal(town.desk, town.store, build_signer(settings))
    found = await verify_apart(settings)
    assert (found.faults, found.requests, found.seals) == ([], 1, 1)
    town.sql("UPDATE history SET channel = 'cli' WHERE seq = 1")
    found = await verify_apart(settings)
    assert ("event_edited", code) in {(one.kind, one.subject) for one in found.faults}


async def test_a_process_that_dies_is_told(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}"})
    with pytest.raises(Unavailable):
        await verify_apart(nowhere)


async def test_the_night_asks_and_a_job_answers(town: Municipality, parts: Parts) -> None:
    scheduler = Scheduler(parts)
    await town.order()
    for _ in range(2):
        assert await scheduler.run(BY_NAME["nightly"])
        assert await scheduler.run(BY_NAME["verification"])
    async with town.store.unit(write=False) as uow:
        last = await uow.verifications.last()
        assert last
        assert (last.requests, last.fault_count, last.asked_by) == (1, 0, "system:engine")
        assert await uow.verifications.asked() is None
    assert town.rows("SELECT count(*) FROM verifications") == [(1,)]
    town.advance(days=1)
    assert await scheduler.run(BY_NAME["nightly"])
    assert town.rows("SELECT count(*) FROM verifications") == [(2,)]


async def test_each_process_takes_up_what_was_changed(town: Municipality, parts: Parts) -> None:
    first, second = Scheduler(parts), Scheduler(replace(parts, desk=replace(town.desk)))
    tomorrow = (TUESDAY_MORNING + timedelta(days=1)).date()
    async with town.store.unit() as uow:
        await change_rules(town.desk, uow, GROUPS["deadlines"], {"answer_days": "9"}, VersionToken.numbered(0))
        await declare_day(town.desk, uow, tomorrow, False, "")
    for scheduler in (first, second):
        assert await scheduler.run(BY_NAME["rules"])
        desk = scheduler._parts.desk
        assert desk.policy.answer_days == 9
        assert not desk.calendar.is_working_day(tomorrow)


async def test_a_kept_value_that_means_nothing_any_more_is_left_out(
    town: Municipality, parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in {
        "answer_days": '"soon"', "gone_days": "3", "text:no.such": '"x"', "text:sms.help": '"{vanished}"',
        "payment_days": "8",
    }.items():  # fmt: skip
        town.sql(
            "INSERT INTO setting_changes (name, value, by, at) VALUES (?, ?, 'x', '2026-11-24 06:30:00')", name, value
        )
    assert await Scheduler(parts).run(BY_NAME["rules"])
    assert (town.desk.policy.payment_days, town.desk.policy.answer_days) == (8, 7)
    assert "{menu}" in town.desk.catalogue.text("sms.help")
    assert len([one for one in caplog.messages if "cannot be used any more" in one]) == 4


async def test_a_job_of_every_process_that_fails_is_tried_again(parts: Parts) -> None:
    async def fail(_parts: Parts) -> None:
        raise Unavailable("database")

    scheduler = Scheduler(parts, (Job("falls", every(seconds=1), fail, everywhere=True),))
    assert not await scheduler.run(scheduler._jobs[0])
