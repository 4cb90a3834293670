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
from domain.actions.history.sealing import Verification, verify_history
from domain.values.errors import Unavailable

NICENESS = 10
"""Niceness of the verification behind the server."""


async def verify_in_process(settings: Settings) -> Verification:
    """Verify the configured database's history; the process ends when this is cancelled, and with its parent.

    `Unavailable("history")`."""
    context = multiprocessing.get_context("spawn")
    read_end, write_end = context.Pipe(duplex=False)
    process = context.Process(target=_run_verification, args=(settings, write_end), daemon=True)
    process.start()
    write_end.close()
    try:
        verification: Verification = await asyncio.to_thread(read_end.recv)
    except EOFError:  # it died: the database went away, or somebody ended it
        raise Unavailable("history") from None
    else:
        return verification
    finally:
        process.terminate()
        await asyncio.shield(asyncio.to_thread(process.join))
        read_end.close()


def _run_verification(settings: Settings, result_pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)
    result_pipe.send(asyncio.run(_verify_database(settings)))


def _end_with_parent() -> None:
    parent_process = multiprocessing.parent_process()
    if parent_process is not None:
        parent_process.join()
        os._exit(1)


async def _verify_database(settings: Settings) -> Verification:
    store = await open_store(settings)
    try:
        return await verify_history(store, build_signer(settings))
    finally:
        await store.close()
