"""Imports, duties and reminders over each database: what the repository promises is enough for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, text

from app.jobs.importing import Imported, Wish, import_file
from bench.imports import AGENCIES, make_file, person, reported
from domain.actions.desk import Desk
from domain.actions.registries.duties import generate
from domain.actions.registries.expiries import remind
from domain.actions.registries.rows import put
from domain.actions.tariffs.changes import add_tariff
from domain.registries.declarations import AGENCY, DRIVER, DUTY_TARIFF, OWNER, VEHICLE
from domain.registries.imports import Progress, Tally
from domain.registries.rows import RegistryFilter
from domain.values.actors import SYSTEM, Role
from store.engines import engine_for
from store.migrate import config, migrate
from store.unit_of_work import SqlStore
from tests.support.municipality import StandingClock, actor, build_desk

ROWS = 1_000


@contextmanager
def no_bar(_what: str, _total: int | None) -> Iterator[Progress]:
    """Show no progress."""
    yield lambda _done: None


async def with_owners_and_agencies(desk: Desk, store: SqlStore) -> None:
    owners = [{"national_id": person(number), "name": "مالک", "mobile": f"+98912{number:07}"} for number in range(ROWS)]
    agencies = [{"licence_number": f"P-{number}", "name": "شرکت"} for number in range(AGENCIES)]
    async with store.unit() as uow:
        for begin in range(0, ROWS, 500):
            await put(desk, uow, OWNER, owners[begin : begin + 500], SYSTEM)
        await put(desk, uow, AGENCY, agencies, SYSTEM)


async def test_a_file_is_imported_billed_and_reminded(store: SqlStore, tmp_path: Path) -> None:
    desk = build_desk(StandingClock())
    await with_owners_and_agencies(desk, store)
    file, report = tmp_path / "vehicles.csv", tmp_path / "report.csv"
    planted = make_file(file, ROWS)
    for wish, kept in ((Wish(report=report), None), (Wish(skip_bad_rows=True, report=report), ROWS - 10)):
        done = await import_file(desk, store, VEHICLE, file, wish, SYSTEM, no_bar)
        assert reported(report) == planted
        assert (done.kept.added if done.kept else None) == kept
    again = await import_file(desk, store, VEHICLE, file, Wish(skip_bad_rows=True), SYSTEM, no_bar)
    assert (again.examined.tally.same, again.examined.tally.added) == (ROWS - 10, 0)

    async with store.unit() as uow:
        for kind in ("line", "roaming", "phone", "van"):
            dimensions = {"vehicle_type": kind}
            await add_tariff(
                desk, uow, actor(Role.REVENUE), DUTY_TARIFF, dimensions, rate=1_000_000, valid_from=date(2026, 3, 21)
            )
    assert (await generate(desk, store, 1405, SYSTEM)).made == ROWS - 10
    assert (await generate(desk, store, 1405, SYSTEM)).present == ROWS - 10

    sent = await remind(desk, store)
    async with store.unit(write=False) as uow:
        due = await uow.registries.expiring(date(2026, 11, 24), date(2026, 12, 24))
        assert sent == len(due) > 0
        assert len(await uow.registries.find(RegistryFilter("duty", {"state": "open"}, limit=2 * ROWS))) == ROWS - 10
    assert await remind(desk, store) == 0


async def test_a_file_is_kept_only_over_the_rows_that_were_examined(store: SqlStore, tmp_path: Path) -> None:
    """Values are read the same way to be shown and to be written; also those of several, and new rows."""
    desk, file = build_desk(StandingClock()), tmp_path / "drivers.csv"
    drivers = [{"national_code": person(number), "name": "راننده"} for number in range(2)]
    async with store.unit() as uow:
        plates = [{"plate": f"12ت34{number}-59", "type": "line"} for number in range(3)]
        await put(desk, uow, VEHICLE, plates, SYSTEM)
        await put(desk, uow, DRIVER, [{**drivers[0], "vehicles": ["12ت340-59"]}], SYSTEM)
    given = [f"{one['national_code']},{one['name']},12ت341-59، 12ت342-59" for one in drivers]
    file.write_text("\n".join(["کد ملی,نام,پلاک", *given]), "utf-8")

    async def imported(**wish: Any) -> Imported:
        return await import_file(desk, store, DRIVER, file, Wish(**wish), SYSTEM, no_bar)

    shown = (await imported(preview=True)).examined.effect.digest
    async with store.unit() as uow:
        await put(desk, uow, DRIVER, [{**drivers[0], "vehicles": ["12ت342-59"]}], SYSTEM)
    other = await imported(expected=shown)
    assert (other.kept, other.examined.tally) == (None, Tally(rows=2, added=1, changed=1))
    kept = (await imported(expected=other.examined.effect.digest)).kept
    assert kept == Tally(rows=2, added=1, changed=1)


def to_the_first_version(connection: Connection) -> None:
    """Bring a database to the schema that had no registries."""
    command.upgrade(config(connection), "0001")


async def test_machines_of_before_become_rows_of_a_registry(empty_database_url: str) -> None:
    engine = engine_for(empty_database_url)
    async with engine.migration() as connection:
        await connection.run_sync(to_the_first_version)
        columns = "id, code, kind, type, title, status, capacity, skills"
        values = "7, 'LD-1', 'machine', 'loader', 'x', 'active', '', '[]'"
        await connection.execute(text(f"INSERT INTO resources ({columns}) VALUES ({values})"))  # noqa: S608 - our own
    await engine.close()
    await migrate(empty_database_url)
    store = await SqlStore.open(empty_database_url)
    async with store.unit(write=False) as uow:
        [row] = await uow.registries.find(RegistryFilter("machines"))
    await store.close()
    assert (row.id, row.values["code"], row.revision, row.created_at) == (7, "LD-1", 0, None)


BEFORE = (
    "INSERT INTO owners (id, national_id, name, revision, created_at, updated_at) VALUES (1, '1', 'x', 0, {at}, {at})",
    "INSERT INTO vehicles (id, plate, type, owner, revision, created_at, updated_at)"
    " VALUES (7, '12ت345-59', 'line', '1', 0, {at}, {at})",
    "INSERT INTO drivers (id, national_code, name, status, kind, revision, created_at, updated_at)"
    " VALUES (8, '2', 'x', 'active', 'main', 0, {at}, {at})",
    "INSERT INTO rewards (id, driver, date, kind, number, points, revision, created_at, updated_at)"
    " VALUES (9, '2', '2026-11-20', 'help', 1, 5, 0, {at}, {at})",
)
"""Rows of before vehicles could leave and rewards be annulled."""


async def test_vehicles_of_before_are_in_service_and_rewards_count(empty_database_url: str) -> None:
    engine = engine_for(empty_database_url)
    async with engine.migration() as connection:
        await connection.run_sync(lambda one: command.upgrade(config(one), "0014"))
        for statement in BEFORE:
            await connection.execute(text(statement.format(at="'2026-11-24 08:30:00.000000'")))
    await engine.close()
    await migrate(empty_database_url)
    store = await SqlStore.open(empty_database_url)
    async with store.unit(write=False) as uow:
        found = [(await uow.registries.find(RegistryFilter(name)))[0].values for name in ("vehicle", "reward")]
    await store.close()
    assert (found[0]["status"], found[1]["standing"]) == ("active", "valid")
