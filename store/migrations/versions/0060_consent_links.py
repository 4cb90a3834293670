"""Links by which others than the citizen answer what a request asks them.

Revision ID: 0060
"""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0060"
down_revision = "0057"

BIG = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Questions that are open now were asked without a link, and can be answered as before."""
    op.create_table(
        "consent_links",
        Column("digest", Text(), nullable=False),
        Column("request_id", BIG, autoincrement=False, nullable=False),
        Column("asked_seq", Integer(), nullable=False),
        Column("text_name", Text(), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("expires_at", DateTime(timezone=True)),
        PrimaryKeyConstraint("digest", name="pk_consent_links"),
        ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
            name="fk_consent_links_request_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
