"""Work that would be in everybody's way, done in a process of its own: sheets that are read and written.

It has memory and time of its own, both bounded, and takes nothing of the service with it when it dies.
"""

import asyncio
import os
import resource
import signal
import sys
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

MOST_MEMORY = 2 << 30
"""Bytes of address space that such a process may take: a sheet that unpacks to more than that is no sheet."""

MOST_SECONDS = 300
"""Seconds of a processor that it may take."""

CHUNK = 1 << 16
"""Bytes that are handed on at once."""

NICENESS = 10
"""How far one whose bytes are streamed steps back behind the service."""

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


async def streamed(work: Callable[..., None], *arguments: Any) -> AsyncGenerator[bytes, None]:
    """Call a function of a module in a new process, and yield what it writes into the stream that it gets last.

    The process runs no further ahead than a pipe holds; one whose bytes nobody wants any more is ended. After the last
    bytes, `ChildProcessError` when the function did not come to its end by itself.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_into, args=(theirs, work, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        async with _reading(ours) as reader:
            while chunk := await reader.read(CHUNK):
                yield chunk
        await asyncio.to_thread(process.join)
        if process.exitcode != 0:
            raise ChildProcessError(work.__qualname__)
    finally:
        process.kill()
        await asyncio.shield(asyncio.to_thread(process.join))


@asynccontextmanager
async def _reading(pipe: Connection) -> AsyncIterator[StreamReader]:
    reader = StreamReader()
    with pipe, os.fdopen(os.dup(pipe.fileno()), "rb") as source:
        make = lambda: StreamReaderProtocol(reader)  # noqa: E731
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(make, source)
        try:
            yield reader
        finally:
            transport.close()


def _into(pipe: Connection, work: Callable[..., None], *arguments: Any) -> None:
    os.nice(NICENESS)
    with pipe, os.fdopen(pipe.fileno(), "wb", closefd=False) as out:
        _bounded(work, *arguments, out)


def _bounded(work: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends us in its own way
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what lies in temporary folders goes with us
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    work(*arguments)
