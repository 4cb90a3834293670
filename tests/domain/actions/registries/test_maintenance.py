"""Maintenance of machines, by hand and from a sheet: whose row it is, and what is wrong with a row."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.processes.importing import FileImportResult, ImportOptions, import_file
from app.processes.table_exports import no_progress
from domain.actions.context import ActorContext
from domain.actions.registries.registry_entry import amend_row, enter_row
from domain.registries.declarations import MAINTENANCE
from domain.registries.rows import RegistryRow
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, Forbidden, InvalidField, NotFound
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import OFFICER, rows_of

CIVIL = actor(Role.CIVIL)
TYPED = {"machine": "LD-1", "begun": "۱۴۰۵/۰۸/۱۹", "kind": "repair", "cost": "۶۹۰٬۰۰۰٬۰۰۰ ریال", "note": "نشتی جک"}
SHEET = """\
کد ماشین,تاریخ شروع,نوع کار,تاریخ پایان,ساعت کارکرد,تعمیرگاه,هزینه,شرح,موعد بعدی
LD-1,1405/08/19,تعمیر,1405/08/23,11420,تعمیرگاه شهرداری,690000000,نشتی جک,
LD-1,1405/08/19,تعویض روغن,1405/08/19,11420,,38000000,,1405/11/20
GR-1,1405/09/01,لاستیک,,,لاستیک‌فروشی ایری,,دو حلقه,
"""
WRONG = """\
LD-9,1405/08/19,تعمیر,,,,,,
OP-1,1405/08/19,تعمیر,,,,,,
LD-1,1405/08/20,رنگ,1405/08/19,کم,,گران,,1405/08/01
LD-2,,تعمیر,1405/08/19,,,,,
LD-2,1405/08/20,لاستیک,1405/08/19,,,,,1405/08/01
GR-1,1405/09/01,لاستیک,,,,,,
"""


async def entered(town: Municipality, typed: Mapping[str, str], by: Actor = CIVIL) -> RegistryRow:
    """Enter a row by hand."""
    async with town.store.open_unit() as uow:
        return await enter_row(ActorContext(town.desk, uow, by), MAINTENANCE, typed)


async def imported(
    town: Municipality, folder: Path, text: str, *, by: Actor = CIVIL, preview: bool = False
) -> FileImportResult:
    """Import a sheet."""
    path = folder / "sheet.csv"
    path.write_text(text, "utf-8")
    return await import_file(town.desk, town.store, MAINTENANCE, path, ImportOptions(preview), by, no_progress)


async def test_a_machine_goes_to_the_workshop_and_comes_back(town: Municipality) -> None:
    row = await entered(town, TYPED)
    assert (row.values["begun"], row.values["ended"], row.values["cost"]) == ("2026-11-10", None, 690_000_000)
    back = {"ended": "1405/08/23", "cost": "۷۱۰۰۰۰۰۰۰", "note": "نشتی جک", "standing": "valid"}
    async with town.store.open_unit() as uow:
        after = await amend_row(ActorContext(town.desk, uow, CIVIL), MAINTENANCE, row.id, row.version_token, back)
        (change,) = await uow.registries.list_changes("maintenance", row.id)
    assert after.values["ended"] == "2026-11-14"
    assert (change.changed_by, change.values_before) == ("staff:civil", {"ended": None, "cost": 690_000_000})
    machine = (await rows_of(town, "machines", code="LD-1"))[0]
    assert machine.values["status"] == "active", "it is a history: it neither takes machines away nor gives them back"


async def test_alike_ones_of_a_day_are_numbered(town: Municipality) -> None:
    numbers = [(await entered(town, TYPED | {"kind": kind})).values["number"] for kind in ("oil", "oil", "tyre")]
    assert numbers == [1, 2, 1]


@pytest.mark.parametrize(
    ("typed", "by", "error"),
    [
        ({"machine": "LD-9"}, CIVIL, NotFound),
        ({"machine": "OP-1"}, CIVIL, NotFound),
        ({"ended": "1405/08/18"}, CIVIL, InvalidField),
        ({"meter": "11420.5"}, CIVIL, InvalidField),
        ({}, OFFICER, Forbidden),
    ],
)
async def test_what_is_refused(town: Municipality, typed: dict[str, str], by: Actor, error: type[DomainError]) -> None:
    with pytest.raises(error):
        await entered(town, TYPED | typed, by)
    assert await rows_of(town, "maintenance") == []


async def test_an_annulled_row_stays(town: Municipality) -> None:
    row = await entered(town, TYPED)
    async with town.store.open_unit() as uow:
        await amend_row(
            ActorContext(town.desk, uow, CIVIL),
            MAINTENANCE,
            row.id,
            row.version_token,
            {**TYPED, "standing": "annulled"},
        )
    assert [one.values["standing"] for one in await rows_of(town, "maintenance")] == ["annulled"]


async def test_a_sheet_is_looked_at_kept_and_the_same_again(town: Municipality, tmp_path: Path) -> None:
    done = await imported(town, tmp_path, SHEET, preview=True)
    assert (done.faults, [one.fate for one in done.examined.first_rows]) == ([], ["added"] * 3)
    assert await rows_of(town, "maintenance") == []
    await imported(town, tmp_path, SHEET)
    assert [one.values["kind"] for one in await rows_of(town, "maintenance")] == ["repair", "oil", "tyre"]
    back = await imported(town, tmp_path, "machine,begun,kind,ended\nGR-1,1405/09/01,tyre,1405/09/02\n")
    assert [one.changes for one in back.examined.first_rows] == [{"ended": (None, "2026-11-23")}]
    assert (await imported(town, tmp_path, SHEET)).examined.tally.same == 2


async def test_every_fault_of_a_sheet_is_told(town: Municipality, tmp_path: Path) -> None:
    done = await imported(town, tmp_path, SHEET + WRONG)
    assert [(one.row, one.field, one.code) for one in done.faults] == [
        (5, "machine", "not_found"),
        (6, "machine", "not_found"),
        (7, "kind", "unknown_kind"),
        (7, "meter", "invalid_field"),
        (7, "cost", "invalid_field"),
        (8, "begun", "missing_field"),
        (9, "ended", "invalid_field"),
        (9, "next_due", "invalid_field"),
        (10, "machine", "conflict"),
    ]
    said = {(one.row, one.field): one.message for one in done.faults}
    assert said[6, "machine"] == "«OP-1» در «فهرست ماشین‌آلات» نیست؛ نخست آن را وارد کنید."
    assert said[9, "ended"] == "این روز پیش از روز آغاز است."
    assert said[10, "machine"] == "همین مقدار در ردیف ۴ این فایل هم آمده است."
    assert await rows_of(town, "maintenance") == []
    with pytest.raises(Forbidden):
        await imported(town, tmp_path, SHEET, by=OFFICER)
