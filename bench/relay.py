"""Texts a second that `pishkhan serve` sends, and the wait of everybody else for its event loop meanwhile.

    python -m bench.relay [--texts 2000] [--rounds 3] [--database sqlite|postgresql …]

The panel is a process of its own that answers at once (`bench/panel.py`), and the line's rate stands in nobody's way.
In each round all texts are queued in one unit of work beside the running server, each to a line of its own; the relay
finds them, claims, sends and marks them. A rate is that of the texts' arrival at the panel.

The lag of the event loop is that of `/healthz`, which does nothing: it is called fifty times a second, and a call's
time counts from the moment at which it was due. «idle» is before the texts are queued, «busy» while they are sent. In
the end every text must have reached the panel once and be marked as sent.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.ids import RandomIds
from bench.databases import KINDS, Place, place, rows, versions
from bench.loader import answer
from bench.panel import count, panel
from bench.processes import Server, free_port, processor_seconds, usual
from bench.tables import Percentiles, Spread, machine, table
from domain.messages.records import MessageClass, OutboxMessage
from store.unit_of_work import SqlStore

TEXT = "درخواست ماشین‌آلات شما با کد 123 456 786 ثبت شد. برای پیگیری همین کد را بفرستید."
IDLE_SECONDS = 3.0
PULSE_SECONDS = 0.02
LOOK_AGAIN_SECONDS = 0.1
GIVE_UP_SECONDS = 600.0
NOT_SENT = "SELECT count(*) FROM outbox WHERE state <> 'sent'"
HEADINGS = (
    "database",
    "texts/s",
    "server CPU ms a text",
    "idle p50 ms",
    "p95 ms",
    "p99 ms",
    "busy p50 ms",
    "p95 ms",
    "p99 ms",
)


@dataclass(slots=True)
class Rounds:
    """Rounds of one database: texts a second, processor milliseconds a text, lags."""

    rates: list[float] = field(default_factory=list)
    busy_cpu: list[float] = field(default_factory=list)
    idle: list[Percentiles] = field(default_factory=list)
    busy: list[Percentiles] = field(default_factory=list)

    def row(self, database: str) -> Sequence[object]:
        """Return the line of the table."""
        rate, cpu = Spread.of(self.rates), Spread.of(self.busy_cpu)
        lags = Percentiles.median(self.idle), Percentiles.median(self.busy)
        return database, f"{rate:.0f}", f"{cpu.median:.2f}", *lags


async def beat(port: int, lags: list[float]) -> None:
    """Call `/healthz` at a steady pace for ever, noting the milliseconds from when each call was due to its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.monotonic()
    try:
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await answer(reader)
            lags.append((time.monotonic() - due) * 1000)
            due += PULSE_SECONDS
    finally:
        writer.close()


@asynccontextmanager
async def lag(port: int) -> AsyncIterator[list[float]]:
    """Note the lag while the block lasts."""
    lags: list[float] = []
    beating = asyncio.create_task(beat(port, lags))
    try:
        yield lags
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def queue(store: SqlStore, texts: int) -> None:
    """Queue so many texts at once, each to another line."""
    ids, now = RandomIds(), datetime.now(UTC)
    async with store.open_unit() as uow:
        for number in range(texts):
            line = f"+98912{number:07}"
            await uow.outbox.add(
                OutboxMessage(
                    id=ids.new_id(),
                    channel="sms",
                    recipient=line,
                    cls=MessageClass.REPLY,
                    key="bench",
                    text=TEXT,
                    created_at=now,
                    not_before=now,
                )
            )


async def until_sent(url: str) -> None:
    """Wait until every text is marked as sent."""
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while (await rows(url, NOT_SENT))[0][0]:  # noqa: ASYNC110 - another process marks them
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


@dataclass(frozen=True, slots=True)
class Round:
    """One round on a running server."""

    server: Server
    url: str
    panel: str
    texts: int

    async def run(self, store: SqlStore, found: Rounds) -> None:
        """Queue, wait until all is sent, and note how that went."""
        async with lag(self.server.port) as idle:
            await asyncio.sleep(IDLE_SECONDS)
        await count(self.panel)
        await queue(store, self.texts)
        before = processor_seconds(self.server.pid)
        async with lag(self.server.port) as busy:
            await until_sent(self.url)
        seconds, took = processor_seconds(self.server.pid) - before, await count(self.panel)
        if (took.texts, took.calls) != (self.texts, self.texts):
            raise SystemExit(f"{self.texts} texts were queued; the panel took {took.texts} in {took.calls} calls")
        found.rates.append((self.texts - 1) / (took.last - took.first))
        found.busy_cpu.append(1000 * seconds / self.texts)
        found.idle.append(Percentiles.of(idle))
        found.busy.append(Percentiles.of(busy))


async def measured(where: Place, texts: int, rounds: int) -> Rounds:
    """Measure one database."""
    found, url = Rounds(), await where.database()
    async with panel() as address:
        server = Server(where.home, usual(url, free_port(), address))
        await server.run("migrate")
        store = await SqlStore.connect(url)
        async with server:
            for _ in range(rounds):
                await Round(server, url, address, texts).run(store, found)
        await store.close()
    return found


async def main(kinds: Sequence[str], texts: int, rounds: int) -> None:
    """Print the table."""
    print(machine(*versions(kinds)), flush=True)
    lines = []
    for kind in kinds:
        with place(kind) as where:
            lines.append((await measured(where, texts, rounds)).row(where.name))
    print(f"\n{table(HEADINGS, lines)}\n")
    print(f"Medians of {rounds} rounds of {texts:,} texts (in brackets: least–most). Each was sent once.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=2000, help="texts of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    asyncio.run(main(given.database, given.texts, given.rounds))
