"""Booked machine work is due when its hours end, by which queues are sorted: that of today too.

Revision ID: 0065
"""

from datetime import UTC, datetime

from alembic import op
from sqlalchemy import JSON, BigInteger, DateTime, Integer, Text, column, select, table, update

revision = "0065"
down_revision = "0064"

BIG = BigInteger().with_variant(Integer(), "sqlite")

requests = table(
    "requests",
    column("id", BIG),
    column("service", Text()),
    column("state", Text()),
    column("data", JSON(none_as_null=True)),
    column("due_at", DateTime(timezone=True)),
)


def upgrade() -> None:
    """Booked requests are few at a time: they are those of the next weeks."""
    connection = op.get_bind()
    is_booked = requests.c.service == "machinery", requests.c.state == "scheduled"
    for request_id, data in connection.execute(select(requests.c.id, requests.c.data).where(*is_booked)).all():
        if "booked_end" in data:
            due_at = datetime.fromisoformat(data["booked_end"]).astimezone(UTC)
            connection.execute(update(requests).where(requests.c.id == request_id).values(due_at=due_at))
