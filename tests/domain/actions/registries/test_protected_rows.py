"""Changes of a row refused to every hand, by a form or by an import: take what is booked away, move what is owed."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.processes.importing import FileImportResult, ImportOptions, import_file
from domain.actions.context import ActorContext
from domain.actions.registries.registry_entry import (
    amend_fields,
    amend_row,
    enter_row,
    offered_amendment_fields,
    offered_entry_fields,
)
from domain.actions.registries.rows import put_rows
from domain.audit.entries import AuditFilter
from domain.registries.declarations import DUTY, MACHINES, REGISTRIES, VEHICLE, VIOLATION, Registry
from domain.registries.imports import ProgressCallback
from domain.registries.rows import RegistryRow
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import Conflict, MissingField, NotAllowedNow
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import (
    DRIVER_CODE,
    OFFICER,
    PLATE,
    a_duty,
    a_violation,
    furnish,
    give,
    rows_of,
)

CIVIL, REVENUE = actor(Role.CIVIL), actor(Role.REVENUE)


async def a_booked_machine(town: Municipality) -> RegistryRow:
    """The row of a machine that has work before it."""
    code = await town.reach("scheduled")
    booked = {resource.id for _, resource in await town.bookings(code)}
    return next(one for one in await rows_of(town, "machines") if one.id in booked)


async def imported(
    town: Municipality, folder: Path, table: str, by: Actor, row: Mapping[str, object], *, preview: bool = False
) -> FileImportResult:
    """Import one row by its fields' names."""
    path = folder / "sheet.csv"
    path.write_text("\n".join((",".join(row), ",".join(map(str, row.values())))) + "\n", "utf-8")

    def bar(_what: str, _total: int | None) -> AbstractContextManager[ProgressCallback]:
        return nullcontext(lambda _done: None)

    return await import_file(town.desk, town.store, REGISTRIES[table], path, ImportOptions(preview), by, bar)


def faults(done: FileImportResult) -> list[tuple[str | None, str]]:
    """Field and code of each fault."""
    return [(one.field, one.code) for one in done.faults]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"status": "retired"}, "status"), ({"type": "crane"}, "type")],
)
async def test_a_booked_machine_is_not_taken_away(
    town: Municipality, tmp_path: Path, change: dict[str, str], field: str
) -> None:
    row = await a_booked_machine(town)
    after = {name: value for name, value in row.values.items() if value} | change
    with pytest.raises(Conflict, match=f"{field}:booked_ahead"):
        async with town.store.open_unit() as uow:
            await amend_row(ActorContext(town.desk, uow, CIVIL), MACHINES, row.id, row.version_token, after)
    with pytest.raises(Conflict, match=f"{field}:booked_ahead"):
        async with town.store.open_unit() as uow:
            await put_rows(ActorContext(town.desk, uow, CIVIL), MACHINES, [after])
    done = await imported(town, tmp_path, "machines", CIVIL, after, preview=True)
    assert faults(done) == [(field, "conflict")]
    assert "کار در پیش دارد" in done.faults[0].message
    assert await rows_of(town, "machines", code=row.values["code"]) == [row]
    renamed = {"code": row.values["code"], "title": "لودر نو"}
    assert (await imported(town, tmp_path, "machines", CIVIL, renamed)).faults == []


async def test_a_booked_machine_that_broke_is_in_maintenance_at_once(town: Municipality) -> None:
    row = await a_booked_machine(town)
    broken = {name: value for name, value in row.values.items() if value} | {"status": "maintenance"}
    async with town.store.open_unit() as uow:
        await amend_row(ActorContext(town.desk, uow, CIVIL), MACHINES, row.id, row.version_token, broken)
    [now] = await rows_of(town, "machines", code=row.values["code"])
    assert now.values["status"] == "maintenance"


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
        async with town.store.open_unit() as uow:
            await amend_row(ActorContext(town.desk, uow, by), DUTY, duty.id, duty.version_token, typed)
    done = await imported(town, tmp_path, "duty", by, {"vehicle": PLATE, "year": 1405, **typed})
    assert faults(done) == [("state", "not_allowed_now")]
    assert await rows_of(town, "duty") == [duty]


