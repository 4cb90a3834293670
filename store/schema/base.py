"""Common base of all tables: the shared metadata, keys, and references that are checked at the commit."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData

from store.engines.types import ID, SafeText, Utc

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def id_column() -> Column[int]:
    """Return the column of a key from the `Ids` port."""
    return Column("id", ID, primary_key=True, autoincrement=False)


def reference_column(
    column_name: str, target_column: str, *, nullable: bool = False, primary_key: bool = False
) -> Column[int]:
    """Return a column that names a row of another table; checked at the commit."""
    key = ForeignKey(target_column, deferrable=True, initially="DEFERRED")
    return Column(column_name, key, nullable=nullable, primary_key=primary_key, autoincrement=False)


def kept_file_columns() -> tuple[Column[Any], ...]:
    """Return the columns of a `KeptFile` besides its key."""
    return (
        Column("field", SafeText, nullable=False),
        Column("name", SafeText, nullable=False),
        Column("media_type", SafeText, nullable=False),
        Column("size", Integer, nullable=False),
        Column("sha256", ForeignKey("contents.sha256", deferrable=True, initially="DEFERRED"), nullable=False),
        Column("source_sha256", SafeText, nullable=False),
        Column("at", Utc, nullable=False),
    )
