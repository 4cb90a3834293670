"""Where a price or a commission was withdrawn, another may begin on its day: a withdrawn one ends on its own first day.

Revision ID: 0017
"""

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"

THINGS = {"tariffs": ("service", "dimensions"), "commission_rules": ("office", "service")}
HOLDS = text("valid_to IS NULL OR valid_to > valid_from")


def upgrade() -> None:
    """Let the rule be about those that hold."""
    for table, thing in THINGS.items():
        with op.batch_alter_table(table) as dated:
            dated.drop_constraint(f"uq_{table}_{'_'.join(thing)}_valid_from", type_="unique")
        op.create_index(
            f"uq_{table}_begun", table, [*thing, "valid_from"], unique=True, sqlite_where=HOLDS, postgresql_where=HOLDS
        )
