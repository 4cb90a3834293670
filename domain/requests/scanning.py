"""Ports for scanning files for malware."""

from typing import Protocol


class MalwareScanner(Protocol):
    """Knows malware by its bytes. It is asked over a network, so never inside a unit of work."""

    async def find_malware(self, content: bytes) -> str | None:
        """Return what the malware in a file is called; None where none was found.

        `Unavailable("document")` (`scanner`) where nobody can tell now.
        """
        ...

    async def find_fault(self) -> str | None:
        """Return why files cannot be scanned now, in a few plain words for the log; None where they can."""
        ...
