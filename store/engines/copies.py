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

from store.engines.addresses import take_password, to_libpq_url
from store.engines.private_files import make_file_private

_SQLITE_FILE_HEAD = b"SQLite format 3\0"


class CopyFailed(Exception):
    """The copy could not be made or read; the message says why."""


class CopyDamaged(CopyFailed):
    """The copy was made, of a database that is damaged: it holds what could be read of it."""


class DatabaseCopier(ABC):
    """Makes and reads copies of one database."""

    def __init__(self, database_url: URL) -> None:
        self._database_url = database_url

    @abstractmethod
    async def write_copy(self, file: Path) -> None:
        """Write a copy into a new file; `CopyFailed`."""

    @abstractmethod
    async def restore_copy(self, file: Path) -> None:
        """Replace everything in the database by a copy, all or nothing; `CopyFailed`."""


class SqliteCopier(DatabaseCopier):
    """Through SQLite's backup interface, which keeps to the locks of other processes."""

    async def write_copy(self, file: Path) -> None:
        """Copy the pages of one snapshot; the copy needs no file beside it. A damaged database is copied as it is, and
        `CopyDamaged` says so: whoever has nothing better will need it.
        """
        await asyncio.to_thread(_copy_pages, Path(self._database_path), file)
        if damage := await asyncio.to_thread(_find_damage, file):
            raise CopyDamaged(f"{self._database_path} is damaged, and so is its copy: {damage}")

    async def restore_copy(self, file: Path) -> None:
        """Replace the pages in one transaction; a damaged copy replaces nothing."""
        if not _is_sqlite_file(file):
            raise CopyFailed(f"{file} is no SQLite database")
        if damage := await asyncio.to_thread(_find_damage, file):
            raise CopyFailed(f"{file} is damaged: {damage}")
        await asyncio.to_thread(_copy_pages, file, Path(self._database_path))

    @property
    def _database_path(self) -> str:
        return self._database_url.database or ""


def _is_sqlite_file(file: Path) -> bool:
    with file.open("rb") as open_file:
        return open_file.read(len(_SQLITE_FILE_HEAD)) == _SQLITE_FILE_HEAD


def _find_damage(file: Path) -> str:
    """Return the first fault of a file, empty if there is none."""
    try:
        with closing(_open_readonly(file)) as connection:
            check_result = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if check_result == "ok" else check_result.replace("\n", " ")


def _open_readonly(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _copy_pages(source_path: Path, target_path: Path) -> None:
    is_new = not target_path.exists()
    try:
        make_file_private(target_path)
        with (
            closing(_open_readonly(source_path)) as source_connection,
            closing(sqlite3.connect(target_path, timeout=30)) as target_connection,
        ):
            source_connection.backup(target_connection)
            if is_new:
                target_connection.execute("PRAGMA journal_mode=DELETE")
    except (OSError, sqlite3.Error) as error:
        raise CopyFailed(f"{source_path} could not be copied to {target_path}: {error}") from error


class PostgresqlCopier(DatabaseCopier):
    """Through `pg_dump` and `pg_restore`, in PostgreSQL's custom format."""

    async def write_copy(self, file: Path) -> None:
        """Dump one snapshot."""
        make_file_private(file)
        await self._run_program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")

    async def restore_copy(self, file: Path) -> None:
        """Drop and restore everything in one transaction."""
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        await self._run_program("pg_restore", *options, str(file))

    async def _run_program(self, program: str, *options: str) -> None:
        # The password goes through the environment: arguments of a process can be read by everybody on the machine.
        plain_url, password = take_password(self._database_url)
        libpq_address = to_libpq_url(plain_url.set(drivername="postgresql")).render_as_string(hide_password=False)
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGPASSWORD": password}
        try:
            process = await asyncio.create_subprocess_exec(
                program, f"--dbname={libpq_address}", *options, env=environment, stderr=asyncio.subprocess.PIPE
            )
        except FileNotFoundError:
            raise CopyFailed(f"{program} is not installed: it comes with PostgreSQL's client") from None
        _, error_output = await process.communicate()
        if process.returncode:
            lines = error_output.decode("utf-8", "replace").split("\n")
            raise CopyFailed(f"{program} failed: {' '.join(line.strip() for line in lines if line.strip())}")


COPIERS: Mapping[str, Callable[[URL], DatabaseCopier]] = {"sqlite": SqliteCopier, "postgresql": PostgresqlCopier}
"""Copiers of each engine's database, by the scheme of its URL."""
