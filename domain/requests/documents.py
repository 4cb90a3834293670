"""Files of requests: what is kept of each."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A stored file."""

    id: int
    """The row's key in the store."""
    request_id: int
    """The request that it belongs to."""
    field: str
    """Which of the request's papers it is."""
    name: str
    """The file's name, as it came."""
    media_type: str
    """Sniffed from the content, whatever the name says."""
    size: int
    """The content's size in bytes."""
    sha256: str
    """The digest of the content, by which it is stored."""
    source_sha256: str
    """The digest of what was sent, by which the same file is known again (`PreparedFile`)."""
    added_by: str
    """Who added it, as a label."""
    at: datetime
    """When it was added, in UTC."""