async def test_a_form_that_says_nothing_of_the_state_leaves_it(town: Municipality) -> None:
    await furnish(town)
    fine = await a_violation(town, state="waived")
    async with town.store.open_unit() as uow:
        after = await amend_row(
            ActorContext(town.desk, uow, OFFICER),
            VIOLATION,
            fine.id,
            fine.version_token,
            {"points": "3", "fine": "500000", "standing": "valid"},
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
        async with town.store.open_unit() as uow:
            assert (await enter_row(ActorContext(town.desk, uow, by), DUTY, typed)).values["state"] == state
    else:
        with pytest.raises(NotAllowedNow, match="state:charge_elsewhere"):
            async with town.store.open_unit() as uow:
                await enter_row(ActorContext(town.desk, uow, by), DUTY, typed)


@pytest.mark.parametrize(("registry", "state", "amount"), [(DUTY, "waived", 2_000_000), (VIOLATION, "paid", 500_000)])
async def test_what_was_settled_elsewhere_leaves_a_trace(
    town: Municipality, registry: Registry, state: str, amount: int
) -> None:
    await furnish(town)
    typed = {
        "duty": {"vehicle": PLATE, "year": "1405", "amount": str(amount)},
        "violation": {"driver": DRIVER_CODE, "date": "1405/09/01", "kind": "overcharge", "fine": str(amount)},
    }[registry.key]
    lent = frozenset({("anne", Role.REVENUE)})
    substitute = replace(OFFICER, role_names=OFFICER.role_names | {Role.REVENUE}, lent_roles=lent)
    async with town.store.open_unit() as uow:
        row = await enter_row(ActorContext(town.desk, uow, substitute), registry, {**typed, "state": state})
        await enter_row(ActorContext(town.desk, uow, OFFICER), registry, {**typed, "kind": "other"})
        [entry] = await uow.audit.list_entries(AuditFilter(what="charge_entered"))
    assert entry.actor == "staff:officer for anne", "by the right that was lent, and not for a row that is open"
    assert entry.detail == {"registry": registry.key, "row": row.id, "state": state, "amount": amount}


@pytest.mark.parametrize(
    ("table", "row", "kept"),
    [
        ("vehicle", {"plate": PLATE, "status": ""}, {"status": "scrapped"}),
        ("driver", {"national_code": DRIVER_CODE, "status": "", "kind": ""}, {"status": "left", "kind": "auxiliary"}),
        (
            "violation",
            {"driver": DRIVER_CODE, "date": "2026-11-20", "kind": "overcharge", "standing": ""},
            {"standing": "annulled"},
        ),
    ],
)
async def test_what_is_left_empty_puts_no_default_in_place_of_what_is_known(
    town: Municipality, tmp_path: Path, table: str, row: dict[str, str], kept: dict[str, str]
) -> None:
    await furnish(town)
    await a_violation(town)
    named = {name: value for name, value in row.items() if value}
    await give(town, table, named | kept)
    done = await imported(town, tmp_path, table, OFFICER, row)
    assert faults(done) == [(name, "missing_field") for name in kept]
    [found] = await rows_of(town, table, **named)
    form = {one.name: str(found.values[one.name]) for one in amend_fields(REGISTRIES[table]) if one.required}
    typed = {name: value for name, value in form.items() if name not in kept}
    with pytest.raises(MissingField, match=next(iter(kept))):
        async with town.store.open_unit() as uow:
            await amend_row(
                ActorContext(town.desk, uow, OFFICER), REGISTRIES[table], found.id, found.version_token, typed
            )
    assert await rows_of(town, table, **named) == [found]
    assert {name: found.values[name] for name in kept} == kept


async def test_an_empty_number_is_the_first(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    row = {"vehicle": PLATE, "year": "1405", "kind": "", "number": "", "amount": "1000000"}
    for amount in ("1000000", "2000000"):
        done = await imported(town, tmp_path, "duty", REVENUE, row | {"amount": amount})
        assert faults(done) == []
    [found] = await rows_of(town, "duty")
    assert (found.values["kind"], found.values["number"], found.values["amount"]) == ("yearly", 1, 2_000_000)


async def test_the_revenue_unit_alone_changes_the_amount_of_a_duty(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    duty = await a_duty(town)
    lower = {"vehicle": PLATE, "year": 1405, "amount": 1_000}
    with pytest.raises(NotAllowedNow, match="amount:amount_of_revenue"):
        async with town.store.open_unit() as uow:
            await amend_row(
                ActorContext(town.desk, uow, OFFICER), DUTY, duty.id, duty.version_token, {"amount": "1000"}
            )
    done = await imported(town, tmp_path, "duty", OFFICER, lower)
    assert faults(done) == [("amount", "not_allowed_now")]
    assert "تنها واحد درآمد تغییر می‌دهد" in done.faults[0].message
    async with town.store.open_unit() as uow:
        assert await amend_row(ActorContext(town.desk, uow, OFFICER), DUTY, duty.id, duty.version_token, {}) == duty, (
            "a form without it"
        )
        context = ActorContext(town.desk, uow, REVENUE)
        with pytest.raises(MissingField, match="amount"):
            await amend_row(context, DUTY, duty.id, duty.version_token, {})
        changed = await amend_row(context, DUTY, duty.id, duty.version_token, {"amount": "1000"})
    assert changed.values["amount"] == 1_000
    assert faults(await imported(town, tmp_path, "duty", SYSTEM, lower | {"amount": 3_000})) == []


async def test_the_taxi_officer_says_what_a_new_duty_and_a_fine_are(town: Municipality) -> None:
    await furnish(town)
    fine = await a_violation(town)
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, OFFICER)
        duty = await enter_row(context, DUTY, {"vehicle": PLATE, "year": "1405", "amount": "1000"})
        typed = {"points": "0", "fine": "1000", "standing": "valid"}
        after = await amend_row(context, VIOLATION, fine.id, fine.version_token, typed)
    assert (duty.values["amount"], after.values["fine"]) == (1_000, 1_000)


def test_what_would_be_refused_is_not_offered() -> None:
    assert [one.name for one in offered_amendment_fields(DUTY, REVENUE)] == ["amount"]
    assert offered_amendment_fields(DUTY, OFFICER) == ()
    assert {"fine", "state"} & {one.name for one in offered_amendment_fields(VIOLATION, OFFICER)} == {"fine"}
    assert "state" not in {one.name for one in offered_entry_fields(DUTY, OFFICER)}
    [state] = [one for one in offered_entry_fields(DUTY, REVENUE) if one.name == "state"]
    assert state.choices == ("open", "paid", "waived")
    assert offered_amendment_fields(VEHICLE, OFFICER) == amend_fields(VEHICLE)
