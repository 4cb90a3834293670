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

from tests.e2e.support.program_runs import Finished, finished, forked

ROOT = Path(__file__).parents[2]
PRODUCTION_PACKAGES = ("app", "channels", "domain", "payments", "printing", "store")

_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def list_blocks(page: str) -> list[tuple[str, str]]:
    """The titled blocks of a page of `docs/`: title and text, in order."""
    return _BLOCK.findall((ROOT / "docs" / page).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class ProjectCopy:
    """The copy."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> "ProjectCopy":
        """Copy the packages and the tests."""
        for package in (*PRODUCTION_PACKAGES, "tests"):
            shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)
        return cls(root)

    def insert_before(self, path: str, line: str, text: str) -> None:
        """Put something before a line of a file that is there exactly once."""
        file = self.root / path
        source = file.read_text("utf-8")
        assert source.count(f"\n{line}") == 1, (path, line)
        file.write_text(source.replace(f"\n{line}", f"\n{text}\n{line}"), "utf-8")

    def list_changed(self) -> Iterator[str]:
        """The files of the packages that are not the project's: changed or new."""
        for package in PRODUCTION_PACKAGES:
            for path in sorted((self.root / package).rglob("*.py")):
                original = ROOT / path.relative_to(self.root)
                if not original.exists() or original.read_bytes() != path.read_bytes():
                    yield path.relative_to(self.root).as_posix()

    def check(self, **settings: str) -> Finished:
        """Run `pishkhan check` with these settings."""
        secrets = {"PISHKHAN_SECRET_KEY": "6b3f0b6f2f7c4d1e", "PISHKHAN_BASE_URL": "https://desk.example.ir"}
        environment: Mapping[str, str] = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **secrets, **settings}
        return asyncio.run(finished(partial(forked, self.root), ("check",), dict(environment), self.root))

    def run_tests(self, path: str, selected: str) -> int:
        """Run the tests of a path that are selected by name, all of which must pass; return how many did."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        ended = subprocess.run(
            [*command, "-k", selected, "--override-ini=addopts=--import-mode=importlib", path],
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]
        passed = re.search(r"([0-9]+) passed", ended.stdout)
        assert passed
        return int(passed[1])
