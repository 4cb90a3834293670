"""The registers of the demonstration: staff, citizens, machines, operators, prices and declared days.

Every mobile lies in one block, 0911 555 xxxx: 1xxx citizens, 8xxx operators, 9xxx staff.
"""

from collections.abc import Mapping
from datetime import date

from app.demo.data import rows
from app.passwords import hashed
from domain.accounts import Person, StaffMember
from domain.actions.desk import Desk
from domain.actions.tariffs import add_tariff
from domain.calendar import from_jalali, in_tehran, to_jalali
from domain.fleet import Resource, ResourceKind, ResourceStatus
from domain.people import Actor, Role, mobile
from domain.ports import UnitOfWork
from domain.services.machinery import KEY

CHANNEL = "cli"
"""Where the staff of the demonstration work."""


def staff_actors() -> dict[str, Actor]:
    """Return the members of the staff by user name, which is also the name of their only role."""
    names = [row["username"] for row in rows("staff.csv")]
    return {name: Actor(frozenset({Role(name)}), "staff", name, CHANNEL) for name in names}


def citizen_names() -> dict[str, str]:
    """Return mobile (+989…) → full name."""
    return {mobile(row["mobile"]): row["full_name"] for row in rows("citizens.csv")}


def machine_codes() -> list[str]:
    """Return the codes of machines and operators."""
    return [row["code"] for name in ("machines.csv", "operators.csv") for row in rows(name)]


async def fill(desk: Desk, uow: UnitOfWork, password: str) -> None:
    """Store all registers; the staff all get this password."""
    await _staff(desk, uow, password)
    await _citizens(desk, uow)
    await _fleet(desk, uow)
    await _tariffs(desk, uow)
    await _declared_days(uow)


async def _staff(desk: Desk, uow: UnitOfWork, password: str) -> None:
    kept, now = hashed(password), desk.clock.now()  # hashing is slow by design: the one password is hashed once
    for row in rows("staff.csv"):
        roles, number = frozenset({Role(row["username"])}), mobile(row["mobile"])
        await uow.people.put_staff(StaffMember(row["username"], roles, row["full_name"], number, kept, True, now))


async def _citizens(desk: Desk, uow: UnitOfWork) -> None:
    for row in rows("citizens.csv"):
        person = Person(mobile(row["mobile"]), row["full_name"], row["national_code"], desk.clock.now())
        await uow.people.put_person(person)


async def _fleet(desk: Desk, uow: UnitOfWork) -> None:
    for row in rows("machines.csv"):
        await uow.fleet.put_resource(_machine(desk.ids.new_id(), row))
    for row in rows("operators.csv"):
        await uow.fleet.put_resource(_operator(desk.ids.new_id(), row))


def _machine(number: int, row: Mapping[str, str]) -> Resource:
    status = ResourceStatus(row["status"])
    return Resource(number, row["code"], ResourceKind.MACHINE, row["type"], row["title"], status, row["capacity"])


def _operator(number: int, row: Mapping[str, str]) -> Resource:
    skills = tuple(row["skills"].split())
    return Resource(
        number, row["code"], ResourceKind.OPERATOR, "", row["title"], mobile=mobile(row["mobile"]), skills=skills
    )


async def _tariffs(desk: Desk, uow: UnitOfWork) -> None:
    """Set the prices from the first day of the Jalali year in which the demonstration begins."""
    year, _, _ = to_jalali(in_tehran(desk.clock.now()).date())
    revenue, since = staff_actors()["revenue"], from_jalali(year, 1, 1)
    for row in rows("tariffs.csv"):
        await add_tariff(
            desk,
            uow,
            revenue,
            KEY,
            {"machine": row["machine"]},
            rate=int(row["rate"]),
            minimum=int(row["minimum"]),
            vat_percent=int(row["vat_percent"]),
            valid_from=since,
        )


async def _declared_days(uow: UnitOfWork) -> None:
    for row in rows("calendar.csv"):
        await uow.work_calendar.set_override(_day(row["day"]), row["working"] == "yes", row["note"])


def _day(jalali: str) -> date:
    year, month, day = (int(part) for part in jalali.split("/"))
    return from_jalali(year, month, day)
