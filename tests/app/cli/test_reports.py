"""Reports from the command line: which there are, their figures, and their requests in files."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.values.calendar import TEHRAN_ZONE, jalali_text
from domain.values.text import ascii_digits
from tests.support.terminal import Terminal

FORMULA = '=HYPERLINK("http://x.example","برای دیدن بزنید")'
PLACE = f"+1;{FORMULA}"
DAY = ascii_digits(jalali_text((datetime.now(TEHRAN_ZONE) + timedelta(days=7)).date()))
"""A day to come, as people write it."""


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    """An office with its staff, and two requests: one for a loader, one whose citizen writes formulas."""
    for role in ("civil", "revenue", "manager", "auditor", "expert", "admin"):
        terminal.json("staff", "add", role, "--role", role)
    for name, place in (("آنه محمدی", "خیابان امام"), (FORMULA, PLACE)):
        submit(terminal, full_name=name, place=place)
    return terminal


def submit(terminal: Terminal, **values: str) -> None:
    """Enter a request for a loader, far ahead."""
    whole = {
        "national_code": "0499370899",
        "items": "لودر ۴ ساعت",
        "date": DAY,
        "start": "۸",
        **values,
    }
    given = [part for name, value in whole.items() for part in ("--set", f"{name}={value}")]
    terminal.json("request", "submit", "machinery", "--as", "civil", "--mobile", "09121234567", *given)


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def cells_of(path: Path) -> list[tuple[Any, ...]]:
    """The rows of an XLSX file."""
    [sheet] = load_workbook(path).worksheets
    assert sheet.sheet_view.rightToLeft
    return list(sheet.iter_rows(values_only=True))


def test_reports_are_listed(office: Terminal) -> None:
    assert [one["name"] for one in office.json("report", "list")] == ["civil", "expert", "revenue", "taxi", "manager"]
    [own] = office.json("report", "list", "--as", "civil")
    assert (own["name"], own["title"], own["roles"]) == ("civil", "گزارش واحد عمران", ["auditor", "civil", "manager"])
    assert office.json("report", "list", "--as", "admin") == []
    assert "گزارش مدیر" in office.run("report", "list").out


def test_a_report_is_shown(office: Terminal) -> None:
    shown = office.json("report", "show", "civil", "--as", "civil")
    assert (shown["report"], shown["filter"]) == ("civil", {})
    assert len(shown["sections"]["over_time"]["rows"]) in {29, 30, 31}, "the days of this month"
    assert shown["sections"]["whole"]["rows"] == []
    assert shown["sections"]["whole"]["whole"]["received"] == 2
    assert shown["sections"]["now"]["rows"] == [
        {"service": "machinery", "state": "submitted", "standing": 2, "overdue": 0}
    ]
    out = office.run("report", "show", "civil").out
    assert "گزارش واحد عمران: from " in out
    assert "  دریافت شده: 2\n" in out
    assert "در نوبت بررسی" in out


def test_a_report_is_narrowed_down(office: Terminal) -> None:
    def received(*more: str) -> Any:
        return office.json("report", "show", "manager", *more)["sections"]["whole"]["whole"]["received"]

    assert received("--where", "service=machinery", "--where", "channel=walk_in") == 2
    assert received("--where", "service=expert") == 0
    assert received("--from", "امروز", "--to", "امروز") == 2
    assert received("--year", "1404") == 0
    shown = office.json("report", "show", "manager", "--year", "1404", "--month", "2", "--where", "phase=done")
    assert (shown["from"], shown["before"], shown["filter"]) == ("2025-04-21", "2025-05-22", {"phase": "done"})


def test_what_cannot_be_shown_is_told(office: Terminal) -> None:
    def refused(*arguments: str) -> tuple[str, str]:
        error = office.refused("report", "show", *arguments)
        return error["code"], error["field"]

    assert refused("moon") == ("unknown_kind", "report")
    assert refused("revenue", "--as", "civil") == ("forbidden", "report")
    assert refused("civil", "--as", "nobody") == ("authentication_failed", "as")
    assert refused("civil", "--where", "moon=full") == ("invalid_field", "moon")
    assert refused("civil", "--where", "service=moon") == ("invalid_field", "service")
    assert refused("civil", "--year", "1405", "--from", "1405/01/01") == ("invalid_field", "from")
    assert office.run("report", "show", "civil", "--where", "service").code == 2


def test_requests_are_exported_with_their_forms(office: Terminal, tmp_path: Path) -> None:
    of_machines = ("civil", "--where", "service=machinery")
    shown = office.json("export", *of_machines, "--output", str(tmp_path / "r.csv"), "--as", "manager")
    assert shown == {"report": "civil", "rows": 2, "file": str(tmp_path / "r.csv")}
    headings, first, second = rows_of(tmp_path / "r.csv")
    assert headings[:3] == ["کد رهگیری", "خدمت", "نوع"]
    assert headings[-3:] == ["ساعت آغاز", "نشانی محل کار", "توضیح"]
    found = dict(zip(headings, first, strict=True))
    assert (found["خدمت"], found["از راه"], found["تلفن همراه"]) == ("کارکرد ماشین‌آلات", "مراجعه حضوری", "09121234567")
    assert (found["روز"], found["ماشین و ساعت کار"]) == (DAY, "لودر 4 ساعت")
    assert found["موضوع کار"].startswith("لودر 4 ساعت")
    assert dict(zip(headings, second, strict=True))["نشانی محل کار"].endswith(PLACE)
    assert office.json("export", *of_machines, str(tmp_path / "r.xlsx"))["rows"] == 2
    assert [list(map(str, row)) for row in cells_of(tmp_path / "r.xlsx")[:1]] == [headings]
    several = office.json("export", "manager", "--output", str(tmp_path / "m.csv"))
    headings, first, _ = rows_of(tmp_path / "m.csv")
    assert (several["rows"], "نشانی محل کار" in headings) == (2, False)
    assert dict(zip(headings, first, strict=True))["موضوع کار"] == found["موضوع کار"], "of several services, too"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(office: Terminal, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"r.{kind}"
    office.json("export", "civil", "--output", str(path))
    rows = rows_of(path) if kind == "csv" else cells_of(path)
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r\n" and cell] == []
    assert {f"'{FORMULA}", f"'{PLACE}"} <= set(cells)


def test_figures_are_exported_too(office: Terminal, tmp_path: Path) -> None:
    office.json("export", "civil", "--output", str(tmp_path / "f.csv"), "--figures", "--where", "channel=walk_in")
    rows = rows_of(tmp_path / "f.csv")
    assert rows[0] == ["گزارش واحد عمران"]
    assert rows[2] == ["از راه", "مراجعه حضوری"]
    assert ["در یک نگاه"] in rows
    office.json("export", "manager", "--output", str(tmp_path / "f.xlsx"), "--figures")
    assert cells_of(tmp_path / "f.xlsx")[0][:1] == ("گزارش مدیر",)


def test_who_takes_a_report_along_is_audited(office: Terminal, tmp_path: Path, audit: Any) -> None:
    office.json("export", "civil", "--output", str(tmp_path / "r.csv"), "--as", "civil", "--where", "state=submitted")
    error = office.refused("export", "civil", "--output", str(tmp_path / "no.csv"), "--as", "expert")
    assert (error["code"], (tmp_path / "no.csv").exists()) == ("forbidden", False)
    [(actor, detail)] = audit("report_exported")
    assert actor == "staff:civil"
    assert json.loads(detail)["state"] == "submitted"
    assert json.loads(detail)["report"] == "civil"
    office.json("export", "civil", "--output", str(tmp_path / "read.csv"), "--as", "auditor")
    assert [one for one, _ in audit("report_exported")] == ["staff:civil", "staff:auditor"]


def test_files_are_written_as_tables_are(office: Terminal, tmp_path: Path) -> None:
    path = str(tmp_path / "r.csv")
    office.json("export", "civil", "--output", path)
    assert office.refused("export", "civil", "--output", path)["code"] == "conflict"
    office.json("export", "civil", "--output", path, "--force")
    assert office.refused("export", "civil", "--output", str(tmp_path / "r.pdf"))["field"] == "file"
    assert office.run("export", "civil").code == 2
    assert office.run("export", "civil", path, "--output", path).code == 2
    assert office.run("export", "owner", path, "--where", "service=machinery").code == 2
    assert office.json("export", "owner", "--output", str(tmp_path / "o.csv"))["rows"] == 0
