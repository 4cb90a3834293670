"""Verifying the history in a process of its own: it takes a processor for minutes, and memory that it gives back."""

import asyncio
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from threading import Thread

from app.configuration.settings import Settings
from app.database import open_store
from app.wiring import build_signer
from domain.actions.history.sealing import Verification, verify
from domain.values.errors import Unavailable

NICENESS = 10
"""How far it steps back behind the server."""


async def verify_apart(settings: Settings) -> Verification:
    """Verify the configured database's history; the process ends when this is cancelled, and with its parent.

    `Unavailable("history")`."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_verify, args=(settings, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        found: Verification = await asyncio.to_thread(ours.recv)
    except EOFError:  # it died: the database went away, or somebody ended it
        raise Unavailable("history") from None
    else:
        return found
    finally:
        process.terminate()
        await asyncio.shield(asyncio.to_thread(process.join))
        ours.close()


def _verify(settings: Settings, told: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)
    told.send(asyncio.run(_verified(settings)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


async def _verified(settings: Settings) -> Verification:
    store = await open_store(settings)
    try:
        return await verify(store, build_signer(settings))
    finally:
        await store.close()
