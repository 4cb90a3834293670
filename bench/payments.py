"""Callbacks of banks a second that `pishkhan serve` stores, and the duration of a payment at a bank that is quick.

    python -m bench.payments [--seconds 5] [--rounds 3] [--payments 100] [--database sqlite|postgresql …]

Callbacks come from sixteen browsers at once, each over a connection of its own: payers return from Zarinpal without
having paid, so that no bank is asked beside. One is answered when what came, the attempt, and its history are on the
disk. The limit (`bench/limit.py`) is measured in turn with it on the same disk and, for PostgreSQL, on the same server.

A whole payment is timed from its callback until the page says that the money arrived, one after another, at a bank on
loopback: Zarinpal (one call over REST) and Behpardakht (two over SOAP). The page is asked again all the time.

In the end each callback has to be stored once, each payment counted once, and the ledger be that of the books.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import ClientSession
from yarl import URL

from bench.databases import KINDS, Place, place, rows, versions
from bench.loader import Delivered, DeliveryRounds, Job, deliver
from bench.processes import Server, free_port, printed, processor_seconds, usual
from bench.tables import Percentiles, Spread, judge, machine, table
from domain.gateways.callback_tokens import CALLBACK_TOKEN_PARAMETER
from tests.fakes.behpardakht_bank import BehpardakhtBank
from tests.fakes.zarinpal_bank import MERCHANT, ZarinpalBank
from tests.faults.support.payment_bills import FineOffice, LinkedBill

LANES = 16
ATTEMPTS_A_LANE = 24
"""Attempts of a lane; each takes up to 190 callbacks: what comes after 200 changes is not kept any more."""

WARM_UP_SECONDS = 1.0
TARGETS = {"SQLite": 0.10, "PostgreSQL": 0.03}
"""Callbacks a second as a part of the limit, at least."""

SETTLED = b'<h1 class="verdict settled"'
HEADINGS = (
    "database",
    "what",
    "per second",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "server CPU ms each",
    "of the limit",
    "target",
)


class RealClock:
    """The time that everybody has."""

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC)


@dataclass(slots=True)
class CallbackRuns:
    """Results of the runs; one value a run."""

    rounds: DeliveryRounds = field(default_factory=DeliveryRounds)
    limits: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    acknowledged_count: int = 0

    def add_run(self, done: Delivered, busy_seconds: float, limit: float) -> None:
        """Note a run and the limit that was measured before it."""
        self.rounds.add(done, busy_seconds)
        self.limits.append(limit)
        self.ratios.append(done.rate / limit)

    def build_rows(self, database: str) -> list[Sequence[object]]:
        """Return the lines of the limit and of the callbacks."""
        limit, rate, ratio = Spread.of(self.limits), Spread.of(self.rounds.rates), Spread.of(self.ratios)
        waits, target = Percentiles.median(self.rounds.waits), f"≥ {TARGETS[database]:.2f}"
        measured = f"{rate:.0f}", waits, f"{Spread.of(self.rounds.processor_ms).median:.2f}", f"{ratio:.2f}", target
        return [(database, "limit", f"{limit:.0f}", "", "", "", "", "1", ""), (database, "callbacks", *measured)]


class PaymentBench:
    """Payers at one server and two banks."""

    def __init__(
        self, server: Server, zarinpal: ZarinpalBank, behpardakht: BehpardakhtBank, site: ClientSession
    ) -> None:
        self._server = server
        self._zarinpal = zarinpal
        self._behpardakht = behpardakht
        self._site = site

    async def start_payment(self, bill: LinkedBill, gateway: str) -> str:
        """Leave for a bank; return its name of the session."""
        async with self._site.post(f"/pay/{bill.token}/start", data={"gateway": gateway}) as page:
            if page.status != 200:
                raise SystemExit(f"no session at {gateway}: {page.status}")
        sessions = self._zarinpal.sales if gateway == "zarinpal" else self._behpardakht.sales.sessions
        return list(sessions)[-1]

    def read_callback_address(self, reference: str, gateway: str) -> URL:
        """Return where the bank sends the browser of a session."""
        sessions = self._zarinpal.sales if gateway == "zarinpal" else self._behpardakht.sales.sessions
        return URL(sessions[reference].callback_url)

    async def time_payment(self, bill: LinkedBill, gateway: str) -> float:
        """Pay and come back; return the milliseconds until the page says that the money arrived."""
        reference = await self.start_payment(bill, gateway)
        brought, method = self._zarinpal.pay(reference) if gateway == "zarinpal" else {}, "GET"
        if gateway == "behpardakht":
            self._behpardakht.sales.pay(reference)
            brought, method = dict(self._behpardakht.callback_of(reference)), "POST"
        parameters, form = (brought, None) if method == "GET" else (None, brought)
        callback_path = self.read_callback_address(reference, gateway).relative()
        began = time.perf_counter()
        async with self._site.request(method, callback_path, params=parameters, data=form) as page:
            path, text = page.url.path, await page.read()
        while SETTLED not in text:
            if time.perf_counter() > began + 60:
                raise SystemExit(f"a payment at {gateway} is not settled within a minute")
            async with self._site.get(path) as page:
                text = await page.read()
        return (time.perf_counter() - began) * 1000

    async def send_callbacks(self, references: Sequence[str], first: int, seconds: float) -> tuple[Delivered, float]:
        """Let browsers come back for some seconds; return what came of it and the server's processor seconds."""
        before = processor_seconds(self._server.pid)
        secrets = [
            self.read_callback_address(reference, "zarinpal").query[CALLBACK_TOKEN_PARAMETER]
            for reference in references
        ]
        pairs = list(zip(references, secrets, strict=True))
        lanes = [pairs[lane::LANES] for lane in range(LANES)]
        done = await deliver(Job(self._server.port, lanes, first, seconds), "bench.callbacks")
        return done, processor_seconds(self._server.pid) - before


