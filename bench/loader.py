"""The load: a process of its own that delivers texts to the webhook as a panel does, over connections that stay open.

    python -m bench.loader < JOB

A job and what is printed are JSON (`Job`, `Delivered`). Every connection is a lane with texts of its own, sent one
after the other, each as soon as the one before is acknowledged; every delivery bears a fresh message id. The bytes of
the requests are put together by hand, so that little of what is measured is the load's own work.
"""

import asyncio
import json
import sys
import time
from asyncio import StreamReader
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from urllib.parse import urlencode

from bench.processes import INBOUND, LINE, printed
from bench.tables import Percentiles

Text = Sequence[str]
"""Mobile and text."""


@dataclass(frozen=True, slots=True)
class Job:
    """Lanes of texts, each sent in turn until the time is over or so many are sent in all."""

    port: int
    """The server's, on this machine."""
    lanes: Sequence[Sequence[Text]]
    """Sent beside each other; the texts of one, one after another, again and again."""
    first: int
    """Message ids count from it."""
    seconds: float = 0.0
    """Duration; 0: until `messages` are sent."""
    messages: int = 0
    """Number of all messages; 0: until the time is over."""
    tell_every: int = 0
    """After so many a line with their number is printed; 0: never."""


@dataclass(slots=True)
class Delivered:
    """Result of a job."""

    seconds: float = 0.0
    """Duration."""
    waits: list[float] = field(default_factory=list)
    """Milliseconds until each acknowledgement."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Our id by the message id."""
    faults: list[str] = field(default_factory=list)
    """Answers in place of the expected one."""

    @property
    def rate(self) -> float:
        """Texts a second."""
        return len(self.acknowledged) / self.seconds


@dataclass(slots=True)
class DeliveryRounds:
    """Rounds of one thing, one value a round."""

    rates: list[float] = field(default_factory=list)
    """Deliveries a second."""
    waits: list[Percentiles] = field(default_factory=list)
    """Until the acknowledgement."""
    processor_ms: list[float] = field(default_factory=list)
    """Of the server's processor for one."""

    def add(self, done: Delivered, processor_seconds: float) -> None:
        """Note a round."""
        self.rates.append(done.rate)
        self.waits.append(Percentiles.of(done.waits))
        self.processor_ms.append(1000 * processor_seconds / len(done.acknowledged))


async def deliver(job: Job, module: str = "bench.loader") -> Delivered:
    """Do a job in a process of its own, that of a module; anything but an acknowledgement ends the bench."""
    out = await printed(module, given=json.dumps(asdict(job)))
    done = Delivered(**json.loads(out.splitlines()[-1]))
    if done.faults:
        raise SystemExit(f"{len(done.faults)} texts were not acknowledged: {done.faults[0]}")
    return done


class Load:
    """One job under way."""

    success = b" 200 "
    """Words in the status line of an acknowledgement."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._done = Delivered()
        self._sent = 0
        self._until = 0.0

    async def run(self) -> Delivered:
        """Send everything."""
        began = time.monotonic()
        self._until = began + (self._job.seconds or float("inf"))
        await asyncio.gather(*(self._drive(lane) for lane in self._job.lanes))
        self._done.seconds = time.monotonic() - began
        return self._done

    def _ids(self) -> Iterator[int]:
        while time.monotonic() < self._until and (not self._job.messages or self._sent < self._job.messages):
            self._sent += 1
            yield self._job.first + self._sent

    def begun(self, mobile: str, text: str) -> bytes:
        """Return a request that lacks nothing but the message id, which stands in place of `{id}` in the text too."""
        query = urlencode({"from": mobile, "to": LINE, "message": text}).replace("%", "%%")
        query = query.replace("%%7Bid%%7D", "%(id)d")
        return f"GET {INBOUND}?{query}&messageid=%(id)d HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def told(self, body: bytes) -> str:
        """Return our id from an acknowledgement."""
        return str(json.loads(body)["id"])

    async def _drive(self, lane: Sequence[Text]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._job.port)
        requests = cycle([self.begun(mobile, text) for mobile, text in lane])
        for message_id, request in zip(self._ids(), requests, strict=False):
            began = time.perf_counter()
            writer.write(request % {b"id": message_id})
            status, body = await answer(reader)
            self._note(message_id, status, body, (time.perf_counter() - began) * 1000)
        writer.close()

    def _note(self, message_id: int, status: bytes, body: bytes, wait: float) -> None:
        if self.success in status:
            self._done.acknowledged[str(message_id)] = self.told(body)
            self._done.waits.append(wait)
        else:
            self._done.faults.append(f"{status!r} {body!r}")
        if self._job.tell_every and len(self._done.acknowledged) % self._job.tell_every == 0:
            print(len(self._done.acknowledged), flush=True)


async def answer(reader: StreamReader) -> tuple[bytes, bytes]:
    """Read an answer: its first line and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head.partition(b"\r\n")[0], await reader.readexactly(int(length.partition(b":")[2]))


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(Load(Job(**json.load(sys.stdin))).run()))))
