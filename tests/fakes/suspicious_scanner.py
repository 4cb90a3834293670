"""A scanner of files in this process, which finds what it is looking for in whatever has it."""

import asyncio

from domain.unit_of_work import Store
from domain.values.errors import Unavailable
from domain.values.reasons import UnavailableReason

MALWARE = b"worm"
"""Bytes of a file in which malware is found."""

WRITER_SECONDS = 5.0


class SuspiciousScanner:
    """Needs the database to itself for a moment, as a part of the program that never runs inside a unit of work may."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_away = False
        """Nobody can tell then."""
        self.scan_count = 0
        """Number of files scanned."""

    async def find_malware(self, content: bytes) -> str | None:
        """Return its name."""
        self.scan_count += 1
        async with asyncio.timeout(WRITER_SECONDS), self._store.open_unit():
            pass  # on SQLite there is one writer: inside another unit this would wait for ever
        if self.is_away:
            raise Unavailable("document", UnavailableReason.SCANNER)
        return "Worm.Test" if MALWARE in content else None

    async def find_fault(self) -> str | None:
        """Return whether it is away."""
        return "away" if self.is_away else None
