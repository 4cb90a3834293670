"""Requests are found by the last digits of code and mobile, by postal code and by words of an address; bills by their
payment id. What is there already gets the words that it would have if it were made now.

Revision ID: 0067
"""

from collections.abc import Iterator, Sequence
from typing import Any

from alembic import op
from sqlalchemy import JSON, BigInteger, Connection, DateTime, Integer, Text, bindparam, column, insert, select, table

from domain.queues.request_words import POSTAL_CODE_KIND, last_digits_word, list_address_words

revision = "0067"
down_revision = "0066"

ROWS_AT_ONCE = 1000
BIG = BigInteger().with_variant(Integer(), "sqlite")
SORTED = Text().with_variant(Text(collation="C"), "postgresql")

ADDRESS_FIELDS = {"machinery": "place", "expert": "address"}
"""Service → the field of its form that is an address, as the declarations were."""

POINT_MARK = " geo:"
"""Behind the words of a place is its point on the map."""

WORDS = table("search_words", column("request_id", BIG), column("word", SORTED), column("service", Text()))
REQUESTS = table(
    "requests",
    column("id", BIG),
    column("service", Text()),
    column("code", Text()),
    column("mobile", Text()),
    column("fields", JSON(none_as_null=True)),
    column("erased_at", DateTime(timezone=True)),
)


def upgrade() -> None:
    """Index payment ids, and add the words, some requests at a time."""
    op.create_index("ix_bills_payment_id_id", "bills", ["payment_id", "id"])
    op.create_index("ix_merged_bills_payment_id", "merged_bills", ["payment_id"])
    connection = op.get_bind()
    for requests in _batches(connection):
        rows = [
            {"request_id": request.id, "word": word, "service": request.service}
            for request in requests
            for word in sorted(_words(request))
        ]
        if rows:
            connection.execute(insert(WORDS), rows)


def _batches(connection: Connection) -> Iterator[Sequence[Any]]:
    behind = select(REQUESTS).where(REQUESTS.c.id > bindparam("after"), REQUESTS.c.erased_at.is_(None))
    some = behind.order_by(REQUESTS.c.id).limit(ROWS_AT_ONCE)
    after = -1
    while rows := connection.execute(some, {"after": after}).all():
        yield rows
        after = rows[-1].id


def _words(request: Any) -> set[str]:
    words = {last_digits_word(number) for number in (request.code, request.mobile) if number}
    address = str(request.fields.get(ADDRESS_FIELDS.get(request.service, ""), ""))
    words |= set(list_address_words(f" {address}".partition(POINT_MARK)[0]))
    if postal_code := request.fields.get("postal_code"):
        words.add(f"{POSTAL_CODE_KIND}{postal_code}")
    return words
