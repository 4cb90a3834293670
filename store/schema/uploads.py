"""Uploads: files on their way to drafts and requests."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table

from store.engines.types import SafeText, Utc
from store.schema.base import id_column, metadata, reference_column

uploads = Table(
    "uploads",
    metadata,
    id_column(),
    reference_column("draft_id", "drafts.id", nullable=True),
    reference_column("request_id", "requests.id", nullable=True),
    Column("name", SafeText, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("taken_at", Utc),
    CheckConstraint("(draft_id IS NULL) <> (request_id IS NULL)", name="one_owner"),
    Index(None, "draft_id"),
    Index(None, "request_id"),
    Index(None, "expires_at"),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    reference_column("upload_id", "uploads.id", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
