"""The staff's site: sessions and second factors.

Revision ID: 0005
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
)

revision = "0005"
down_revision = "0004"

BIG = BigInteger().with_variant(Integer(), "sqlite")
TEXT, MOMENT = Text(), DateTime(timezone=True)


def upgrade() -> None:
    """Make two tables."""
    op.create_table(
        "staff_sessions",
        *(Column(name, TEXT, nullable=False) for name in ("digest", "username", "csrf")),
        *(Column(name, MOMENT, nullable=False) for name in ("made_at", "seen_at", "proved_at")),
        Column("second_factor", Boolean(), nullable=False),
        *(Column(name, TEXT, nullable=False) for name in ("address", "agent")),
        PrimaryKeyConstraint("digest", name="pk_staff_sessions"),
        _of_staff("staff_sessions"),
    )
    for name in ("username", "seen_at"):
        op.create_index(f"ix_staff_sessions_{name}", "staff_sessions", [name])
    op.create_table(
        "second_factors",
        *(Column(name, TEXT, nullable=False) for name in ("username", "sealed")),
        Column("confirmed", Boolean(), nullable=False),
        Column("last_step", BIG, nullable=False),
        Column("recovery", JSON(none_as_null=True), nullable=False),
        Column("made_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("username", name="pk_second_factors"),
        _of_staff("second_factors"),
    )


def _of_staff(table: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_username"
    return ForeignKeyConstraint(["username"], ["staff.username"], name=name, deferrable=True, initially="DEFERRED")
