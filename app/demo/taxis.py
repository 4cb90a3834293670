"""The taxi organisation of the demonstration: agencies, owners, 60 vehicles, 70 drivers, and the duties of this year.

The n-th vehicle is driven by the n-th driver. The first 35 are their drivers' own; the others belong to 20 owners, of
whom some have two, and one is a company. The first ten of those have a second driver, who needs the owner's consent.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from app.demo.data import read_rows
from app.demo.townsfolk import DRIVER_BLOCK, OWNER_BLOCK, Townsperson, nth_home, nth_person, pick_nth, read_lists
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.rows import put_rows
from domain.fields.form import read_submitted
from domain.fields.types import ReadingContext
from domain.registries.declarations import AGENCY, DRIVER, OWNER, VEHICLE, Registry
from domain.values.actors import Actor

VEHICLE_COUNT = 60
OWNER_DRIVEN_COUNT = 35
"""Vehicles that belong to their drivers."""

SECOND_DRIVEN = range(OWNER_DRIVEN_COUNT, OWNER_DRIVEN_COUNT + 10)
"""Vehicles with a second driver."""

COMPANY_ID = "14003778990"
"""The national id of the company that owns the last vehicle; its check digit is right."""

SUSPENDED_DRIVERS, LEFT_DRIVERS = (58, 59), (8, 9)
"""Main drivers who may not work now, and second drivers who have left."""

_ONE_DAY = timedelta(days=1)


def vehicle_plate(number: int) -> str:
    """Return the plate of the n-th vehicle."""
    return f"{11 + number}ت{111 + number * 73 % 889}-{59 if number % 3 else 69}"


def vehicle_taxi_code(number: int) -> str:
    """Return the taxi code of the n-th vehicle."""
    return str(101 + number)


def main_driver(number: int) -> Townsperson:
    """Return the main driver of the n-th vehicle."""
    return nth_person(DRIVER_BLOCK, number)


def second_driver(number: int) -> Townsperson:
    """Return the n-th second driver, of the n-th vehicle in `SECOND_DRIVEN`."""
    return nth_person(DRIVER_BLOCK, VEHICLE_COUNT + number)


def vehicle_owner(vehicle: int) -> Townsperson:
    """Return the owner of a vehicle (of the last one: whoever answers the company's telephone)."""
    return (
        main_driver(vehicle)
        if vehicle < OWNER_DRIVEN_COUNT
        else nth_person(OWNER_BLOCK, (vehicle - OWNER_DRIVEN_COUNT) % 20)
    )


async def fill_taxis(context: ActionContext, officer: Actor, today: date) -> None:
    """Store all of it by the same action that an officer's form and an import use; dates run out from `today` on."""
    for registry, registry_rows in (
        (AGENCY, list(_agency_rows(today))),
        (OWNER, _owner_rows()),
        (VEHICLE, [_vehicle_row(vehicle_number, today) for vehicle_number in range(VEHICLE_COUNT)]),
        (DRIVER, [*_main_driver_rows(today), *_second_driver_rows(today)]),
    ):
        await put_rows(
            context.acting_as(officer),
            registry,
            [_read_values(context.dependencies, registry, entered_values) for entered_values in registry_rows],
        )


def _read_values(dependencies: Dependencies, registry: Registry, entered_values: Mapping[str, Any]) -> dict[str, Any]:
    filled_values = {name: value for name, value in entered_values.items() if value not in (None, "")}
    return read_submitted(registry.fields, filled_values, ReadingContext(dependencies.clock.now()))


def _agency_rows(today: date) -> Iterator[dict[str, str]]:
    for row in read_rows("agencies.csv"):
        days_left = int(row.pop("licence_expiry_days"))
        yield row | {"licence_expiry": (today + days_left * _ONE_DAY).isoformat()}


def _owner_rows() -> list[dict[str, str]]:
    owners_by_code = {vehicle_owner(number).national_code: vehicle_owner(number) for number in range(VEHICLE_COUNT - 1)}
    owner_rows = [
        {
            "national_id": townsperson.national_code,
            "name": townsperson.name,
            "mobile": townsperson.mobile,
            "address": nth_home(number),
        }
        for number, townsperson in enumerate(owners_by_code.values())
    ]
    company = {
        "national_id": COMPANY_ID,
        "name": "شرکت حمل و نقل تالاب گمیشان",
        "mobile": vehicle_owner(VEHICLE_COUNT - 1).mobile,
    }
    return [*owner_rows, company]


def _vehicle_row(number: int, today: date) -> dict[str, str]:
    word_lists = read_lists()["taxis"]
    vehicle_type = pick_nth(word_lists["types"], number)
    model_data = word_lists["van"] if vehicle_type == "van" else pick_nth(word_lists["models"], number * 3)
    agencies = [row["licence_number"] for row in read_rows("agencies.csv")]
    return {
        "plate": vehicle_plate(number),
        "taxi_code": vehicle_taxi_code(number),
        "vin": f"IRFC{number * 7919 + 1000000:013}",
        "model": model_data["model"],
        "year": str(model_data["since"] + (number + number // 7 * 3) % (model_data["until"] - model_data["since"] + 1)),
        "fuel": pick_nth(word_lists["fuels"], number),
        "capacity": "11" if vehicle_type == "van" else "4",
        "type": vehicle_type,
        "agency": pick_nth(agencies, number),
        "owner": COMPANY_ID if number == VEHICLE_COUNT - 1 else vehicle_owner(number).national_code,
        "insurance_expiry": _expiry_day(number, 37, today),
        "inspection_expiry": _expiry_day(number, 53, today),
    }


def _expiry_day(number: int, days_apart: int, today: date) -> str:
    """Return a day within the next year; a few ran out lately."""
    return (today + (number * days_apart % 365 - 9) * _ONE_DAY).isoformat()


def _main_driver_rows(today: date) -> Iterator[dict[str, str]]:
    for number in range(VEHICLE_COUNT):
        yield _driver_row(number, main_driver(number), vehicle_plate(number), today) | {
            "kind": "main",
            "status": "suspended" if number in SUSPENDED_DRIVERS else "active",
        }


def _second_driver_rows(today: date) -> Iterator[dict[str, str]]:
    for number, vehicle in enumerate(SECOND_DRIVEN):
        yield _driver_row(VEHICLE_COUNT + number, second_driver(number), vehicle_plate(vehicle), today) | {
            "kind": "auxiliary",
            "status": "left" if number in LEFT_DRIVERS else "active",
        }


def _driver_row(driver_number: int, townsperson: Townsperson, driven_plate: str, today: date) -> dict[str, str]:
    return {
        "national_code": townsperson.national_code,
        "name": townsperson.name,
        "mobile": townsperson.mobile,
        "licence_number": f"{2210000 + driver_number * 41}",
        "licence_expiry": _expiry_day(driver_number, 61, today),
        "health_card_expiry": _expiry_day(driver_number, 29, today),
        "vehicles": driven_plate,
        "shift": pick_nth(read_lists()["taxis"]["shifts"], driver_number),
    }
