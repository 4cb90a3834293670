"""Drafts of citizens' forms with their files, and the sessions that hold them."""

from sqlalchemy import Column, Index, Integer, Table

from domain.drafts.draft import Relation
from store.engines.types import ID, JSON_VALUE, EnumText, JsonList, SafeText, TrackingCodeText, Utc
from store.schema.base import id_column, kept_file_columns, metadata, reference_column

drafts = Table(
    "drafts",
    metadata,
    id_column(),
    Column("service", SafeText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("typed_values", JSON_VALUE, nullable=False),
    Column("saved_sections", JsonList(tuple), nullable=False),
    Column("resume_code", SafeText, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("mobile", SafeText),
    Column("relation", EnumText(Relation), nullable=False),
    Column("represented_name", SafeText, nullable=False),
    Column("request_code", TrackingCodeText),
    Index(None, "mobile", "resume_code"),
    Index(None, "expires_at"),
)

draft_holders = Table(
    "draft_holders",
    metadata,
    reference_column("draft_id", "drafts.id", primary_key=True),
    Column("session_id", ID, primary_key=True, autoincrement=False),
    Index(None, "session_id"),
)

draft_files = Table(
    "draft_files",
    metadata,
    id_column(),
    reference_column("draft_id", "drafts.id"),
    *kept_file_columns(),
    Index(None, "draft_id"),
    Index(None, "sha256"),
)
