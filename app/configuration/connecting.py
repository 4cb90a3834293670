"""What `pishkhan check --connect` asks besides the configuration: the database, its schema and key, the SMS panels,
the scanner of files.
"""

from collections.abc import AsyncIterator

from app.configuration.settings import Settings
from app.database import describe_database_fault, open_store
from app.http.readiness import NotReady, refuse_unknown_states
from app.parts import build_providers
from app.security.key_check import refuse_another_key
from app.wiring import build_scanner, load_dependencies
from domain.values.errors import Unavailable


async def find_connection_faults(settings: Settings) -> list[str]:
    """Return a line for everything that does not answer as it must; nothing is changed and nothing sent."""
    return [
        *await _find_database_faults(settings),
        *[fault async for fault in _find_panel_faults(settings)],
        *await _find_scanner_faults(settings),
    ]


async def _find_database_faults(settings: Settings) -> list[str]:
    try:
        store = await open_store(settings)
        try:
            await refuse_another_key(settings, store)
            await refuse_unknown_states(await load_dependencies(settings, store), store)
        finally:
            await store.close()
    except NotReady as error:
        return error.faults
    except Unavailable as error:
        return [describe_database_fault(error)]
    return []


async def _find_panel_faults(settings: Settings) -> AsyncIterator[str]:
    for name, provider in build_providers(settings).items():
        try:
            if refusal_reason := await provider.check_account():
                yield f"PISHKHAN_SMS__{name.upper()}: the panel does not take texts: {refusal_reason}"
        finally:
            await provider.close()


async def _find_scanner_faults(settings: Settings) -> list[str]:
    scanner = build_scanner(settings)
    fault = await scanner.find_fault() if scanner else None
    return [f"PISHKHAN_UPLOADS__CLAMD: {fault}; no file is taken until it does"] if fault else []
