"""Make the pictures of the staff's site in `docs/images`, at a desk and on a phone, of a demonstration that this starts
(`make pictures`).

    python -m scripts.staff_pictures TO
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from socket import socket
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.loading import DEMO_PASSWORD
from domain.values.actors import Role
from scripts.portal_pictures import make_picture

SIZES: Mapping[str, tuple[int, int]] = {"": (1366, 1300), "-phone": (360, 1100)}
"""Endings of the names of pictures → width and height of the window."""

SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to be taken."""

    name: str
    """Behind `staff-` in the name of its file."""
    path: str
    """The page, or the list from which one goes on."""
    goes_on: bool = False
    """Whether the first link of the list is followed."""


SHOTS: Mapping[Role, Sequence[Shot]] = {
    Role.CIVIL: (
        Shot("queue", "/staff"),
        Shot("request", "/staff", goes_on=True),
        Shot("walk-in", "/staff/walk-in/machinery"),
        Shot("mentions", "/staff/mentions"),
        Shot("fleet", "/staff/fleet"),
        Shot("fleet-week", "/staff/fleet?view=week"),
        Shot("machines", "/staff/fleet/machines"),
        Shot("machine-operators", "/staff/fleet/operators"),
        Shot("maintenance", "/staff/fleet/maintenance"),
        Shot("operator-sheet", "/staff/operator-sheet"),
        Shot("account", "/staff/account"),
    ),
    Role.EXPERT: (Shot("visits", "/staff/visits"), Shot("visit-sheet", "/staff/visit-sheet")),
    Role.REVENUE: (
        Shot("slips", "/staff/slips"),
        Shot("tariffs", "/staff/tariffs/machinery"),
        Shot("refunds", "/staff/refunds"),
        Shot("payments", "/staff/payments"),
        Shot("suspense", "/staff/suspense"),
        Shot("ledger", "/staff/ledger"),
        Shot("settlement", "/staff/settlement"),
        Shot("offices", "/staff/offices"),
        Shot("commission", "/staff/offices/commission"),
    ),
    Role.TAXI_OFFICER: (
        Shot("taxi-report", "/staff?queue=open", goes_on=True),
        Shot("vehicles", "/staff/registries/vehicle"),
        Shot("vehicle-file", "/staff/registries/vehicle", goes_on=True),
        Shot("drivers", "/staff/registries/driver"),
        Shot("owners", "/staff/registries/owner"),
        Shot("expiring", "/staff/registries/expiring"),
        Shot("duties", "/staff/registries/duty"),
    ),
    Role.MANAGER: (
        Shot("overview", "/staff"),
        Shot("report", "/staff/reports/manager"),
        Shot("comments", "/staff/comments"),
        Shot("ratings", "/staff/comments/ratings"),
        Shot("messages", "/staff/messages"),
        Shot("received", "/staff/messages/received"),
        Shot("settings", "/staff/settings"),
        Shot("days", "/staff/settings/days"),
        Shot("texts", "/staff/settings/texts"),
        Shot("changes", "/staff/settings/changes"),
        Shot("audit", "/staff/audit"),
        Shot("readings", "/staff/audit/readings"),
        Shot("users", "/staff/users"),
        Shot("substitutes", "/staff/users/substitutes"),
    ),
}


def main() -> None:
    """Take them all."""
    target_folder = Path(sys.argv[1])
    with TemporaryDirectory() as folder, _serve_demonstration(Path(folder)) as address, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=which("chromium-headless-shell") or which("chromium"))
        for role, shots in SHOTS.items():
            for ending, size in SIZES.items():
                page = _sign_in(browser, address, role, size)
                for shot in shots:
                    taken = Path(folder) / "taken.png"
                    _open_page(page, address, shot)
                    page.screenshot(path=taken)
                    make_picture(taken, target_folder / f"staff-{shot.name}{ending}.png")
                page.context.close()
        browser.close()


@contextmanager
def _serve_demonstration(folder: Path) -> Iterator[str]:
    """Run a demonstration of its own, and yield its address."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ("PISHKHAN_DEMO=1", f"PISHKHAN_DATABASE_URL=sqlite:///{folder / 'demo.db'}", f"PISHKHAN_PORT={port}")
    program = ["/usr/bin/env", *settings, str(Path(sys.executable).parent / "pishkhan")]
    for words in (("migrate",), ("demo", "load")):
        subprocess.run([*program, *words], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    server = subprocess.Popen([*program, "serve"])  # noqa: S603
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urlopen(address):  # noqa: S310 - an address of this machine
                return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _sign_in(browser: Browser, address: str, role: Role, size: tuple[int, int]) -> Page:
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(f"{address}/staff/sign-in")
    page.fill("input[name=username]", role)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("form button")
    page.wait_for_url(f"{address}/staff")
    return page


def _open_page(page: Page, address: str, shot: Shot) -> None:
    page.goto(f"{address}{shot.path}")
    if shot.goes_on:
        first_link = page.locator("main tbody td a").first
        page.goto(f"{address}{first_link.get_attribute('href')}")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
