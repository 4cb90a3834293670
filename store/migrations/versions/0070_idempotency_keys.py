"""Keys of forms and calls of counter software are one thing, and their table is called so.

Revision ID: 0070
"""

from alembic import op
from sqlalchemy import Column, DateTime, PrimaryKeyConstraint, Text, column, insert, select, table

revision = "0070"
down_revision = "0069"

MOMENT = DateTime(timezone=True)
OLD_NAMES = {
    "office": "owner",
    "call_id": "key",
    "digest": "digest",
    "operation": "operation",
    "answer": "answer",
    "at": "at",
    "keeps_until": "expires_at",
}
"""The columns of before → what they are called now."""


def upgrade() -> None:
    """Copy what is known under the new names."""
    op.create_table(
        "idempotency_keys",
        *(Column(name, Text(), nullable=False) for name in ("owner", "key", "digest", "operation")),
        Column("answer", Text(), nullable=True),
        Column("at", MOMENT, nullable=False),
        Column("expires_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("owner", "key", name="pk_idempotency_keys"),
    )
    old_table = table("office_calls", *map(column, OLD_NAMES))
    new_table = table("idempotency_keys", *map(column, OLD_NAMES.values()))
    op.execute(insert(new_table).from_select([*OLD_NAMES.values()], select(old_table)))
    op.drop_table("office_calls")
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"])
