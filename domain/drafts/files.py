"""Files of a draft: papers that wait, each kept at once, for their form to be sent."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A stored file of a draft. Its content lies where those of requests do, once for all."""

    id: int
    """The row's key in the store."""
    draft_id: int
    """The draft that it belongs to."""
    field: str
    """Which of the service's papers it is."""
    name: str
    """The file's name, as it came."""
    media_type: str
    """By the content's own bytes."""
    size: int
    """The content's size in bytes."""
    sha256: str
    """The digest of the content, by which it is stored."""
    source_sha256: str
    """The digest of what was sent, by which the same file is known again (`PreparedFile`)."""
    at: datetime
    """When it came, in UTC."""
