"""Rows that a municipality needs before it can serve: staff, prices, machines and operators, by the domain's own
actions."""

from app.configuration.settings import Settings
from app.wiring import load_dependencies
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.tariffs.price_changes import add_tariff
from domain.fleet.resources import Resource, ResourceKind
from domain.people.person import StaffMember
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from store.unit_of_work import SqlStore

REQUEST = "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام جنب پارک"
"""A whole request of a machine."""

STAFF = {Role.CIVIL: "+989125559001", Role.REVENUE: "+989125559002", Role.MANAGER: "+989125559003"}
"""One of each role, named like it, with a mobile."""

MACHINES = 40
"""Loaders, and operators who drive them."""

PRICES = (
    ("machinery", {"machine": "loader"}, "hour", 8_000_000),
    ("machinery", {"machine": "grader"}, "hour", 4_000_000),
    ("expert", {"kind": "subdivision"}, "visit", 5_000_000),
)


def staff(role: Role) -> Actor:
    """Return the member of the staff in that role."""
    return Actor(frozenset({role}), "staff", role.value, "cli")


def citizen(mobile: str) -> Actor:
    """Return a citizen at the phone."""
    return Actor(frozenset({Role.CITIZEN}), "citizen", mobile, "sms")


async def furnish(url: str) -> None:
    """Put all of it into a migrated database."""
    store = await SqlStore.connect(url)
    try:
        desk = await load_dependencies(Settings(demo=True), store)
        async with store.open_unit() as uow:
            await _people(desk, uow)
            for service, dimensions, unit, rate in PRICES:
                await add_tariff(
                    ActorContext(desk, uow, staff(Role.REVENUE)),
                    service,
                    dimensions,
                    rate=rate,
                    unit=unit,
                    vat_percent=10,
                )
            await _fleet(desk, uow)
    finally:
        await store.close()


async def _people(desk: Dependencies, uow: UnitOfWork) -> None:
    for role, mobile in STAFF.items():
        member = StaffMember(role.value, frozenset({role}), role.value, mobile, "", True, desk.clock.now())
        await uow.people.save_staff(member)


async def _fleet(desk: Dependencies, uow: UnitOfWork) -> None:
    for number in range(1, MACHINES + 1):
        loader = Resource(desk.ids.new_id(), f"LD-{number:02}", ResourceKind.MACHINE, "loader", f"لودر {number}")
        driver = Resource(desk.ids.new_id(), f"OP-{number:02}", ResourceKind.OPERATOR, "", f"راننده {number}")
        await uow.fleet.save_resource(loader)
        await uow.fleet.save_resource(driver)
