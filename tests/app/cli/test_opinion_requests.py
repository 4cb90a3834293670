"""`pishkhan request submit` and `request show` of an opinion: faults of a form, and a step that would be refused."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.values.calendar import to_tehran
from tests.support.terminal import Terminal

FORM = {
    "kind": "تفکیک",
    "full_name": "آنه محمدی",
    "national_code": "0499370899",
    "postal_code": "4947113456",
    "address": "خیابان امام",
    "text": "زمین",
}


@pytest.fixture
def code(terminal: Terminal) -> str:
    """A walk-in citizen's request."""
    for role in ("expert", "secretariat"):
        terminal.json("staff", "add", role, "--role", role)
    sets = [part for name, value in FORM.items() for part in ("--set", f"{name}={value}")]
    return str(terminal.json("request", "submit", "expert", "--as", "secretariat", *sets)["code"])


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
