"""Importing a sheet into a registry: the ports it needs from outside, and what it tells.

A file is first examined without writing anything: every fault is told, good rows that would change something are kept
aside (`Spool`). Only then are those rows put, all in one transaction (`actions/registries/importing.py`).
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
    """The cells of a row that could not be told apart: its first line, as it stands."""

    __slots__ = ()


ProgressCallback = Callable[[int], None]
"""Is told how many rows are behind, now and then."""


class Spool(Protocol):
    """Where an import keeps rows until the whole file is known to be good; it must not need memory for them."""

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
"""What a report tells of each fault, in this order; the headings are under `registries.report`."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault of one row: its number, the column's heading and field (None: the row as a whole), the error's stable
    code, what people are told, and the cell as it was written.
    """

    row: int
    column: str | None
    field: str | None
    code: str
    message: str
    given: str


@dataclass(frozen=True, slots=True)
class RowPreview:
    """A row as it would be put: for a changed one `changes` has field → (before, after)."""

    row: int
    fate: RowFate
    values: dict[str, Any]
    changes: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Tally:
    """How many rows were read, and what became (or would become) of them; `faults` counts what `bad` rows have."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    faults: int = 0

    def count_row(self, fate: RowFate) -> None:
        """Count one good row."""
        setattr(self, fate.value, getattr(self, fate.value) + 1)

    def as_json(self) -> dict[str, int]:
        """Return the numbers by name."""
        return asdict(self)


class ImportEffect:
    """What a file does to rows, as a digest: with the same one, the same values come in the place of the same."""

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
    """What a file would do: the numbers, headings that mean nothing here, its first good rows, and the effect of all
    that would be added or changed.
    """

    tally: Tally = field(default_factory=Tally)
    ignored_headings: tuple[str, ...] = ()
    first_rows: list[RowPreview] = field(default_factory=list)
    effect: ImportEffect = field(default_factory=ImportEffect)


MOST_FILE_BYTES = 10 * 1024 * 1024
"""Bytes of a file that is brought to the staff's site."""

IMPORT_RETENTION = timedelta(days=7)
"""How long a file that nobody confirmed, and what was found in it, is kept."""


class ImportState(StrEnum):
    """What became of a file that was brought: `waiting` to be examined, `examined` and waiting for its owner's word,
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
    """A file that somebody brought for a registry (`by` is a user name), and how far it is. `decided_by` is the user
    name of who last had it kept or dropped; None while nobody has.

    `tally` are the numbers of `Tally`, `outcome` what was found (`faults`, `first_rows`, `ignored_headings`, the
    `outcome_digest` of `ImportEffect`), as JSON; `problem` is what its owner is told. `done` of `total` rows are
    behind. `tries` counts how often the work was begun.
    """

    id: int
    registry: str
    name: str
    size: int
    by: str
    made_at: datetime
    state: ImportState = ImportState.WAITING
    done: int = 0
    total: int | None = None
    tries: int = 0
    skip_bad_rows: bool = False
    tally: dict[str, int] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    settled_at: datetime | None = None
    decided_by: str | None = None

    @property
    def outcome_digest(self) -> str:
        """Return the digest of what was shown; empty while nothing is."""
        return str(self.outcome.get("digest", ""))

    @property
    def version_token(self) -> VersionToken:
        """The version of what was shown: another one where the file would do something else."""
        return VersionToken(self.outcome_digest)
