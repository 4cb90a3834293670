"""The taxi organisation of the demonstration: agencies, owners, 60 vehicles, 70 drivers, and the duties of this year.

The n-th vehicle is driven by the n-th driver. The first 35 are their drivers' own; the others belong to 20 owners, of
whom some have two, and one is a company. The first ten of those have a second driver, who needs the owner's consent.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from app.demo.data import rows
from app.demo.townsfolk import DRIVERS, OWNERS, Townsperson, home, lists, nth, person
from domain.actions.desk import Desk
from domain.actions.registries.rows import put
from domain.fields.form import read_given
from domain.fields.types import ReadingContext
from domain.registries.declarations import AGENCY, DRIVER, OWNER, VEHICLE, Registry
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor

VEHICLES = 60
OWN = 35
"""Vehicles that belong to their drivers."""

SECOND = range(OWN, OWN + 10)
"""Vehicles with a second driver."""

COMPANY = "14003778990"
"""The national id of the company that owns the last vehicle; its check digit is right."""

SUSPENDED, LEFT = (58, 59), (8, 9)
"""Main drivers who may not work now, and second drivers who have left."""

_DAY = timedelta(days=1)


def plate(number: int) -> str:
    """Return the plate of the n-th vehicle."""
    return f"{11 + number}ت{111 + number * 73 % 889}-{59 if number % 3 else 69}"


def taxi_code(number: int) -> str:
    """Return the taxi code of the n-th vehicle."""
    return str(101 + number)


def driver(number: int) -> Townsperson:
    """Return the main driver of the n-th vehicle."""
    return person(DRIVERS, number)


def second_driver(number: int) -> Townsperson:
    """Return the n-th second driver, of the n-th vehicle in `SECOND`."""
    return person(DRIVERS, VEHICLES + number)


def owner(vehicle: int) -> Townsperson:
    """Return the owner of a vehicle (of the last one: whoever answers the company's telephone)."""
    return driver(vehicle) if vehicle < OWN else person(OWNERS, (vehicle - OWN) % 20)


async def fill(desk: Desk, uow: UnitOfWork, officer: Actor, today: date) -> None:
    """Store all of it by the same action that an officer's form and an import use; dates run out from `today` on."""
    for registry, given in (
        (AGENCY, list(_agencies(today))),
        (OWNER, _owners()),
        (VEHICLE, [_vehicle(number, today) for number in range(VEHICLES)]),
        (DRIVER, [*_main_drivers(today), *_second_drivers(today)]),
    ):
        await put(desk, uow, registry, [_read(desk, registry, one) for one in given], officer)


def _read(desk: Desk, registry: Registry, given: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in given.items() if value not in (None, "")}
    return read_given(registry.fields, said, ReadingContext(desk.clock.now()))


def _agencies(today: date) -> Iterator[dict[str, str]]:
    for row in rows("agencies.csv"):
        days = int(row.pop("licence_expiry_days"))
        yield row | {"licence_expiry": (today + days * _DAY).isoformat()}


def _owners() -> list[dict[str, str]]:
    people = {owner(number).national_code: owner(number) for number in range(VEHICLES - 1)}
    found = [
        {"national_id": one.national_code, "name": one.name, "mobile": one.mobile, "address": home(number)}
        for number, one in enumerate(people.values())
    ]
    company = {"national_id": COMPANY, "name": "شرکت حمل و نقل تالاب گمیشان", "mobile": owner(VEHICLES - 1).mobile}
    return [*found, company]


def _vehicle(number: int, today: date) -> dict[str, str]:
    words = lists()["taxis"]
    type_of = nth(words["types"], number)
    model = words["van"] if type_of == "van" else nth(words["models"], number * 3)
    agencies = [row["licence_number"] for row in rows("agencies.csv")]
    return {
        "plate": plate(number),
        "taxi_code": taxi_code(number),
        "vin": f"IRFC{number * 7919 + 1000000:013}",
        "model": model["model"],
        "year": str(model["since"] + (number + number // 7 * 3) % (model["until"] - model["since"] + 1)),
        "fuel": nth(words["fuels"], number),
        "capacity": "11" if type_of == "van" else "4",
        "type": type_of,
        "agency": nth(agencies, number),
        "owner": COMPANY if number == VEHICLES - 1 else owner(number).national_code,
        "insurance_expiry": _runs_out(number, 37, today),
        "inspection_expiry": _runs_out(number, 53, today),
    }


def _runs_out(number: int, pace: int, today: date) -> str:
    """Return a day within the next year; a few ran out lately."""
    return (today + (number * pace % 365 - 9) * _DAY).isoformat()


def _main_drivers(today: date) -> Iterator[dict[str, str]]:
    for number in range(VEHICLES):
        yield _driver(number, driver(number), plate(number), today) | {
            "kind": "main", "status": "suspended" if number in SUSPENDED else "active",
        }  # fmt: skip


def _second_drivers(today: date) -> Iterator[dict[str, str]]:
    for number, vehicle in enumerate(SECOND):
        yield _driver(VEHICLES + number, second_driver(number), plate(vehicle), today) | {
            "kind": "auxiliary", "status": "left" if number in LEFT else "active",
        }  # fmt: skip


def _driver(number: int, who: Townsperson, drives: str, today: date) -> dict[str, str]:
    return {
        "national_code": who.national_code,
        "name": who.name,
        "mobile": who.mobile,
        "licence_number": f"{2210000 + number * 41}",
        "licence_expiry": _runs_out(number, 61, today),
        "health_card_expiry": _runs_out(number, 29, today),
        "vehicles": drives,
        "shift": nth(lists()["taxis"]["shifts"], number),
    }
