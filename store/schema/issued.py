"""Papers that were issued, by the tokens that verify them."""

from sqlalchemy import Column, Date, Table

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
)
