"""Whole files imported: exact faults, nothing half kept, the same file again changing nothing; and exported back."""

import csv
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app.processes.exporting import export_table
from app.processes.importing import SHOWN_FAULTS, FileImportResult, ImportOptions, import_file
from app.spreadsheets.sheet_writing import open_file_writer
from bench.imports import AGENCIES, OWNERS, Planted, make_file, person, reported
from domain.authorization.rights import RIGHTS, registry_right
from domain.registries.declarations import REGISTRIES
from domain.registries.imports import ProgressCallback
from domain.registries.rows import RegistryFilter
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import Conflict, Forbidden, InvalidField, MissingField
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import OFFICER, OWNER_CODE, PLATE, SECOND_PLATE, furnish, give, rows_of

ROWS = 2_000
OWNER_SHEET = "کد ملی,نام,موبایل\n0499370899,آنه,09121000001\n"


class Bars:
    """Progress that is remembered: (what, total, how far it went)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int | None, int]] = []

    def __call__(self, what: str, total: int | None) -> AbstractContextManager[ProgressCallback]:
        """Begin one."""
        return self._remembered(what, total)

    @contextmanager
    def _remembered(self, what: str, total: int | None) -> Iterator[ProgressCallback]:
        steps = [0]
        yield steps.append
        self.seen.append((what, total, steps[-1]))


async def imported(
    town: Municipality, table: str, path: Path, by: Actor = OFFICER, bars: Bars | None = None, **wish: Any
) -> FileImportResult:
    """Import a file."""
    bar = bars or Bars()
    return await import_file(town.desk, town.store, REGISTRIES[table], path, ImportOptions(**wish), by, bar)


async def exported(town: Municipality, table: str, path: Path) -> int:
    """Export a table."""
    with open_file_writer(path, force=True) as write:
        return await export_table(town.desk, town.store, REGISTRIES[table], write, Bars())


def a_sheet(folder: Path, text: str, name: str = "sheet.csv") -> Path:
    """A CSV file in UTF-8."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def errors(done: FileImportResult) -> list[tuple[int, str | None, str]]:
    """(row, field, code) of the faults."""
    return [(fault.row, fault.field, fault.code) for fault in done.faults]


@pytest.fixture
async def planted(town: Municipality, tmp_path: Path) -> list[Planted]:
    """A file of 2,000 vehicles with one bad row in a hundred, and what is wrong with it; owners and agencies."""
    owners = [{"national_id": person(number), "name": f"مالک {number}"} for number in range(OWNERS)]
    agencies = [{"licence_number": f"P-{number}", "name": "شرکت"} for number in range(AGENCIES)]
    for registry, rows in (("owner", owners[:ROWS]), ("agency", agencies)):
        for begin in range(0, len(rows), 500):
            await give(town, registry, *rows[begin : begin + 500])
    return make_file(tmp_path / "vehicles.csv", ROWS)


async def test_every_bad_row_is_told_and_nothing_is_kept(
    town: Municipality, tmp_path: Path, planted: list[Planted]
) -> None:
    file, report, bars = tmp_path / "vehicles.csv", tmp_path / "report.csv", Bars()
    refused = await imported(town, "vehicle", file, report_path=report, bars=bars)
    assert reported(report) == planted
    assert len(planted) == ROWS // 100
    tally = refused.examined.tally
    assert (tally.rows, tally.added, tally.bad, tally.faults, refused.kept_tally) == (ROWS, ROWS - 20, 20, 20, None)
    assert bars.seen == [("examining", ROWS, ROWS)]
    assert await rows_of(town, "vehicle") == []
    assert town.rows("SELECT count(*) FROM audit") == [(0,)]


