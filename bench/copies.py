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
    """What is a copy's own: first id, days moved, what stands for the original's words, machine and operator."""

    first_id: int
    days: int
    words: dict[str, str]
    resources: tuple[int, int]
    head: str = GENESIS_HASH


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
    """A row of the history, which ends in salt, digest, previous and hash.

    `personal` is the canonical JSON of the personal part; `day`, `hour` and `facts` are what is chained besides.
    """

    line: Line
    personal: str
    seq: int
    day: str
    hour: str
    facts: str

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
    """A request taken apart: how many ids it uses, which days (from its first) and tokens its copies must have."""

    made: Made
    began: date
    ids: int = 0
    days: set[int] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)
    billed: int | None = None
    events: list[Event] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def rows(self, copy: Copy, token: Callable[[], str], today: datetime) -> Iterator[tuple[str, list[Any]]]:
        """Yield the rows of a copy, each with its table's name; `token` gives 32 random hexadecimal digits."""
        for event in self.events:
            yield "history", event.of(copy, token())
        moved = timedelta(days=copy.days)
        for line in self.lines:
            if line.until is None or line.until + moved > today:
                yield line.table, line.of(copy)
