"""`pishkhan request submit`, `request erase` and `history erase`: a walk-in citizen's request, and its data erased."""

from typing import Any

import pytest

from tests.support.terminal import Terminal

MOBILE = "09121234567"
FORM = (
    "full_name=آنه محمدی",
    "national_code=0499370899",
    "items=لودر ۴ ساعت",
    "date=فردا",
    "start=۸",
    "place=کوچه بهار",
)


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    """A terminal with staff."""
    for role in ("civil", "admin", "auditor"):
        terminal.json("staff", "add", role, "--role", role)
    return terminal


def entered(office: Terminal) -> dict[str, Any]:
    """A walk-in citizen's request."""
    sets = [part for one in FORM for part in ("--set", one)]
    shown: dict[str, Any] = office.json("request", "submit", "machinery", "--as", "civil", "--mobile", MOBILE, *sets)
    return shown


def rejected(office: Terminal) -> str:
    """A request that has ended; its code."""
    code: str = entered(office)["code"]
    office.json("request", "act", code, "reject", "--as", "civil", "--set", "reason=تکراری")
    return code


def test_a_walk_in_is_entered_by_whoever_may(office: Terminal) -> None:
    shown = entered(office)
    assert (shown["channel"], shown["history"][0]["channel"]) == ("walk_in", "walk_in")
    sets = [part for one in FORM for part in ("--set", one)]
    assert office.refused("request", "submit", "machinery", "--as", "auditor", *sets)["code"] == "forbidden"


def test_personal_data_is_erased(office: Terminal) -> None:
    running, ended = entered(office)["code"], rejected(office)
    assert office.refused("request", "erase", ended, "--reason", "x", "--as", "civil")["code"] == "forbidden"
    assert office.refused("request", "erase", running, "--reason", "x", "--as", "admin")["code"] == "not_allowed_now"
    shown = office.json("request", "erase", ended, "--reason", "درخواست خودش", "--as", "admin")
    assert (shown["mobile"], shown["fields"]["items"][0]["machine"], "place" in shown["fields"]) == (
        None,
        "loader",
        False,
    )
    assert shown["erased_at"]
    assert [event["actor"] for event in shown["history"]] == ["staff:civil", "staff:civil", "staff:admin"]
    assert office.json("history", "erase", "--as", "admin") == {"requests": 0, "texts": 0}
    assert office.refused("history", "erase", "--before", "1499/01/01", "--as", "admin")["field"] == "before"
    assert office.refused("history", "erase", "--as", "civil")["code"] == "forbidden"
    assert office.json("history", "verify")["faults"] == []
    assert office.run("history", "erase", "--before", "1400/01/01", "--as", "admin").code == 0
