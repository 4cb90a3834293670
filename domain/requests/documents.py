"""Files of requests: what is kept of each, and what they are by their own bytes."""

from dataclasses import dataclass
from datetime import datetime

from domain.values.errors import DocumentRejected, TooLarge


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
    added_by: str
    """Who added it, as a label."""
    at: datetime
    """When it was added, in UTC."""


MAX_DOCUMENT_BYTES = 7 * 1024 * 1024

_MEDIA_TYPE_BY_PREFIX = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
# Containers name their content some bytes later: RIFF and its form, ISO media (iPhone photos) and its brand.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


def detect_media_type(content: bytes) -> str:
    """Return the media type that the first bytes prove: JPEG, PNG, WebP, HEIC or PDF.

    `DocumentRejected("document")` for anything else, whatever its name says; `TooLarge("document")` over
    `MAX_DOCUMENT_BYTES`.
    """
    if len(content) > MAX_DOCUMENT_BYTES:
        raise TooLarge("document", limit=MAX_DOCUMENT_BYTES)
    for prefix, media_type in _MEDIA_TYPE_BY_PREFIX.items():
        if content.startswith(prefix):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    raise DocumentRejected("document")
