"""The databases that Pishkhan runs on, by the scheme of their URL (`PISHKHAN_DATABASE_URL`)."""

from collections.abc import Callable, Mapping

from sqlalchemy import URL

from store.engines.addresses import read_address
from store.engines.base import DatabaseEngine
from store.engines.limits import LIMITS, ConnectionLimits
from store.engines.postgresql import PostgresqlEngine
from store.engines.sqlite import SqliteEngine

ENGINES: Mapping[str, Callable[[URL, ConnectionLimits], DatabaseEngine]] = {
    "sqlite": SqliteEngine,
    "postgresql": PostgresqlEngine,
}


def engine_for(url: str, limits: ConnectionLimits = LIMITS) -> DatabaseEngine:
    """Return the engine of a database URL, not yet connected; `ValueError` when it names none that is known."""
    parsed = read_address(url)
    if parsed.drivername not in ENGINES:
        raise ValueError(f"unknown database {parsed.drivername!r}: choose from {', '.join(ENGINES)}")
    return ENGINES[parsed.drivername](parsed, limits)
