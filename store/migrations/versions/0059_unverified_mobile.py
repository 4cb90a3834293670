"""The number of an unverified request has a column of its own, so that whoever proves it finds the request.

Revision ID: 0059
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    Text,
    column,
    select,
    table,
    text,
    update,
)

revision = "0059"
down_revision = "0061"

BIG = BigInteger().with_variant(Integer(), "sqlite")
KEY = "unverified_mobile"
ROWS_AT_ONCE = 1000

requests = table(
    "requests",
    column("id", BIG),
    column("mobile", Text()),
    column("erased_at", DateTime(timezone=True)),
    column("data", JSON(none_as_null=True)),
    column(KEY, Text()),
)


def upgrade() -> None:
    """Those that wait for a proof keep their number; the name beside their form goes."""
    op.add_column("requests", Column(KEY, Text()))
    is_set = text(f"{KEY} IS NOT NULL")
    op.create_index("ix_requests_unverified", "requests", [KEY, "id"], sqlite_where=is_set, postgresql_where=is_set)
    _move_numbers(op.get_bind())


def _move_numbers(connection: Connection) -> None:
    last_id = 0
    while True:
        page = (
            select(requests.c.id, requests.c.data)
            .where(requests.c.mobile.is_(None), requests.c.erased_at.is_(None), requests.c.id > last_id)
            .order_by(requests.c.id)
            .limit(ROWS_AT_ONCE)
        )
        rows = connection.execute(page).all()
        for request_id, data in rows:
            if KEY in data:
                other_values = {name: value for name, value in data.items() if name != KEY}
                new_values = {"data": other_values, KEY: data[KEY]}
                connection.execute(update(requests).where(requests.c.id == request_id).values(new_values))
        if len(rows) < ROWS_AT_ONCE:
            return
        last_id = rows[-1].id
