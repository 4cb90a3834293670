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

_OWNER_ONLY = 0o600
_SQLITE_HEAD = b"SQLite format 3\0"


class CopyFailed(Exception):
    """The copy could not be made or read; the message says why."""


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
        """Copy the pages of one snapshot; the copy needs no file beside it."""
        await asyncio.to_thread(_copy, Path(self._database), file)

    async def read(self, file: Path) -> None:
        """Replace the pages in one transaction."""
        if not _is_sqlite(file):
            raise CopyFailed(f"{file} is no SQLite database")
        await asyncio.to_thread(_copy, file, Path(self._database))

    @property
    def _database(self) -> str:
        return self._url.database or ""


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_SQLITE_HEAD)) == _SQLITE_HEAD


def _copy(source: Path, target: Path) -> None:
    fresh = not target.exists()
    try:
        if fresh:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target, timeout=30)) as new,
        ):
            found = old.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise CopyFailed(f"{source} is damaged: {found}")
            old.backup(new)
            if fresh:
                new.execute("PRAGMA journal_mode=DELETE")
    except (OSError, sqlite3.Error) as error:
        raise CopyFailed(f"{source} could not be copied to {target}: {error}") from error


class PostgresqlCopies(Copies):
    """Through `pg_dump` and `pg_restore`, in PostgreSQL's custom format."""

    async def write(self, file: Path) -> None:
        """Dump one snapshot."""
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, _OWNER_ONLY))
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
            raise CopyFailed(f"{program} failed: {said.decode('utf-8', 'replace').strip()}")


COPIES: Mapping[str, Callable[[URL], Copies]] = {"sqlite": SqliteCopies, "postgresql": PostgresqlCopies}
"""How to copy each engine's database, by the scheme of its URL."""
