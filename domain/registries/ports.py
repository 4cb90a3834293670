"""Ports of registries: rows with their changes, imported sheets, and files of rows."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from domain.registries.declarations import Registry
from domain.registries.imports import Import
from domain.registries.rows import (
    ExpiringRow,
    PastChange,
    RegistryChange,
    RegistryFilter,
    RegistryRow,
    RowKey,
    ValueHolder,
)


class RegistryRepository(Protocol):
    """Registries are named by key; `KeyError` for one that does not exist is a fault of the code."""

    async def get_row(self, registry: str, row_id: int, *, lock: bool = False) -> RegistryRow:
        """Return by id; `NotFound(registry)`. `lock` keeps other writers off the row until the unit ends."""
        ...

    async def find_row(
        self, registry: str, unique_values: Mapping[str, Any], *, lock: bool = False
    ) -> RegistryRow | None:
        """Return the row with these values of a unique field or of the whole natural key."""
        ...

    async def find_by_keys(
        self, registry: str, row_keys: Collection[RowKey], *, lock: bool = False
    ) -> dict[RowKey, RegistryRow]:
        """Return the rows that exist of these natural keys (some hundreds at a time)."""
        ...

    async def find_holders(
        self, registry: str, field_name: str, unique_values: Collection[Any]
    ) -> dict[Any, ValueHolder]:
        """Return which of these values a row has in that unique field, and which row."""
        ...

    async def list_rows(self, registry_filter: RegistryFilter) -> list[RegistryRow]:
        """Return rows, oldest first unless the filter says otherwise."""
        ...

    async def count_by_value(
        self, registry: str, field_name: str, field_values: Mapping[str, Any] | None = None
    ) -> dict[Any, int]:
        """Return how many rows have each value of a field; with `field_values`, those alone whose fields have these
        values.
        """
        ...

    async def list_expiring(self, first_day: date, last_day: date) -> list[ExpiringRow]:
        """Return what runs out from `first_day` to `last_day`, both included, by day; rows that matter no more are left
        out.
        """
        ...

    async def save_changes(self, registry: str, registry_changes: Sequence[RegistryChange]) -> None:
        """Store new and changed rows, and keep each change of an existing one.

        `Conflict` when a revision is no longer the stored one, or a unique value is taken.
        """
        ...

    async def list_changes(self, registry: str, row_id: int) -> list[PastChange]:
        """Return the changes of a row, oldest first."""
        ...

    async def list_reminders(self, expiring_rows: Sequence[ExpiringRow]) -> list[list[int]]:
        """Return for each of these dates how many days before it its reminders were sent, most first."""
        ...

    async def add_reminder(self, expiring_row: ExpiringRow, days_before: int, sent_at: datetime) -> None:
        """Note that a reminder was sent; `Conflict` when it was before."""
        ...


class ImportRepository(Protocol):
    """A file's bytes and its report lie apart from what is known of it."""

    async def add(self, new_import: Import, content: bytes) -> None:
        """Store a new one with its file."""
        ...

    async def get(self, import_id: int, *, lock: bool = False) -> Import:
        """Return by id; `NotFound("import")`. `lock` keeps other writers off it until the unit ends."""
        ...

    async def save(self, changed_import: Import) -> None:
        """Store a changed one."""
        ...

    async def save_progress(self, import_id: int, done_rows: int, total_rows: int | None) -> None:
        """Store how far it is, and nothing else."""
        ...

    async def list_recent(self, registry: str, limit: int) -> list[Import]:
        """Return those of a registry, newest first."""
        ...

    async def claim_next_running(self) -> Import | None:
        """Return the oldest with which something is to be done, and keep it for this unit."""
        ...

    async def get_content(self, import_id: int) -> bytes:
        """Return the file; `NotFound("import")` when it was forgotten."""
        ...

    async def save_report(self, import_id: int, report: bytes | None) -> None:
        """Store the report of all faults."""
        ...

    async def get_report(self, import_id: int) -> bytes:
        """Return the report; `NotFound("import")` when there is none."""
        ...

    async def delete_file(self, import_id: int) -> None:
        """Forget the file and its report."""
        ...

    async def delete_before(self, moment: datetime) -> int:
        """Forget everything of those that were brought before; return how many."""
        ...


class TableExports(Protocol):
    """Writes registries into files, beside the service and not in its way."""

    def export_registry(self, registry: Registry, file_format: str) -> AbstractAsyncContextManager[Path]:
        """Yield a file with all present rows, `file_format` being csv or xlsx; it is gone when the block ends.

        `Unavailable("export")` when it cannot be made now.
        """
        ...
