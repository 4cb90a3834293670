"""Uploads: files that come to a draft or a request chunk by chunk, and go on where the line broke."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UploadOwner:
    """Owner of an upload's file: a draft or a request, exactly one of them. Whoever has one was let at it."""

    draft_id: int | None = None
    request_id: int | None = None

    def __post_init__(self) -> None:
        """`ValueError` for both, or neither."""
        if (self.draft_id is None) == (self.request_id is None):
            raise ValueError("an upload belongs to a draft or to a request")


@dataclass(slots=True)
class Upload:
    """A file on its way to a draft or a request. Its bytes lie apart, a row for each chunk that came."""

    id: int
    """The row's key in the store; part of its address, and of no use to whoever may not send its owner papers."""
    draft_id: int | None
    """The draft that it belongs to; None where it is a request's."""
    request_id: int | None
    """The request that it belongs to; None where it is a draft's."""
    name: str
    """The file's name, as the browser gave it."""
    size: int
    """Bytes of the whole file."""
    received: int
    """Bytes that came."""
    created_at: datetime
    """Time of the beginning, in UTC."""
    expires_at: datetime
    """Time of erasure, finished or not, in UTC."""
    taken_at: datetime | None = None
    """Time when it became a file of its owner, in UTC; its bytes are there no more. None: it did not."""

    @property
    def owner(self) -> UploadOwner:
        """Owner of its file."""
        return UploadOwner(self.draft_id, self.request_id)

    @property
    def is_finished(self) -> bool:
        """Whether all bytes came."""
        return self.received == self.size
