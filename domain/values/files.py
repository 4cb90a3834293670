"""Files that people send: what they are by their own bytes, and what is kept of one once it was prepared."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from domain.values.errors import DocumentRejected, TooLarge
from domain.values.reasons import DocumentReason, TooLargeReason
from domain.values.text import persian_digits, tidy_text

MAX_DOCUMENT_BYTES = 7 * 1024 * 1024
"""Bytes of a file, as it is sent and as it is stored."""

LONGEST_FILE_NAME = 100

_MEDIA_TYPE_BY_PREFIX = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
# Containers name their content some bytes later: RIFF and its form, ISO media (iPhone photos) and its brand.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


def detect_media_type(content: bytes) -> str:
    """Return the media type that the first bytes prove: JPEG, PNG, WebP, HEIC or PDF.

    `DocumentRejected("document")` for anything else, whatever its name says; also as `require_file_size`.
    """
    require_file_size(len(content))
    for prefix, media_type in _MEDIA_TYPE_BY_PREFIX.items():
        if content.startswith(prefix):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    raise DocumentRejected("document")


def require_file_size(size: int) -> None:
    """Refuse an empty file (`DocumentRejected("document")`), and one over `MAX_DOCUMENT_BYTES` (`TooLarge`)."""
    if not size:
        raise DocumentRejected("document", DocumentReason.EMPTY_FILE)
    if size > MAX_DOCUMENT_BYTES:
        raise build_size_error()


def build_size_error() -> TooLarge:
    """Return why a file over the limit is not taken, with the limit in megabytes."""
    return TooLarge("document", TooLargeReason.DOCUMENT, most=persian_digits(MAX_DOCUMENT_BYTES // 1024**2))


def digest_content(content: bytes) -> str:
    """Return the digest by which the same content is known again."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file that may be stored: scanned, whole, and without what nobody should see of it."""

    name: str
    """Its own name without folders, short enough to be listed."""
    content: bytes
    """Stored bytes."""
    media_type: str
    """By the content's own bytes."""
    sha256: str
    """The digest of the content, by which it is stored."""
    source_sha256: str
    """The digest of what was sent: by it the same file is known again."""

    @property
    def size(self) -> int:
        """Bytes of what is stored."""
        return len(self.content)

    @classmethod
    def build(cls, file_name: str, content: bytes, source_content: bytes) -> Self:
        """Return a file that was sent as `source_content` and is stored as `content`; raises as `detect_media_type`."""
        return cls(
            name=clean_file_name(file_name),
            content=content,
            media_type=detect_media_type(content),
            sha256=digest_content(content),
            source_sha256=digest_content(source_content),
        )


def clean_file_name(file_name: str) -> str:
    """Return a file's own name without its folders, short enough to be listed."""
    base_name = " ".join(tidy_text(file_name).replace("\\", "/").rpartition("/")[2].split())
    return base_name[-LONGEST_FILE_NAME:]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file of something; its content lies apart, once for all that have it."""

    id: int
    """The row's key in the store."""
    field: str
    """Paper that it is."""
    name: str
    """The file's name, as it came."""
    media_type: str
    """By the content's own bytes, whatever the name says."""
    size: int
    """The content's size in bytes."""
    sha256: str
    """The digest of the content, by which it is stored."""
    source_sha256: str
    """The digest of what was sent, by which the same file is known again (`PreparedFile`)."""
    at: datetime
    """Time of arrival, in UTC."""

    @classmethod
    def build(cls, file: "PreparedFile | KeptFile", paper: str, file_id: int, at: datetime, **own_values: Any) -> Self:
        """Return a file as it is stored for a paper: one that was prepared, or that is stored for something else;
        `own_values` are the fields of what it belongs to.
        """
        return cls(
            id=file_id,
            field=paper,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            source_sha256=file.source_sha256,
            at=at,
            **own_values,
        )
