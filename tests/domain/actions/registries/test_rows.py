"""Rows of the registries as people and programs use them: found, put, changed, recorded, and whom they concern."""

from typing import Any

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.registries.rows import (
    change_row,
    find_contact,
    find_registry,
    find_row,
    put_rows,
    read_conditions,
    record_numbered_row,
    require_editor,
)
from domain.registries.declarations import DUTY, MACHINES, REGISTRIES, VEHICLE, VIOLATION
from domain.registries.rows import RowFate
from domain.values.actors import Role
from domain.values.errors import Conflict, Forbidden, InvalidField, MissingField, NotAllowedNow, NotFound, UnknownKind
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import (
    DRIVER_CODE,
    DRIVER_MOBILE,
    OFFICER,
    OWNER_MOBILE,
    PLATE,
    SECOND_PLATE,
    a_duty,
    a_violation,
    furnish,
    give,
    rows_of,
)


async def test_rows_are_added_changed_or_the_same(town: Municipality) -> None:
    await furnish(town)
    same, changed, added = await give(
        town,
        "vehicle",
        {"plate": PLATE, "taxi_code": "114"},
        {"plate": SECOND_PLATE, "capacity": 11},
        {"plate": "12ت347-59", "type": "van"},
    )
    assert (same.fate, changed.fate, added.fate) == (RowFate.SAME, RowFate.CHANGED, RowFate.ADDED)
    assert same.row.revision == 0
    assert changed.row.values["type"] == "van"
    async with town.store.open_unit(write=False) as uow:
        [kept] = await uow.registries.list_changes("vehicle", changed.row.id)
    assert (kept.changed_by, kept.changed_at, kept.values_before, kept.values_after) == (
        "staff:officer",
        town.clock.at,
        {"capacity": None},
        {"capacity": 11},
    )


@pytest.mark.parametrize(
    ("registry", "values", "error"),
    [
        ("vehicle", {"type": "line"}, Conflict),
        ("vehicle", {"plate": "12ت347-59"}, MissingField),
        ("vehicle", {"plate": "12ت347-59", "type": "line", "taxi_code": "114"}, Conflict),
        ("duty", {"vehicle": PLATE, "year": 1405, "amount": 1000, "state": "billed"}, NotAllowedNow),
    ],
)
async def test_what_cannot_be_put_leaves_nothing(
    town: Municipality, registry: str, values: dict[str, Any], error: type[Exception]
) -> None:
    await furnish(town)
    before = await rows_of(town, registry)
    with pytest.raises(error):
        await give(town, registry, values)
    assert await rows_of(town, registry) == before


async def test_one_key_twice_is_a_conflict(town: Municipality) -> None:
    await furnish(town)
    with pytest.raises(Conflict):
        await give(town, "vehicle", {"plate": PLATE, "capacity": 1}, {"plate": PLATE, "capacity": 2})


async def test_only_its_editors_change_a_registry_by_hand(town: Municipality) -> None:
    for role in (Role.CITIZEN, Role.AUDITOR, Role.CIVIL, Role.REVENUE):
        with pytest.raises(Forbidden, match="vehicle"):
            require_editor(VEHICLE, actor(role))
    require_editor(VEHICLE, OFFICER)
    require_editor(DUTY, actor(Role.REVENUE))
    require_editor(MACHINES, actor(Role.CIVIL))
    async with town.store.open_unit() as uow:
        with pytest.raises(Forbidden):
            await put_rows(
                ActorContext(town.desk, uow, OFFICER), MACHINES, [{"code": "LD-9", "type": "loader", "title": "x"}]
            )


