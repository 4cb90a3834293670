"""Ports for preparing files: they are scanned for malware, and opened, before they are stored."""

from typing import Protocol


class FileCleaner(Protocol):
    """Proves that a file is whole and harmless, and takes out of it what nobody should see."""

    async def clean_file(self, content: bytes, media_type: str) -> bytes:
        """Return what is to be stored of a file of this type (`detect_media_type`). Not on the event loop.

        The reason of `DocumentRejected("document")` says what is wrong with it, `Unavailable("document")` (`cleaner`)
        that it cannot be looked at now.
        """
        ...

    async def close(self) -> None:
        """Give up what it holds."""
        ...


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
