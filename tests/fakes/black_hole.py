"""A TCP proxy on 127.0.0.1 that can turn into a black hole: it takes everything, forwards nothing, and ends nothing.

So does a network whose firewall forgot the connection, or a machine that lost its power: no reset, no end, no answer.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from typing import Self


class BlackHole:
    """Forwards to a port. `async with BlackHole(port) as proxy:`; its own is `proxy.port`."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallowed: set[asyncio.Task[None]] = set()
        self._dark = False
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def swallow(self, *, new: bool) -> None:
        """Be a black hole for the connections that there are, and for new ones too if `new`."""
        self._swallowed |= self._tasks
        self._dark = new

    def forward(self) -> None:
        """Forward new connections again; those that were swallowed stay so."""
        self._dark = False

    async def _take(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        if self._dark:
            self._swallowed.add(task)
        with suppress(OSError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._behind)
            try:
                await asyncio.gather(self._pump(task, reader, server_writer), self._pump(task, server_reader, writer))
            finally:
                server_writer.close()
                writer.close()
        self._tasks.discard(task)

    async def _pump(self, of: asyncio.Task[None], reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(65536):
            if of not in self._swallowed:
                writer.write(data)
                await writer.drain()
        if of not in self._swallowed:
            writer.close()
