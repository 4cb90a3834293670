"""Words of another kind than names are marked by a sign that nobody types; the bank's numbers in lines of settlement
files are kept without leading zeros, as lines that are read now have them.

Revision ID: 0069
"""

from alembic import op
from sqlalchemy import BigInteger, Integer, Text, column, delete, exists, func, insert, literal, select, table, update

revision = "0069"
down_revision = "0068"

BIG = BigInteger().with_variant(Integer(), "sqlite")
SORTED = Text().with_variant(Text(collation="C"), "postgresql")
WORDS = table("search_words", column("request_id", BIG), column("word", SORTED), column("service", Text()))
LINES = table("settlement_lines", column("reference", Text()))

UNMARKED_KINDS = ("end ", "post ", "at ")
"""How words of these kinds began for some days: 0067 writes them with the mark since."""

MARK = "#"


def upgrade() -> None:
    """Mark the words, and strip the zeros of references that are more than zeros."""
    marked = WORDS.alias("marked")
    for kind in UNMARKED_KINDS:
        is_unmarked = (WORDS.c.word >= kind) & (WORDS.c.word < f"{kind[:-1]}!")  # the sign behind the blank
        marked_word = literal(MARK) + WORDS.c.word
        is_there = exists().where(marked.c.request_id == WORDS.c.request_id, marked.c.word == marked_word)
        renamed = select(WORDS.c.request_id, marked_word, WORDS.c.service).where(is_unmarked, ~is_there)
        op.execute(insert(WORDS).from_select(["request_id", "word", "service"], renamed))
        op.execute(delete(WORDS).where(is_unmarked))
    bare = func.ltrim(LINES.c.reference, "0")
    op.execute(update(LINES).where(LINES.c.reference.like("0%"), bare != "").values(reference=bare))
