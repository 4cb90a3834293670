"""The units that the project ships: the server is started again for ever, is shut in, and its nights go on."""

import re
import subprocess
from collections.abc import Sequence

import pytest

from tests.support.deployment_units import ROOT, UNITS, hardening, unit

SERVICES = ("pishkhan.service", "pishkhan-backup.service", "pishkhan-verify.service")
NIGHTLY = SERVICES[1:]
MOST_EXPOSED = 1.3
"""Highest exposure that `systemd-analyze security` may state; without any hardening it says 9.0."""


def systemd_analyze(*arguments: str) -> str:
    """Output of the command, of files that are installed nowhere."""
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_shut_in(name: str) -> None:
    said = systemd_analyze("security", "--offline=true", str(UNITS / name))
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert found, said
    assert float(found[1]) <= MOST_EXPOSED
    assert hardening(name) == hardening("pishkhan.service")


def test_the_server_is_started_again_however_long_its_database_is_away() -> None:
    server = unit("pishkhan.service")
    assert server["Unit"]["StartLimitIntervalSec"] == ["0"], "else systemd gives up after five starts"
    assert server["Service"]["Restart"] == ["always"]
    assert float(server["Service"]["RestartSec"][0]) >= 1


@pytest.mark.parametrize("name", NIGHTLY)
def test_what_is_done_at_night_waits_for_nothing_and_tells_when_it_fails(name: str) -> None:
    about = unit(name)["Unit"]
    assert about["OnFailure"] == ["pishkhan-alarm@%n.service"]
    ordering = ("Requires", "BindsTo", "Requisite", "After", "Wants", "PartOf")
    assert [one for key in ordering for one in about.get(key, ()) if "pishkhan" in one] == []
    timer = unit(name.replace(".service", ".timer"))["Timer"]
    assert timer["Persistent"] == ["true"]
    assert timer["OnCalendar"]


def shown_in(page: str) -> Sequence[str]:
    """The units that a page of the documentation shows."""
    return re.findall(r"^```ini\n(.*?)^```$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_documentation_shows_the_servers_unit_as_it_is() -> None:
    assert shown_in("first-steps.md") == [(UNITS / "pishkhan.service").read_text("utf-8")]
