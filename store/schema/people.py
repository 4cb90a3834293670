"""Citizens and staff, what citizens think, and the files of their requests."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table

from domain.feedback.opinions import CommentState
from domain.feedback.suggestions import SuggestionProgress
from domain.values.actors import Role
from store.engines.types import ID, JSON_VALUE, EnumText, JsonList, SafeText, Utc
from store.schema.base import id_column, kept_file_columns, metadata, reference_column


def _read_roles(role_names: list[str]) -> frozenset[Role]:
    return frozenset(map(Role, role_names))


people = Table(
    "people",
    metadata,
    Column("mobile", SafeText, primary_key=True),
    Column("full_name", SafeText),
    Column("national_code", SafeText),
    Column("created_at", Utc, nullable=False),
)

mobile_changes = Table(
    "mobile_changes",
    metadata,
    id_column(),
    Column("subject_kind", SafeText, nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("old_mobile", SafeText),
    Column("new_mobile", SafeText, nullable=False),
    Column("proof", SafeText, nullable=False),
    Column("proposed_by", SafeText, nullable=False),
    Column("proposed_at", Utc, nullable=False),
    Column("done_by", SafeText),
    Column("done_at", Utc),
    Column("objected_at", Utc),
    Index(None, "subject_kind", "subject_id"),
    Index(None, "old_mobile"),
)

staff = Table(
    "staff",
    metadata,
    Column("username", SafeText, primary_key=True),
    Column("roles", JsonList(_read_roles), nullable=False),
    Column("full_name", SafeText, nullable=False),
    Column("mobile", SafeText),
    Column("password_hash", SafeText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("password_temporary", Boolean, nullable=False),
)

substitutes = Table(
    "substitutes",
    metadata,
    reference_column("absent", "staff.username", primary_key=True),
    reference_column("deputy", "staff.username", primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
    Column("made_by", SafeText, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("by_admin", Boolean, nullable=False),
    Index(None, "last"),
)

saved_views = Table(
    "saved_views",
    metadata,
    reference_column("username", "staff.username", primary_key=True),
    Column("name", SafeText, primary_key=True),
    Column("filter", JSON_VALUE, nullable=False),
    Column("saved_at", Utc, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    reference_column("request_id", "requests.id", primary_key=True),
    Column("score", Integer, nullable=False),
    Column("text", SafeText),
    Column("channel", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "at"),
)

comments = Table(
    "comments",
    metadata,
    id_column(),
    Column("service", SafeText),
    reference_column("request_id", "requests.id", nullable=True),
    Column("mobile", SafeText),
    Column("text", SafeText, nullable=False),
    Column("channel", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Column("state", EnumText(CommentState), nullable=False),
    Column("moderated_by", SafeText),
    Column("moderated_at", Utc),
    Column("answer", SafeText),
    Column("answered_by", SafeText),
    Column("answered_at", Utc),
    Column("number", Integer),
    Column("progress", EnumText(SuggestionProgress)),
    Column("progressed_at", Utc),
    Index(None, "service", "state", "id"),
    Index(None, "state", "id"),
    Index(None, "request_id"),
    Index(None, "number", unique=True),
)

suggestion_steps = Table(
    "suggestion_steps",
    metadata,
    id_column(),
    reference_column("comment_id", "comments.id"),
    Column("progress", EnumText(SuggestionProgress), nullable=False),
    Column("note", SafeText),
    Column("taken_by", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "comment_id"),
)

suggestion_supports = Table(
    "suggestion_supports",
    metadata,
    id_column(),
    reference_column("comment_id", "comments.id"),
    Column("mobile", SafeText),
    Column("channel", SafeText, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "comment_id", "mobile", unique=True),
    Index(None, "mobile"),
)

service_views = Table(
    "service_views", metadata, Column("service", SafeText, primary_key=True), Column("views", ID, nullable=False)
)

contents = Table(
    "contents", metadata, Column("sha256", SafeText, primary_key=True), Column("content", LargeBinary, nullable=False)
)

documents = Table(
    "documents",
    metadata,
    id_column(),
    reference_column("request_id", "requests.id"),
    *kept_file_columns(),
    Column("added_by", SafeText, nullable=False),
    Index(None, "request_id"),
    Index(None, "sha256"),
)
