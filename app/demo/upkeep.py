"""The machines of the demonstration in the workshop: each time entered when it began, and amended when it ended."""

from datetime import datetime
from functools import partial

from app.demo.data import rows
from app.demo.playing import Happening, Scene
from domain.actions.registries.registry_entry import amend, enter
from domain.registries.declarations import MAINTENANCE
from domain.registries.rows import RegistryFilter

BEGUN, ENDED = "08:20", "12:40"
"""Hours at which a machine is brought, and at which it is back."""

AFTERWARDS = ("ended", "cost", "next_due")
"""What is known when the work is done."""


def happenings(scene: Scene) -> list[Happening]:
    """Return all of it with its times."""
    found: list[Happening] = []
    for row in rows("maintenance.csv"):
        known = _known(scene, row)
        found.append((_at(scene, row["begun"], BEGUN), partial(_bring, scene, known)))
        if row["ended"]:
            found.append((_at(scene, row["ended"], ENDED), partial(_fetch, scene, known)))
    return found


def _at(scene: Scene, day: str, hour: str) -> datetime:
    return scene.days.moment(f"{day} {hour}")


def _known(scene: Scene, row: dict[str, str]) -> dict[str, str]:
    """Return what the row says in the end, its days as dates; what is empty is not among it."""
    days = {
        name: scene.days.working_day(int(row[name])).isoformat() for name in ("begun", "ended", "next_due") if row[name]
    }
    return {name: value for name, value in row.items() if value} | days


async def _bring(scene: Scene, known: dict[str, str]) -> None:
    said = {name: value for name, value in known.items() if name not in AFTERWARDS}
    await enter(scene.desk, scene.uow, MAINTENANCE, said, scene.staff["civil"])


async def _fetch(scene: Scene, known: dict[str, str]) -> None:
    which = {name: known[name] for name in ("machine", "begun", "kind")}
    [row] = await scene.uow.registries.find(RegistryFilter(MAINTENANCE.key, which))
    form = {"standing": row.values["standing"], **known}
    await amend(scene.desk, scene.uow, MAINTENANCE, row.id, row.version_token, form, scene.staff["civil"])
