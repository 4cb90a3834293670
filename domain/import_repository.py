"""The port `Imports`: files that the staff brought for the registries, and what became of them."""

from datetime import datetime
from typing import Protocol

from domain.imports import Import


class Imports(Protocol):
    """A file's bytes and its report lie apart from what is known of it."""

    async def add(self, brought: Import, content: bytes) -> None:
        """Store a new one with its file."""
        ...

    async def get(self, import_id: int, *, lock: bool = False) -> Import:
        """Return by id; `NotFound("import")`. `lock` keeps other writers off it until the unit ends."""
        ...

    async def save(self, brought: Import) -> None:
        """Store a changed one."""
        ...

    async def note_progress(self, import_id: int, done: int, total: int | None) -> None:
        """Store how far it is, and nothing else."""
        ...

    async def recent(self, registry: str, limit: int) -> list[Import]:
        """Return those of a registry, newest first."""
        ...

    async def next_running(self) -> Import | None:
        """Return the oldest with which something is to be done, and keep it for this unit."""
        ...

    async def content(self, import_id: int) -> bytes:
        """Return the file; `NotFound("import")` when it was forgotten."""
        ...

    async def keep_report(self, import_id: int, report: bytes | None) -> None:
        """Store the report of all faults."""
        ...

    async def report(self, import_id: int) -> bytes:
        """Return the report; `NotFound("import")` when there is none."""
        ...

    async def forget_file(self, import_id: int) -> None:
        """Forget the file and its report."""
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Forget everything of those that were brought before; return how many."""
        ...
