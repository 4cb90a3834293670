"""Papers that were issued, by the tokens that verify them and by their numbers."""

from sqlalchemy import Column, Date, Index, Table

from store.engines.types import SafeText
from store.schema.base import metadata, reference_column

issued_papers = Table(
    "issued_papers",
    metadata,
    Column("token", SafeText, primary_key=True),
    reference_column("request_id", "requests.id"),
    Column("kind", SafeText, nullable=False),
    Column("number", SafeText),
    Column("day", Date, nullable=False),
    Column("number_key", SafeText),
    Index("ix_issued_papers_number_key", "number_key"),
)
