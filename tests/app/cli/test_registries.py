"""The registries from the command line: import and export."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.terminal import Terminal

OWNERS = "کد ملی,نام,موبایل\n0499370899,آنه,09121000001\n10380284790,شرکت نمونه,\n"
VEHICLES = (
    "پلاک,کد تاکسی,نوع تاکسی,مالک,اعتبار بیمه\n۱۲ت۳۴۵-۵۹,114,خطی,499370899,1405/10/01\n12ت346-59,115,ون,10380284790,\n"
)
BAD_VEHICLE = "12ت347-59,114,دوچرخه,0790419904,1405/13/01\n"
PLATE = "12ت345-59"


@pytest.fixture
def office(terminal: Terminal, tmp_path: Path) -> Terminal:
    """An office with an owner, two vehicles and its staff."""
    for name, text in (("owner", OWNERS), ("vehicle", VEHICLES)):
        finished = terminal.run("import", name, str(sheet(tmp_path, text, f"{name}.csv")))
        assert finished.code == 0, finished
    for role in ("taxi_officer", "revenue", "civil"):
        terminal.json("staff", "add", role, "--role", role)
    return terminal


def sheet(folder: Path, text: str, name: str = "sheet.csv") -> Path:
    """A CSV file."""
    path = folder / name
    path.write_text(text, "utf-8-sig")
    return path


def refused_import(terminal: Terminal, *arguments: str) -> dict[str, Any]:
    """An import that is refused for its rows."""
    finished = terminal.run("import", *arguments, "--json")
    assert finished.code == 1
    shown: dict[str, Any] = json.loads(finished.out)
    return shown


def test_an_import_tells_what_became_of_the_rows(office: Terminal, tmp_path: Path) -> None:
    again = office.json("import", "vehicle", str(tmp_path / "vehicle.csv"))
    assert {name: again[name] for name in ("table", "kept", "rows", "added", "changed", "same", "bad")} == {
        "table": "vehicle",
        "kept": True,
        "rows": 2,
        "added": 0,
        "changed": 0,
        "same": 2,
        "bad": 0,
    }
    finished = office.run("import", "vehicle", str(tmp_path / "vehicle.csv"))
    assert finished.out == "2 rows: 0 new, 0 changed, 2 as before, 0 wrong; written\n"


def test_bad_rows_are_told_and_reported(office: Terminal, tmp_path: Path) -> None:
    file, report = sheet(tmp_path, VEHICLES + BAD_VEHICLE), tmp_path / "report.csv"
    shown = refused_import(office, "vehicle", str(file), "--report", str(report))
    assert (shown["kept"], shown["bad"], shown["faults"]) == (False, 1, 4)
    assert [(one["row"], one["column"], one["field"], one["code"]) for one in shown["errors"]] == [
        (4, "کد تاکسی", "taxi_code", "conflict"),
        (4, "نوع تاکسی", "type", "unknown_kind"),
        (4, "مالک", "owner", "not_found"),
        (4, "اعتبار بیمه", "insurance_expiry", "invalid_field"),
    ]
    assert len(report.read_text("utf-8-sig").splitlines()) == 5
    finished = office.run("import", "vehicle", str(file))
    assert finished.code == 1
    assert "row 4, مالک: not_found: " in finished.err
    assert finished.out.endswith("1 wrong; nothing written\n")
    kept = office.json("import", "vehicle", str(file), "--skip-bad-rows")
    assert (kept["kept"], kept["same"], kept["bad"]) == (True, 2, 1)


def test_a_preview_writes_nothing(office: Terminal, tmp_path: Path) -> None:
    file = sheet(tmp_path, f"پلاک,ظرفیت,نوع تاکسی\n{PLATE},5,خطی\n12ت348-59,4,ون\n")
    shown = office.json("import", "vehicle", str(file), "--preview")
    assert (shown["preview"], shown["kept"]) == (True, False)
    assert [(one["row"], one["fate"], one["changes"]) for one in shown["first"]] == [
        (2, "changed", {"capacity": [None, 5]}),
        (3, "added", {}),
    ]
    assert "row 2: changed: capacity None → 5" in office.run("import", "vehicle", str(file), "--preview").out
    assert office.json("export", "vehicle", str(tmp_path / "all.csv"))["rows"] == 2


def test_many_faults_are_cut_short_on_the_terminal(office: Terminal, tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(30))
    finished = office.run("import", "owner", str(sheet(tmp_path, "کد ملی,نام\n" + rows)))
    lines = finished.err.splitlines()
    assert (len(lines), lines[-1]) == (21, "… and 10 more: --report FILE takes all of them")


def test_imports_bear_a_name_and_need_the_role(office: Terminal, tmp_path: Path, database: Path) -> None:
    file = str(sheet(tmp_path, f"پلاک,ظرفیت\n{PLATE},5\n"))
    assert office.refused("import", "vehicle", file, "--as", "civil")["code"] == "forbidden"
    assert office.refused("import", "vehicle", file, "--as", "nobody")["code"] == "authentication_failed"
    office.json("import", "vehicle", file, "--as", "taxi_officer")
    with closing(sqlite3.connect(database)) as opened:
        [(changer, after)] = opened.execute('SELECT "by", "after" FROM registry_changes').fetchall()
    assert (changer, json.loads(after)) == ("staff:taxi_officer", {"capacity": 5})


def test_tables_and_files_that_are_not_there(office: Terminal, tmp_path: Path) -> None:
    assert office.refused("import", "moons", str(tmp_path / "vehicle.csv"))["code"] == "unknown_kind"
    assert office.run("import", "vehicle", str(tmp_path / "none.csv")).code == 2
    assert office.refused("export", "vehicle", str(tmp_path / "x.pdf"))["field"] == "file"


def test_a_table_is_exported_and_taken_back(office: Terminal, tmp_path: Path) -> None:
    for name in ("out.csv", "out.xlsx"):
        shown = office.json("export", "vehicle", str(tmp_path / name))
        assert shown == {"table": "vehicle", "rows": 2, "file": str(tmp_path / name)}
        assert office.refused("export", "vehicle", str(tmp_path / name))["code"] == "conflict"
        office.json("export", "vehicle", str(tmp_path / name), "--force")
        assert office.json("import", "vehicle", str(tmp_path / name))["same"] == 2
    assert "2 rows in" in office.run("export", "vehicle", str(tmp_path / "other.csv")).out


def test_who_takes_a_table_along_needs_the_right_and_is_audited(office: Terminal, tmp_path: Path, audit: Any) -> None:
    path = tmp_path / "out.csv"
    for stranger in ("civil", "revenue"):
        assert office.refused("export", "vehicle", str(path), "--as", stranger)["code"] == "forbidden"
    assert office.refused("export", "vehicle", str(path), "--as", "nobody")["code"] == "authentication_failed"
    assert (path.exists(), audit("export")) == (False, [])
    office.json("export", "vehicle", str(path), "--as", "taxi_officer")
    office.json("export", "duty", str(tmp_path / "duties.xlsx"), "--as", "revenue")
    office.json("export", "vehicle", str(path), "--force")
    assert office.refused("export", "vehicle", str(path), "--as", "taxi_officer")["code"] == "conflict"
    assert [(actor, json.loads(detail)) for actor, detail in audit("export")] == [
        ("staff:taxi_officer", {"registry": "vehicle", "kind": "csv"}),
        ("staff:revenue", {"registry": "duty", "kind": "xlsx"}),
        ("system:cli", {"registry": "vehicle", "kind": "csv"}),
    ]
