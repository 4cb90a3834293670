"""Machines and operators that have work before them: no hand retires them or makes them another type, by a form or by
an import. What is in maintenance is so at once: its work is named until it is moved.
"""

from datetime import datetime

from domain.actions.fleet.out_of_service import FLEET_REGISTRIES, refuse_booked_resource
from domain.fleet.resources import ResourceStatus
from domain.registries.declarations import Registry
from domain.registries.rows import RegistryRow
from domain.registries.rules import RowValues
from domain.repositories import FleetRepositories
from domain.values.errors import Conflict


async def find_booking_conflict(
    uow: FleetRepositories, registry: Registry, row: RegistryRow, new_values: RowValues, now: datetime
) -> Conflict | None:
    """Return why a row may not become so, with the codes of the requests: it has work before it, and would never work
    again, or be a machine of another type. None where nothing prevents it.
    """
    withdrawn_field = _find_withdrawn_field(row.values, new_values) if registry.key in FLEET_REGISTRIES else None
    if withdrawn_field is None:
        return None
    try:
        await refuse_booked_resource(uow, row.id, now)
    except Conflict as problem:
        return problem.about_field(withdrawn_field)
    return None


def _find_withdrawn_field(old_values: RowValues, new_values: RowValues) -> str | None:
    if new_values["status"] == ResourceStatus.RETIRED != old_values["status"]:
        return "status"
    return "type" if new_values.get("type") != old_values.get("type") else None
