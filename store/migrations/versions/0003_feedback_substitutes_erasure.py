"""Moderated and answered comments, views of service pages, substitutes, and when a request's personal data was erased.

Revision ID: 0003
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)

revision = "0003"
down_revision = "0002"

BIG = BigInteger().with_variant(Integer(), "sqlite")
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Add to the tables of comments and requests, and make two more."""
    _comments()
    op.create_table(
        "service_views",
        Column("service", TEXT, nullable=False),
        Column("views", BIG, nullable=False),
        PrimaryKeyConstraint("service", name="pk_service_views"),
    )
    _substitutes()
    op.add_column("requests", Column("erased_at", MOMENT, nullable=True))
    kept = text("erased_at IS NULL")
    op.create_index(
        "ix_requests_not_erased", "requests", ["updated_at", "id"], sqlite_where=kept, postgresql_where=kept
    )


def _comments() -> None:
    op.add_column("comments", Column("state", TEXT, nullable=False, server_default="pending"))
    op.execute(text("UPDATE comments SET state = 'published' WHERE published"))
    op.drop_column("comments", "published")
    for name, kind in (
        ("moderated_by", TEXT),
        ("moderated_at", MOMENT),
        ("answer", TEXT),
        ("answered_by", TEXT),
        ("answered_at", MOMENT),
    ):
        op.add_column("comments", Column(name, kind, nullable=True))
    op.create_index("ix_comments_service_state_id", "comments", ["service", "state", "id"])
    op.create_index("ix_comments_request_id", "comments", ["request_id"])


def _substitutes() -> None:
    names = ("absent", "deputy")
    op.create_table(
        "substitutes",
        *(Column(name, TEXT, nullable=False) for name in names),
        Column("first", Date(), nullable=False),
        Column("last", Date(), nullable=False),
        Column("made_by", TEXT, nullable=False),
        Column("made_at", MOMENT, nullable=False),
        PrimaryKeyConstraint(*names, "first", name="pk_substitutes"),
        *(
            ForeignKeyConstraint(
                [name], ["staff.username"], name=f"fk_substitutes_{name}", deferrable=True, initially="DEFERRED"
            )
            for name in names
        ),
    )
    op.create_index("ix_substitutes_last", "substitutes", ["last"])
