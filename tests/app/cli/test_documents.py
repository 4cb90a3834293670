"""`pishkhan request attach` and `request documents`: papers are added, listed, and refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.values.calendar import to_tehran
from tests.support.scenarios.sample_files import write_pdf
from tests.support.terminal import Terminal

FORM = {
    "kind": "تفکیک",
    "full_name": "آنه محمدی",
    "national_code": "0499370899",
    "postal_code": "4947113456",
    "address": "خیابان امام",
    "text": "زمین",
}

PDF = write_pdf()


@pytest.fixture
def code(terminal: Terminal) -> str:
    """A walk-in citizen's request."""
    for role in ("expert", "secretariat", "auditor"):
        terminal.json("staff", "add", role, "--role", role)
    sets = [part for name, value in FORM.items() for part in ("--set", f"{name}={value}")]
    return str(terminal.json("request", "submit", "expert", "--as", "secretariat", *sets)["code"])


def test_papers_are_added_and_listed(terminal: Terminal, code: str, tmp_path: Path) -> None:
    deed = tmp_path / "سند.pdf"
    deed.write_bytes(PDF)
    added = terminal.json("request", "attach", code, str(deed), "--field", "deed", "--as", "expert")
    assert (added["field"], added["name"], added["media_type"], added["size"]) == (
        "deed",
        "سند.pdf",
        "application/pdf",
        len(PDF),
    )
    assert terminal.json("request", "attach", code, str(deed), "--field", "deed", "--as", "expert") == added
    shown = terminal.json("request", "documents", code)
    assert shown == {
        "required": ["deed", "national_card", "plan"],
        "missing": ["national_card", "plan"],
        "documents": [added],
    }
    assert [one["event"] for one in terminal.json("request", "show", code)["history"]] == ["submit", "attach"]
    read = terminal.run("request", "documents", code)
    assert "missing: national_card, plan" in read.out


def test_what_is_refused(terminal: Terminal, code: str, tmp_path: Path) -> None:
    file = tmp_path / "deed.pdf"

    def refused(content: bytes, field: str = "deed", by: str = "expert") -> str:
        file.write_bytes(content)
        error = terminal.refused("request", "attach", code, str(file), "--field", field, "--as", by)
        return str(error["code"])

    assert refused(b"MZ\x90\x00") == "document_rejected"
    assert refused(b"%PDF-" + bytes(7 * 1024 * 1024)) == "too_large"
    assert refused(b"%PDF-1.7\n") == "document_rejected", "it is opened, in the process of its own"
    assert refused(PDF, field="passport") == "invalid_field"
    assert refused(PDF, by="auditor") == "forbidden"
    assert terminal.json("request", "documents", code)["documents"] == []


def test_a_step_that_would_be_refused_says_why(terminal: Terminal, code: str) -> None:
    day = to_tehran(datetime.now(UTC) + timedelta(days=2)).date()
    sets = ("--set", "officer=expert", "--set", f"visit={day}T10:00")
    terminal.json("request", "act", code, "assign", "--as", "secretariat", *sets, "--set", "outside_hours=yes")
    steps = {one["name"]: one for one in terminal.json("request", "show", code)["actions"]}
    assert steps["visit"]["refused"]["code"] == "not_allowed_now"
    assert "نرسیده است" in steps["visit"]["refused"]["message"]
    assert "refused" not in steps["reassign"]


def test_all_that_is_wrong_with_a_form_is_said_at_once(terminal: Terminal, code: str) -> None:
    sets = ("--set", "kind=خانه", "--set", "national_code=1234567890")
    told = terminal.run("request", "submit", "expert", "--as", "secretariat", *sets).err
    wrong = [line.split(":")[1] for line in told.splitlines() if line.count(":") > 1]
    assert wrong == ["kind", "national_code", "full_name", "postal_code", "address", "text"]
