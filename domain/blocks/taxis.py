"""What the services of the taxi organisation share: whose taxi is meant, who drives and owns it, what it owes.

A taxi is known by its plate, its code, or the mobile or national code of its driver or owner. What is read from the
registries is shown back to those who have to do with the taxi: to anybody else the plate and code that every passenger
can read, and no names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.fields.types import FieldType, Identifier, ReadingContext, Words
from domain.language.service import Filled
from domain.registries.declarations import DRIVER, DUTY, IN_SERVICE, OWNER, VEHICLE
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.registries.rules import ChargeState
from domain.unit_of_work import UnitOfWork
from domain.values.errors import InvalidField, MissingField, NotFound
from domain.values.text import persian_digits

MOST_VEHICLES = 50
"""Vehicles of one person that are looked at: a company with more names the one it means."""

MOST_CHOICES = 9
"""No menu of vehicles is longer."""

DRIVES = ("active", "suspended")
"""The states of a driver who has not left."""

_PARTS = ("plate", "taxi_code", "driver")
"""What is shown of a taxi, each behind its name."""


@dataclass(frozen=True, slots=True)
class Plate(Identifier):
    """A taxi's plate; a menu says that it is one, for numbers stand before it."""

    kind: str = "plate"

    def name_of(self, choice: str, words: Words) -> str:
        """Return «پلاک ۱۲ت۳۴۵-۵۹»."""
        return f"{words('units.plate')} {persian_digits(choice)}"

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the word for a plate's."""
        return ("units.plate",)


