"""The databases that Pishkhan runs on, by the scheme of their URL (`PISHKHAN_DATABASE_URL`)."""

from collections.abc import Callable, Mapping

from sqlalchemy import URL

from store.engines.addresses import read_database_url
from store.engines.base import DatabaseEngine
from store.engines.limits import DEFAULT_LIMITS, ConnectionLimits
from store.engines.postgresql import PostgresqlEngine
from store.engines.sqlite import SqliteEngine

ENGINE_CLASSES: Mapping[str, Callable[[URL, ConnectionLimits], DatabaseEngine]] = {
    "sqlite": SqliteEngine,
    "postgresql": PostgresqlEngine,
}


def build_engine(database_url: str, limits: ConnectionLimits = DEFAULT_LIMITS) -> DatabaseEngine:
    """Return the engine of a database URL, not yet connected; `ValueError` when it names none that is known."""
    address = read_database_url(database_url)
    if address.drivername not in ENGINE_CLASSES:
        raise ValueError(f"unknown database {address.drivername!r}: choose from {', '.join(ENGINE_CLASSES)}")
    return ENGINE_CLASSES[address.drivername](address, limits)
