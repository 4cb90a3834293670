"""Cost of a bot's updates, and of a messenger's outage for those who text.

    python -m bench.bots [--seconds 5] [--rounds 3] [--notices 10000] [--database sqlite|postgresql …]

**Updates.** Sixteen linked chats ask for their requests by tracking code at once, each over a connection of its own, as
the messenger's webhook posts: an update is acknowledged when all that it does is on the disk and the answer is queued.
Beside it, in the same run and in turn, a bare python-telegram-bot that echoes each text and keeps nothing
(`bench/echo.py`); it acknowledges when the echo is sent. In the end the database must hold every acknowledged update
exactly once, with its own answer.

**A file that hangs.** How long an update's acknowledgement takes for fifteen of these chats while the file of the
sixteenth does not come, and while it sends none; in turn. The p99 beside it is wanted at most 1.2 times the other.

**Outage.** How long a text's acknowledgement takes (`track`, as in `bench.inbound`) while all is well; while the
messenger refuses connections and 10,000 notices wait for it; and while it takes calls and never answers. In turn, on
one server. The p99 of an outage is wanted at most 1.2 times that of the quiet time.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import ClientSession

from app.ids import RandomIds
from bench.databases import KINDS, Place, execute, place, rows, versions
from bench.inbound import CODES, SENDERS
from bench.loader import Delivered, DeliveryRounds, Job, deliver
from bench.messenger import SECRET, TOKEN, WEBHOOK_PATH, Messenger
from bench.processes import Server, free_port, listening, processor_seconds, usual
from bench.tables import Percentiles, Spread, machine, table
from bench.town import REQUEST
from bench.updates import update
from domain.messages.records import MessageClass, OutboxMessage
from store.unit_of_work import SqlStore

CHATS = {mobile: 5_200_000_000 + number for number, mobile in enumerate(SENDERS)}
"""The chat of each sender."""

FIRST_UPDATE = 10_000_000
WARM_UP_SECONDS = 2.0
TARGET = 1.2
STORED = """SELECT i.provider_id, i.state, o.id, o.channel FROM inbox i LEFT JOIN outbox o ON o.id = i.reply_id
WHERE i.channel = 'telegram'"""
WAITING = """SELECT count(*) FROM outbox
WHERE channel = 'telegram' AND key = 'bench' AND state IN ('queued', 'sending', 'unknown')"""
GIVE_UP = "UPDATE outbox SET state = 'expired' WHERE channel = 'telegram' AND key = 'bench'"
HEADINGS = ("database", "who", "updates/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms an update", "of the echo")
FILE_HEADINGS = ("database", "a file", "updates/s", "p50 ms", "p95 ms", "p99 ms", "p99 to none", "target")
OUTAGE_HEADINGS = ("database", "messenger", "texts/s", "p50 ms", "p95 ms", "p99 ms", "p99 to quiet", "target", "calls")


@dataclass(slots=True)
class Runs(DeliveryRounds):
    """The runs of one thing, and the calls of the messenger in each."""

    calls: list[int] = field(default_factory=list)

    def ratios(self, quiet: "Runs") -> Spread:
        """Return how its p99s stand to those of the quiet time, neighbour by neighbour."""
        pairs = zip(self.waits, quiet.waits, strict=True)
        return Spread.of([one.p99 / other.p99 for one, other in pairs])


class Bench:
    """One server under load, by SMS and by the messenger. `acknowledged` counts the updates of each id."""

    def __init__(self, server: Server, messenger: Messenger) -> None:
        self.server = server
        self.messenger = messenger
        self.codes: Mapping[str, str] = {}
        self.acknowledged: Counter[str] = Counter()
        self._next = FIRST_UPDATE

    async def link(self, url: str) -> None:
        """Let every sender ask for a machine by SMS, and prove the mobile in a chat."""
        await deliver(self._job([[(mobile, REQUEST)] for mobile in SENDERS], messages=len(SENDERS)))
        self.codes = {mobile.replace("+98", "0"): code for mobile, code in await rows(url, CODES)}
        head = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        address = f"http://127.0.0.1:{self.server.port}{WEBHOOK_PATH}"
        async with ClientSession(headers=head) as session:
            for number, (mobile, chat) in enumerate(CHATS.items(), 1):
                contact = {"phone_number": mobile.replace("0", "98", 1), "first_name": "رضا", "user_id": chat}
                async with session.post(address, json=update(chat, {"contact": contact}, number)) as answer:
                    answer.raise_for_status()
                self.acknowledged[str(number)] += 1

    async def texts(self, seconds: float) -> tuple[Delivered, float]:
        """Let the senders ask for their requests by SMS; return what came of it and the processor seconds."""
        lanes = [[(mobile, self.codes[mobile])] for mobile in SENDERS]
        before = processor_seconds(self.server.pid)
        done = await deliver(self._job(lanes, seconds=seconds))
        return done, processor_seconds(self.server.pid) - before

    async def updates(
        self, port: int, pid: int, seconds: float, senders: Sequence[str] = SENDERS
    ) -> tuple[Delivered, float]:
        """Let the chats of senders ask for their requests; return what came of it and the processor seconds."""
        lanes = [[(str(CHATS[mobile]), self.codes[mobile])] for mobile in senders]
        before = processor_seconds(pid)
        job = self._job(lanes, seconds=seconds)
        done = await deliver(Job(port, job.lanes, job.first, seconds), "bench.updates")
        self._next += len(done.acknowledged)
        if port == self.server.port:
            self.acknowledged.update(done.acknowledged.keys())
        return done, processor_seconds(pid) - before

    async def updates_beside_file(self, seconds: float, *, hangs: bool) -> tuple[Delivered, float]:
        """Do the same without the last sender, whose file hangs meanwhile if `hangs`; it is given up then."""
        waiting = asyncio.create_task(self._send_file(CHATS[SENDERS[-1]])) if hangs else None
        try:
            return await self.updates(self.server.port, self.server.pid, seconds, SENDERS[:-1])
        finally:
            if waiting:
                await waiting

    async def _send_file(self, chat: int) -> None:
        """Post a file, and wait until its update is acknowledged: when nobody waits for the file any more."""
        self._next += 100_000
        number, head = self._next, {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        document = {"file_id": "x", "file_unique_id": "x", "file_name": "a.pdf", "file_size": 1000}
        address = f"http://127.0.0.1:{self.server.port}{WEBHOOK_PATH}"
        posted = update(chat, {"document": document}, number)
        async with ClientSession(headers=head) as session, session.post(address, json=posted) as answer:
            answer.raise_for_status()
        self.acknowledged[str(number)] += 1

    def _job(self, lanes: Sequence[Sequence[Sequence[str]]], *, seconds: float = 0.0, messages: int = 0) -> Job:
        """Number deliveries on, with room for all that a run can deliver."""
        self._next += 100_000
        return Job(self.server.port, lanes, self._next, seconds, messages)


async def measure_updates(bench: Bench, seconds: float, rounds: int) -> tuple[Runs, Runs]:
    """Measure the bare echo and the bot in turn."""
    theirs, ours = Runs(), Runs()
    base_url = bench.messenger.settings["PISHKHAN_TELEGRAM__BASE_URL"]
    async with listening("bench.echo", base_url, TOKEN, WEBHOOK_PATH) as peer:
        mine = bench.server.port, bench.server.pid
        for port, pid in (peer, mine):
            await bench.updates(port, pid, WARM_UP_SECONDS)
        for _ in range(rounds):
            theirs.add(*await bench.updates(*peer, seconds))
            ours.add(*await bench.updates(*mine, seconds))
    return theirs, ours


async def measure_files(bench: Bench, seconds: float, rounds: int) -> tuple[Runs, Runs]:
    """Measure updates without a file and beside one that hangs, in turn."""
    without, beside = Runs(), Runs()
    for _ in range(rounds):
        without.add(*await bench.updates_beside_file(seconds, hangs=False))
        beside.add(*await bench.updates_beside_file(seconds, hangs=True))
    return without, beside


async def verify(url: str, acknowledged: Mapping[str, int]) -> None:
    """End the bench unless the database holds every acknowledged update once, with an answer of its own."""
    stored = await rows(url, STORED)
    found = Counter(str(row[0]).rpartition(":")[2] for row in stored)
    if found != Counter(acknowledged):
        raise SystemExit(f"{len(acknowledged)} updates were acknowledged, {len(stored)} are stored")
    wrong = [row for row in stored if row[1] != "answered" or row[3] != "telegram"]
    if wrong:
        raise SystemExit(f"{len(wrong)} updates were not answered: {wrong[0]}")
    if len({row[2] for row in stored}) != len(stored):
        raise SystemExit("two updates share an answer")


async def queue_notices(url: str, notices: int) -> None:
    """Queue so many notices, each to a chat of its own."""
    store, ids, now = await SqlStore.connect(url), RandomIds(), datetime.now(UTC)
    try:
        async with store.open_unit() as uow:
            for number in range(notices):
                chat = str(6_000_000_000 + number)
                notice = OutboxMessage(ids.new_id(), "telegram", chat, MessageClass.RECEIPT, "bench", "خبر", now, now)
                await uow.outbox.add(notice)
    finally:
        await store.close()


async def measure_outage(bench: Bench, url: str, notices: int, seconds: float, rounds: int) -> dict[str, Runs]:
    """Measure texts by SMS in quiet times and in both sorts of outage, in turn."""

    async def hang() -> None:
        bench.messenger.hang()

    outages: Mapping[str, Callable[[], Awaitable[None]]] = {"away": bench.messenger.go_away, "silent": hang}
    found = {name: Runs() for name in ("well", *outages)}
    await bench.texts(WARM_UP_SECONDS)
    for _ in range(rounds):
        found["well"].add(*await bench.texts(seconds))
        found["well"].calls.append(0)
        for name, begins in outages.items():
            await begins()
            await queue_notices(url, notices)
            before = bench.messenger.tries
            await asyncio.sleep(WARM_UP_SECONDS)
            done, busy = await bench.texts(seconds)
            if (await rows(url, WAITING))[0][0] != notices:
                raise SystemExit("notices left the queue while the messenger was out")
            found[name].add(done, busy)
            found[name].calls.append(bench.messenger.tries - before)
            await execute(url, GIVE_UP)
            await bench.messenger.come_back()
    return found


async def measured(where: Place, seconds: float, rounds: int, notices: int) -> Sequence[list[Sequence[object]]]:
    """Measure one database; return the lines of each table."""
    url = await where.database()
    async with Messenger() as messenger:
        slow = {"PISHKHAN_SMS__KAVENEGAR__RATE": "0.001"}
        settings = usual(url, free_port(), f"http://127.0.0.1:{free_port()}") | slow | messenger.settings
        server = Server(where.home, settings)
        await server.run("migrate")
        async with server:
            bench = Bench(server, messenger)
            await bench.link(url)
            theirs, ours = await measure_updates(bench, seconds, rounds)
            without, beside = await measure_files(bench, seconds, rounds)
            await verify(url, bench.acknowledged)
            outage = await measure_outage(bench, url, notices, seconds, rounds)
    files = [file_row(where.name, name, runs, without) for name, runs in (("none", without), ("hangs", beside))]
    outages = [outage_row(where.name, name, runs, outage["well"]) for name, runs in outage.items()]
    return update_rows(where.name, theirs, ours), files, outages


def update_rows(database: str, theirs: Runs, ours: Runs) -> list[Sequence[object]]:
    """Return the lines of the echo and of the bot."""
    ratio = Spread.of([mine / its for mine, its in zip(ours.rates, theirs.rates, strict=True)])
    lines: list[Sequence[object]] = []
    for name, runs, of_echo in (("echo", theirs, "1"), ("pishkhan", ours, f"{ratio:.2f}")):
        busy = f"{Spread.of(runs.processor_ms).median:.2f}"
        lines.append((database, name, f"{Spread.of(runs.rates):.0f}", Percentiles.median(runs.waits), busy, of_echo))
    return lines


def file_row(database: str, name: str, runs: Runs, without: Runs) -> Sequence[object]:
    """Return a line of the table of files."""
    ratio, target = ("1", "") if runs is without else (f"{runs.ratios(without):.2f}", f"≤ {TARGET}")
    return database, name, f"{Spread.of(runs.rates):.0f}", Percentiles.median(runs.waits), ratio, target


def outage_row(database: str, name: str, runs: Runs, quiet: Runs) -> Sequence[object]:
    """Return a line of the table of outages."""
    ratio, target = ("1", "") if runs is quiet else (f"{runs.ratios(quiet):.2f}", f"≤ {TARGET}")
    calls = f"{Spread.of(runs.calls).median:.0f}"
    return database, name, f"{Spread.of(runs.rates):.0f}", Percentiles.median(runs.waits), ratio, target, calls


async def main(kinds: Sequence[str], seconds: float, rounds: int, notices: int) -> None:
    """Print the tables."""
    print(machine(*versions(kinds)), flush=True)
    tables: list[list[Sequence[object]]] = [[], [], []]
    for kind in kinds:
        with place(kind) as where:
            for one_table, found in zip(tables, await measured(where, seconds, rounds, notices), strict=True):
                one_table.extend(found)
    for headings, lines in zip((HEADINGS, FILE_HEADINGS, OUTAGE_HEADINGS), tables, strict=True):
        print(f"\n{table(headings, lines)}")
    print(
        f"\nMedians of {rounds} runs of {seconds:g} s each (in brackets: least–most); {notices:,} notices waited in an "
        "outage. Every acknowledged update was found."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each")
    parser.add_argument("--notices", type=int, default=10_000, help="notices that wait in an outage")
    parser.add_argument("--database", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    asyncio.run(main(given.database, given.seconds, given.rounds, given.notices))
