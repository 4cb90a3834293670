"""Uploads: files that come to a draft chunk by chunk, and go on where they stopped once the line is back."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Upload:
    """A file on its way to a draft. Its bytes lie apart, a row for each chunk that came."""

    id: int
    """The row's key in the store; part of its address, and of no use to a session that does not hold the draft."""
    draft_id: int
    """The draft that it belongs to."""
    name: str
    """The file's name, as the browser gave it."""
    size: int
    """Bytes of the whole file."""
    received: int
    """Bytes that came."""
    created_at: datetime
    """When it was begun, in UTC."""
    expires_at: datetime
    """When it is erased, finished or not, in UTC."""
    taken_at: datetime | None = None
    """When it became a file of its draft, in UTC; its bytes are there no more. None: it did not."""

    @property
    def is_finished(self) -> bool:
        """Whether all bytes came."""
        return self.received == self.size
