"""Machines and operators that have work before them: no hand takes them away from it, by a form or by an import."""

from datetime import datetime

from domain.actions.fleet import FLEET, refuse_booked
from domain.errors import Conflict
from domain.fleet import ResourceStatus
from domain.ports import UnitOfWork
from domain.registries import Registry
from domain.registry_rows import RegistryRow
from domain.registry_rules import Values


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
