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

MOST_MEMORY_BYTES = 2 << 30
"""Bytes of address space that such a process may take: a sheet that unpacks to more than that is no sheet."""

MOST_CPU_SECONDS = 300
"""Seconds of a processor that it may take."""

CHUNK_BYTES = 1 << 16
"""Bytes that are handed on at once."""

NICENESS = 10
"""Niceness of a child whose bytes are streamed."""

_GRACE_SECONDS = 3.0


async def run_in_process(function: Callable[..., None], *arguments: Any) -> bool:
    """Call a function of a module in a new process, and wait for its end; return whether it came to it by itself.

    Arguments are pickled. Cancelled, it has the process end, and waits for that.
    """
    process = get_context("spawn").Process(target=_run_bounded, args=(function, *arguments), daemon=True)
    process.start()
    process_end = asyncio.get_running_loop().run_in_executor(None, process.join)
    try:
        await asyncio.shield(process_end)
    except asyncio.CancelledError:
        process.terminate()
        await asyncio.wait([process_end], timeout=_GRACE_SECONDS)
        process.kill()
        await asyncio.wait([process_end])
        raise
    return process.exitcode == 0


async def stream_from_process(function: Callable[..., None], *arguments: Any) -> AsyncGenerator[bytes, None]:
    """Call a function of a module in a new process, and yield what it writes into the stream that it gets last.

    The process runs no further ahead than a pipe holds; one whose bytes nobody wants any more is ended. After the last
    bytes, `ChildProcessError` when the function did not come to its end by itself.
    """
    context = get_context("spawn")
    read_end, write_end = context.Pipe(duplex=False)
    process = context.Process(target=_write_into_pipe, args=(write_end, function, *arguments), daemon=True)
    process.start()
    write_end.close()
    try:
        async with _open_reader(read_end) as stream_reader:
            while chunk := await stream_reader.read(CHUNK_BYTES):
                yield chunk
        await asyncio.to_thread(process.join)
        if process.exitcode != 0:
            raise ChildProcessError(function.__qualname__)
    finally:
        process.kill()
        await asyncio.shield(asyncio.to_thread(process.join))


@asynccontextmanager
async def _open_reader(pipe: Connection) -> AsyncIterator[StreamReader]:
    stream_reader = StreamReader()
    with pipe, os.fdopen(os.dup(pipe.fileno()), "rb") as source:
        make_protocol = lambda: StreamReaderProtocol(stream_reader)  # noqa: E731
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(make_protocol, source)
        try:
            yield stream_reader
        finally:
            transport.close()


def _write_into_pipe(pipe: Connection, function: Callable[..., None], *arguments: Any) -> None:
    os.nice(NICENESS)
    with pipe, os.fdopen(pipe.fileno(), "wb", closefd=False) as output:
        _run_bounded(function, *arguments, output)


def _run_bounded(function: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which ends us in its own way
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what lies in temporary folders goes with us
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    function(*arguments)