async def test_a_row_is_found_by_what_people_type(town: Municipality) -> None:
    await furnish(town)
    vehicles = await rows_of(town, "vehicle")
    duty = await a_duty(town)
    async with town.store.open_unit(write=False) as uow:
        context = ActionContext(town.desk, uow)
        for typed in ("۱۲ ت ۳۴۵ ایران ۵۹", "۱۱۴", "0114", str(vehicles[0].id)):
            assert await find_row(context, VEHICLE, typed) == vehicles[0]
        assert (await find_row(context, REGISTRIES["driver"], "790419904")).values["mobile"] == DRIVER_MOBILE
        assert await find_row(context, DUTY, str(duty.id)) == duty
        for typed in ("12ت399-59", "999", "", "هیچ", "9" * 30):
            with pytest.raises(NotFound, match="vehicle"):
                await find_row(context, VEHICLE, typed)
    assert find_registry("vehicle") is VEHICLE
    with pytest.raises(UnknownKind, match="table"):
        find_registry("bicycle")


async def test_conditions_are_read_as_fields_are(town: Municipality) -> None:
    where = read_conditions(town.desk, REGISTRIES["driver"], {"vehicles": "۱۲ت۳۴۵-۵۹", "mobile": "۰۹۱۲۱۰۰۰۰۰۲"})
    assert where == {"vehicles": PLATE, "mobile": DRIVER_MOBILE}
    with pytest.raises(InvalidField, match="wings"):
        read_conditions(town.desk, VEHICLE, {"wings": "2"})


async def test_an_action_changes_a_row_past_the_rules_for_hands(town: Municipality) -> None:
    await furnish(town)
    row = await a_duty(town)
    async with town.store.open_unit() as uow:
        changed = await change_row(uow.registries, row, {"state": "billed"}, "staff:x", town.clock.at, bill_id="1")
        assert await uow.registries.get_row("duty", row.id) == changed
        assert (changed.values["state"], changed.data, changed.revision) == ("billed", {"bill_id": "1"}, 1)
    with pytest.raises(Conflict):
        async with town.store.open_unit() as uow:
            await change_row(uow.registries, row, {"state": "paid"}, "staff:x", town.clock.at)


async def test_what_is_recorded_twice_a_day_is_numbered(town: Municipality) -> None:
    await furnish(town)
    values = {"driver": DRIVER_CODE, "date": "2026-11-20", "kind": "rudeness", "source": "گزارش", "points": 2}
    async with town.store.open_unit() as uow:
        who = (uow, town.desk.ids, town.clock.at)
        rows = [await record_numbered_row(*who, VIOLATION, values, OFFICER.label, request=5) for _ in range(3)]
    assert [row.values["number"] for row in rows] == [1, 2, 3]
    assert [row.values["points"] for row in await rows_of(town, "violation", driver=DRIVER_CODE)] == [2, 2, 2]
    assert (await rows_of(town, "violation"))[0].data == {"request": 5}


async def test_whom_a_row_concerns(town: Municipality) -> None:
    await furnish(town)
    duty, violation = await a_duty(town), await a_violation(town)
    [agency], [owner] = await rows_of(town, "agency"), await rows_of(town, "owner")
    vehicle, driver = (await rows_of(town, "vehicle"))[0], (await rows_of(town, "driver"))[0]
    await give(town, "agency", {"licence_number": "P-1", "phone": "01734221111"})
    await give(town, "vehicle", {"plate": "12ت347-59", "type": "van"})
    async with town.store.open_unit(write=False) as uow:
        found = {
            row.registry: await find_contact(uow.registries, REGISTRIES[row.registry], row.values)
            for row in (agency, owner, vehicle, driver, duty, violation)
        }
        assert found == {
            "agency": "+989121000003",
            "owner": OWNER_MOBILE,
            "vehicle": OWNER_MOBILE,
            "driver": DRIVER_MOBILE,
            "duty": OWNER_MOBILE,
            "violation": DRIVER_MOBILE,
        }
        for registry, values in (
            ("agency", {"phone": "01734221111"}),
            ("vehicle", {"owner": None}),
            ("duty", {"vehicle": "12ت347-59"}),
            ("duty", {"vehicle": "12ت999-59"}),
            ("machines", {"code": "LD-1"}),
        ):
            assert await find_contact(uow.registries, REGISTRIES[registry], values) is None, values
