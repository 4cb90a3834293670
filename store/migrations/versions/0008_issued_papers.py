"""Papers that were issued, by their tokens; those of requests that exist already are carried over.

Revision ID: 0008
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    or_,
    select,
)

revision = "0008"
down_revision = "0007"

BATCH = 1000
TEHRAN = ZoneInfo("Asia/Tehran")
LETTERS = {"expert": "letter", "taxi_leave": "permit"}

BIG = BigInteger().with_variant(Integer(), "sqlite")
JSON_VALUE = JSON(none_as_null=True)
REQUESTS = Table("requests", MetaData(), Column("id", BIG), Column("service", Text()), Column("data", JSON_VALUE))


def upgrade() -> None:
    """Make the table, and give it the tokens that requests keep."""
    papers = op.create_table(
        "issued_papers",
        Column("token", Text(), nullable=False),
        Column("request_id", BIG, autoincrement=False, nullable=False),
        Column("kind", Text(), nullable=False),
        Column("number", Text(), nullable=True),
        Column("day", Date(), nullable=False),
        PrimaryKeyConstraint("token", name="pk_issued_papers"),
        ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
            name="fk_issued_papers_request_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    connection, last = op.get_bind(), 0
    while page := _page(connection, last):
        last = page[-1][0]
        if rows := [paper for one in page for paper in _issued(*one)]:
            connection.execute(papers.insert(), rows)


def _page(connection: Connection, after: int) -> list[Any]:
    """Return the next requests that keep a token: id, service, data."""
    kept = [REQUESTS.c.data[name].as_string().is_not(None) for name in ("letter_token", "delivery_token")]
    wanted = select(REQUESTS).where(REQUESTS.c.id > after, or_(*kept)).order_by(REQUESTS.c.id).limit(BATCH)
    return list(connection.execute(wanted))


def _issued(request_id: int, service: str, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if token := data.get("letter_token"):
        number, day = data.get("letter_number"), date.fromisoformat(data["letter_date"])
        kind = LETTERS.get(service, "letter")
        yield {"token": token, "request_id": request_id, "kind": kind, "number": number, "day": day}
    if token := data.get("delivery_token"):
        day = datetime.fromisoformat(data["handed_over_at"]).astimezone(TEHRAN).date()
        yield {"token": token, "request_id": request_id, "kind": "delivery_form", "number": None, "day": day}
