"""The citizens' portal: sessions of browsers, when a code was used, and codes found by their time.

Revision ID: 0049
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Integer, PrimaryKeyConstraint, Text, UniqueConstraint, text

revision = "0049"
down_revision = "0050"

BIG = BigInteger().with_variant(Integer(), "sqlite")
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Nobody had a session before; a code under way was not used yet."""
    op.create_table(
        "citizen_sessions",
        Column("id", BIG, autoincrement=False, nullable=False),
        *(Column(name, TEXT, nullable=False) for name in ("digest", "csrf_token")),
        *(Column(name, MOMENT, nullable=False) for name in ("created_at", "last_used_at")),
        *(Column(name, TEXT) for name in ("pending_digest", "proved_mobile")),
        Column("proved_at", MOMENT),
        PrimaryKeyConstraint("id", name="pk_citizen_sessions"),
        UniqueConstraint("digest", name="uq_citizen_sessions_digest"),
    )
    op.create_index("ix_citizen_sessions_last_used_at", "citizen_sessions", ["last_used_at"])
    _index_where("uq_citizen_sessions_pending", "citizen_sessions", "pending_digest", unique=True)
    _index_where("ix_citizen_sessions_mobile", "citizen_sessions", "proved_mobile")
    op.add_column("mobile_proofs", Column("used_at", MOMENT))
    is_code = text("cls = 'security'")
    op.create_index("ix_outbox_codes", "outbox", ["created_at"], sqlite_where=is_code, postgresql_where=is_code)


def _index_where(index_name: str, table_name: str, column_name: str, *, unique: bool = False) -> None:
    is_set = text(f"{column_name} IS NOT NULL")
    op.create_index(index_name, table_name, [column_name], unique=unique, sqlite_where=is_set, postgresql_where=is_set)
