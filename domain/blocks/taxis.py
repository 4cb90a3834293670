"""Blocks shared by the services of the taxi organisation: whose taxi is meant, who drives and owns it, what it owes.

A taxi is known by its plate, its code, or the mobile or national code of its driver or owner. What is read from the
registries is shown back to those who have to do with the taxi: to anybody else the plate and code that every passenger
can read, and no names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from domain.fields.types import FieldType, Identifier, ReadingContext, TextLookup
from domain.language.finders import FormFill
from domain.language.intents import Topic
from domain.registries.declarations import DRIVER, DUTY, IN_SERVICE_STATUS, OWNER, VEHICLE
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.registries.rules import ChargeState
from domain.values import identifiers
from domain.values.errors import InvalidField, MissingField, NotFound
from domain.values.identifiers import display_plate
from domain.values.languages import join_list
from domain.values.reasons import InvalidReason, MissingReason, NotFoundReason
from domain.values.text import persian_digits

MOST_VEHICLES = 50
"""Vehicles of one person that are looked at: a company with more names the one it means."""

MOST_CHOICES = 9
"""No menu of vehicles is longer."""

TAXI_TOPIC = Topic("taxi", ("تاکسی", "تاکسیرانی", "تاکسی رانی", "سازمان تاکسیرانی", "تاکسی ها", "taxi", "taksi"))
"""Topic by which people name the taxi organisation, whose services share it."""

DRIVING_STATES = ("active", "suspended")
"""The states of a driver who has not left."""

_SUMMARY_PARTS = ("plate", "taxi_code", "driver")
"""Shown facts of a taxi, each behind its name."""


@dataclass(frozen=True, slots=True)
class Plate(Identifier):
    """A taxi's plate; a menu says that it is one, for numbers precede it."""

    identifier_kind: str = "plate"

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return «پلاک ۱۲ت۳۴۵-۵۹»."""
        return f"{catalogue_text('units.plate')} {persian_digits(choice)}"

    def begins_value(self, text: str) -> bool:
        """Return whether it is a part of a plate, with its letter: digits alone may be a taxi's code."""
        return any(sign.isalpha() for sign in text) and bool(identifiers.read_plate_parts(text))

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the word for a plate's."""
        return ("units.plate",)


@dataclass(frozen=True, slots=True)
class TaxiSummary(FieldType):
    """A taxi as it is shown back: {plate, taxi_code, driver}, the latter two where they are known."""

    name: ClassVar[str] = "taxi"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> Any:
        """Refuse: nobody types it."""
        raise InvalidField(reason=InvalidReason.UNREADABLE)

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return «پلاک ۱۲ت۳۴۵-۵۹، کد ۱۱۴، راننده …»."""
        return join_list(
            f"{catalogue_text(f'units.{part_name}')} {persian_digits(value[part_name])}"
            for part_name in _SUMMARY_PARTS
            if value.get(part_name)
        )

    def render_on_page(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the same with the plate as on the car."""
        return self.render_value({**value, "plate": display_plate(value["plate"])}, catalogue_text)

    def search_terms(self, value: Any) -> tuple[str, ...]:
        """Return the driver's name, where it is known."""
        return (value["driver"],) if value.get("driver") else ()

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the parts' names'."""
        return tuple(f"units.{part_name}" for part_name in _SUMMARY_PARTS)


@dataclass(frozen=True, slots=True)
class Taxi:
    """A vehicle, those who drive it and its owner, as one person sees it."""

    vehicle: RegistryRow
    """The row of the registry of vehicles."""
    drivers: tuple[RegistryRow, ...]
    """All who drive it and have not left."""
    driver: RegistryRow | None
    """Driver named as the taxi's; None while that is open."""
    owner: RegistryRow | None
    """None where the registry has none."""
    asked_by_driver: bool
    """Whether the mobile that asks is one of its drivers'."""
    asked_by_owner: bool
    """Whether the mobile that asks is its owner's."""

    @property
    def plate(self) -> str:
        """Its plate."""
        return str(self.vehicle.values["plate"])

    @property
    def is_owned_by_driver(self) -> bool:
        """Whether the driver is the owner too."""
        if self.driver is None or self.owner is None:
            return False
        driver_values, owner_values = self.driver.values, self.owner.values
        same_mobile = owner_values["mobile"] is not None and driver_values["mobile"] == owner_values["mobile"]
        return bool(same_mobile or driver_values["national_code"] == owner_values["national_id"])

    def visible_values(self) -> dict[str, str]:
        """Return what is shown back to who asks: names only to those who have to do with the taxi."""
        row_values = {"plate": self.plate, "taxi_code": self.vehicle.values["taxi_code"]}
        if self.driver and (self.asked_by_driver or self.asked_by_owner):
            row_values["driver"] = self.driver.values["name"]
        return {name: value for name, value in row_values.items() if value}


