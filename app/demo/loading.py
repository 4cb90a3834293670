"""Loading the demonstration municipality, and starting it over: each is one unit of work, all of it or nothing."""

from dataclasses import replace

from app.demo import counter, samples, supplements, upkeep
from app.demo.clock import DemoClock
from app.demo.playing import Scene, play_stories
from app.demo.plots import plotted_stories
from app.demo.registers import fill_registers, list_machine_codes, staff_actors
from app.demo.stories import Story, read_single_stories
from app.demo.summary import Summary, find_first_request, summarise_demo
from app.demo.timetable import Timetable
from app.security import passwords
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.fleet.resources import ResourceKind
from domain.requests.request import RequestFilter
from domain.settings.policy import Policy
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values.errors import Conflict, Forbidden
from domain.values.reasons import ConflictReason, ForbiddenReason
from store.unit_of_work import SqlStore

DEMO_PASSWORD = "gomishan-1405"  # noqa: S105 - printed by every load, and given to nobody outside of demo mode
PHONE_PATH = "/demo/phone"

_BEGINS_AT = "-95 07:00"


async def load_demo(
    dependencies: Dependencies, store: Store, *, demo: bool, address: str, vault: Vault | None
) -> Summary:
    """Load the demonstration into an empty database and return a summary; loaded already, nothing is changed.

    `demo` tells whether the process is in demo mode: only then the staff's password is the known one and there is a
    phone, at `address`, and a counter office whose known key lies in the `vault`. Outside of it the password is made up
    and shown this once. `Conflict` when the database holds requests, staff, machines, prices or offices that are not
    the demonstration's.
    """
    stories = all_stories()
    async with store.open_unit() as uow:
        await uow.serialise("demo")
        was_loaded = await _is_loaded(uow, stories)
        password = DEMO_PASSWORD if demo else None if was_loaded else passwords.generate_password()
        if not was_loaded:
            await _refuse_unless_empty(uow)
            await _fill_and_play(
                ActionContext(dependencies, uow), stories, password or DEMO_PASSWORD, vault if demo else None
            )
        phone_address = address + PHONE_PATH if demo else None
        return await summarise_demo(uow, stories, loaded=not was_loaded, phone=phone_address, password=password)


async def reset_demo(
    dependencies: Dependencies, store: SqlStore, *, demo: bool, address: str, vault: Vault | None
) -> Summary:
    """Empty the whole database and load the demonstration again; `Forbidden("demo")` outside of demo mode."""
    if not demo:
        raise Forbidden("demo", ForbiddenReason.DEMO_ONLY)
    stories = all_stories()
    async with store.open_unit() as uow:
        await uow.serialise("demo")
        await uow.everything.delete()
        await _fill_and_play(ActionContext(dependencies, uow), stories, DEMO_PASSWORD, vault)
        return await summarise_demo(uow, stories, loaded=True, phone=address + PHONE_PATH, password=DEMO_PASSWORD)


async def _fill_and_play(
    context: ActionContext, stories: tuple[Story, ...], password: str, vault: Vault | None
) -> None:
    now = context.dependencies.clock.now()
    timetable = Timetable(context.dependencies.calendar, now)
    demo_clock = DemoClock(timetable.read_moment(_BEGINS_AT))
    # The stories fit the usual deadlines; a municipality's own rules hold for all that comes after.
    own_policy = context.dependencies.policy
    demo_policy = Policy(
        company_code=own_policy.company_code,
        municipal_service_digit=own_policy.municipal_service_digit,
        site_address=own_policy.site_address,
    )
    past_dependencies = replace(
        context.dependencies, engine=replace(context.dependencies.engine, clock=demo_clock, policy=demo_policy)
    )
    action_context = ActionContext(past_dependencies, context.uow)
    await fill_registers(action_context, password, timetable.today)
    if vault:
        await counter.fill_counter_office(action_context, vault)
    scene = Scene(past_dependencies, demo_clock, context.uow, staff_actors(), timetable, now)
    other_happenings = [
        *supplements.plan_happenings(scene),
        *upkeep.plan_happenings(scene),
        *samples.plan_happenings(scene, stories),
    ]
    await play_stories(scene, stories, other_happenings)


def all_stories() -> tuple[Story, ...]:
    """Return every request of the demonstration, those first that are written out one by one."""
    return (*read_single_stories(), *plotted_stories())


async def _is_loaded(uow: UnitOfWork, stories: tuple[Story, ...]) -> bool:
    return all([await find_first_request(uow, story.mobile) is not None for story in stories if story.is_scripted])


async def _refuse_unless_empty(uow: UnitOfWork) -> None:
    """Nothing that somebody else made may be mixed with the demonstration, or get its known password."""
    taken_codes = {resource.code for kind in ResourceKind for resource in await uow.fleet.list_resources(kind)} & set(
        list_machine_codes()
    )
    taken_usernames = {member.username for member in await uow.people.list_staff()} & set(staff_actors())
    existing_records = (
        await uow.tariffs.list_all()
        or await uow.offices.list_all()
        or await uow.requests.list_requests(RequestFilter(limit=1))
    )
    if existing_records or taken_codes or taken_usernames:
        raise Conflict("database", ConflictReason.DEMO_NOT_EMPTY)
