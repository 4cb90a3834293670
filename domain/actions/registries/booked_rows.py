"""Machines and operators that have work before them: no hand takes them away from it, by a form or by an import."""

from datetime import datetime

from domain.actions.fleet.out_of_service import FLEET, refuse_booked
from domain.fleet.resources import ResourceStatus
from domain.registries.declarations import Registry
from domain.registries.rows import RegistryRow
from domain.registries.rules import Values
from domain.unit_of_work import UnitOfWork
from domain.values.errors import Conflict


async def booked_ahead(
    uow: UnitOfWork, registry: Registry, row: RegistryRow, after: Values, now: datetime
) -> Conflict | None:
    """Return why a row may not become so, with the codes of the requests: it has work before it, and would work no
    more, or be a machine of another type. None where nothing stands against it.
    """
    field = _taken_away(row.values, after) if registry.key in FLEET else None
    if field is None:
        return None
    try:
        await refuse_booked(uow, row.id, now)
    except Conflict as problem:
        return Conflict(field, detail=problem.detail, **problem.params)
    return None


def _taken_away(before: Values, after: Values) -> str | None:
    if after["status"] not in {before["status"], ResourceStatus.ACTIVE}:
        return "status"
    return "type" if after.get("type") != before.get("type") else None
