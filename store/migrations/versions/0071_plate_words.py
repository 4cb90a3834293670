"""Requests about a taxi are found by parts of its plate: what is there already gets the words that it would have if it
were made now.

Revision ID: 0071
"""

from alembic import op
from sqlalchemy import BigInteger, Integer, Text, column, insert, select, table

from domain.queues.request_words import list_plate_words

revision = "0071"
down_revision = "0070"

ROWS_AT_ONCE = 1000
BIG = BigInteger().with_variant(Integer(), "sqlite")
SORTED = Text().with_variant(Text(collation="C"), "postgresql")
WORDS = table("search_words", column("request_id", BIG), column("word", SORTED), column("service", Text()))
REQUESTS = table("requests", column("id", BIG), column("service", Text()), column("subject_key", Text()))


def upgrade() -> None:
    """Add the words, some requests at a time; what was erased has no plate any more."""
    connection, after = op.get_bind(), -1
    plated = select(REQUESTS).where(REQUESTS.c.subject_key.is_not(None)).order_by(REQUESTS.c.id).limit(ROWS_AT_ONCE)
    while requests := connection.execute(plated.where(REQUESTS.c.id > after)).all():
        rows = [
            {"request_id": request.id, "word": word, "service": request.service}
            for request in requests
            for word in set(list_plate_words(request.subject_key))
        ]
        if rows:
            connection.execute(insert(WORDS), rows)
        after = requests[-1].id
