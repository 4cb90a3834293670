"""Opening the configured database; what stands in the way is told as `NotReady`."""

from app.readiness import NotReady
from app.settings import Settings
from store.migrate import SchemaMismatch
from store.unit_of_work import OnQueued, SqlStore


async def open_store(settings: Settings, on_queued: OnQueued | None = None) -> SqlStore:
    """Open it; `NotReady` when its address or schema is wrong, `Unavailable("database")` when it does not answer."""
    try:
        return await SqlStore.open(settings.database_url, on_queued, settings.database.limits())
    except SchemaMismatch as mismatch:
        raise NotReady([str(mismatch)]) from None
    except ValueError as error:
        raise NotReady([f"PISHKHAN_DATABASE_URL: {error}"]) from None
