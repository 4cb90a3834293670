"""Issued papers are found by their numbers, however these are typed.

Revision ID: 0047
"""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import Column, Connection, MetaData, Table, Text, bindparam, select

from domain.values.text import fold_text

revision = "0047"
down_revision = "0045"

BATCH = 1000
PAPERS = Table(
    "issued_papers", MetaData(), Column("token", Text()), Column("number", Text()), Column("number_key", Text())
)


def upgrade() -> None:
    """What is compared is kept beside each number. A table whose references are still to be checked is not altered: the
    papers may have been carried over in this very transaction (0008).
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.add_column("issued_papers", Column("number_key", Text()))
    _fill_keys(op.get_bind())
    op.create_index("ix_issued_papers_number_key", "issued_papers", ["number_key"])


def _fill_keys(connection: Connection) -> None:
    last_token = ""
    numbered = select(PAPERS.c.token, PAPERS.c.number).where(PAPERS.c.number.is_not(None)).order_by(PAPERS.c.token)
    while rows := connection.execute(numbered.where(PAPERS.c.token > last_token).limit(BATCH)).all():
        _store_keys(connection, [(token, "".join(fold_text(number).split())) for token, number in rows])
        last_token = rows[-1][0]


def _store_keys(connection: Connection, keys_by_token: Sequence[tuple[str, str]]) -> None:
    store = PAPERS.update().where(PAPERS.c.token == bindparam("of")).values(number_key=bindparam("key"))
    connection.execute(store, [{"of": token, "key": key} for token, key in keys_by_token])