async def test_bad_rows_are_left_out_when_asked_and_again_changes_nothing(
    town: Municipality, tmp_path: Path, planted: list[Planted]
) -> None:
    file, report, bars = tmp_path / "vehicles.csv", tmp_path / "report.csv", Bars()
    done = await imported(town, "vehicle", file, skip_bad_rows=True, report_path=report, bars=bars)
    assert done.kept_tally
    assert (done.kept_tally.rows, done.kept_tally.added) == (ROWS - 20, ROWS - 20)
    assert bars.seen[1] == ("writing", ROWS - 20, ROWS - 20)
    before = town.rows("SELECT * FROM vehicles ORDER BY id")
    again = await imported(town, "vehicle", file, skip_bad_rows=True, report_path=report)
    assert reported(report) == planted
    assert (again.examined.tally.same, again.examined.tally.added) == (ROWS - 20, 0)
    assert town.rows("SELECT * FROM vehicles ORDER BY id") == before
    assert town.rows("SELECT count(*) FROM registry_changes") == [(0,)]
    assert town.rows("SELECT actor, what FROM audit") == [("staff:officer", "import")]


@pytest.mark.parametrize("name", ["vehicles.xlsx", "again.csv"])
async def test_what_is_exported_is_imported_as_the_same(
    town: Municipality, tmp_path: Path, planted: list[Planted], name: str
) -> None:
    await imported(town, "vehicle", tmp_path / "vehicles.csv", skip_bad_rows=True)
    assert await exported(town, "vehicle", tmp_path / name) == ROWS - 20
    again = await imported(town, "vehicle", tmp_path / name)
    assert again.faults == []
    assert again.examined.tally.same == ROWS - 20


