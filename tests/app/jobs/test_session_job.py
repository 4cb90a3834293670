"""The job that forgets sessions of the staff's site that ended long ago: at night, and when a process starts late."""

from app.jobs.scheduler import JOBS, Scheduler
from app.parts import ServerParts
from domain.people.person import StaffMember
from domain.people.sessions import REMEMBERED_FOR, SESSION_LIMIT, StaffSession
from domain.values.actors import Role
from tests.support.municipality import Municipality


async def test_dead_sessions_are_forgotten_in_the_end(town: Municipality, parts: ServerParts) -> None:
    now = town.clock.now()
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(StaffMember("civil", frozenset({Role.CIVIL}), "کارمند", None, "no hash", True, now))
        for name, at in (
            ("old", now - SESSION_LIMIT - REMEMBERED_FOR),
            ("ended", now - REMEMBERED_FOR),
            ("alive", now),
        ):
            await uow.staff_sessions.add(
                StaffSession(
                    digest=name,
                    username="civil",
                    csrf=name,
                    made_at=at,
                    seen_at=at,
                    proved_at=at,
                    second_factor=False,
                    address="10.0.0.1",
                    agent="a browser",
                )
            )
    [job] = [one for one in JOBS if one.name == "forgotten_sessions"]
    assert job.runs_at_start
    assert await Scheduler(parts).run_job(job)
    async with town.store.open_unit(write=False) as uow:
        assert [one.digest for one in await uow.staff_sessions.list_of_member("civil")] == ["alive", "ended"]
