"""What no hand may do to a row, by a form or by an import: take what is booked away, move what is owed."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from app.importing import Imported, Wish, import_file
from domain.actions.registries import put
from domain.actions.registry_entry import amend, amended_fields, enter, offered_to_amend, offered_to_enter
from domain.engine import SYSTEM
from domain.errors import Conflict, NotAllowedNow
from domain.imports import Progress
from domain.people import Actor, Role
from domain.registries import DUTY, MACHINES, REGISTRIES, VEHICLE, VIOLATION
from domain.registry_rows import RegistryRow
from tests.support.municipality import Municipality, actor
from tests.support.taxis import OFFICER, PLATE, a_duty, a_violation, furnish, rows_of

CIVIL, REVENUE = actor(Role.CIVIL), actor(Role.REVENUE)


async def a_booked_machine(town: Municipality) -> RegistryRow:
    """The row of a machine that has work before it."""
    code = await town.reach("scheduled")
    booked = {resource.id for _, resource in await town.bookings(code)}
    return next(one for one in await rows_of(town, "machines") if one.id in booked)


async def imported(
    town: Municipality, folder: Path, table: str, by: Actor, row: Mapping[str, object], *, preview: bool = False
) -> Imported:
    """Import one row by its fields' names."""
    path = folder / "sheet.csv"
    path.write_text("\n".join((",".join(row), ",".join(map(str, row.values())))) + "\n", "utf-8")

    def bar(_what: str, _total: int | None) -> AbstractContextManager[Progress]:
        return nullcontext(lambda _done: None)

    return await import_file(town.desk, town.store, REGISTRIES[table], path, Wish(preview), by, bar)


def faults(done: Imported) -> list[tuple[str | None, str]]:
    """Field and code of each fault."""
    return [(one.field, one.code) for one in done.faults]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"status": "retired"}, "status"), ({"status": "maintenance"}, "status"), ({"type": "crane"}, "type")],
)
async def test_a_booked_machine_is_not_taken_away(
    town: Municipality, tmp_path: Path, change: dict[str, str], field: str
) -> None:
    row = await a_booked_machine(town)
    after = {name: value for name, value in row.values.items() if value} | change
    with pytest.raises(Conflict, match=f"{field}:booked_ahead"):
        async with town.store.unit() as uow:
            await amend(town.desk, uow, MACHINES, row.id, row.revision, after, CIVIL)
    with pytest.raises(Conflict, match=f"{field}:booked_ahead"):
        async with town.store.unit() as uow:
            await put(town.desk, uow, MACHINES, [after], CIVIL)
    done = await imported(town, tmp_path, "machines", CIVIL, after, preview=True)
    assert faults(done) == [(field, "conflict")]
    assert "کار در پیش دارد" in done.faults[0].message
    assert await rows_of(town, "machines", code=row.values["code"]) == [row]
    renamed = {"code": row.values["code"], "title": "لودر نو"}
    assert (await imported(town, tmp_path, "machines", CIVIL, renamed)).faults == []


async def test_a_machine_without_work_may_go(town: Municipality, tmp_path: Path) -> None:
    row = await a_booked_machine(town)
    free = next(one for one in await rows_of(town, "machines") if one.id != row.id)
    gone = {"code": free.values["code"], "type": "crane", "title": "x", "status": "retired"}
    assert (await imported(town, tmp_path, "machines", CIVIL, gone)).faults == []
    [now] = await rows_of(town, "machines", code=free.values["code"])
    assert (now.values["type"], now.values["status"]) == ("crane", "retired")


@pytest.mark.parametrize("by", [OFFICER, REVENUE, SYSTEM], ids=["officer", "revenue", "system"])
@pytest.mark.parametrize("state", ["waived", "paid"])
async def test_no_hand_moves_the_state_of_a_row_that_is_there(
    town: Municipality, tmp_path: Path, by: Actor, state: str
) -> None:
    await furnish(town)
    duty = await a_duty(town)
    typed = {"amount": str(duty.values["amount"]), "state": state}
    with pytest.raises(NotAllowedNow, match="state:charge_state"):
        async with town.store.unit() as uow:
            await amend(town.desk, uow, DUTY, duty.id, duty.revision, typed, by)
    done = await imported(town, tmp_path, "duty", by, {"vehicle": PLATE, "year": 1405, **typed})
    assert faults(done) == [("state", "not_allowed_now")]
    assert await rows_of(town, "duty") == [duty]


async def test_a_form_that_says_nothing_of_the_state_leaves_it(town: Municipality) -> None:
    await furnish(town)
    fine = await a_violation(town, state="waived")
    async with town.store.unit() as uow:
        after = await amend(
            town.desk, uow, VIOLATION, fine.id, 0, {"points": "3", "fine": "500000", "standing": "valid"}, OFFICER
        )
    assert (after.values["state"], after.values["points"]) == ("waived", 3)


@pytest.mark.parametrize(("by", "allowed"), [(OFFICER, False), (REVENUE, True), (SYSTEM, True)])
@pytest.mark.parametrize("state", ["waived", "paid"])
async def test_who_enters_what_was_settled_elsewhere(
    town: Municipality, tmp_path: Path, by: Actor, allowed: bool, state: str
) -> None:
    await furnish(town)
    row = {"vehicle": PLATE, "year": 1405, "amount": 2_000_000, "state": state}
    done = await imported(town, tmp_path, "duty", by, row)
    assert faults(done) == ([] if allowed else [("state", "not_allowed_now")])
    assert [one.values["state"] for one in await rows_of(town, "duty")] == ([state] if allowed else [])
    typed: dict[str, Any] = {name: str(value) for name, value in row.items()} | {"year": "1404"}
    if allowed:
        async with town.store.unit() as uow:
            assert (await enter(town.desk, uow, DUTY, typed, by)).values["state"] == state
    else:
        with pytest.raises(NotAllowedNow, match="state:charge_elsewhere"):
            async with town.store.unit() as uow:
                await enter(town.desk, uow, DUTY, typed, by)


def test_what_would_be_refused_is_not_offered() -> None:
    assert "state" not in {one.name for one in offered_to_amend(DUTY)}
    assert "state" not in {one.name for one in offered_to_enter(DUTY, OFFICER)}
    [state] = [one for one in offered_to_enter(DUTY, REVENUE) if one.name == "state"]
    assert state.choices == ("open", "paid", "waived")
    assert offered_to_amend(VEHICLE) == amended_fields(VEHICLE)
