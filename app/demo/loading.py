"""Loading the demonstration municipality, and starting it over: each is one unit of work, all of it or nothing."""

from dataclasses import replace

from app.demo import besides, counter, upkeep
from app.demo.clock import DemoClock
from app.demo.playing import Scene, play
from app.demo.plots import plotted_stories
from app.demo.registers import fill, machine_codes, staff_actors
from app.demo.stories import Story, told_stories
from app.demo.summary import Summary, first_request, summarise
from app.demo.timetable import Timetable
from app.security import passwords
from domain.actions.desk import Desk
from domain.fleet.resources import ResourceKind
from domain.requests.request import RequestFilter
from domain.settings.policy import Policy
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values.errors import Conflict, Forbidden
from store.unit_of_work import SqlStore

PASSWORD = "gomishan-1405"  # noqa: S105 - printed by every load, and given to nobody outside of demo mode
PHONE = "/demo/phone"

_BEGINS = "-95 07:00"


async def load(desk: Desk, store: Store, *, demo: bool, address: str, vault: Vault | None) -> Summary:
    """Load the demonstration into an empty database and tell what is there; loaded already, nothing is changed.

    `demo` tells whether the process is in demo mode: only then the staff's password is the known one and there is a
    phone, at `address`, and a counter office whose known key lies in the `vault`. Outside of it the password is made up
    and told this once. `Conflict` when the database holds requests, staff, machines, prices or offices that are not the
    demonstration's.
    """
    told = all_stories()
    async with store.unit() as uow:
        await uow.serialise("demo")
        found = await _loaded(uow, told)
        password = PASSWORD if demo else None if found else passwords.generate()
        if not found:
            await _refuse_unless_empty(uow)
            await _fill_and_play(desk, uow, told, password or PASSWORD, vault if demo else None)
        phone = address + PHONE if demo else None
        return await summarise(uow, told, loaded=not found, phone=phone, password=password)


async def reset(desk: Desk, store: SqlStore, *, demo: bool, address: str, vault: Vault | None) -> Summary:
    """Empty the whole database and load the demonstration again; `Forbidden("demo")` outside of demo mode."""
    if not demo:
        raise Forbidden("demo", detail="demo_only")
    told = all_stories()
    async with store.unit() as uow:
        await uow.serialise("demo")
        await uow.everything.delete()
        await _fill_and_play(desk, uow, told, PASSWORD, vault)
        return await summarise(uow, told, loaded=True, phone=address + PHONE, password=PASSWORD)


async def _fill_and_play(
    desk: Desk, uow: UnitOfWork, told: tuple[Story, ...], password: str, vault: Vault | None
) -> None:
    now = desk.clock.now()
    days = Timetable(desk.calendar, now)
    clock = DemoClock(days.moment(_BEGINS))
    # The stories fit the usual deadlines; a municipality's own rules hold for all that comes after.
    own = desk.policy
    policy = Policy(company_code=own.company_code, municipal_service_digit=own.municipal_service_digit)
    past = replace(desk, engine=replace(desk.engine, clock=clock, policy=policy))
    await fill(past, uow, password, days.today)
    if vault:
        await counter.fill(past, uow, vault)
    scene = Scene(past, clock, uow, staff_actors(), days, now)
    await play(scene, told, [*besides.happenings(scene), *upkeep.happenings(scene)])


def all_stories() -> tuple[Story, ...]:
    """Return every request of the demonstration, those first that are told one by one."""
    return (*told_stories(), *plotted_stories())


async def _loaded(uow: UnitOfWork, told: tuple[Story, ...]) -> bool:
    return all([await first_request(uow, story) is not None for story in told if story.told])


async def _refuse_unless_empty(uow: UnitOfWork) -> None:
    """Nothing that somebody else made may be mixed with the demonstration, or get its known password."""
    taken = {one.code for kind in ResourceKind for one in await uow.fleet.resources(kind)} & set(machine_codes())
    names = {one.username for one in await uow.people.all_staff()} & set(staff_actors())
    kept = await uow.tariffs.all() or await uow.offices.all() or await uow.requests.find(RequestFilter(limit=1))
    if kept or taken or names:
        raise Conflict("database", detail="demo_not_empty")
