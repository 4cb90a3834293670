"""Citizens and staff, what citizens think, and the files of their requests."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table

from domain.accounts import CommentState
from domain.people import Role
from store.engines.types import ID, JSON_VALUE, Choice, Listed, Utc, Words
from store.schema.base import metadata, own_id, refers


def _roles(names: list[str]) -> frozenset[Role]:
    return frozenset(map(Role, names))


people = Table(
    "people",
    metadata,
    Column("mobile", Words, primary_key=True),
    Column("full_name", Words),
    Column("national_code", Words),
    Column("created_at", Utc, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("username", Words, primary_key=True),
    Column("roles", Listed(_roles), nullable=False),
    Column("full_name", Words, nullable=False),
    Column("mobile", Words),
    Column("password_hash", Words, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("password_temporary", Boolean, nullable=False),
)

substitutes = Table(
    "substitutes",
    metadata,
    refers("absent", "staff.username", primary_key=True),
    refers("deputy", "staff.username", primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("by_admin", Boolean, nullable=False),
    Index(None, "last"),
)

saved_views = Table(
    "saved_views",
    metadata,
    refers("username", "staff.username", primary_key=True),
    Column("name", Words, primary_key=True),
    Column("filter", JSON_VALUE, nullable=False),
    Column("saved_at", Utc, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    refers("request_id", "requests.id", primary_key=True),
    Column("score", Integer, nullable=False),
    Column("text", Words),
    Column("channel", Words, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "at"),
)

comments = Table(
    "comments",
    metadata,
    own_id(),
    Column("service", Words),
    refers("request_id", "requests.id", nullable=True),
    Column("mobile", Words),
    Column("text", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("at", Utc, nullable=False),
    Column("state", Choice(CommentState), nullable=False),
    Column("moderated_by", Words),
    Column("moderated_at", Utc),
    Column("answer", Words),
    Column("answered_by", Words),
    Column("answered_at", Utc),
    Index(None, "service", "state", "id"),
    Index(None, "state", "id"),
    Index(None, "request_id"),
)

service_views = Table(
    "service_views", metadata, Column("service", Words, primary_key=True), Column("views", ID, nullable=False)
)

contents = Table(
    "contents", metadata, Column("sha256", Words, primary_key=True), Column("content", LargeBinary, nullable=False)
)

documents = Table(
    "documents",
    metadata,
    own_id(),
    refers("request_id", "requests.id"),
    Column("field", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", ForeignKey("contents.sha256", deferrable=True, initially="DEFERRED"), nullable=False),
    Column("added_by", Words, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "request_id"),
)