async def find_vehicle(registries: RegistryRepository, values: Mapping[str, Any]) -> RegistryRow | None:
    """Return the vehicle that `plate` or `taxi_code` names, None when neither was said.

    `NotFound` names the field that no vehicle has; `InvalidField("taxi_code")` when both are said and differ.
    """
    plate, taxi_code = values.get("plate"), values.get("taxi_code")
    if plate is None and taxi_code is None:
        return None
    field_name = "taxi_code" if plate is None else "plate"
    row = await registries.find_row(VEHICLE.key, {field_name: values[field_name]})
    if row is None:
        raise NotFound(field_name, NotFoundReason.TAXI)
    if taxi_code is not None and row.values["taxi_code"] != taxi_code:
        raise InvalidField("taxi_code", InvalidReason.OTHER_TAXI)
    return row


async def vehicles_of_mobile(registries: RegistryRepository, mobile: str | None) -> list[RegistryRow]:
    """Return the vehicles that the person with this mobile (+989…) drives or owns, by plate."""
    return await _find_vehicles(registries, {"mobile": mobile}, {"mobile": mobile}) if mobile else []


async def vehicles_of_person(registries: RegistryRepository, national_code: str) -> list[RegistryRow]:
    """Return the vehicles that the person with this national code drives or owns, by plate."""
    return await _find_vehicles(registries, {"national_code": national_code}, {"national_id": national_code})


async def _find_vehicles(
    registries: RegistryRepository, driver_filter: Mapping[str, str], owner_filter: Mapping[str, str]
) -> list[RegistryRow]:
    driving_filter = {**driver_filter, "status": DRIVING_STATES}
    driver_rows = await registries.list_rows(RegistryFilter(DRIVER.key, driving_filter, limit=MOST_VEHICLES))
    owner_rows = await registries.list_rows(RegistryFilter(OWNER.key, owner_filter, limit=MOST_VEHICLES))
    vehicles_by_plate: dict[str, RegistryRow] = {}
    for field_name, field_keys in (
        ("plate", {plate for row in driver_rows for plate in row.values["vehicles"]}),
        ("owner", {row.values["national_id"] for row in owner_rows}),
    ):
        vehicle_filter = RegistryFilter(VEHICLE.key, {field_name: sorted(field_keys)}, limit=MOST_VEHICLES)
        vehicles_by_plate |= {
            row.values["plate"]: row for row in (await registries.list_rows(vehicle_filter) if field_keys else ())
        }
    return [vehicles_by_plate[plate] for plate in sorted(vehicles_by_plate)]


async def load_taxi(
    registries: RegistryRepository, vehicle: RegistryRow, mobile: str | None, values: Mapping[str, Any]
) -> Taxi:
    """Return a vehicle with its people, as the person with that mobile sees it.

    The driver is the one that `driver` or `national_code` names, the one who asks, or the only (main, active) one.
    `InvalidField` when somebody is named who does not drive it.
    """
    driver_filter = {"vehicles": vehicle.values["plate"], "status": DRIVING_STATES}
    drivers = tuple(await registries.list_rows(RegistryFilter(DRIVER.key, driver_filter, limit=MOST_VEHICLES)))
    owner_id = vehicle.values["owner"]
    owner = await registries.find_row(OWNER.key, {"national_id": owner_id}) if owner_id else None
    driver = _find_named_driver(drivers, owner, values) or _guess_driver(drivers, mobile)
    asked_by_driver = any(mobile and row.values["mobile"] == mobile for row in drivers)
    asked_by_owner = bool(owner and mobile and owner.values["mobile"] == mobile)
    return Taxi(vehicle, drivers, driver, owner, asked_by_driver, asked_by_owner)


