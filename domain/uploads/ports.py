"""Ports of uploads."""

from datetime import datetime
from typing import Protocol

from domain.uploads.upload import Upload, UploadOwner


class UploadRepository(Protocol):
    """Files on their way to drafts and requests. Whoever writes has locked the owner."""

    async def add(self, upload: Upload) -> None:
        """Store a new upload, of which nothing came yet."""
        ...

    async def find_of_owner(self, upload_id: int, owner: UploadOwner) -> Upload | None:
        """Return an upload of that owner."""
        ...

    async def list_open_sizes(self, owner: UploadOwner) -> list[int]:
        """Return the sizes of the owner's uploads that did not become files of it."""
        ...

    async def append_chunk(self, upload: Upload, chunk: bytes) -> None:
        """Store the bytes that follow those that came, and count them."""
        ...

    async def get_content(self, upload_id: int) -> bytes:
        """Return all bytes that came; none of one that is not there."""
        ...

    async def take(self, upload: Upload) -> None:
        """Store that it became a file of its owner, and delete its bytes."""
        ...

    async def delete(self, upload_id: int) -> None:
        """Forget an upload with its bytes."""
        ...

    async def delete_expired(self, now: datetime, limit: int) -> int:
        """Forget uploads whose time is over, so many at most; return how many."""
        ...

    async def sum_waiting_bytes(self) -> int:
        """Return how many bytes of uploads lie in the store."""
        ...
