"""The worked examples of a service, each put into a copy of the project and all into one, and tests run there.

python -m tests.docs.worked_services tests/domain/queues tests/contracts …
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.project_copy import ROOT, ProjectCopy, copy_folder, list_blocks

BANNER_FOLDER, HALL_FOLDER = (ROOT / "docs" / "examples" / name for name in ("banner_permit", "hall_hire"))


def add_tree_pruning(copy: ProjectCopy) -> None:
    """Do what `docs/add-a-service.md` says: write the files of its titled blocks."""
    for path, text in list_blocks("add-a-service.md"):
        copy.add_file(path, text)


def add_banner_permit(copy: ProjectCopy) -> None:
    """Do what `docs/banner-permit.md` says: copy the folder of the example."""
    copy_folder(BANNER_FOLDER, copy.root / "domain" / "services" / BANNER_FOLDER.name)


def add_hall_hire(copy: ProjectCopy) -> None:
    """Copy the folder of a service as a stranger might write it, and what it tells the suites."""
    service_folder = copy.root / "domain" / "services" / HALL_FOLDER.name
    copy_folder(HALL_FOLDER, service_folder)
    (service_folder / "tests").rename(copy.root / "tests" / "domain" / "services" / HALL_FOLDER.name)


EXAMPLES: Mapping[str, Callable[[ProjectCopy], None]] = {
    "tree_pruning": add_tree_pruning,
    "banner_permit": add_banner_permit,
    "hall_hire": add_hall_hire,
}
"""Key of the service → what puts its folder into a copy."""


def run_in_copy(names: tuple[str, ...], arguments: list[str]) -> int:
    """Run tests in a copy with these examples; return pytest's exit code."""
    with TemporaryDirectory(prefix="pishkhan-services-") as folder:
        copy = ProjectCopy.make(Path(folder) / "project")
        for name in names:
            EXAMPLES[name](copy)
        environment = os.environ | {"PYTHONPATH": str(copy.root)}
        return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=copy.root, env=environment)


def main() -> None:
    """Run the tests that the arguments name in each copy; the exit code says whether one was red."""
    red = []
    for names in (*((name,) for name in EXAMPLES), tuple(EXAMPLES)):
        title = " and ".join(names)
        print(f"-- the project with {title}", flush=True)
        if run_in_copy(names, sys.argv[1:]):
            red.append(title)
    sys.exit(f"red with {'; '.join(red)}" if red else 0)


if __name__ == "__main__":
    main()