@dataclass(frozen=True, slots=True)
class TaxiSummary(FieldType):
    """A taxi as it is shown back: {plate, taxi_code, driver}, the latter two where they are known."""

    name: ClassVar[str] = "taxi"

    def parse(self, raw: object, reading: ReadingContext) -> Any:
        """Refuse: nobody types it."""
        raise InvalidField(detail="unreadable")

    def show(self, value: Any, words: Words) -> str:
        """Return «پلاک ۱۲ت۳۴۵-۵۹، کد ۱۱۴، راننده …»."""
        parts = (name for name in _PARTS if value.get(name))
        return "، ".join(f"{words(f'units.{name}')} {persian_digits(value[name])}" for name in parts)

    def found_by(self, value: Any) -> tuple[str, ...]:
        """Return the driver's name, where it is known."""
        return (value["driver"],) if value.get("driver") else ()

    def texts(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the parts' names'."""
        return tuple(f"units.{name}" for name in _PARTS)


@dataclass(frozen=True, slots=True)
class Taxi:
    """A vehicle, those who drive it and its owner. `driver` is whose taxi it is meant as, None while that is open.

    `by_driver` and `by_owner`: the mobile that asks is one of its drivers', or its owner's.
    """

    vehicle: RegistryRow
    drivers: tuple[RegistryRow, ...]
    driver: RegistryRow | None
    owner: RegistryRow | None
    by_driver: bool
    by_owner: bool

    @property
    def plate(self) -> str:
        """Its plate."""
        return str(self.vehicle.values["plate"])

    @property
    def owned_by_driver(self) -> bool:
        """Whether the driver is the owner too."""
        if self.driver is None or self.owner is None:
            return False
        driver, owner = self.driver.values, self.owner.values
        same_mobile = owner["mobile"] is not None and driver["mobile"] == owner["mobile"]
        return bool(same_mobile or driver["national_code"] == owner["national_id"])

    def shown(self) -> dict[str, str]:
        """Return what is shown back to who asks: names only to those who have to do with the taxi."""
        found = {"plate": self.plate, "taxi_code": self.vehicle.values["taxi_code"]}
        if self.driver and (self.by_driver or self.by_owner):
            found["driver"] = self.driver.values["name"]
        return {name: value for name, value in found.items() if value}


async def vehicle_said(uow: UnitOfWork, values: Mapping[str, Any]) -> RegistryRow | None:
    """Return the vehicle that `plate` or `taxi_code` names, None when neither was said.

    `NotFound` names the field that no vehicle has; `InvalidField("taxi_code")` when both are said and differ.
    """
    plate, code = values.get("plate"), values.get("taxi_code")
    if plate is None and code is None:
        return None
    name = "taxi_code" if plate is None else "plate"
    row = await uow.registries.one(VEHICLE.key, {name: values[name]})
    if row is None:
        raise NotFound(name, detail="taxi")
    if code is not None and row.values["taxi_code"] != code:
        raise InvalidField("taxi_code", detail="other_taxi")
    return row


async def vehicles_of_mobile(uow: UnitOfWork, mobile: str | None) -> list[RegistryRow]:
    """Return the vehicles that the person with this mobile (+989…) drives or owns, by plate."""
    return await _vehicles(uow, {"mobile": mobile}, {"mobile": mobile}) if mobile else []


async def vehicles_of_person(uow: UnitOfWork, national_code: str) -> list[RegistryRow]:
    """Return the vehicles that the person with this national code drives or owns, by plate."""
    return await _vehicles(uow, {"national_code": national_code}, {"national_id": national_code})


async def _vehicles(uow: UnitOfWork, driver: Mapping[str, str], owner: Mapping[str, str]) -> list[RegistryRow]:
    still = {**driver, "status": DRIVES}
    drivers = await uow.registries.find(RegistryFilter(DRIVER.key, still, limit=MOST_VEHICLES))
    owners = await uow.registries.find(RegistryFilter(OWNER.key, owner, limit=MOST_VEHICLES))
    found: dict[str, RegistryRow] = {}
    for name, keys in (
        ("plate", {plate for row in drivers for plate in row.values["vehicles"]}),
        ("owner", {row.values["national_id"] for row in owners}),
    ):
        where = RegistryFilter(VEHICLE.key, {name: sorted(keys)}, limit=MOST_VEHICLES)
        found |= {row.values["plate"]: row for row in (await uow.registries.find(where) if keys else ())}
    return [found[plate] for plate in sorted(found)]


async def taxi_of(uow: UnitOfWork, vehicle: RegistryRow, mobile: str | None, values: Mapping[str, Any]) -> Taxi:
    """Return a vehicle with its people, as the person with that mobile sees it.

    The driver is the one that `driver` or `national_code` names, the one who asks, or the only (main, active) one.
    `InvalidField` when somebody is named who does not drive it.
    """
    where = {"vehicles": vehicle.values["plate"], "status": DRIVES}
    drivers = tuple(await uow.registries.find(RegistryFilter(DRIVER.key, where, limit=MOST_VEHICLES)))
    owner_id = vehicle.values["owner"]
    owner = await uow.registries.one(OWNER.key, {"national_id": owner_id}) if owner_id else None
    driver = _driver_said(drivers, owner, values) or _driver_meant(drivers, mobile)
    by_driver = any(mobile and row.values["mobile"] == mobile for row in drivers)
    by_owner = bool(owner and mobile and owner.values["mobile"] == mobile)
    return Taxi(vehicle, drivers, driver, owner, by_driver, by_owner)


def _driver_said(
    drivers: tuple[RegistryRow, ...], owner: RegistryRow | None, values: Mapping[str, Any]
) -> RegistryRow | None:
    for name in ("driver", "national_code"):
        code = values.get(name)
        if code is None:
            continue
        found = next((row for row in drivers if row.values["national_code"] == code), None)
        if found:
            return found
        if name == "driver" or owner is None or owner.values["national_id"] != code:
            raise InvalidField(name, detail="other_driver")
    return None


def _driver_meant(drivers: tuple[RegistryRow, ...], mobile: str | None) -> RegistryRow | None:
    """Return who asks, the only active driver, the only active main one, or the only one at all."""
    active = [row for row in drivers if row.values["status"] == "active"]
    own = [row for row in drivers if mobile and row.values["mobile"] == mobile]
    main = [row for row in active if row.values["kind"] == "main"]
    return next((group[0] for group in (own, active, main, drivers) if len(group) == 1), None)


async def fill_taxi(uow: UnitOfWork, mobile: str | None, values: Mapping[str, Any]) -> Filled:
    """Find the taxi that is meant by what was said, else by who asks; offer a choice of the asker's own vehicles.

    Gives `plate`, `taxi_code`, `taxi` (see `TaxiSummary`), and the `driver` to those who have to do with the taxi.
    Errors: those of `vehicle_said` and `taxi_of`, `NotFound("national_code")` where that person has no taxi, and
    `MissingField("plate")` where there are several.
    """
    vehicle = await vehicle_said(uow, values)
    if vehicle is None:
        meant = await _meant_by_person(uow, mobile, values.get("national_code"))
        if len(meant) != 1:
            menu = tuple(row.values["plate"] for row in meant)
            return Filled(choices={"plate": menu} if 0 < len(menu) <= MOST_CHOICES else {})
        vehicle = meant[0]
    taxi = await taxi_of(uow, vehicle, mobile, values)
    found = {"plate": taxi.plate, "taxi_code": vehicle.values["taxi_code"], "taxi": taxi.shown()}
    if taxi.driver and (taxi.by_driver or taxi.by_owner):
        found["driver"] = taxi.driver.values["national_code"]
    return Filled({name: value for name, value in found.items() if value})


async def _meant_by_person(uow: UnitOfWork, mobile: str | None, national_code: str | None) -> list[RegistryRow]:
    """Return whose taxi may be meant: those in service, or all of them where none is."""
    if national_code is None:
        return _in_service(await vehicles_of_mobile(uow, mobile))
    found = _in_service(await vehicles_of_person(uow, national_code))
    if not found:
        raise NotFound("national_code", detail="taxi_person")
    if len(found) > 1:
        raise MissingField("plate", detail="several_taxis")
    return found


def _in_service(vehicles: list[RegistryRow]) -> list[RegistryRow]:
    return [row for row in vehicles if row.values["status"] == IN_SERVICE] or vehicles


async def open_duties(uow: UnitOfWork, plates: list[str], limit: int) -> list[RegistryRow]:
    """Return what these vehicles still owe, oldest year first."""
    where = {"vehicle": plates, "state": (ChargeState.OPEN, ChargeState.BILLED)}
    rows = await uow.registries.find(RegistryFilter(DUTY.key, where, limit=limit))
    return sorted(rows, key=lambda row: (row.values["vehicle"], row.values["year"], row.values["number"]))
