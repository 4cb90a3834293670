"""Views and comments of the site before this one, brought over by the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.terminal import Terminal

VIEWS = 'خدمت,بازدید\nکارکرد ماشین‌آلات,"77,039"\nexpert,۴۱۲\n'
COMMENTS = (
    "خدمت,نام,تاریخ,متن,منتشر\n"
    "machinery,رضا,1394/05/02,لودر زود آمد,بله\n"
    "machinery,سارا,1394/05/02,لودر زود آمد,بله\n"
    "تاکسیرانی,,1396-12-29,راننده‌ها مؤدب باشند,yes\n"
    "حق کارشناسی,علی,1395/01/15,ناسزا,خیر\n"
)


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    """An office with its manager."""
    for role in ("manager", "civil"):
        terminal.json("staff", "add", role, "--role", role)
    return terminal


def sheet(folder: Path, text: str) -> str:
    """A CSV file."""
    path = folder / "sheet.csv"
    path.write_text(text, "utf-8-sig")
    return str(path)


def import_file(office: Terminal, kind: str, file: str) -> dict[str, Any]:
    """The outcome of a file."""
    shown: dict[str, Any] = office.json("old-site", kind, file, "--as", "manager")
    return {name: shown[name] for name in ("kept", "rows", "added", "changed", "same", "bad")}


def stored(database: Path, statement: str) -> list[Any]:
    """Rows of the database."""
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(statement).fetchall()


def outcome(*, added: int = 0, changed: int = 0, same: int = 0) -> dict[str, Any]:
    """The report of a file without a fault."""
    rows = added + changed + same
    return {"kept": True, "rows": rows, "added": added, "changed": changed, "same": same, "bad": 0}


def test_views_are_one_number_however_often_they_come(office: Terminal, tmp_path: Path, database: Path) -> None:
    file = sheet(tmp_path, VIEWS)
    assert import_file(office, "views", file) == outcome(added=2)
    assert import_file(office, "views", file) == outcome(same=2)
    assert import_file(office, "views", sheet(tmp_path, VIEWS.replace("۴۱۲", "۴۱۳"))) == outcome(changed=1, same=1)
    views = stored(database, "SELECT service, views FROM service_views ORDER BY service")
    assert views == [("expert@old_site", 413), ("machinery@old_site", 77_039)]


def test_comments_come_once_with_their_days_and_nobodys_name(office: Terminal, tmp_path: Path, database: Path) -> None:
    file = sheet(tmp_path, COMMENTS)
    assert import_file(office, "comments", file) == outcome(added=4)
    assert import_file(office, "comments", file) == outcome(same=4)
    rows = stored(database, "SELECT service, text, state, channel, date(at), moderated_by FROM comments ORDER BY id")
    assert (
        sorted(rows[:2]) == [("machinery", "لودر زود آمد", "published", "old_site", "2015-07-24", "staff:manager")] * 2
    )
    assert [row[:5] for row in rows[2:]] == [
        ("expert", "ناسزا", "hidden", "old_site", "2016-04-03"),
        ("taxi", "راننده‌ها مؤدب باشند", "published", "old_site", "2018-03-20"),
    ]
    assert "رضا" not in "".join(str(row) for row in stored(database, "SELECT * FROM comments"))
    [(facts,)] = stored(database, "SELECT detail FROM audit WHERE what = 'import' ORDER BY id LIMIT 1")
    assert {name: json.loads(facts)[name] for name in ("registry", "added")} == {"registry": "old_comments", "added": 4}


def test_every_fault_is_told_and_then_nothing_is_kept(office: Terminal, tmp_path: Path, database: Path) -> None:
    wrong = "moon,علی,1394/13/01,,شاید\nmachinery,,1499/01/01,خوب,بله\n"
    finished = office.run("old-site", "comments", sheet(tmp_path, COMMENTS + wrong), "--as", "manager", "--json")
    assert finished.code == 1
    shown = json.loads(finished.out)
    assert (shown["kept"], shown["added"], shown["bad"], shown["faults"]) == (False, 0, 2, 5)
    assert [(one["row"], one["column"], one["code"]) for one in shown["errors"]] == [
        (6, "خدمت", "unknown_kind"),
        (6, "تاریخ", "invalid_field"),
        (6, "متن", "missing_field"),
        (6, "منتشر", "unknown_kind"),
        (7, "تاریخ", "invalid_field"),
    ]
    twice = office.run("old-site", "views", sheet(tmp_path, VIEWS + "machinery,-1\n"), "--as", "manager")
    assert twice.code == 1
    assert "row 4, خدمت: conflict: همین مقدار در ردیف ۲ این فایل هم آمده است." in twice.err
    assert "row 4, بازدید: invalid_field: عددی از ۰ تا ۹۹۹۹۹۹۹۹۹" in twice.err
    assert twice.out == "3 rows: 0 new, 0 changed, 0 as before, 1 wrong; nothing written\n"
    assert stored(database, "SELECT count(*) FROM comments") == stored(database, "SELECT count(*) FROM service_views")
    assert stored(database, "SELECT count(*) FROM comments") == [(0,)]


def test_what_is_no_such_table_and_who_may_not(office: Terminal, tmp_path: Path) -> None:
    assert office.refused("old-site", "views", sheet(tmp_path, "خدمت\nmachinery\n"), "--as", "manager") == {
        "code": "missing_field",
        "message": "ستون «بازدیدها» در فایل نیست.",
        "field": "views",
    }
    assert office.refused("old-site", "views", sheet(tmp_path, VIEWS), "--as", "civil")["code"] == "forbidden"
