"""A copy of the project in which a page of the documentation is followed."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scripts.structure import SOURCE_PACKAGES
from tests.e2e.support.program_runs import Finished, finished, forked
from tests.programs.deeds import deed_command

ROOT = Path(__file__).parents[2]

MADE_HERE = (
    "__pycache__",
    ".git",
    ".venv*",
    ".*_cache",
    ".hypothesis",
    "*.egg-info",
    "build",
    "dist",
    "node_modules",
    "var",
)
"""Things in the folder that are not the project's."""

_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def list_blocks(page: str) -> list[tuple[str, str]]:
    """The titled blocks of a page of `docs/`: title and text, in order."""
    return _BLOCK.findall((ROOT / "docs" / page).read_text("utf-8"))


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder of the project without what was made there."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*MADE_HERE), dirs_exist_ok=True)


@dataclass(frozen=True, slots=True)
class ProjectCopy:
    """The copy."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> "ProjectCopy":
        """Copy all of it into a folder that is not there yet."""
        copy_folder(ROOT, root)
        return cls(root)

    def add_file(self, path: str, text: str) -> None:
        """Put a file there, with the folders that lead to it."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def replace_once(self, path: str, old: str, new: str) -> None:
        """Put something in the place of what is in a file exactly once."""
        file = self.root / path
        source = file.read_text("utf-8")
        assert source.count(old) == 1, (path, old)
        file.write_text(source.replace(old, new), "utf-8")

    def insert_before(self, path: str, line: str, text: str) -> None:
        """Put something before a line of a file that is there exactly once."""
        self.replace_once(path, f"\n{line}", f"\n{text}\n{line}")

    def list_changed(self) -> Iterator[str]:
        """The files of the packages that are not the project's: changed or new."""
        for package in SOURCE_PACKAGES:
            for path in sorted((self.root / package).rglob("*.py")):
                original = ROOT / path.relative_to(self.root)
                if not original.exists() or original.read_bytes() != path.read_bytes():
                    yield path.relative_to(self.root).as_posix()

    def check(self, **settings: str) -> Finished:
        """Run `pishkhan check` with these settings."""
        secrets = {"PISHKHAN_SECRET_KEY": "6b3f0b6f2f7c4d1e", "PISHKHAN_BASE_URL": "https://desk.example.ir"}
        return self._run(("check",), secrets | settings)

    def run_demo(self, *arguments: str) -> Finished:
        """Run a command of the copy's `pishkhan`, in demo mode, on a database of its own."""
        database = f"sqlite:///{self.root}/pishkhan.db"
        return self._run(arguments, {"PISHKHAN_DEMO": "1", "PISHKHAN_DATABASE_URL": database})

    def read_demo(self, *arguments: str) -> Any:
        """Run a command in demo mode that must do well and return what it prints as JSON."""
        ended = self.run_demo(*arguments, "--json")
        assert ended.code == 0, ended
        return ended.json

    def deed_demo(self, name: str, /, *, by: str | None = None, **values: Any) -> Any:
        """Do in demo mode what the staff do at their site alone (`tests/programs/deeds.py`)."""
        return self.read_demo(*deed_command(name, by, values))

    def text_demo(self, mobile: str, text: str) -> str:
        """The reply to a citizen's text, in demo mode."""
        [reply] = self.read_demo("sms", "simulate", text, "--from", mobile)["replies"]
        return str(reply["text"])

    def _run(self, arguments: tuple[str, ...], settings: Mapping[str, str]) -> Finished:
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **settings}
        return asyncio.run(finished(partial(forked, self.root), arguments, environment, self.root))

    def run_tests(self, *arguments: str) -> int:
        """Run the tests that pytest's arguments name, all of which must pass; return how many did."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        ended = subprocess.run(
            [*command, *arguments], cwd=self.root, capture_output=True, text=True, timeout=300, check=False
        )
        assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]
        passed = re.search(r"([0-9]+) passed", ended.stdout)
        assert passed
        return int(passed[1])
