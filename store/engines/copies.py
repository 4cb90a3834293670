"""Whole copies of a database in one file, each engine its own way: SQLite's online backup, PostgreSQL's own programs.

Both are consistent snapshots taken beside running processes. A copy holds personal data: only its owner can read it.
"""

import asyncio
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from store.engines.addresses import for_libpq
from store.engines.private_files import make_private

_SQLITE_HEAD = b"SQLite format 3\0"


class CopyFailed(Exception):
    """The copy could not be made or read; the message says why."""


class CopyDamaged(CopyFailed):
    """The copy was made, of a database that is damaged: it holds what could be read of it."""


class Copies(ABC):
    """Makes and reads copies of one database."""

    def __init__(self, url: URL) -> None:
        self._url = url

    @abstractmethod
    async def write(self, file: Path) -> None:
        """Write a copy into a new file; `CopyFailed`."""

    @abstractmethod
    async def read(self, file: Path) -> None:
        """Replace everything in the database by a copy, all or nothing; `CopyFailed`."""


class SqliteCopies(Copies):
    """Through SQLite's backup interface, which keeps to the locks of other processes."""

    async def write(self, file: Path) -> None:
        """Copy the pages of one snapshot; the copy needs no file beside it. A damaged database is copied as it is, and
        `CopyDamaged` says so: whoever has nothing better will need it.
        """
        await asyncio.to_thread(_copy, Path(self._database), file)
        if damage := await asyncio.to_thread(_damage, file):
            raise CopyDamaged(f"{self._database} is damaged, and so is its copy: {damage}")

    async def read(self, file: Path) -> None:
        """Replace the pages in one transaction; a damaged copy replaces nothing."""
        if not _is_sqlite(file):
            raise CopyFailed(f"{file} is no SQLite database")
        if damage := await asyncio.to_thread(_damage, file):
            raise CopyFailed(f"{file} is damaged: {damage}")
        await asyncio.to_thread(_copy, file, Path(self._database))

    @property
    def _database(self) -> str:
        return self._url.database or ""


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_SQLITE_HEAD)) == _SQLITE_HEAD


def _damage(file: Path) -> str:
    """Return the first fault of a file, empty if there is none."""
    try:
        with closing(_reading(file)) as opened:
            found = str(opened.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else found.replace("\n", " ")


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _copy(source: Path, target: Path) -> None:
    fresh = not target.exists()
    try:
        make_private(target)
        with closing(_reading(source)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
            old.backup(new)
            if fresh:
                new.execute("PRAGMA journal_mode=DELETE")
    except (OSError, sqlite3.Error) as error:
        raise CopyFailed(f"{source} could not be copied to {target}: {error}") from error


class PostgresqlCopies(Copies):
    """Through `pg_dump` and `pg_restore`, in PostgreSQL's custom format."""

    async def write(self, file: Path) -> None:
        """Dump one snapshot."""
        make_private(file)
        await self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")

    async def read(self, file: Path) -> None:
        """Drop and restore everything in one transaction."""
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        await self._run("pg_restore", *options, str(file))

    async def _run(self, program: str, *options: str) -> None:
        # The password goes through the environment: arguments of a process can be read by everybody on the machine.
        address = for_libpq(self._url.set(drivername="postgresql", password=None)).render_as_string()
        variables = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGPASSWORD": self._url.password or ""}
        try:
            process = await asyncio.create_subprocess_exec(
                program, f"--dbname={address}", *options, env=variables, stderr=asyncio.subprocess.PIPE
            )
        except FileNotFoundError:
            raise CopyFailed(f"{program} is not installed: it comes with PostgreSQL's client") from None
        _, said = await process.communicate()
        if process.returncode:
            lines = said.decode("utf-8", "replace").split("\n")
            raise CopyFailed(f"{program} failed: {' '.join(line.strip() for line in lines if line.strip())}")


COPIES: Mapping[str, Callable[[URL], Copies]] = {"sqlite": SqliteCopies, "postgresql": PostgresqlCopies}
"""How to copy each engine's database, by the scheme of its URL."""
