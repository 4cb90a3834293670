"""Words to search by are kept once more for each word beside them: half of each of two words is one range of the index.

The words of a name are told from what is kept of it already: its rows are one another, turned where a word begins.

Revision ID: 0014
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, column, insert, select, table

from domain.queues.search import list_pairings

revision = "0014"
down_revision = "0013"

ROWS_AT_ONCE = 5000
BIG = BigInteger().with_variant(Integer(), "sqlite")
SORTED = Text().with_variant(Text(collation="C"), "postgresql")
WORDS = table("search_words", column("request_id", BIG), column("word", SORTED), column("service", Text()))


def upgrade() -> None:
    """Add the rows, some requests at a time."""
    connection = op.get_bind()
    for words in _batches(connection):
        rows = [
            {"request_id": request_id, "word": word, "service": service}
            for (request_id, service), kept in words.items()
            for word in sorted(list_pairings(_names(kept)))
        ]
        if rows:
            connection.execute(insert(WORDS), rows)


def _batches(connection: Connection) -> Iterator[Mapping[tuple[int, str], Collection[str]]]:
    """Yield the words of some requests, each with all of its own: the last of those read may have more."""
    after = -1
    behind = select(WORDS).where(WORDS.c.request_id > bindparam("after"))
    some = behind.order_by(WORDS.c.request_id, WORDS.c.word).limit(ROWS_AT_ONCE)
    while rows := connection.execute(some, {"after": after}).all():
        last = rows[-1].request_id if len(rows) == ROWS_AT_ONCE else None
        yield _by_request([row for row in rows if row.request_id != last])
        after = rows[-1].request_id - (last is not None)


def _by_request(rows: Sequence[Any]) -> Mapping[tuple[int, str], Collection[str]]:
    words: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row in rows:
        words[row.request_id, row.service].add(row.word)
    return words


def _names(kept: Collection[str]) -> Iterator[Sequence[str]]:
    """Yield each name or number once, word by word."""
    seen: set[str] = set()
    for row in kept:
        if row not in seen:
            begins = [at for at in range(1 if row.isdecimal() else len(row)) if row[at:] + row[:at] in kept]
            seen |= {row[at:] + row[:at] for at in begins}
            yield [row[at:end] for at, end in zip(begins, [*begins[1:], len(row)], strict=True)]
