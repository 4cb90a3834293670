"""Opening the configured database; an obstacle is raised as `NotReady`, or put into words."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.configuration.settings import Settings
from app.readiness import NotReady
from domain.values.errors import DomainError
from store.engines.faults import DatabaseUnavailable, FaultKind
from store.engines.health import Health
from store.migrate import SchemaMismatch
from store.unit_of_work import OnQueued, SqlStore

FAULT_DESCRIPTIONS: Mapping[FaultKind, str] = {
    FaultKind.NO_ANSWER: "the database does not answer",
    FaultKind.BUSY: "the database is busy",
    FaultKind.READ_ONLY: "the database can only be read",
    FaultKind.FULL: "the disk of the database is full",
    FaultKind.IO_ERROR: "the disk of the database fails",
    FaultKind.DAMAGED: "the database is damaged, or is none",
    FaultKind.REFUSED: "the database does not let this process in (user, password, name, rights; a file's folder)",
    FaultKind.REPLACED: "the database's file is not the one that was opened",
}
"""Descriptions of each kind of fault for whoever looks after the installation."""


def describe_database_fault(error: DomainError) -> str:
    """Return one line about a database that cannot be used: the setting to look at, why, and its own message."""
    description, cause_text = FAULT_DESCRIPTIONS[FaultKind.NO_ANSWER], ""
    if isinstance(error, DatabaseUnavailable):
        description, cause_text = FAULT_DESCRIPTIONS[error.kind], f": {error.cause}"
    return f"PISHKHAN_DATABASE_URL: {description}{cause_text}"


@contextmanager
def muted_health_log() -> Iterator[None]:
    """Leave a failure at opening to whoever opens: it is raised there, and not logged as well."""
    health_log = logging.getLogger(Health.__module__)
    health_log.disabled = True
    try:
        yield
    finally:
        health_log.disabled = False


async def open_store(settings: Settings, on_queued: OnQueued | None = None) -> SqlStore:
    """Open it; `NotReady` when its address or schema is wrong, `Unavailable("database")` when it does not answer."""
    try:
        with muted_health_log():
            return await SqlStore.connect(settings.database_url, on_queued, settings.database.connection_limits())
    except SchemaMismatch as mismatch:
        raise NotReady([str(mismatch)]) from None
    except ValueError as error:
        raise NotReady([f"PISHKHAN_DATABASE_URL: {error}"]) from None
