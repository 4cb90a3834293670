"""What `pishkhan check --connect` asks besides the configuration: the database, its schema and key, the SMS panels."""

from collections.abc import AsyncIterator

from app.configuration.settings import Settings
from app.database import in_words, open_store
from app.http.readiness import NotReady, refuse_unknown_states
from app.parts import build_providers
from app.security.key_check import refuse_another_key
from app.wiring import desk_of
from domain.values.errors import Unavailable


async def connection_faults(settings: Settings) -> list[str]:
    """Return a line for everything that does not answer as it must; nothing is changed and nothing sent."""
    return [*await _database_faults(settings), *[fault async for fault in _panel_faults(settings)]]


async def _database_faults(settings: Settings) -> list[str]:
    try:
        store = await open_store(settings)
        try:
            await refuse_another_key(settings, store)
            await refuse_unknown_states(await desk_of(settings, store), store)
        finally:
            await store.close()
    except NotReady as error:
        return error.faults
    except Unavailable as error:
        return [in_words(error)]
    return []


async def _panel_faults(settings: Settings) -> AsyncIterator[str]:
    for name, provider in build_providers(settings).items():
        try:
            if reason := await provider.refusal():
                yield f"PISHKHAN_SMS__{name.upper()}: the panel does not take texts: {reason}"
        finally:
            await provider.close()
