"""The repository of the registries, on every engine: real tables, found by what names a row, every change kept."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from domain.registries.declarations import REGISTRIES
from domain.registries.rows import (
    ExpiringRow,
    RegistryChange,
    RegistryFilter,
    RegistryRow,
    RowSearch,
    ValueHolder,
    merge_values,
    with_changes,
)
from domain.values.errors import Conflict, NotFound
from store.engines import build_engine
from store.unit_of_work import SqlStore, SqlUnit
from store.value_tables import REGISTRY_TABLES
from tests.support.factories import MOBILE, NOW, a_machine, new_id

PLATE, OTHER_PLATE = "12ت345-59", "12ت346-59"
OWNER, DRIVER = "0499370899", "0790419904"
LATER = NOW + timedelta(days=1)

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "agency": {"licence_number": "P-1", "name": "تاکسی بی‌سیم", "licence_expiry": "2027-03-20", "phone": MOBILE},
    "owner": {"national_id": OWNER, "name": "آنه محمدی", "mobile": MOBILE, "address": "خیابان امام"},
    "vehicle": {
        "plate": PLATE, "taxi_code": "114", "vin": "NAAN01CA123456789", "model": "پژو ۴۰۵", "year": 1399,
        "fuel": "dual", "capacity": 4, "type": "line", "agency": "P-1", "owner": OWNER,
        "insurance_expiry": "2026-12-01", "inspection_expiry": "2026-12-20",
    },
    "driver": {
        "national_code": DRIVER, "name": "عبدالله ایری", "mobile": MOBILE, "licence_number": "990011",
        "licence_expiry": "2026-12-10", "vehicles": [PLATE], "shift": "morning",
    },
    "duty": {"vehicle": PLATE, "year": 1405, "amount": 99_999_999_000},
    "reward": {"driver": DRIVER, "date": "2026-11-20", "kind": "honesty", "points": 5, "text": "کیف را برگرداند"},
    "violation": {"driver": DRIVER, "date": "2026-11-21", "kind": "overcharge", "fine": 500_000},
    "machines": {"code": "LD-1", "type": "loader", "title": "لودر ۱"},
    "operators": {"code": "OP-1", "title": "صفر ایری", "mobile": MOBILE, "skills": ["loader", "backhoe"]},
    "maintenance": {
        "machine": "LD-1", "begun": "2026-11-10", "kind": "repair", "ended": "2026-11-14", "meter": 11_420,
        "workshop": "تعمیرگاه شهرداری", "cost": 690_000_000_000, "note": "نشتی جک", "next_due": "2027-03-20",
    },
}  # fmt: skip
"""A good row of every registry; those that others refer to come first."""


def a_row(registry: str, **changes: Any) -> RegistryRow:
    """A new row, whole."""
    values = merge_values(REGISTRIES[registry], None, {**EXAMPLES[registry], **changes})
    return RegistryRow(new_id(), registry, values, NOW, NOW)


async def add(uow: SqlUnit, *rows: RegistryRow) -> None:
    """Store new rows of one registry."""
    await uow.registries.save_changes(
        rows[0].registry, [RegistryChange(row, None, "staff:officer", NOW) for row in rows]
    )


async def change(uow: SqlUnit, row: RegistryRow, **values: Any) -> None:
    """Change a row a day later."""
    changed = with_changes(row, values, LATER)
    await uow.registries.save_changes(row.registry, [RegistryChange(changed, row.values, "staff:officer", LATER)])


@pytest.fixture
async def rows(store: SqlStore) -> dict[str, RegistryRow]:
    """One row of every registry."""
    made = {registry: a_row(registry) for registry in EXAMPLES}
    async with store.open_unit() as uow:
        for row in made.values():
            await add(uow, row)
    return made


def test_every_field_has_its_column_or_table() -> None:
    assert set(REGISTRY_TABLES) == set(REGISTRIES)
    for key, shelf in REGISTRY_TABLES.items():
        for field in REGISTRIES[key].fields:
            assert field.name in shelf.value_tables or field.name in shelf.table.c, (key, field.name)
            if field.required and field.name not in shelf.value_tables:
                assert not shelf.table.c[field.name].nullable, (key, field.name)


async def test_a_row_comes_back_as_it_was_put(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit(write=False) as uow:
        for registry, row in rows.items():
            assert await uow.registries.get_row(registry, row.id) == row
            key = REGISTRIES[registry].natural_key_of(row.values)
            assert await uow.registries.find_by_keys(registry, [key]) == {key: row}
            assert await uow.registries.list_rows(RegistryFilter(registry)) == [row]
            assert await uow.registries.list_changes(registry, row.id) == []


async def test_a_row_is_found_by_whatever_is_unique(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit(write=False) as uow:
        assert await uow.registries.find_row("vehicle", {"taxi_code": "114"}) == rows["vehicle"]
        assert await uow.registries.find_row("vehicle", {"taxi_code": "115"}) is None
        whole = {"vehicle": PLATE, "year": 1405, "kind": "yearly", "number": 1}
        assert await uow.registries.find_row("duty", whole) == rows["duty"]
        assert await uow.registries.find_row("duty", whole | {"number": 2}) is None
        with pytest.raises(NotFound, match="vehicle"):
            await uow.registries.get_row("vehicle", 1)


async def test_rows_are_found_by_fields_and_paged(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit() as uow:
        second = a_row("vehicle", plate=OTHER_PLATE, taxi_code=None)
        await add(uow, second)
        helper = a_row("driver", national_code="0084575948", vehicles=[PLATE, OTHER_PLATE], mobile=None)
        await add(uow, helper)
        await add(uow, a_row("duty", year=1404, state="paid"))
    async with store.open_unit(write=False) as uow:

        async def found(registry: str, **where: Any) -> list[int]:
            return [row.id for row in await uow.registries.list_rows(RegistryFilter(registry, where))]

        assert await found("driver", mobile=MOBILE) == [rows["driver"].id]
        assert await found("driver", mobile=None) == [helper.id]
        assert await found("vehicle", owner=OWNER) == [rows["vehicle"].id, second.id]
        assert await found("driver", vehicles=PLATE) == [rows["driver"].id, helper.id]
        assert await found("driver", vehicles=[OTHER_PLATE], kind="main") == [helper.id]
        assert await found("duty", vehicle=PLATE, state=("open", "billed")) == [rows["duty"].id]
        page = await uow.registries.list_rows(RegistryFilter("vehicle", limit=1))
        rest = await uow.registries.list_rows(RegistryFilter("vehicle", after_id=page[0].id))
        assert [row.id for row in page + rest] == [rows["vehicle"].id, second.id]
        assert await uow.registries.count_by_value("vehicle", "type") == {"line": 2}
        assert await uow.registries.count_by_value("vehicle", "type", {"taxi_code": "114"}) == {"line": 1}
        assert await uow.registries.count_by_value("operators", "status") == {"active": 1}


async def test_many_keys_are_looked_up_at_once(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit() as uow:
        duties = [a_row("duty", year=1300 + number) for number in range(100)]
        await add(uow, *duties)
        keys = [REGISTRIES["duty"].natural_key_of(row.values) for row in duties]
        found = await uow.registries.find_by_keys("duty", [*keys, ("99ت999-99", 1, "yearly", 1)], lock=True)
        assert list(found) == keys
        day = rows["reward"].values["date"]
        assert (
            len(await uow.registries.find_by_keys("reward", [(DRIVER, day, "honesty", 1), (DRIVER, day, "help", 1)]))
            == 1
        )
        assert await uow.registries.find_by_keys("duty", []) == {}


async def test_holders_of_unique_values(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit(write=False) as uow:
        held = await uow.registries.find_holders("vehicle", "taxi_code", {"114", "115"})
        assert held == {"114": ValueHolder(rows["vehicle"].id, PLATE)}
        assert await uow.registries.find_holders("vehicle", "taxi_code", set()) == {}
        # Machines and operators have their codes in common.
        held = await uow.registries.find_holders("machines", "code", {"OP-1", "LD-1"})
        assert {code: one.row_id for code, one in held.items()} == {
            "OP-1": rows["operators"].id,
            "LD-1": rows["machines"].id,
        }


async def test_a_change_is_kept_with_who_when_before_and_after(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit() as uow:
        await change(uow, rows["vehicle"], capacity=5, insurance_expiry=None)
        await change(uow, rows["driver"], vehicles=[])
    async with store.open_unit(write=False) as uow:
        row = await uow.registries.get_row("vehicle", rows["vehicle"].id)
        assert (row.values["capacity"], row.values["insurance_expiry"], row.revision) == (5, None, 1)
        assert (row.created_at, row.updated_at) == (NOW, LATER)
        [kept] = await uow.registries.list_changes("vehicle", row.id)
        assert (kept.changed_at, kept.changed_by) == (LATER, "staff:officer")
        assert kept.values_before == {"capacity": 4, "insurance_expiry": "2026-12-01"}
        assert kept.values_after == {"capacity": 5, "insurance_expiry": None}
        [kept] = await uow.registries.list_changes("driver", rows["driver"].id)
        assert (kept.values_before, kept.values_after) == ({"vehicles": [PLATE]}, {"vehicles": []})
        assert await uow.registries.list_rows(RegistryFilter("driver", {"vehicles": PLATE})) == []


async def test_an_old_revision_and_a_taken_value_are_conflicts(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit() as uow:
        await change(uow, rows["owner"], name="نام تازه")
    with pytest.raises(Conflict, match="owner"):
        async with store.open_unit() as uow:
            await change(uow, rows["owner"], name="نام دیگر")
    for taken in (a_row("vehicle", taxi_code=None), a_row("vehicle", plate=OTHER_PLATE)):
        with pytest.raises(Conflict):
            async with store.open_unit() as uow:
                await add(uow, taken)
    async with store.open_unit(write=False) as uow:
        assert (await uow.registries.get_row("owner", rows["owner"].id)).values["name"] == "نام تازه"
        assert len(await uow.registries.list_rows(RegistryFilter("vehicle"))) == 1


async def test_of_two_units_that_change_one_row_one_wins(
    store: SqlStore, other_store: SqlStore, rows: dict[str, RegistryRow]
) -> None:
    async def rename(through: SqlStore, name: str) -> bool:
        try:
            async with through.open_unit() as uow:
                await change(uow, rows["owner"], name=name)
        except Conflict:
            return False
        return True

    won = await asyncio.gather(*(rename(one, str(number)) for number, one in enumerate((store, other_store) * 3)))
    assert sum(won) == 1
    async with store.open_unit(write=False) as uow:
        assert len(await uow.registries.list_changes("owner", rows["owner"].id)) == 1


async def test_what_runs_out_between_two_days(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit() as uow:
        await add(uow, a_row("driver", national_code="0084575948", status="left"))

    async def between(first: date, last: date) -> list[tuple[str, str]]:
        async with store.open_unit(write=False) as uow:
            return [(one.registry.key, one.date_field) for one in await uow.registries.list_expiring(first, last)]

    december = date(2026, 12, 1), date(2026, 12, 20)
    assert await between(*december) == [
        ("vehicle", "insurance_expiry"),
        ("driver", "licence_expiry"),
        ("vehicle", "inspection_expiry"),
    ]
    assert await between(date(2026, 12, 2), date(2026, 12, 9)) == []
    assert await between(date(2027, 3, 20), date(2027, 3, 20)) == [("agency", "licence_expiry")]


async def test_a_reminder_is_remembered_for_its_day_alone(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    row = rows["vehicle"]
    this = ExpiringRow(REGISTRIES["vehicle"], row, "insurance_expiry", date(2026, 12, 1))
    renewed = ExpiringRow(REGISTRIES["vehicle"], row, "insurance_expiry", date(2027, 12, 1))
    async with store.open_unit() as uow:
        for days in (7, 30):
            await uow.registries.add_reminder(this, days, NOW)
    async with store.open_unit(write=False) as uow:
        assert await uow.registries.list_reminders([this, renewed]) == [[30, 7], []]
        assert await uow.registries.list_reminders([]) == []
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.registries.add_reminder(this, 7, NOW)


async def test_machines_of_the_fleet_are_rows_too(store: SqlStore) -> None:
    machine = a_machine("GR-1", type="grader")
    async with store.open_unit() as uow:
        await uow.fleet.save_resource(machine)
    async with store.open_unit() as uow:
        [row] = await uow.registries.list_rows(RegistryFilter("machines"))
        assert (row.id, row.values["type"], row.values["status"], row.created_at) == (
            machine.id,
            "grader",
            "active",
            None,
        )
        await change(uow, row, status="maintenance")
    async with store.open_unit(write=False) as uow:
        assert (await uow.fleet.get_resource("GR-1")).status == "maintenance"
        assert (await uow.registries.get_row("machines", row.id)).revision == 1


async def test_the_maintenance_of_a_machine_is_its_own(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    async with store.open_unit() as uow:
        await add(uow, a_row("machines", code="LD-2"))
        await add(uow, a_row("maintenance", number=2), a_row("maintenance", machine="LD-2", ended=None))
    async with store.open_unit(write=False) as uow:
        of_first = await uow.registries.list_rows(RegistryFilter("maintenance", {"machine": "LD-1"}))
        assert [row.values["number"] for row in of_first] == [1, 2]
        away = await uow.registries.list_rows(RegistryFilter("maintenance", {"ended": None}))
        assert [row.values["machine"] for row in away] == ["LD-2"]
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await add(uow, a_row("maintenance"))


async def test_the_look_ups_use_indexes(sqlite_url: str) -> None:
    # PostgreSQL reads tables this small from end to end, whatever indexes there are.
    questions = {
        "SELECT * FROM drivers WHERE mobile = ?": "ix_drivers_mobile",
        "SELECT * FROM vehicles WHERE owner = ? AND id > 0": "ix_vehicles_owner_id",
        "SELECT * FROM driver_vehicles WHERE vehicle = ?": "ix_driver_vehicles_vehicle",
        "SELECT * FROM duties WHERE vehicle = ? AND state = ?": "sqlite_autoindex_duties",
        "SELECT * FROM vehicles WHERE insurance_expiry BETWEEN ? AND ?": "ix_vehicles_insurance_expiry",
        "SELECT * FROM maintenance WHERE machine = ? AND id > 0": "sqlite_autoindex_maintenance",
        "SELECT * FROM duties WHERE (vehicle, year, kind, number) IN (VALUES (?, 1, ?, 1))": "sqlite_autoindex_duties",
    }
    engine = build_engine(sqlite_url)
    async with engine.open_inspection() as connection:
        for question, index in questions.items():
            values = (PLATE,) * question.count("?")
            plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", values)).all()
            assert index in str(plan), (question, plan)
    await engine.close()


async def test_rows_are_searched_by_values_and_by_parts_of_their_text(store: SqlStore) -> None:
    names = ("تاکسی بی‌سیم", "100% ایمن", "Gomishan Taxi")
    made = [a_row("agency", licence_number=f"P-{number}", name=name) for number, name in enumerate(names)]
    async with store.open_unit() as uow:
        await add(uow, *made)

    async def found(exact: Mapping[str, Any], words: str, *within: str) -> list[str]:
        wanted = RegistryFilter("agency", search=RowSearch(exact, words, within), newest_first=True)
        async with store.open_unit(write=False) as uow:
            return [row.values["name"] for row in await uow.registries.list_rows(wanted)]

    assert await found({}, "بی‌سیم", "name", "manager") == [names[0]]
    assert await found({}, "gomishan", "name") == [names[2]]
    assert await found({}, "0%", "name") == [names[1]], "what people type is no pattern"
    assert await found({"licence_number": "P-0"}, "taxi", "name") == [names[2], names[0]]
    assert await found({}, "تاکسی") == []


async def test_a_link_is_searched_too(store: SqlStore, rows: dict[str, RegistryRow]) -> None:
    wanted = RegistryFilter("driver", search=RowSearch({"vehicles": [PLATE]}, PLATE, ("name",)))
    async with store.open_unit(write=False) as uow:
        assert await uow.registries.list_rows(wanted) == [rows["driver"]]


async def test_pages_go_from_the_newest_to_the_oldest(store: SqlStore) -> None:
    made = [a_row("owner", national_id=code) for code in ("0790419904", "0499370899", "0084575948")]
    async with store.open_unit() as uow:
        await add(uow, *made)
    seen: list[int] = []
    async with store.open_unit(write=False) as uow:
        while page := await uow.registries.list_rows(
            RegistryFilter("owner", after_id=seen[-1] if seen else 0, limit=2, newest_first=True)
        ):
            seen += [row.id for row in page]
    assert seen == [row.id for row in reversed(made)]
