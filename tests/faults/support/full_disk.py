"""A disk that gets full and has room again: a small file system of its own, or a limit on the size of files."""

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.state_journal import Database

BYTES = 16 * 1024 * 1024
BLOCK = 16 * 1024


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small file system on a folder, where one may; whether that was done."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={BYTES},mode=0755", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def move_database(office: MortalOffice, folder: Path) -> None:
    """Have an office that is not open keep its database in another folder."""
    path = shutil.move(office.home / "pishkhan.db", folder)
    office.database = Database(f"sqlite:///{path}")
    office.settings["PISHKHAN_DATABASE_URL"] = office.database.url


@contextmanager
def fill_disk(office: MortalOffice, folder: Path, *, mounted: bool) -> Iterator[None]:
    """Leave no room for the office's database inside the block."""
    with _filled(folder) if mounted else _limited(office, folder):
        yield


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    filler = folder / "filler"
    try:
        _fill(filler)
        yield
    finally:
        filler.unlink()


def _fill(filler: Path) -> None:
    """Write until the disk is full to the last block."""
    for size in (BLOCK * 16, BLOCK, 512):
        with filler.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


@contextmanager
def _limited(office: MortalOffice, folder: Path) -> Iterator[None]:
    """Let no file of the server grow beyond the largest one that it has."""
    assert office.server
    pid = office.server.pid
    usual = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    most = max(path.stat().st_size for path in folder.iterdir())
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, usual[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)
