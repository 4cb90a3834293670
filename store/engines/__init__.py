"""The databases that Pishkhan runs on, by the scheme of their URL (`PISHKHAN_DATABASE_URL`)."""

from collections.abc import Callable, Mapping

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from store.engines.addresses import hosts_apart
from store.engines.base import Engine
from store.engines.limits import LIMITS, Limits
from store.engines.postgresql import PostgresqlEngine
from store.engines.sqlite import SqliteEngine

ENGINES: Mapping[str, Callable[[URL, Limits], Engine]] = {
    "sqlite": SqliteEngine,
    "postgresql": PostgresqlEngine,
}


def engine_for(url: str, limits: Limits = LIMITS) -> Engine:
    """Return the engine of a database URL, not yet connected; `ValueError` when it names none that is known."""
    try:
        parsed = make_url(hosts_apart(url))
    except ArgumentError:
        raise ValueError("the database URL cannot be read: sqlite:///path or postgresql://…") from None
    if parsed.drivername not in ENGINES:
        raise ValueError(f"unknown database {parsed.drivername!r}: choose from {', '.join(ENGINES)}")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise ValueError(f"the database URL names port {parsed.port}: ports go from 1 to 65535")
    return ENGINES[parsed.drivername](parsed, limits)
