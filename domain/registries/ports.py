"""What registries need of the store: rows with their changes, and imported sheets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from domain.registries.imports import Import
from domain.registries.rows import Change, Expiring, Holder, Key, PastChange, RegistryFilter, RegistryRow


class Registries(Protocol):
    """Registries are named by key; `KeyError` for one that does not exist is a fault of the code."""

    async def get(self, registry: str, row_id: int, *, lock: bool = False) -> RegistryRow:
        """Return by id; `NotFound(registry)`. `lock` keeps other writers off the row until the unit ends."""
        ...

    async def one(self, registry: str, unique: Mapping[str, Any], *, lock: bool = False) -> RegistryRow | None:
        """Return the row with these values of a unique field or of the whole natural key."""
        ...

    async def by_keys(self, registry: str, keys: Collection[Key], *, lock: bool = False) -> dict[Key, RegistryRow]:
        """Return the rows that exist of these natural keys (some hundreds at a time)."""
        ...

    async def holders(self, registry: str, field: str, values: Collection[Any]) -> dict[Any, Holder]:
        """Return which of these values a row has in that unique field, and which row."""
        ...

    async def find(self, wanted: RegistryFilter) -> list[RegistryRow]:
        """Return rows, oldest first unless the filter says otherwise."""
        ...

    async def counts(self, registry: str, field: str, where: Mapping[str, Any] | None = None) -> dict[Any, int]:
        """Return how many rows have each value of a field; with `where`, those alone whose fields have these values."""
        ...

    async def expiring(self, first: date, last: date) -> list[Expiring]:
        """Return what runs out from `first` to `last`, both included, by day; rows that matter no more are left out."""
        ...

    async def put(self, registry: str, changes: Sequence[Change]) -> None:
        """Store new and changed rows, and keep each change of an existing one.

        `Conflict` when a revision is no longer the stored one, or a unique value is taken.
        """
        ...

    async def changes_of(self, registry: str, row_id: int) -> list[PastChange]:
        """Return the changes of a row, oldest first."""
        ...

    async def reminders_of(self, expiring: Expiring) -> list[int]:
        """Return how many days before it the reminders of this date were sent, most first."""
        ...

    async def remember_reminder(self, expiring: Expiring, days_before: int, at: datetime) -> None:
        """Note that a reminder was sent; `Conflict` when it was before."""
        ...


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
