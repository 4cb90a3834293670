"""Importing a sheet into a registry: the ports it needs from outside, and what it reports.

A file is first examined without writing anything: every fault is reported, good rows that would change something are
kept aside (`Spool`). Only then are those rows put, all in one transaction (`actions/registries/importing.py`).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from domain.registries.rows import RowFate
from domain.registries.rules import RowValues
from domain.values.version_token import VersionToken

SheetRows = Iterator[tuple[int, Sequence[object]]]
"""Rows of a file below its headings: the row's number as a spreadsheet shows it (headings are row 1), and its cells."""


class UnreadRow(tuple[object, ...]):
    """The cells of a row that could not be separated: its first line, unchanged."""

    __slots__ = ()


ProgressCallback = Callable[[int], None]
"""Called now and then with how many rows are behind."""


class Spool(Protocol):
    """Place where an import keeps rows until the whole file is known to be good; it must not need memory for them."""

    def claim_unique(self, field_name: str, value: str, row_number: int) -> int | None:
        """Note that a row has this value of a field that no two rows share; return the earlier row that has it."""
        ...

    def add_row(self, row_values: dict[str, Any]) -> None:
        """Keep the values of a good row."""
        ...

    def read_rows(self) -> Iterator[dict[str, Any]]:
        """Return what was kept, in order."""
        ...


REPORT_COLUMNS = ("row", "column", "code", "given", "message")
"""Columns of a report about each fault, in this order; the headings are under `registries.report`."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault of one row."""

    row: int
    """Its number as a spreadsheet shows it."""
    column: str | None
    """The column's heading; None: the row as a whole."""
    field: str | None
    """The column's field; None: the row as a whole."""
    code: str
    """The error's stable code."""
    message: str
    """The message for people."""
    given: str
    """The cell as it was written."""


@dataclass(frozen=True, slots=True)
class RowPreview:
    """A row as it would be put."""

    row: int
    """Its number as a spreadsheet shows it."""
    fate: RowFate
    """Fate of the row."""
    values: dict[str, Any]
    """The values of all its fields."""
    changes: dict[str, tuple[Any, Any]]
    """Of a changed one: field → (before, after)."""


@dataclass(slots=True)
class Tally:
    """Number of rows read of a file, and of each fate that they met or would meet."""

    rows: int = 0
    """Rows that were read."""
    added: int = 0
    """Rows that are new."""
    changed: int = 0
    """Known rows with other values."""
    same: int = 0
    """Known rows that stay as they are."""
    bad: int = 0
    """Rows with a fault, which are left out."""
    faults: int = 0
    """Faults of the bad rows, which may have several each."""

    def count_row(self, fate: RowFate) -> None:
        """Count one good row."""
        setattr(self, fate.value, getattr(self, fate.value) + 1)

    def as_json(self) -> dict[str, int]:
        """Return the numbers by name."""
        return asdict(self)


class ImportEffect:
    """Effect of a file on rows, as a digest: with the same one, the same values come in the place of the same."""

    def __init__(self) -> None:
        self._sum = sha256()

    def add_row(self, values_before: RowValues | None, values_after: RowValues) -> None:
        """Add a row, in the order of the file: what it is (None: it is new), and what it is to be."""
        self._sum.update(json.dumps([values_before, values_after], sort_keys=True).encode())

    @property
    def digest(self) -> str:
        """Return the digest of the rows until now, in hexadecimal digits."""
        return self._sum.hexdigest()


@dataclass(slots=True)
class ImportExamination:
    """Effect of a file before it is imported."""

    tally: Tally = field(default_factory=Tally)
    """Number of rows added, changed, bad …"""
    ignored_headings: tuple[str, ...] = ()
    """Headings that mean nothing here."""
    first_rows: list[RowPreview] = field(default_factory=list)
    """The first good rows, to be shown."""
    effect: ImportEffect = field(default_factory=ImportEffect)
    """The effect of all that would be added or changed."""


MOST_FILE_BYTES = 10 * 1024 * 1024
"""Bytes of a file that is brought to the staff's site."""

IMPORT_RETENTION = timedelta(days=7)
"""Time for which a file that nobody confirmed, and its findings, are kept."""


class ImportState(StrEnum):
    """State of a file that was brought: `waiting` to be examined, `examined` and waiting for its owner's word,
    `confirmed` and waiting to be kept; then `kept`, `dropped` by its owner, `refused` for what it is, or `failed`
    because we could not do it.
    """

    WAITING = "waiting"
    EXAMINED = "examined"
    CONFIRMED = "confirmed"
    KEPT = "kept"
    DROPPED = "dropped"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def is_running(self) -> bool:
        """Whether something is to be done with it without anybody's word."""
        return self in {ImportState.WAITING, ImportState.CONFIRMED}


@dataclass(slots=True)
class Import:
    """A file that somebody brought for a registry, and how far it is."""

    id: int
    """The row's key in the store."""
    registry: str
    """The key of the registry that it is for."""
    name: str
    """The file's, as it was brought."""
    size: int
    """The file's size in bytes."""
    by: str
    """The user name of who brought it."""
    made_at: datetime
    """Time of its coming, in UTC."""
    state: ImportState = ImportState.WAITING
    """State, or what became of it."""
    done: int = 0
    """Rows that are behind, of the work in hand."""
    total: int | None = None
    """Number of rows of the work; None before they were counted."""
    tries: int = 0
    """Number of times the work was begun."""
    skip_bad_rows: bool = False
    """Whether its owner wants the good rows kept without the bad ones."""
    tally: dict[str, int] = field(default_factory=dict)
    """The numbers of `Tally`, as JSON."""
    outcome: dict[str, Any] = field(default_factory=dict)
    """Findings, as JSON: `faults`, `first_rows`, `ignored_headings`, the `outcome_digest`."""
    problem: str | None = None
    """Trouble, in words for its owner; None: nothing."""
    settled_at: datetime | None = None
    """Time when it was kept, dropped, refused or failed."""
    decided_by: str | None = None
    """The user name of who last had it kept or dropped; None while nobody has."""

    @property
    def outcome_digest(self) -> str:
        """Return the digest of what was shown; empty while nothing is."""
        return str(self.outcome.get("digest", ""))

    @property
    def version_token(self) -> VersionToken:
        """The version of what was shown: another one where the file would do something else."""
        return VersionToken(self.outcome_digest)
