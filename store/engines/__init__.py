"""The databases that Pishkhan runs on, by the scheme of their URL (`PISHKHAN_DATABASE_URL`)."""

from collections.abc import Mapping
from importlib import import_module

from store.engines.addresses import read_database_url
from store.engines.base import DatabaseEngine
from store.engines.limits import DEFAULT_LIMITS, ConnectionLimits

ENGINE_CLASSES: Mapping[str, str] = {
    "sqlite": "store.engines.sqlite.SqliteEngine",
    "postgresql": "store.engines.postgresql.PostgresqlEngine",
}
"""The class of each scheme; its driver and dialect are loaded only where that database is used."""


def build_engine(database_url: str, limits: ConnectionLimits = DEFAULT_LIMITS) -> DatabaseEngine:
    """Return the engine of a database URL, not yet connected; `ValueError` when it names none that is known."""
    address = read_database_url(database_url)
    if address.drivername not in ENGINE_CLASSES:
        raise ValueError(f"unknown database {address.drivername!r}: choose from {', '.join(ENGINE_CLASSES)}")
    module_name, _, class_name = ENGINE_CLASSES[address.drivername].rpartition(".")
    engine: DatabaseEngine = getattr(import_module(module_name), class_name)(address, limits)
    return engine