async def measure_callbacks(
    bench: PaymentBench, bills: Sequence[LinkedBill], bare: str, seconds: float, rounds: int
) -> CallbackRuns:
    """Measure the limit and callbacks in turn."""
    runs, first = CallbackRuns(), 10_000_000
    references = [await bench.start_payment(bill, "zarinpal") for bill in bills]
    done, _ = await bench.send_callbacks(references, first, WARM_UP_SECONDS)
    runs.acknowledged_count += len(done.acknowledged)
    for _ in range(rounds):
        limit = float(await printed("bench.limit", bare, str(seconds)))
        done, busy_seconds = await bench.send_callbacks(references, first + runs.acknowledged_count, seconds)
        runs.acknowledged_count += len(done.acknowledged)
        runs.add_run(done, busy_seconds, limit)
    return runs


async def measure_database(where: Place, seconds: float, rounds: int, payment_count: int) -> list[Sequence[object]]:
    """Measure one database; return its lines."""
    url, bare, port = await where.database(), await where.database(), free_port()
    async with AsyncExitStack() as stack:
        zarinpal, behpardakht = ZarinpalBank(), BehpardakhtBank()
        zarinpal.now = behpardakht.now = datetime.now(UTC)
        for bank in (zarinpal, behpardakht):
            await stack.enter_async_context(bank)
        server = Server(where.home, build_settings(url, port, zarinpal, behpardakht))
        await server.run("migrate")
        bills = await FineOffice(url, RealClock()).issue_bills(LANES * ATTEMPTS_A_LANE + 2 * payment_count)
        await stack.enter_async_context(server)
        site = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}"))
        bench = PaymentBench(server, zarinpal, behpardakht, site)
        lines: list[Sequence[object]] = []
        for gateway in ("zarinpal", "behpardakht"):
            waits = [await bench.time_payment(bills.pop(), gateway) for _ in range(payment_count)]
            lines.append((where.name, f"payments at {gateway}", "", Percentiles.of(waits), "", "", ""))
        runs = await measure_callbacks(bench, bills, bare, seconds, rounds)
        await verify_books(server, url, runs.acknowledged_count + 2 * payment_count, 2 * payment_count)
    return [*runs.build_rows(where.name), *lines]


def build_settings(url: str, port: int, zarinpal: ZarinpalBank, behpardakht: BehpardakhtBank) -> dict[str, str]:
    """Return the settings of a municipality with two gateways; its texts wait."""
    return usual(url, port, f"http://127.0.0.1:{free_port()}") | {
        "PISHKHAN_BASE_URL": f"http://127.0.0.1:{port}",
        "PISHKHAN_SMS__KAVENEGAR__RATE": "0.001",
        "PISHKHAN_PAYMENTS__GATEWAY": "zarinpal,behpardakht",
        "PISHKHAN_PAYMENTS__ZARINPAL__BASE_URL": zarinpal.base_url,
        "PISHKHAN_PAYMENTS__ZARINPAL__MERCHANT_ID": MERCHANT,
        "PISHKHAN_PAYMENTS__BEHPARDAKHT__WSDL_URL": behpardakht.wsdl_url,
        "PISHKHAN_PAYMENTS__BEHPARDAKHT__START_URL": behpardakht.start_url,
        "PISHKHAN_PAYMENTS__BEHPARDAKHT__TERMINAL_ID": str(behpardakht.sales.terminal_id),
        "PISHKHAN_PAYMENTS__BEHPARDAKHT__USERNAME": behpardakht.sales.username,
        "PISHKHAN_PAYMENTS__BEHPARDAKHT__PASSWORD": behpardakht.sales.password,
    }


async def verify_books(server: Server, url: str, callback_count: int, payment_count: int) -> None:
    """End the bench unless each callback was stored and each payment counted, once; `ledger check` ends it too."""
    [(stored,)] = await rows(url, "SELECT count(*) FROM payment_callbacks")
    [(paid,)] = await rows(url, "SELECT count(*) FROM payments WHERE outcome = 'settled'")
    if (stored, paid) != (callback_count, payment_count):
        raise SystemExit(f"{callback_count} callbacks and {payment_count} payments; stored are {stored} and {paid}")
    await server.run("ledger", "check")


async def main(kinds: Sequence[str], seconds: float, rounds: int, payment_count: int) -> None:
    """Print the table."""
    print(machine(*versions(kinds)), flush=True)
    lines: list[Sequence[object]] = []
    for kind in kinds:
        with place(kind) as where:
            lines += await measure_database(where, seconds, rounds, payment_count)
    print(f"\n{table(HEADINGS, lines)}\n")
    print(f"Medians of {rounds} runs of {seconds:g} s each (in brackets: least–most); {payment_count} payments each.")
    found = {line[0]: float(str(line[5]).partition(" ")[0]) for line in lines if line[1] == "callbacks"}
    judge([f"callbacks on {name}" for name, ratio in found.items() if ratio < TARGETS[str(name)]])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of callbacks")
    parser.add_argument("--payments", type=int, default=100, help="whole payments at each bank")
    parser.add_argument("--database", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    asyncio.run(main(given.database, given.seconds, given.rounds, given.payments))