def _find_named_driver(
    drivers: tuple[RegistryRow, ...], owner: RegistryRow | None, values: Mapping[str, Any]
) -> RegistryRow | None:
    for field_name in ("driver", "national_code"):
        national_code = values.get(field_name)
        if national_code is None:
            continue
        named_driver = next((row for row in drivers if row.values["national_code"] == national_code), None)
        if named_driver:
            return named_driver
        if field_name == "driver" or owner is None or owner.values["national_id"] != national_code:
            raise InvalidField(field_name, InvalidReason.OTHER_DRIVER)
    return None


def _guess_driver(drivers: tuple[RegistryRow, ...], mobile: str | None) -> RegistryRow | None:
    """Return who asks, the only active driver, the only active main one, or the only one at all."""
    active_drivers = [row for row in drivers if row.values["status"] == "active"]
    drivers_asking = [row for row in drivers if mobile and row.values["mobile"] == mobile]
    main_drivers = [row for row in active_drivers if row.values["kind"] == "main"]
    return next(
        (
            candidates[0]
            for candidates in (drivers_asking, active_drivers, main_drivers, drivers)
            if len(candidates) == 1
        ),
        None,
    )


async def fill_taxi(registries: RegistryRepository, mobile: str | None, values: Mapping[str, Any]) -> FormFill:
    """Find the taxi that is meant by what was said, else by who asks; offer a choice of the asker's own vehicles.

    Gives `plate`, `taxi_code`, `taxi` (see `TaxiSummary`), and the `driver` to those who have to do with the taxi.
    Errors: those of `find_vehicle` and `load_taxi`, `NotFound("national_code")` where that person has no taxi, and
    `MissingField("plate")` where there are several.
    """
    vehicle = await find_vehicle(registries, values)
    if vehicle is None:
        candidates = await _find_candidate_vehicles(registries, mobile, values.get("national_code"))
        if len(candidates) != 1:
            plate_choices = tuple(row.values["plate"] for row in candidates)
            return FormFill(
                remaining_choices={"plate": plate_choices} if 0 < len(plate_choices) <= MOST_CHOICES else {}
            )
        vehicle = candidates[0]
    taxi = await load_taxi(registries, vehicle, mobile, values)
    filled_values = {"plate": taxi.plate, "taxi_code": vehicle.values["taxi_code"], "taxi": taxi.visible_values()}
    if taxi.driver and (taxi.asked_by_driver or taxi.asked_by_owner):
        filled_values["driver"] = taxi.driver.values["national_code"]
    return FormFill({name: value for name, value in filled_values.items() if value})


async def _find_candidate_vehicles(
    registries: RegistryRepository, mobile: str | None, national_code: str | None
) -> list[RegistryRow]:
    """Return whose taxi may be meant: those in service, or all of them where none is."""
    if national_code is None:
        return _prefer_in_service(await vehicles_of_mobile(registries, mobile))
    candidates = _prefer_in_service(await vehicles_of_person(registries, national_code))
    if not candidates:
        raise NotFound("national_code", NotFoundReason.TAXI_PERSON)
    if len(candidates) > 1:
        raise MissingField("plate", MissingReason.SEVERAL_TAXIS)
    return candidates


def _prefer_in_service(vehicles: list[RegistryRow]) -> list[RegistryRow]:
    return [row for row in vehicles if row.values["status"] == IN_SERVICE_STATUS] or vehicles


async def list_open_duties(registries: RegistryRepository, plates: list[str], limit: int) -> list[RegistryRow]:
    """Return what these vehicles still owe, oldest year first."""
    field_values = {"vehicle": plates, "state": ChargeState.UNSETTLED}
    duty_rows = await registries.list_rows(RegistryFilter(DUTY.key, field_values, limit=limit))
    return sorted(duty_rows, key=lambda row: (row.values["vehicle"], row.values["year"], row.values["number"]))
