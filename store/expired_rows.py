"""Rows whose time is over, as every table is swept: the oldest first, so many at once, beside other processes."""

from sqlalchemy import ColumnElement, Delete, Integer, Select, Table, bindparam, delete, select, tuple_

from store.engines.types import Utc


def select_expired(table: Table, expires_at: ColumnElement[object]) -> Select[*tuple[object, ...]]:
    """Return the statement that selects the primary keys of rows whose time is over at `now`, at most `most` of them.
    Those that another unit has in hand are left to it.
    """
    return (
        select(*table.primary_key.columns)
        .where(expires_at <= bindparam("now", type_=Utc))
        .order_by(expires_at)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


def delete_expired(table: Table, expires_at: ColumnElement[object]) -> Delete:
    """Return the statement that deletes what `select_expired` selects."""
    return delete(table).where(tuple_(*table.primary_key.columns).in_(select_expired(table, expires_at)))
