"""Papers that were issued, by the tokens that verify them."""

from sqlalchemy import Column, Date, Table

from store.engines.types import Words
from store.schema.base import metadata, refers

issued_papers = Table(
    "issued_papers",
    metadata,
    Column("token", Words, primary_key=True),
    refers("request_id", "requests.id"),
    Column("kind", Words, nullable=False),
    Column("number", Words),
    Column("day", Date, nullable=False),
)
