"""A small taxi organisation for the tests: an agency, an owner, two vehicles, a main and an auxiliary driver."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.registries.rows import put_rows
from domain.registries.declarations import AGENCY, DRIVER, DUTY, OWNER, REGISTRIES, VEHICLE, VIOLATION
from domain.registries.rows import RegistryFilter, RegistryRow, RowOutcome
from domain.values.actors import SYSTEM, Actor, Role
from tests.support.municipality import Municipality, actor

PLATE, SECOND_PLATE = "12ت345-59", "12ت346-59"
OWNER_CODE, DRIVER_CODE, AUXILIARY_CODE = "0499370899", "0790419904", "0084575948"
OWNER_MOBILE, DRIVER_MOBILE = "+989121000001", "+989121000002"
OFFICER = actor(Role.TAXI_OFFICER, "officer")

ORGANISATION: Mapping[str, Sequence[Mapping[str, Any]]] = {
    AGENCY.key: [{"licence_number": "P-1", "name": "تاکسی بی‌سیم", "phone": "+989121000003"}],
    OWNER.key: [{"national_id": OWNER_CODE, "name": "آنه محمدی", "mobile": OWNER_MOBILE}],
    VEHICLE.key: [
        {"plate": PLATE, "taxi_code": "114", "type": "line", "owner": OWNER_CODE, "agency": "P-1"},
        {"plate": SECOND_PLATE, "taxi_code": "115", "type": "van", "owner": OWNER_CODE},
    ],
    DRIVER.key: [
        {"national_code": DRIVER_CODE, "name": "عبدالله ایری", "mobile": DRIVER_MOBILE, "vehicles": [PLATE]},
        {"national_code": AUXILIARY_CODE, "name": "صفر ایری", "kind": "auxiliary", "vehicles": [PLATE, SECOND_PLATE]},
    ],
}


async def furnish(town: Municipality) -> None:
    """Put them all."""
    for registry, rows in ORGANISATION.items():
        await give(town, registry, *rows)


async def give(town: Municipality, registry: str, *rows: Mapping[str, Any], by: Actor = OFFICER) -> list[RowOutcome]:
    """Put rows whose values are read already."""
    async with town.store.open_unit() as uow:
        return await put_rows(ActorContext(town.desk, uow, by), REGISTRIES[registry], rows)


async def rows_of(town: Municipality, registry: str, **where: Any) -> list[RegistryRow]:
    """Return rows of a registry, oldest first."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.registries.list_rows(RegistryFilter(registry, where, limit=1000))


async def a_duty(town: Municipality, amount: int = 2_500_000, **values: Any) -> RegistryRow:
    """Put an open duty of the first vehicle."""
    whole = {"vehicle": PLATE, "year": 1405, "amount": amount, **values}
    return (await give(town, DUTY.key, whole, by=SYSTEM))[0].row


async def a_violation(town: Municipality, **values: Any) -> RegistryRow:
    """Put a violation of the main driver, with a fine."""
    whole = {"driver": DRIVER_CODE, "date": "2026-11-20", "kind": "overcharge", "fine": 500_000, **values}
    return (await give(town, VIOLATION.key, whole, by=SYSTEM))[0].row
