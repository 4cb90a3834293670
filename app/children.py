"""Work that would be in everybody's way, done in a process of its own: sheets that are read and written.

It has memory and time of its own, both bounded, and takes nothing of the service with it when it dies.
"""

import asyncio
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

MOST_MEMORY = 2 << 30
"""Bytes of address space that such a process may take: a sheet that unpacks to more than that is no sheet."""

MOST_SECONDS = 300
"""Seconds of a processor that it may take."""

_GRACE = 3.0


async def in_a_process(work: Callable[..., None], *arguments: Any) -> bool:
    """Call a function of a module in a new process, and wait for its end; tell whether it came to it by itself.

    Arguments are pickled. Cancelled, it has the process end, and waits for that.
    """
    process = get_context("spawn").Process(target=_bounded, args=(work, *arguments), daemon=True)
    process.start()
    ended = asyncio.get_running_loop().run_in_executor(None, process.join)
    try:
        await asyncio.shield(ended)
    except asyncio.CancelledError:
        process.terminate()
        await asyncio.wait([ended], timeout=_GRACE)
        process.kill()
        await asyncio.wait([ended])
        raise
    return process.exitcode == 0


def _bounded(work: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends us in its own way
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what lies in temporary folders goes with us
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    work(*arguments)
