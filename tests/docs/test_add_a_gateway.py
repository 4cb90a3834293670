"""`docs/add-a-gateway.md`, followed in a copy of the project; the contract suite runs over the new gateway there."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.support.program_runs import Finished, finished, forked

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "add-a-gateway.md"
PACKAGES = ("app", "channels", "domain", "payments", "printing", "store", "tests")
NEW_FILES = ("payments/sahel.py", "tests/fakes/sahel_bank.py")
REGISTRY, BANKS = "payments/__init__.py", "tests/contracts/gateways/banks.py"

_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ProjectCopy:
    """A copy of the project with the gateway of the page."""

    root: Path

    def insert_before(self, path: str, line: str, text: str) -> None:
        """Put something before a line of a file that is there exactly once."""
        file = self.root / path
        source = file.read_text("utf-8")
        assert source.count(f"\n{line}") == 1, (path, line)
        file.write_text(source.replace(f"\n{line}", f"\n{text}\n{line}"), "utf-8")

    def check(self, **settings: str) -> Finished:
        """Run `pishkhan check` with these settings."""
        secrets = {"PISHKHAN_SECRET_KEY": "6b3f0b6f2f7c4d1e", "PISHKHAN_BASE_URL": "https://desk.example.ir"}
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **secrets, **settings}
        return asyncio.run(finished(partial(forked, self.root), ("check",), environment, self.root))


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> ProjectCopy:
    """The project, copied, with the page applied to it."""
    copy = ProjectCopy(tmp_path_factory.mktemp("project"))
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy.root / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy.root)
    apply_page(copy)
    return copy


def apply_page(copy: ProjectCopy) -> None:
    """Do what the page says: the gateway, its line, its bank, and its line in the contract suite."""
    blocks = dict(_BLOCK.findall(PAGE.read_text("utf-8")))
    for path in NEW_FILES:
        (copy.root / path).write_text(blocks[path], "utf-8")
    imported, _, registered = blocks[f"{REGISTRY} (change)"].partition("\n\n")
    copy.insert_before(REGISTRY, "from payments.saman import", imported)
    copy.insert_before(REGISTRY, '        "saman": SamanSettings,', registered.rstrip())
    imported, builder, registered = blocks[f"{BANKS} (change)"].split("\n\n")
    for anchor, line in zip(("from payments.saman", "from tests.fakes.saman_bank"), imported.splitlines(), strict=True):
        copy.insert_before(BANKS, anchor, line)
    copy.insert_before(BANKS, "FAKE_BANKS: Mapping", f"{builder}\n\n")
    copy.insert_before(BANKS, '    "saman": FakeBank(', registered.rstrip())


def test_its_settings_are_known_and_checked(project_copy: ProjectCopy) -> None:
    ended = project_copy.check(PISHKHAN_PAYMENTS__GATEWAY="sahel")
    assert "PISHKHAN_PAYMENTS__SAHEL__API_KEY is not set" in ended.err + ended.out
    ended = project_copy.check(PISHKHAN_PAYMENTS__GATEWAY="sahel", PISHKHAN_PAYMENTS__SAHEL__API_KEY="7d1f4b0c2e9a4f6d")
    assert "PAYMENTS" not in ended.err + ended.out
    ended = project_copy.check(PISHKHAN_PAYMENTS__SAHEL__BASE_URL="http://pay.sahel.example")
    assert "PISHKHAN_PAYMENTS__SAHEL__BASE_URL: " in ended.err + ended.out


def test_it_keeps_the_contract_of_gateways(project_copy: ProjectCopy) -> None:
    """Its tests of the suite, and that every gateway has a bank."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    selected = ["-k", "sahel or every_gateway", "--override-ini=addopts=--import-mode=importlib"]
    ended = subprocess.run(
        [*command, *selected, "tests/contracts/gateways"],
        cwd=project_copy.root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]
    passed = re.search(r"([0-9]+) passed", ended.stdout)
    assert passed
    assert int(passed[1]) > 40
