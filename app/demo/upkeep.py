"""The machines of the demonstration in the workshop: each time entered when it began, and amended when it ended."""

from datetime import datetime
from functools import partial

from app.demo.data import read_rows
from app.demo.playing import Happening, Scene
from domain.actions.context import ActorContext
from domain.actions.registries.registry_entry import amend_row, enter_row
from domain.registries.declarations import MAINTENANCE
from domain.registries.rows import RegistryFilter

BEGIN_HOUR, END_HOUR = "08:20", "12:40"
"""Hours at which a machine is brought, and at which it is back."""

FIELDS_KNOWN_LATER = ("ended", "cost", "next_due")
"""Fields known when the work is done."""


def plan_happenings(scene: Scene) -> list[Happening]:
    """Return all of it with its times."""
    planned: list[Happening] = []
    for row in read_rows("maintenance.csv"):
        maintenance = _read_maintenance(scene, row)
        planned.append((_moment_at(scene, row["begun"], BEGIN_HOUR), partial(_enter_maintenance, scene, maintenance)))
        if row["ended"]:
            planned.append((_moment_at(scene, row["ended"], END_HOUR), partial(_end_maintenance, scene, maintenance)))
    return planned


def _moment_at(scene: Scene, day: str, hour: str) -> datetime:
    return scene.timetable.read_moment(f"{day} {hour}")


def _read_maintenance(scene: Scene, row: dict[str, str]) -> dict[str, str]:
    """Return what the row says in the end, its days as dates; what is empty is not among it."""
    days_by_field = {
        name: scene.timetable.working_day(int(row[name])).isoformat()
        for name in ("begun", "ended", "next_due")
        if row[name]
    }
    return {name: value for name, value in row.items() if value} | days_by_field


async def _enter_maintenance(scene: Scene, maintenance: dict[str, str]) -> None:
    first_values = {name: value for name, value in maintenance.items() if name not in FIELDS_KNOWN_LATER}
    await enter_row(
        ActorContext(scene.dependencies, scene.uow, scene.staff_by_username["civil"]), MAINTENANCE, first_values
    )


async def _end_maintenance(scene: Scene, maintenance: dict[str, str]) -> None:
    row_key = {name: maintenance[name] for name in ("machine", "begun", "kind")}
    [row] = await scene.uow.registries.list_rows(RegistryFilter(MAINTENANCE.key, row_key))
    form_values = {"standing": row.values["standing"], **maintenance}
    await amend_row(
        ActorContext(scene.dependencies, scene.uow, scene.staff_by_username["civil"]),
        MAINTENANCE,
        row.id,
        row.version_token,
        form_values,
    )
