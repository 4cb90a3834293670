"""ClamAV's daemon on loopback, over TCP or a Unix socket: `zPING` and `zINSTREAM`, and faults on demand.

It knows one malware, the test file of EICAR, and takes streams of `STREAM_BYTES` at most, as the real one does by its
`StreamMaxLength`.
"""

import asyncio
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from enum import StrEnum
from pathlib import Path
from typing import Self

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""Test file that every scanner takes for malware, and that is none."""

SIGNATURE = "Eicar-Test-Signature"
"""ClamAV's name of it."""

STREAM_BYTES = 25 * 1024 * 1024


class ClamdFault(StrEnum):
    """Fault of clamd."""

    SILENT = "silent"
    """Everything is read, and nothing answered."""
    CUT = "cut"
    """The connection ends after the first chunk."""
    CUT_ANSWER = "cut_answer"
    """The answer has no end."""
    ERROR = "error"
    """It says that it cannot scan."""
    BABBLE = "babble"
    """It answers without end, and nothing that it should."""


_ANSWER_BY_FAULT = {
    ClamdFault.CUT_ANSWER: b"stream: O",
    ClamdFault.ERROR: b"stream: Can't allocate memory ERROR\0",
    ClamdFault.BABBLE: b"stream: OK, " * 10_000,
}


class FakeClamd:
    """The daemon: `async with` starts it; at `path` where one is given, else at a free TCP port."""

    def __init__(self, path: Path | None = None, stream_bytes: int = STREAM_BYTES) -> None:
        self.fault: ClamdFault | None = None
        """Fault from now on."""
        self.scanned: list[bytes] = []
        """Every file that was scanned to its end."""
        self.most_at_once = 0
        """Connections that were open at once."""
        self._path = path
        self._stream_bytes = stream_bytes
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if self._path:
            self._server = await asyncio.start_unix_server(self._serve, self._path)
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End every connection, and listen no more."""
        assert self._server
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        """Address, as settings name it."""
        assert self._server
        return str(self._path or f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}")

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        self.most_at_once = max(self.most_at_once, len(self._connections))
        try:
            if answer := await self._answer(reader):
                writer.write(answer)
                await writer.drain()
        except (IncompleteReadError, ConnectionError):
            pass  # the client went away
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer(self, reader: StreamReader) -> bytes:
        """Read a command, and return the answer; empty for a connection that just ends."""
        command = await reader.readuntil(b"\0")
        if self.fault is ClamdFault.SILENT:
            await reader.read()
        if command == b"zPING\0":
            return b"PONG\0"
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        content = await self._read_stream(reader)
        if content is None:
            return b"" if self.fault else b"INSTREAM size limit exceeded. ERROR\0"
        if self.fault:
            return _ANSWER_BY_FAULT[self.fault]
        self.scanned.append(content)
        return f"stream: {SIGNATURE} FOUND\0".encode() if EICAR in content else b"stream: OK\0"

    async def _read_stream(self, reader: StreamReader) -> bytes | None:
        """Return a whole stream; None for one that ends early: it is too long, or cut."""
        content = bytearray()
        while size := int.from_bytes(await reader.readexactly(4)):
            if len(content) + size > self._stream_bytes or self.fault is ClamdFault.CUT:
                return None
            content += await reader.readexactly(size)
        return bytes(content)
