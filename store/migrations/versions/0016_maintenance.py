"""The registry of maintenance: what was done to which machine, and what is to be done next.

Revision ID: 0016
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
    UniqueConstraint,
)

revision = "0016"
down_revision = "0015"

BIG = BigInteger().with_variant(Integer(), "sqlite")
MOMENT = DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "maintenance",
        Column("id", BIG, autoincrement=False, nullable=False),
        Column("machine", Text(), autoincrement=False, nullable=False),
        Column("begun", Date(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("ended", Date(), nullable=True),
        Column("meter", Integer(), nullable=True),
        Column("workshop", Text(), nullable=True),
        Column("cost", BIG, nullable=True),
        Column("note", Text(), nullable=True),
        Column("next_due", Date(), nullable=True),
        Column("standing", Text(), nullable=False),
        Column("revision", Integer(), nullable=False),
        Column("created_at", MOMENT, nullable=False),
        Column("updated_at", MOMENT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_maintenance"),
        UniqueConstraint("machine", "begun", "kind", "number", name="uq_maintenance_machine_begun_kind_number"),
        ForeignKeyConstraint(
            ["machine"], ["resources.code"], name="fk_maintenance_machine", deferrable=True, initially="DEFERRED"
        ),
    )
