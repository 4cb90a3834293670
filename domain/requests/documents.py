"""Files of requests: what is kept of each, and what they are by their own bytes."""

from dataclasses import dataclass
from datetime import datetime

from domain.values.errors import DocumentRejected, TooLarge


@dataclass(frozen=True, slots=True)
class Document:
    """A stored file: `sha256` names the content, `media_type` was sniffed from it, `size` is in bytes."""

    id: int
    request_id: int
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    at: datetime


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
