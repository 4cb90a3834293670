"""The job that forgets sessions of the staff's site that ended long ago: at night, and when a process starts late."""

import time

from app.configuration.settings import Settings
from app.jobs.scheduler import JOBS, Scheduler
from app.jobs.waking import Waking
from app.parts import Parts, build_providers
from app.wiring import build_printer, build_signer
from channels.relay.relay import Relay
from domain.people.person import StaffMember
from domain.people.sessions import LONGEST, REMEMBERED, StaffSession
from domain.values.actors import Role
from tests.support.municipality import Municipality

SETTINGS = Settings(demo=True)


def parts_of(town: Municipality) -> Parts:
    """What a process is made of, over the municipality's store and clock."""
    providers = build_providers(SETTINGS)
    relay = Relay(town.desk, town.store, tuple(providers.values()), time.monotonic)
    printer = build_printer(SETTINGS, town.desk.catalogue)
    return Parts(SETTINGS, town.desk, town.store, providers, relay, printer, build_signer(SETTINGS), Waking())


async def test_dead_sessions_are_forgotten_in_the_end(town: Municipality) -> None:
    now = town.clock.now()
    async with town.store.unit() as uow:
        await uow.people.put_staff(StaffMember("civil", frozenset({Role.CIVIL}), "کارمند", None, "no hash", True, now))
        for name, at in (("old", now - LONGEST - REMEMBERED), ("ended", now - REMEMBERED), ("alive", now)):
            await uow.staff_sessions.add(StaffSession(name, "civil", name, at, at, at, False, "10.0.0.1", "a browser"))
    [job] = [one for one in JOBS if one.name == "forgotten_sessions"]
    assert job.made_up
    assert await Scheduler(parts_of(town)).run(job)
    async with town.store.unit(write=False) as uow:
        assert [one.digest for one in await uow.staff_sessions.of("civil")] == ["alive", "ended"]
