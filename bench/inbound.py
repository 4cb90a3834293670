"""Incoming texts a second that `pishkhan serve` takes, beside the bare transactions that the disk allows.

    python -m bench.inbound [--seconds 5] [--rounds 3] [--database sqlite|postgresql …] [--profile PREFIX]

Two sorts of text come from sixteen citizens at once, each over a connection of its own:

- `track`: the bare tracking code of the sender's own request;
- `request`: a whole machinery request in one text.

A text is acknowledged when everything it does is on the disk and the reply is queued. What is measured ends there: the
panel's rate is set so low (one part in 1,000 seconds) that the relay takes up two replies and then waits for all of the
bench, so that nothing is sent beside. The limit (`bench/limit.py`), `track` and `request` take turns on the same disk
and, for PostgreSQL, on the same server; a ratio compares neighbours in time.

In the end the database must hold every acknowledged text exactly once, under the id that was told, understood as it was
meant, and with its own reply in the outbox: else the bench fails.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.databases import KINDS, Place, place, rows, versions
from bench.loader import Delivered, DeliveryRounds, Job, deliver
from bench.processes import PROGRAM, Server, free_port, printed, processor_seconds, usual
from bench.tables import Percentiles, Spread, machine, table
from bench.town import REQUEST

SENDERS = [f"09121{number:06}" for number in range(16)]
WARM_UP_SECONDS = 2.0
SILENT_PANEL = {"PISHKHAN_SMS__KAVENEGAR__RATE": "0.001"}
"""So slow that nothing is sent beside what is measured."""
TARGETS = {"SQLite": {"track": 0.35, "request": 0.18}, "PostgreSQL": {"track": 0.20, "request": 0.10}}
REPLIES = {"track": "services.machinery.status.submitted", "request": "services.machinery.notices.submit"}
"""The key of the text that answers each sort."""

STORED = """SELECT i.provider_id, i.id, i.state, i.request_id, o.id, o.key
FROM inbox i LEFT JOIN outbox o ON o.id = i.reply_id"""
CODES = "SELECT mobile, code FROM requests"
HEADINGS = (
    "database",
    "text",
    "messages/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "server CPU ms a message",
    "of the limit",
    "target",
)


@dataclass(slots=True)
class Sort:
    """One sort of text, and what its runs measured; one value a run."""

    name: str
    """As in the tables of targets."""
    lanes: Sequence[Sequence[Sequence[str]]]
    """Senders that text at the same time: mobile and text of each turn."""
    rounds: DeliveryRounds = field(default_factory=DeliveryRounds)
    ratios: list[float] = field(default_factory=list)
    """Parts of the limit that was measured just before."""

    def row(self, database: str) -> Sequence[object]:
        """Return its line of the table."""
        rates, ratios = Spread.of(self.rounds.rates), Spread.of(self.ratios)
        waits, busy = Percentiles.median(self.rounds.waits), Spread.of(self.rounds.processor_ms)
        measured = f"{rates:.0f}", waits, f"{busy.median:.2f}", f"{ratios:.2f}"
        return database, self.name, *measured, f"≥ {TARGETS[database][self.name]:.2f}"


class Bench:
    """One server under load. `acknowledged` maps message id → (our id, sort of text)."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.acknowledged: dict[str, tuple[str, str]] = {}

    async def send(self, sort: Sort, *, seconds: float = 0.0, messages: int = 0) -> tuple[Delivered, float]:
        """Send texts of a sort; return what came of it and the server's processor seconds."""
        before = processor_seconds(self._server.pid)
        first = 10_000_000 + len(self.acknowledged)
        done = await deliver(Job(self._server.port, sort.lanes, first, seconds, messages))
        self.acknowledged |= {message: (ours, sort.name) for message, ours in done.acknowledged.items()}
        return done, processor_seconds(self._server.pid) - before

    async def measure(self, sort: Sort, seconds: float, limit: float) -> None:
        """Do one run and note it."""
        done, busy = await self.send(sort, seconds=seconds)
        sort.rounds.add(done, busy)
        sort.ratios.append(done.rate / limit)


async def warm_sorts(bench: Bench, url: str) -> list[Sort]:
    """Return both sorts of text, with requests to track in the database, after a while of each."""
    # Each at a place of its own: who orders the same twice is asked whether two are meant.
    request = Sort("request", [[(mobile, f"{REQUEST} پلاک {{id}}")] for mobile in SENDERS])
    await bench.send(request, messages=len(SENDERS))
    codes = {mobile.replace("+98", "0"): code for mobile, code in await rows(url, CODES)}
    sorts = [Sort("track", [[(mobile, codes[mobile])] for mobile in SENDERS]), request]
    for sort in sorts:
        await bench.send(sort, seconds=WARM_UP_SECONDS)
    return sorts


async def verify(url: str, acknowledged: Mapping[str, tuple[str, str]]) -> None:
    """End the bench unless the database holds what was acknowledged."""
    stored = await rows(url, STORED)
    if Counter(row[0] for row in stored) != Counter(acknowledged.keys()):
        raise SystemExit(f"{len(acknowledged)} texts were acknowledged, {len(stored)} are stored")
    for message, ours, state, _, reply, key in stored:
        told, sort = acknowledged[message]
        if (told, state, REPLIES[sort]) != (str(ours), "answered", key) or reply is None:
            raise SystemExit(f"{sort} text {message} is stored as {ours}, {state}, answered by {key}")
    asked = [row[3] for row in stored if acknowledged[row[0]][1] == "request"]
    if len(set(asked)) != len(asked) or set(asked) != {row[0] for row in await rows(url, "SELECT id FROM requests")}:
        raise SystemExit(f"{len(asked)} requests were asked for, and not each is stored once")
    if len({row[4] for row in stored}) != len(stored):
        raise SystemExit("two texts share a reply")


async def measured(where: Place, seconds: float, rounds: int, profile: str | None) -> tuple[Spread, list[Sort]]:
    """Measure one database: the limit, and each sort of text."""
    url, bare = await where.database(), await where.database()
    settings = usual(url, free_port(), f"http://127.0.0.1:{free_port()}") | SILENT_PANEL
    profiled = (sys.executable, "-m", "cProfile", "-o", f"{profile}.{where.kind}", PROGRAM)
    server = Server(where.home, settings, profiled if profile else (PROGRAM,))
    await server.run("migrate")
    limits: list[float] = []
    async with server:
        bench = Bench(server)
        sorts = await warm_sorts(bench, url)
        for _ in range(rounds):
            limits.append(float(await printed("bench.limit", bare, str(seconds))))
            for sort in sorts:
                await bench.measure(sort, seconds, limits[-1])
    await verify(url, bench.acknowledged)
    return Spread.of(limits), sorts


async def main(kinds: Sequence[str], seconds: float, rounds: int, profile: str | None) -> None:
    """Print the table."""
    print(machine(*versions(kinds)), flush=True)
    lines: list[Sequence[object]] = []
    for kind in kinds:
        with place(kind) as where:
            limit, sorts = await measured(where, seconds, rounds, profile)
        lines.append((where.name, "limit", f"{limit:.0f}", "", "", "", "", "1", ""))
        lines += [sort.row(where.name) for sort in sorts]
    print(f"\n{table(HEADINGS, lines)}\n")
    print(
        f"Medians of {rounds} runs of {seconds:g} s each (in brackets: least–most). Every acknowledged text was found."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each sort")
    parser.add_argument("--database", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument(
        "--profile", help="write profiles of the servers to files that begin so; all runs are slower then"
    )
    given = parser.parse_args()
    asyncio.run(main(given.database, given.seconds, given.rounds, given.profile))
