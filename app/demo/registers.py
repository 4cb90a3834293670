"""The registers of the demonstration: staff, citizens, machines, operators, taxis, prices and declared days."""

from collections.abc import Mapping
from datetime import date

from app.demo import taxis
from app.demo.data import rows
from app.demo.townsfolk import Townsperson, citizen
from app.security.passwords import hashed
from domain.actions.desk import Desk
from domain.actions.tariffs.changes import add_tariff
from domain.fleet.resources import Resource, ResourceKind, ResourceStatus
from domain.people.person import Person, StaffMember
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import from_jalali, in_tehran, to_jalali
from domain.values.identifiers import mobile

CHANNEL = "cli"
"""Where the staff of the demonstration work."""

PEOPLE = 150
"""Citizens whose names are known besides those of `requests.toml`."""

SHOWN_DRIVERS = (36, 50, 0)
"""Vehicles whose drivers stand in the demonstration phone's list of people."""


def staff_actors() -> dict[str, Actor]:
    """Return the members of the staff by user name."""
    return {row["username"]: Actor(_roles(row), "staff", row["username"], CHANNEL) for row in rows("staff.csv")}


def _roles(row: Mapping[str, str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in row["roles"].split())


def citizen_names() -> dict[str, str]:
    """Return mobile (+989…) → full name of those who are told of one by one."""
    return {mobile(row["mobile"]): row["full_name"] for row in rows("citizens.csv")}


def phone_names() -> dict[str, str]:
    """Return mobile (+989…) → full name of those whose phones can be looked at: these, and some who drive a taxi."""
    shown: list[Townsperson] = [taxis.driver(number) for number in SHOWN_DRIVERS]
    return citizen_names() | {one.mobile: one.name for one in shown}


def machine_codes() -> list[str]:
    """Return the codes of machines and operators."""
    return [row["code"] for name in ("machines.csv", "operators.csv") for row in rows(name)]


async def fill(desk: Desk, uow: UnitOfWork, password: str, today: date) -> None:
    """Store all registers; the staff all get this password, and licences run out from `today` on."""
    await _staff(desk, uow, password)
    await _citizens(desk, uow)
    await _fleet(desk, uow)
    await _tariffs(desk, uow)
    await taxis.fill(desk, uow, staff_actors()["taxi_officer"], today)
    await _declared_days(uow)


async def _staff(desk: Desk, uow: UnitOfWork, password: str) -> None:
    kept, now = hashed(password), desk.clock.now()  # hashing is slow by design: the one password is hashed once
    for row in rows("staff.csv"):
        number = mobile(row["mobile"])
        await uow.people.put_staff(StaffMember(row["username"], _roles(row), row["full_name"], number, kept, True, now))


async def _citizens(desk: Desk, uow: UnitOfWork) -> None:
    told = [
        Person(mobile(row["mobile"]), row["full_name"], row["national_code"], desk.clock.now())
        for row in rows("citizens.csv")
    ]
    for one in map(citizen, range(PEOPLE)):
        told.append(Person(one.mobile, one.name, one.national_code, desk.clock.now()))
    for person in told:
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
        dimensions = dict(one.split("=") for one in row["dimensions"].split())
        await add_tariff(
            desk, uow, revenue, row["service"], dimensions, rate=int(row["rate"]), unit=row["unit"],
            minimum=int(row["minimum"]), vat_percent=int(row["vat_percent"]), valid_from=since,
        )  # fmt: skip


async def _declared_days(uow: UnitOfWork) -> None:
    for row in rows("calendar.csv"):
        await uow.work_calendar.set_override(_day(row["day"]), row["working"] == "yes", row["note"])


def _day(jalali: str) -> date:
    year, month, day = (int(part) for part in jalali.split("/"))
    return from_jalali(year, month, day)