async def test_every_registry_comes_back_as_it_went(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    await give(town, "driver", {"national_code": "0790419904", "name": "=عبدالله", "shift": "full_time"})
    await give(town, "duty", {"vehicle": PLATE, "year": 1405, "amount": 2_500_000, "state": "paid"}, by=SYSTEM)
    await give(town, "reward", {"driver": "0790419904", "date": "2026-11-20", "kind": "help", "text": "+۱"})
    await give(town, "violation", {"driver": "0790419904", "date": "2026-11-20", "kind": "unsafe", "fine": 1_000})
    await give(
        town,
        "maintenance",
        {"machine": "LD-1", "begun": "2026-11-10", "kind": "oil", "cost": 38_000_001},
        by=actor(Role.CIVIL),
    )
    for table in REGISTRIES:
        for name in (f"{table}.csv", f"{table}.xlsx"):
            rows = await exported(town, table, tmp_path / name)
            assert rows >= 1
            by = actor(Role.CIVIL) if Role.CIVIL in RIGHTS[registry_right(table, "change")].roles else OFFICER
            done = await imported(town, table, tmp_path / name, by)
            assert (done.faults, done.examined.tally.same) == ([], rows), name


async def test_a_preview_writes_nothing_and_shows_what_would_be(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    sheet = a_sheet(tmp_path, f"plate,capacity,type,x\n{PLATE},5,,1\n{SECOND_PLATE},,van,\n12ت347-59,4,line,\n")
    sheet.write_text(sheet.read_text().replace(",5,,", ",5,line,"))
    done = await imported(town, "vehicle", sheet, preview_only=True)
    assert done.kept_tally is None
    assert done.examined.ignored_headings == ("x",)
    assert [(one.row, one.fate, one.changes) for one in done.examined.first_rows] == [
        (2, "changed", {"capacity": (None, 5)}),
        (3, "same", {}),
        (4, "added", {}),
    ]
    assert len(await rows_of(town, "vehicle")) == 2


async def test_a_change_by_import_is_kept_with_its_author(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    await imported(town, "vehicle", a_sheet(tmp_path, f"پلاک,اعتبار بیمه\n{PLATE},1405/12/29\n"))
    [row] = [one for one in await rows_of(town, "vehicle") if one.values["plate"] == PLATE]
    assert (row.values["insurance_expiry"], row.values["taxi_code"]) == ("2027-03-20", "114")
    async with town.store.open_unit(write=False) as uow:
        [kept] = await uow.registries.list_changes("vehicle", row.id)
    assert (kept.changed_by, kept.values_before, kept.values_after) == (
        "staff:officer",
        {"insurance_expiry": None},
        {"insurance_expiry": "2027-03-20"},
    )


async def test_faults_across_rows_and_tables(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    text = (
        "کد ملی,نام,پلاک\n"
        f"0790419904,عبدالله,{PLATE}\n"
        f"0084575948,,{PLATE}\n"
        f'1583250689,نو,"{PLATE}، 12ت399-59، 12ت398-59"\n'
        "790419904,دوباره,\n"
        ",بی‌کد,\n"
        ",,\n"
    )
    done = await imported(town, "driver", a_sheet(tmp_path, text))
    assert errors(done) == [
        (3, "name", "missing_field"),
        (4, "vehicles", "not_found"),
        (4, "vehicles", "not_found"),
        (5, "national_code", "conflict"),
        (6, "national_code", "missing_field"),
    ]
    assert (done.examined.tally.rows, done.examined.tally.bad) == (5, 4)
    assert done.faults[3].message == "همین مقدار در ردیف ۲ این فایل هم آمده است."
    assert done.faults[1].message == "«۱۲ت۳۹۸-۵۹» در «خودروها» نیست؛ نخست آن را وارد کنید."
    assert done.faults[1].column == "پلاک"


async def test_unique_values_of_other_rows_are_told(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    text = f"پلاک,کد تاکسی,نوع تاکسی\n12ت347-59,114,ون\n{PLATE},0114,خطی\n12ت348-59,7,ون\n12ت349-59,7,ون\n"
    done = await imported(town, "vehicle", a_sheet(tmp_path, text))
    assert errors(done) == [(2, "taxi_code", "conflict"), (3, "taxi_code", "conflict"), (5, "taxi_code", "conflict")]
    assert done.faults[0].message == f"این مقدار از آن «{PLATE}» است.".translate(
        str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    )


async def test_a_code_of_a_machine_is_no_operators(town: Municipality, tmp_path: Path) -> None:
    done = await imported(
        town, "machines", a_sheet(tmp_path, "code,type,title\nOP-1,loader,x\nLD-1,loader,ماشین 1\n"), actor(Role.CIVIL)
    )
    assert errors(done) == [(2, "code", "conflict")]


async def test_a_billed_duty_is_not_changed_by_hand(town: Municipality, tmp_path: Path) -> None:
    await furnish(town)
    [put] = await give(town, "duty", {"vehicle": PLATE, "year": 1405, "amount": 1_000_000})
    town.sql("UPDATE duties SET state = 'billed' WHERE id = ?", put.row.id)
    same, other = f"{PLATE},1405,1000000,قبض صادر شده\n", f"{PLATE},1405,2000000,قبض صادر شده\n"
    head = "پلاک,سال,مبلغ,وضعیت\n"
    assert (await imported(town, "duty", a_sheet(tmp_path, head + same))).examined.tally.same == 1
    done = await imported(town, "duty", a_sheet(tmp_path, head + other))
    assert errors(done) == [(2, "amount", "not_allowed_now")]


async def test_many_faults_are_counted_and_all_are_in_the_report(town: Municipality, tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(150))
    report = tmp_path / "report.csv"
    done = await imported(town, "owner", a_sheet(tmp_path, "کد ملی,نام\n" + rows), report_path=report)
    assert (len(done.faults), done.examined.tally.faults) == (SHOWN_FAULTS, 150)
    with report.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file))
    assert found[0] == ["ردیف", "ستون", "کد خطا", "مقدار", "شرح"]
    assert (len(found), found[-1][:4]) == (151, ["151", "کد ملی", "invalid_field", "149"])


async def test_a_report_runs_no_formula(town: Municipality, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    await imported(town, "owner", a_sheet(tmp_path, "کد ملی,نام\n=1+1,x\n"), report_path=report)
    assert "'=1+1" in report.read_text("utf-8-sig")


async def test_files_that_are_no_such_table(town: Municipality, tmp_path: Path) -> None:
    with pytest.raises(InvalidField, match="no_headings"):
        await imported(town, "owner", a_sheet(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(MissingField, match="national_id"):
        await imported(town, "owner", a_sheet(tmp_path, "نام\nx\n"))
    assert await rows_of(town, "owner") == []


async def test_a_row_with_a_forgotten_quote_is_one_bad_row(town: Municipality, tmp_path: Path) -> None:
    sheet = a_sheet(tmp_path, 'کد ملی,نام\n"0499370899,آنه\n0790419904,صفر\n')
    done = await imported(town, "owner", sheet, skip_bad_rows=True)
    [fault] = done.faults
    assert (fault.row, fault.field, fault.code, fault.given) == (2, None, "invalid_field", '"0499370899,آنه')
    assert "ردیف 2 " in fault.message or "ردیف ۲ " in fault.message
    assert [row.values["name"] for row in await rows_of(town, "owner")] == ["صفر"]


async def test_amounts_have_their_unit(town: Municipality, tmp_path: Path) -> None:
    await imported(town, "vehicle", a_sheet(tmp_path, "پلاک,نوع\n12ت345-59,خطی\n"))
    await imported(town, "duty", a_sheet(tmp_path, "پلاک;سال;مبلغ\n12ت345-59;1405;۴٬۵۰۰٬۰۰۰ ریال\n"))
    assert [row.values["amount"] for row in await rows_of(town, "duty")] == [4_500_000]


async def test_who_may_import(town: Municipality, tmp_path: Path) -> None:
    for role in (Role.CIVIL, Role.REVENUE, Role.AUDITOR):
        with pytest.raises(Forbidden, match="owner"):
            await imported(town, "owner", a_sheet(tmp_path, OWNER_SHEET), actor(role), preview_only=True)


async def test_a_failure_while_writing_keeps_nothing(town: Municipality, tmp_path: Path) -> None:
    """Somebody takes a taxi code between the examination and the writing."""
    sheet = a_sheet(tmp_path, "پلاک,کد تاکسی,نوع تاکسی\n12ت347-59,,ون\n12ت348-59,114,ون\n")
    taken = (
        "INSERT INTO vehicles (id, plate, taxi_code, type, revision, created_at, updated_at)"
        " VALUES (1, 'x', '114', 'van', 0, '2026-11-24 00:00:00.000000', '2026-11-24 00:00:00.000000')"
    )

    class Meanwhile(Bars):
        def __call__(self, what: str, total: int | None) -> AbstractContextManager[ProgressCallback]:
            if what == "writing":
                town.sql(taken)
            return super().__call__(what, total)

    with pytest.raises(Conflict):
        await imported(town, "vehicle", sheet, bars=Meanwhile())
    assert [row.values["plate"] for row in await rows_of(town, "vehicle")] == ["x"]


async def test_dates_and_numbers_of_a_spreadsheet(town: Municipality, tmp_path: Path) -> None:
    await give(town, "owner", {"national_id": OWNER_CODE, "name": "x"})
    book = Workbook()
    for row in (
        ["کد ملی", "نام", "اعتبار گواهینامه", "موبایل"],
        [790419904, "عبدالله", "۱۴۰۵/۱۲/۲۹", 9121000002],
        ["0084575948", "صفر", "=1", None],
    ):
        book.active.append(row)
    book.active["C3"] = "2027-03-21"
    book.save(tmp_path / "drivers.xlsx")
    done = await imported(town, "driver", tmp_path / "drivers.xlsx")
    assert done.faults == []
    async with town.store.open_unit(write=False) as uow:
        rows = await uow.registries.list_rows(RegistryFilter("driver"))
    assert [(row.values["national_code"], row.values["licence_expiry"], row.values["mobile"]) for row in rows] == [
        ("0790419904", "2027-03-20", "+989121000002"),
        ("0084575948", "2027-03-21", None),
    ]
