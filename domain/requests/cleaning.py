"""Ports for preparing files: they are opened before they are stored."""

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
