"""A SOCKS5 proxy on loopback (RFC 1928, CONNECT only, no password), as the one that leads to Telegram."""

import asyncio
import struct
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from typing import Self

VERSION, NO_PASSWORD, CONNECT = 5, 0, 1
IPV4, NAME = 1, 3
DONE = 0


class SocksProxy:
    """The proxy; `led` are the addresses that it led to."""

    def __init__(self) -> None:
        self.led: list[tuple[str, int]] = []
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Address, as settings name it."""
        assert self._server
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._pipes.add(task)
        try:
            host, port = await _asked_for(reader, writer)
            self.led.append((host, port))
            there_reader, there_writer = await asyncio.open_connection(host, port)
            writer.write(struct.pack("!BBxBIH", VERSION, DONE, IPV4, 0, 0))
            await asyncio.gather(_pour(reader, there_writer), _pour(there_reader, writer))
        except (IncompleteReadError, ConnectionError):
            pass  # one side went away
        finally:
            self._pipes.discard(task)
            writer.close()


async def _asked_for(reader: StreamReader, writer: StreamWriter) -> tuple[str, int]:
    """Greet and read where the client wants to go."""
    _version, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(bytes([VERSION, NO_PASSWORD]))
    _version, command, _, kind = await reader.readexactly(4)
    assert command == CONNECT
    if kind == NAME:
        [size] = await reader.readexactly(1)
        host = (await reader.readexactly(size)).decode()
    else:
        host = ".".join(map(str, await reader.readexactly(4)))
    [port] = struct.unpack("!H", await reader.readexactly(2))
    return host, port


async def _pour(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
