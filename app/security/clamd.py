"""Scanning files by ClamAV's daemon, over its Unix or TCP socket.

Source: clamd(8). `zINSTREAM` and a null byte, then the file in chunks, each behind its length in four bytes of network
order, and a length of zero. The answer ends in a null byte: `stream: OK`, `stream: NAME FOUND`, or something that ends
in ERROR, as `INSTREAM size limit exceeded. ERROR`, which may come, with the end of the connection, amid our sending.
clamd has a connection for each file and puts what its threads cannot take yet into a queue of its own.
"""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from domain.values.errors import Unavailable
from domain.values.reasons import UnavailableReason

CHUNK_BYTES = 64 * 1024

CONNECTIONS = 8
"""Files that a process has scanned at once: fewer than the threads (10) of a clamd that nobody configured."""

MAX_ANSWER_BYTES = 4096
"""More than any answer of clamd; what is longer is none."""

PROBE_SECONDS = 2.0
"""Time for clamd to say that it is there."""

_log = logging.getLogger(__name__)


class ClamdFailure(Exception):
    """clamd did not say whether a file is clean; the message says why, without anything of the file."""


@dataclass(frozen=True, slots=True)
class ClamdAddress:
    """Address of clamd: a path of a Unix socket, or a host and its TCP port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, address: str) -> "ClamdAddress":
        """Read `/run/clamav/clamd.ctl` or `127.0.0.1:3310`; `ValueError` for anything else."""
        if address.startswith("/"):
            return cls(path=address)
        host, _, port = address.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 1 << 16:
            raise ValueError("the path of clamd's Unix socket, or HOST:PORT")
        return cls(host=host.strip("[]"), port=int(port))

    async def connect(self) -> tuple[StreamReader, StreamWriter]:
        """Open a connection; `OSError`."""
        if self.path:
            return await asyncio.open_unix_connection(self.path, limit=MAX_ANSWER_BYTES)
        return await asyncio.open_connection(self.host, self.port, limit=MAX_ANSWER_BYTES)


class ClamdScanner:
    """The scanner of a process. `timeout_seconds` is how long a file may take, the wait for its turn included."""

    def __init__(self, address: ClamdAddress, timeout_seconds: float) -> None:
        self._address = address
        self._timeout_seconds = timeout_seconds
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def find_malware(self, content: bytes) -> str | None:
        """Return what the malware in a file is called; None where none was found. `Unavailable("document")`."""
        try:
            async with asyncio.timeout(self._timeout_seconds), self._turns:
                return read_verdict(await self._ask(b"zINSTREAM\0", frame_content(content)))
        except TimeoutError:
            reason = f"no answer within {self._timeout_seconds:g} s"
        except (ClamdFailure, OSError) as failure:
            reason = str(failure)
        _log.warning("clamd did not scan a file: %s", reason)
        raise Unavailable("document", UnavailableReason.SCANNER)

    async def find_fault(self) -> str | None:
        """Return why files cannot be scanned now; None where clamd answers."""
        try:
            async with asyncio.timeout(min(self._timeout_seconds, PROBE_SECONDS)):
                answer = await self._ask(b"zPING\0", ())
        except TimeoutError:
            return "clamd does not answer"
        except (ClamdFailure, OSError) as failure:
            return f"clamd does not answer: {failure}"
        return None if answer == "PONG" else f"clamd answers {answer!r} to a PING"

    async def _ask(self, command: bytes, chunks: Iterable[bytes]) -> str:
        """Return the answer to a command; one that comes amid our sending counts."""
        answers, writer = await self._address.connect()
        sending = asyncio.create_task(_send(writer, command, chunks))
        try:
            return await _read_answer(answers)
        finally:
            sending.cancel()
            writer.close()


async def _send(writer: StreamWriter, command: bytes, chunks: Iterable[bytes]) -> None:
    with suppress(ConnectionError):  # whoever waits for the answer hears of it
        writer.write(command)
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()


async def _read_answer(answers: StreamReader) -> str:
    try:
        answer = await answers.readuntil(b"\0")
    except asyncio.IncompleteReadError as cut:
        raise ClamdFailure(f"the connection ended after {len(cut.partial)} bytes of an answer") from None
    except asyncio.LimitOverrunError:
        raise ClamdFailure(f"an answer of more than {MAX_ANSWER_BYTES} bytes") from None
    return answer[:-1].decode("ascii", "backslashreplace").strip()


def frame_content(content: bytes) -> Iterator[bytes]:
    """Return a file as it travels: chunks behind their lengths, and the end."""
    for begin in range(0, len(content), CHUNK_BYTES):
        chunk = content[begin : begin + CHUNK_BYTES]
        yield len(chunk).to_bytes(4) + chunk
    yield bytes(4)


def read_verdict(answer: str) -> str | None:
    """Return the malware that an answer names, None for a clean file; `ClamdFailure` for what says neither."""
    verdict = answer.removeprefix("stream: ")
    if verdict == answer:
        raise ClamdFailure(f"it answered {answer!r}")
    if verdict == "OK":
        return None
    name, _, ending = verdict.rpartition(" ")
    if ending != "FOUND" or not name:
        raise ClamdFailure(f"it answered {answer!r}")
    return name
