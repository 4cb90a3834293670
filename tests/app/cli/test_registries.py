"""The registries from the command line: import, export, show, list, what runs out, and duties."""

import json
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
    assert office.refused("registry", "show", "vehicle", "12ت348-59")["code"] == "not_found"


def test_many_faults_are_cut_short_on_the_terminal(office: Terminal, tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(30))
    finished = office.run("import", "owner", str(sheet(tmp_path, "کد ملی,نام\n" + rows)))
    lines = finished.err.splitlines()
    assert (len(lines), lines[-1]) == (21, "… and 10 more: --report FILE takes all of them")


def test_imports_bear_a_name_and_need_the_role(office: Terminal, tmp_path: Path) -> None:
    file = str(sheet(tmp_path, f"پلاک,ظرفیت\n{PLATE},5\n"))
    assert office.refused("import", "vehicle", file, "--as", "civil")["code"] == "forbidden"
    assert office.refused("import", "vehicle", file, "--as", "nobody")["code"] == "authentication_failed"
    office.json("import", "vehicle", file, "--as", "taxi_officer")
    [change] = office.json("registry", "show", "vehicle", PLATE)["changes"]
    assert (change["by"], change["before"], change["after"]) == (
        "staff:taxi_officer",
        {"capacity": None},
        {"capacity": 5},
    )


def test_tables_and_files_that_are_not_there(office: Terminal, tmp_path: Path) -> None:
    assert office.refused("import", "moons", str(tmp_path / "vehicle.csv"))["code"] == "unknown_kind"
    assert office.refused("registry", "list", "moons")["field"] == "table"
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


def test_a_row_is_shown_by_what_names_it(office: Terminal) -> None:
    shown = office.json("registry", "show", "vehicle", "۱۱۴")
    assert (shown["table"], shown["values"]["plate"], shown["revision"], shown["changes"]) == ("vehicle", PLATE, 0, [])
    assert office.json("registry", "show", "vehicle", str(shown["id"])) == shown
    finished = office.run("registry", "show", "vehicle", "114")
    assert "پلاک (plate): 12ت345-59" in finished.out
    assert "نوع تاکسی (type): خطی" in finished.out
    assert office.refused("registry", "show", "vehicle", "999")["code"] == "not_found"


def test_rows_are_listed_by_fields_and_pages(office: Terminal) -> None:
    both = office.json("registry", "list", "vehicle")
    assert [row["values"]["plate"] for row in both] == [PLATE, "12ت346-59"]
    [second] = office.json("registry", "list", "vehicle", "--after", str(both[0]["id"]), "--limit", "5")
    assert second == both[1]
    assert office.json("registry", "list", "vehicle", "--where", "owner=۴۹۹۳۷۰۸۹۹") == [both[0]]
    assert office.refused("registry", "list", "vehicle", "--where", "wings=2")["field"] == "wings"
    assert "12ت346-59" in office.run("registry", "list", "vehicle").out


def test_what_runs_out_is_listed(office: Terminal) -> None:
    [one] = office.json("registry", "expiring", "--days", "20000")
    assert {name: one[name] for name in ("table", "key", "field", "label", "day", "mobile", "reminded")} == {
        "table": "vehicle",
        "key": PLATE,
        "field": "insurance_expiry",
        "label": "اعتبار بیمه",
        "day": "2026-12-22",
        "mobile": "+989121000001",
        "reminded": [],
    }
    assert PLATE in office.run("registry", "expiring", "--days", "20000").out


def test_duties_from_the_tariff_to_the_payment(office: Terminal) -> None:
    generate = ("duty", "generate", "1405", "--as", "taxi_officer")
    since = ("--unit", "year", "--from", "1390/01/01", "--as", "revenue")
    office.json("tariff", "add", "taxi_duty", "--for", "vehicle_type=line", "--rate", "2500000", *since)
    finished = office.run(*generate, "--json")
    assert (finished.code, json.loads(finished.out)["missing"]) == (1, {"van": 1})
    assert "no tariff of taxi_duty for van: 1 vehicles" in office.run(*generate).err
    assert office.json("registry", "list", "duty") == []
    office.json("tariff", "add", "taxi_duty", "--for", "vehicle_type=van", "--rate", "3000000", *since)
    assert office.json(*generate) == {
        "year": 1405,
        "made": 2,
        "present": 0,
        "free": 0,
        "amount": 5_500_000,
        "made_by_type": {"line": 1, "van": 1},
        "amount_by_type": {"line": 2_500_000, "van": 3_000_000},
        "missing": {},
    }
    assert "0 duties made over 0 rials, 2 were there" in office.run(*generate).out
    bill = office.json("duty", "bill", "۱۲ت۳۴۵۵۹", "1405", "--as", "revenue")
    assert (bill["amount"], bill["state"]) == (2_500_000, "open")
    assert bill["bill_id"] in office.run("duty", "bill", PLATE, "1405", "--as", "revenue").out
    ids = (bill["bill_id"], bill["payment_id"], str(bill["amount"]))
    paid = office.json("payment", "record", *ids, "--reference", "1", "--as", "revenue")
    assert (paid["outcome"], paid["bill"]["state"]) == ("settled", "paid")
    [duty] = office.json("registry", "list", "duty", "--where", "state=paid")
    assert duty["values"]["vehicle"] == PLATE
    assert office.refused("duty", "bill", PLATE, "1405", "--as", "revenue")["code"] == "already_done"


def test_a_duty_is_waived_by_revenue_alone(office: Terminal, tmp_path: Path) -> None:
    office.json("import", "duty", str(sheet(tmp_path, f"پلاک,سال,مبلغ\n{PLATE},1404,1000000\n")))
    waive = ("duty", "waive", PLATE, "1404", "--reason", "جانباز", "--as")
    assert office.refused(*waive, "taxi_officer")["code"] == "forbidden"
    assert office.json(*waive, "revenue")["state"] == "waived"
    assert office.refused(*waive, "revenue")["code"] == "already_done"
    assert office.refused("duty", "waive", PLATE, "1400", "--reason", "x", "--as", "revenue")["code"] == "not_found"
    assert office.refused("duty", "generate", "1405", "--as", "civil")["code"] == "forbidden"


def test_fines_of_imported_violations_are_billed_and_waived(office: Terminal, tmp_path: Path) -> None:
    driver = "0790419904"
    office.json("import", "driver", str(sheet(tmp_path, f"کد ملی,نام,موبایل\n{driver},عبدالله ایری,09121000002\n")))
    lines = f"{driver},1405/08/29,overcharge,500000\n{driver},1405/08/30,smoking,300000\n"
    office.json("import", "violation", str(sheet(tmp_path, f"driver,date,kind,fine\n{lines}")))
    key = (driver, "1405/08/29", "overcharge")
    bill = office.json("violation", "bill", *key, "--as", "revenue")
    assert (bill["amount"], bill["state"]) == (500_000, "open")
    assert bill["bill_id"] in office.run("violation", "bill", *key, "--as", "taxi_officer").out
    waive = ("violation", "waive", driver, "2026-11-21", "smoking", "--reason", "نخستین بار", "--as")
    assert office.refused(*waive, "taxi_officer")["code"] == "forbidden"
    assert office.json(*waive, "revenue")["state"] == "waived"
    told = [one["key"].rpartition(".")[2] for one in office.json("outbox", "list")]
    assert sorted(told) == ["billed", "waived"]
    assert office.refused("violation", "bill", driver, "1405/08/01", "other", "--as", "revenue")["code"] == "not_found"
