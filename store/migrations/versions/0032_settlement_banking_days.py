"""The settlement lag counts banking days: hours that the staff set become as many days as they reached into.

Revision ID: 0032
"""

from alembic import op
from sqlalchemy import column, insert, select, table

from store.engines.types import JSON_VALUE, Utc

revision = "0032"
down_revision = "0023"

HOURS_A_DAY = 24

_CHANGES = table(
    "setting_changes",
    column("id"),
    column("name"),
    column("before", JSON_VALUE),
    column("value", JSON_VALUE),
    column("by"),
    column("at", Utc),
)


def upgrade() -> None:
    """Add a change under the new name beside the last one of the old: changes are never edited."""
    last_change = (
        op.get_bind()
        .execute(
            select(_CHANGES).where(_CHANGES.c.name == "settlement_lag_hours").order_by(_CHANGES.c.id.desc()).limit(1)
        )
        .one_or_none()
    )
    if last_change is None or last_change.value is None:
        return
    values = {
        "name": "settlement_banking_days",
        "before": None,
        "value": -(-last_change.value // HOURS_A_DAY),
        "by": last_change.by,
        "at": last_change.at,
    }
    op.execute(insert(_CHANGES).values(values))
