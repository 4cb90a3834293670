"""Copies of requests: all rows that a request left behind, as if another citizen had asked for the same on another day.

A copy has ids, tracking code, mobile, bill, tokens and days of its own, wherever they stand in its rows and inside
texts and JSON; its history is chained anew. Days are moved whole, so that hours stay what they were (Jalali dates
inside texts and numbers of letters stay too). An original is taken apart once (`bench/reading.py`) into rows whose
changing cells are known; a copy then costs little more than the hashes of its history.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bench.originals import Made
from domain.requests.history import GENESIS_HASH


@dataclass(slots=True)
class Copy:
    """Values of a copy's own."""

    first_id: int
    """Its ids are numbered from this on."""
    days: int
    """By so many it is moved."""
    words: dict[str, str]
    """Replacements of the original's words, by their names."""
    resources: tuple[int, int]
    """Its machine and its operator."""
    head: str = GENESIS_HASH
    """Hash of the last event of its chain."""


Patch = Callable[[Copy], Any]
"""Makes a cell of a copy."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its table, its cells, and which of them change how. A timer is left out once it is past (`until`)."""

    table: str
    cells: list[Any]
    patches: list[tuple[int, Patch]]
    until: datetime | None = None

    def of(self, copy: Copy) -> list[Any]:
        """Return the copy's row."""
        cells = self.cells.copy()
        for at, patch in self.patches:
            cells[at] = patch(copy)
        return cells


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the history, which ends in salt, digest, previous and hash."""

    line: Line
    """The row's other cells."""
    personal: str
    """Canonical JSON of the personal part; a pattern for the copy's words."""
    seq: int
    """Its place in the request's chain."""
    day: str
    """Name of the word that is its day."""
    hour: str
    """The rest of its moment, in UTC."""
    facts: str
    """Canonical JSON of what else is chained."""

    def of(self, copy: Copy, salt: str) -> list[Any]:
        """Return the copy's row, linked to the one before it (`domain/requests/history.py` says how)."""
        digest = hashlib.sha256(bytes.fromhex(salt) + (self.personal % copy.words).encode()).hexdigest()
        at = f"{copy.words[self.day]}T{self.hour}"
        facts = f'["{copy.head}",{copy.first_id},{self.seq},"{at}",{self.facts},"{digest}"]'
        previous, copy.head = copy.head, hashlib.sha256(facts.encode()).hexdigest()
        cells = self.line.of(copy)
        cells[-4:] = salt, digest, previous, copy.head
        return cells


@dataclass(slots=True)
class Original:
    """A request taken apart, to be copied."""

    made: Made
    """Way of making it, and its owner."""
    began: date
    """Its first day, from which days are counted."""
    ids: int = 0
    """Number of ids it uses."""
    days: set[int] = field(default_factory=set)
    """Days that it names, counted from the first."""
    tokens: list[str] = field(default_factory=list)
    """Names of the random tokens that each copy must have of its own."""
    billed: int | None = None
    """Rials of its bill; None without one."""
    events: list[Event] = field(default_factory=list)
    """Its history, in order."""
    lines: list[Line] = field(default_factory=list)
    """Its rows in all other tables."""

    def rows(self, copy: Copy, token: Callable[[], str], today: datetime) -> Iterator[tuple[str, list[Any]]]:
        """Yield the rows of a copy, each with its table's name; `token` gives 32 random hexadecimal digits."""
        for event in self.events:
            yield "history", event.of(copy, token())
        moved = timedelta(days=copy.days)
        for line in self.lines:
            if line.until is None or line.until + moved > today:
                yield line.table, line.of(copy)
