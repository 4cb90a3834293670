"""Imports, duties and reminders over each database: what the repository promises is enough for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from app.processes.importing import FileImportResult, ImportOptions, import_file
from bench.imports import AGENCIES, make_file, person, reported
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.duties import generate_duties
from domain.actions.registries.expiries import queue_expiry_reminders
from domain.actions.registries.rows import put_rows
from domain.actions.tariffs.price_changes import add_tariff
from domain.registries.declarations import AGENCY, DRIVER, DUTY_TARIFF_SERVICE, OWNER, VEHICLE
from domain.registries.imports import ProgressCallback, Tally
from domain.registries.rows import RegistryFilter
from domain.values.actors import SYSTEM, Role
from store.unit_of_work import SqlStore
from tests.support.municipality import StandingClock, actor, build_desk

ROWS = 1_000


@contextmanager
def no_bar(_what: str, _total: int | None) -> Iterator[ProgressCallback]:
    """Show no progress."""
    yield lambda _done: None


async def with_owners_and_agencies(desk: Dependencies, store: SqlStore) -> None:
    owners = [{"national_id": person(number), "name": "مالک", "mobile": f"+98912{number:07}"} for number in range(ROWS)]
    agencies = [{"licence_number": f"P-{number}", "name": "شرکت"} for number in range(AGENCIES)]
    async with store.open_unit() as uow:
        context = ActorContext(desk, uow, SYSTEM)
        for begin in range(0, ROWS, 500):
            await put_rows(context, OWNER, owners[begin : begin + 500])
        await put_rows(context, AGENCY, agencies)


async def with_duty_tariffs(desk: Dependencies, store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for kind in ("line", "roaming", "phone", "van"):
            dimensions = {"vehicle_type": kind}
            await add_tariff(
                ActorContext(desk, uow, actor(Role.REVENUE)),
                DUTY_TARIFF_SERVICE,
                dimensions,
                rate=1_000_000,
                valid_from=date(2026, 3, 21),
            )


async def test_a_file_is_imported_billed_and_reminded(store: SqlStore, tmp_path: Path) -> None:
    desk = build_desk(StandingClock())
    await with_owners_and_agencies(desk, store)
    file, report = tmp_path / "vehicles.csv", tmp_path / "report.csv"
    planted = make_file(file, ROWS)
    for wish, kept in (
        (ImportOptions(report_path=report), None),
        (ImportOptions(skip_bad_rows=True, report_path=report), ROWS - 10),
    ):
        done = await import_file(desk, store, VEHICLE, file, wish, SYSTEM, no_bar)
        assert reported(report) == planted
        assert (done.kept_tally.added if done.kept_tally else None) == kept
    again = await import_file(desk, store, VEHICLE, file, ImportOptions(skip_bad_rows=True), SYSTEM, no_bar)
    assert (again.examined.tally.same, again.examined.tally.added) == (ROWS - 10, 0)

    await with_duty_tariffs(desk, store)
    assert (await generate_duties(desk, store, 1405, SYSTEM)).made == ROWS - 10
    assert (await generate_duties(desk, store, 1405, SYSTEM)).present == ROWS - 10

    sent = await queue_expiry_reminders(desk, store)
    async with store.open_unit(write=False) as uow:
        due = await uow.registries.list_expiring(date(2026, 11, 24), date(2026, 12, 24))
        assert sent == len(due) > 0
        assert (
            len(await uow.registries.list_rows(RegistryFilter("duty", {"state": "open"}, limit=2 * ROWS))) == ROWS - 10
        )
    assert await queue_expiry_reminders(desk, store) == 0


async def test_a_file_is_kept_only_over_the_rows_that_were_examined(store: SqlStore, tmp_path: Path) -> None:
    """Values are read the same way to be shown and to be written; also those of several, and new rows."""
    desk, file = build_desk(StandingClock()), tmp_path / "drivers.csv"
    drivers = [{"national_code": person(number), "name": "راننده"} for number in range(2)]
    async with store.open_unit() as uow:
        plates = [{"plate": f"12ت34{number}-59", "type": "line"} for number in range(3)]
        context = ActorContext(desk, uow, SYSTEM)
        await put_rows(context, VEHICLE, plates)
        await put_rows(context, DRIVER, [{**drivers[0], "vehicles": ["12ت340-59"]}])
    given = [f"{one['national_code']},{one['name']},12ت341-59، 12ت342-59" for one in drivers]
    file.write_text("\n".join(["کد ملی,نام,پلاک", *given]), "utf-8")

    async def imported(**wish: Any) -> FileImportResult:
        return await import_file(desk, store, DRIVER, file, ImportOptions(**wish), SYSTEM, no_bar)

    shown = (await imported(preview_only=True)).examined.effect.digest
    async with store.open_unit() as uow:
        await put_rows(ActorContext(desk, uow, SYSTEM), DRIVER, [{**drivers[0], "vehicles": ["12ت342-59"]}])
    other = await imported(expected_digest=shown)
    assert (other.kept_tally, other.examined.tally) == (None, Tally(rows=2, added=1, changed=1))
    kept = (await imported(expected_digest=other.examined.effect.digest)).kept_tally
    assert kept == Tally(rows=2, added=1, changed=1)
