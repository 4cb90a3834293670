"""The registers of the demonstration: staff, citizens, machines, operators, taxis, prices and declared days."""

from collections.abc import Mapping
from datetime import date

from app.demo import taxis
from app.demo.data import read_rows
from app.demo.townsfolk import Townsperson, nth_citizen
from app.security.passwords import hash_password
from domain.actions.context import ActionContext
from domain.actions.tariffs.price_changes import add_tariff
from domain.fleet.resources import Resource, ResourceKind, ResourceStatus
from domain.people.person import Person, StaffMember
from domain.settings.ports import WorkCalendarRepository
from domain.values.actors import Actor, Role
from domain.values.calendar import from_jalali, to_jalali, to_tehran
from domain.values.identifiers import parse_mobile

STAFF_CHANNEL = "cli"
"""Channel of the demonstration's staff."""

CITIZEN_COUNT = 150
"""Citizens whose names are known besides those of `requests.toml`."""

SHOWN_DRIVERS = (36, 50, 0)
"""Vehicles whose drivers are in the demonstration phone's list of people."""


def staff_actors() -> dict[str, Actor]:
    """Return the members of the staff by user name."""
    return {
        row["username"]: Actor(_read_roles(row), "staff", row["username"], STAFF_CHANNEL)
        for row in read_rows("staff.csv")
    }


def _read_roles(row: Mapping[str, str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in row["roles"].split())


def citizen_names_by_mobile() -> dict[str, str]:
    """Return mobile (+989…) → full name of those who are written out one by one."""
    return {parse_mobile(row["mobile"]): row["full_name"] for row in read_rows("citizens.csv")}


def phone_names_by_mobile() -> dict[str, str]:
    """Return mobile (+989…) → full name of those whose phones can be looked at: these, and some who drive a taxi."""
    shown_drivers: list[Townsperson] = [taxis.main_driver(vehicle_number) for vehicle_number in SHOWN_DRIVERS]
    return citizen_names_by_mobile() | {townsperson.mobile: townsperson.name for townsperson in shown_drivers}


def list_machine_codes() -> list[str]:
    """Return the codes of machines and operators."""
    return [row["code"] for name in ("machines.csv", "operators.csv") for row in read_rows(name)]


async def fill_registers(context: ActionContext, password: str, today: date) -> None:
    """Store all registers; the staff all get this password, and licences run out from `today` on."""
    await _fill_staff(context, password)
    await _fill_citizens(context)
    await _fill_fleet(context)
    await _fill_tariffs(context)
    await taxis.fill_taxis(context, staff_actors()["taxi_officer"], today)
    await _fill_declared_days(context.uow.work_calendar)


async def _fill_staff(context: ActionContext, password: str) -> None:
    password_hash, now = (
        hash_password(password),
        context.dependencies.clock.now(),
    )  # hashing is slow by design: the one password is hashed once
    for row in read_rows("staff.csv"):
        mobile_number = parse_mobile(row["mobile"])
        await context.uow.people.save_staff(
            StaffMember(row["username"], _read_roles(row), row["full_name"], mobile_number, password_hash, True, now)
        )


async def _fill_citizens(context: ActionContext) -> None:
    people = [
        Person(parse_mobile(row["mobile"]), row["full_name"], row["national_code"], context.dependencies.clock.now())
        for row in read_rows("citizens.csv")
    ]
    for townsperson in map(nth_citizen, range(CITIZEN_COUNT)):
        people.append(
            Person(townsperson.mobile, townsperson.name, townsperson.national_code, context.dependencies.clock.now())
        )
    for person in people:
        await context.uow.people.save_person(person)


async def _fill_fleet(context: ActionContext) -> None:
    for row in read_rows("machines.csv"):
        await context.uow.fleet.save_resource(_read_machine(context.dependencies.ids.new_id(), row))
    for row in read_rows("operators.csv"):
        await context.uow.fleet.save_resource(_read_operator(context.dependencies.ids.new_id(), row))


def _read_machine(resource_id: int, row: Mapping[str, str]) -> Resource:
    status = ResourceStatus(row["status"])
    return Resource(resource_id, row["code"], ResourceKind.MACHINE, row["type"], row["title"], status, row["capacity"])


def _read_operator(resource_id: int, row: Mapping[str, str]) -> Resource:
    skills = tuple(row["skills"].split())
    return Resource(
        resource_id,
        row["code"],
        ResourceKind.OPERATOR,
        "",
        row["title"],
        mobile=parse_mobile(row["mobile"]),
        skills=skills,
    )


async def _fill_tariffs(context: ActionContext) -> None:
    """Set the prices from the first day of the Jalali year in which the demonstration begins."""
    year, _, _ = to_jalali(to_tehran(context.dependencies.clock.now()).date())
    revenue, year_start = staff_actors()["revenue"], from_jalali(year, 1, 1)
    for row in read_rows("tariffs.csv"):
        dimensions = dict(dimension.split("=") for dimension in row["dimensions"].split())
        await add_tariff(
            context.acting_as(revenue),
            row["service"],
            dimensions,
            rate=int(row["rate"]),
            unit=row["unit"],
            minimum=int(row["minimum"]),
            vat_percent=int(row["vat_percent"]),
            valid_from=year_start,
        )


async def _fill_declared_days(work_calendar: WorkCalendarRepository) -> None:
    for row in read_rows("calendar.csv"):
        await work_calendar.save_override(_parse_day(row["day"]), row["working"] == "yes", row["note"])


def _parse_day(jalali_text: str) -> date:
    year, month, day = (int(part) for part in jalali_text.split("/"))
    return from_jalali(year, month, day)
