"""The queues of the desk are counted in indexes alone: PostgreSQL keeps track of which rows every reader may see.

By default it does so after a fifth of a table was changed, which takes years beside a million requests; until then each
row that is counted is looked up. A thousand changed requests are some days of work, and seen to in a second.

Revision ID: 0013
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Have the table of requests looked after more often; SQLite has no such thing."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE requests SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,"
            " autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000,"
            " vacuum_index_cleanup = on)"
        )
