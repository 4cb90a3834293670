"""Cost of the portal for a citizen's phone and the server: a first visit, many readers, whole ways, usual lengths.

    python -m bench.portal [--citizens 200] [--seconds 8] [--rounds 3] [--size 1000000]

First, in Chromium with nothing kept: requests and bytes of a first visit, and the first paint as it is and on throttled
lines. Then `wrk` on one core reads front page, page of a service, a price and status of a request over as many
connections as there are citizens: at `pishkhan serve` on SQLite (one process) and on PostgreSQL (two), and at a bare
page of aiohttp and Jinja2, in turn. Then as many citizens go the whole way there, from the front page through the form
and the code by SMS to the status of their request (`bench/portal_citizens.py`). Then databases of that size are filled
and the job that reckons how long services take is run over each. It fails for an answer that is none, a citizen who did
not get to the end, and a first visit of more than 80 KB. `--size 0` leaves the last part out.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import async_playwright

from app.configuration.settings import Settings
from app.wiring import load_dependencies
from bench.databases import KINDS, POSTGRESQL, SQLITE, filled, place, read_once, rows, versions
from bench.portal_walks import ServedSite, WalkedSite, measure_walks
from bench.processes import PROGRAM, Server, free_port, listening
from bench.tables import Rounds, Spread, judge, machine, table
from bench.wrk import LOAD_CORE, SERVER_CORE, run_wrk
from domain.actions.reports.durations import reckon_usual_durations
from store.unit_of_work import SqlStore
from tests.support.pages.chromium import EXECUTABLE, FLAGS
from tests.support.pages.page_weight import SLOW_LINES, PageWeight, weigh_page

MOST_BYTES = 80_000
"""Of a first visit of the front page."""

PATIENCE_SECONDS = 10
"""Time that a citizen waits for a page."""

LOAD = Path(__file__).with_name("portal.lua")
PROCESSES = {SQLITE: 1, POSTGRESQL: 2}
BARE = "bare page"
PRICE_QUERY = "/services/machinery/price?machine=loader&hours=4"
WEIGHED = {"front page": "/", "page of a service": "/services/machinery", "price": PRICE_QUERY, "code": "/track"}


@dataclass(slots=True)
class ReadSite:
    """A site that is read, and what came of it."""

    site: ServedSite
    code: str = ""
    """The tracking code of a request there; none at the bare page."""
    rounds: Rounds = field(default_factory=Rounds)

    def line(self, bare_rate: float) -> tuple[object, ...]:
        """Return its line of the table."""
        rate, p50, p99 = (Spread.of(runs) for runs in (self.rounds.rates, self.rounds.p50, self.rounds.p99))
        beside = f"{rate.median / bare_rate:.2f}"
        return self.site.name, len(self.site.ports), f"{rate:,.0f}", f"{p50:.0f}", f"{p99:.0f}", beside


@asynccontextmanager
async def demonstration(kind: str, home: AsyncExitStack) -> AsyncIterator[ReadSite]:
    """Serve the demonstration's municipality by as many processes as are measured."""
    where = home.enter_context(place(kind))
    url = await where.database()
    async with AsyncExitStack() as stack:
        servers = []
        for number in range(PROCESSES[kind]):
            settings = {"PISHKHAN_DEMO": "1", "PISHKHAN_DATABASE_URL": url, "PISHKHAN_PORT": str(free_port())}
            server = Server(where.home, settings, (*SERVER_CORE, PROGRAM) if kind == SQLITE else (PROGRAM,))
            if not number:
                await server.run("migrate")
                await server.run("demo", "load")
            await stack.enter_async_context(server)
            servers.append(server)
        [(code,)] = await rows(url, "SELECT code FROM requests LIMIT 1")
        ports, pids = [server.port for server in servers], [server.pid for server in servers]
        yield ReadSite(ServedSite(where.name, ports, pids, url), str(code))


@asynccontextmanager
async def bare_page() -> AsyncIterator[ReadSite]:
    """Serve the page of the peer."""
    async with listening("bench.bare_page", pinned=SERVER_CORE) as (port, pid):
        yield ReadSite(ServedSite(BARE, [port], [pid]))


async def read_pages(read: ReadSite, addresses: Path, citizens: int, seconds: float) -> None:
    """Let so many citizens read for some seconds, shared among the processes, and note what came of it."""
    ports = read.site.ports
    share = citizens // len(ports)
    calls = (run_wrk(LOAD, port, share, seconds, addresses, patience_seconds=PATIENCE_SECONDS) for port in ports)
    runs = await asyncio.gather(*calls)
    faults = sum(run.faults for run in runs)
    if faults:
        raise SystemExit(f"{read.site.name}: {faults:.0f} pages were not answered well")
    read.rounds.add(sum(run.rate for run in runs), max(run.p50 for run in runs), max(run.p99 for run in runs))


async def weigh_pages(port: int, code: str) -> list[str]:
    """Print what first visits weigh; return what weighs too much."""
    weights: dict[str, PageWeight] = {}
    paints: dict[str, list[str]] = {}
    pages = WEIGHED | {"status of a request": f"/track?code={code}"}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        for name, path in pages.items():
            address = f"http://127.0.0.1:{port}{path}"
            weights[name] = await weigh_page(browser, address)
            slow = [await weigh_page(browser, address, line) for line in SLOW_LINES]
            paints[name] = [f"{one.first_paint_ms:,.0f}" for one in (weights[name], *slow)]
        await browser.close()
    headings = ("page", "requests", "bytes", "first paint, ms", *(f"on {line.name}, ms" for line in SLOW_LINES))
    lines = [(name, one.request_count, f"{one.total_bytes:,}", *paints[name]) for name, one in weights.items()]
    print(f"\n{table(headings, lines)}\n", flush=True)
    for address, size in sorted(weights["front page"].bytes_by_address.items(), key=lambda one: -one[1]):
        print(f"- {size:,} {address.partition(str(port))[2]}")
    heavy = [name for name, one in weights.items() if one.total_bytes > MOST_BYTES]
    return [f"{name}: more than {MOST_BYTES:,} bytes" for name in heavy]


async def measure_pages(citizens: int, seconds: float, rounds: int) -> list[str]:
    """Print the tables of pages; return what missed its target."""
    async with AsyncExitStack() as homes, AsyncExitStack() as stack:
        bare = await stack.enter_async_context(bare_page())
        sites = [await stack.enter_async_context(demonstration(kind, homes)) for kind in KINDS]
        missed = await weigh_pages(sites[0].site.ports[0], sites[0].code)
        for _ in range(rounds):
            for read in (bare, *sites):
                addresses = Path(homes.enter_context(TemporaryDirectory())) / "addresses.txt"
                addresses.write_text("\n".join(("/", "/services/machinery", f"/track?code={read.code}", PRICE_QUERY)))
                await read_pages(read, addresses, citizens, seconds)
        bare_rate = Spread.of(bare.rounds.rates).median
        headings = ("served", "processes", "pages/s", "p50, ms", "p99, ms", f"of the {BARE}")
        print(f"\n{table(headings, [one.line(bare_rate) for one in (bare, *sites)])}\n", flush=True)
        walked_bare, *walked_sites = (WalkedSite(one.site) for one in (bare, *sites))
        missed += await measure_walks(walked_bare, walked_sites, citizens, rounds, LOAD_CORE)
    return missed


async def measure_durations(kind: str, size: int) -> tuple[object, ...]:
    """Fill a database and reckon the usual lengths out of it; the line of the table."""
    with place(kind) as where:
        url = await filled(where, size)
        await read_once(url)
        store = await SqlStore.connect(url)
        try:
            dependencies = await load_dependencies(Settings(demo=True, database_url=url), store)
            began = time.perf_counter()
            counted = await reckon_usual_durations(dependencies, store)
            reckoned_seconds = time.perf_counter() - began
            began = time.perf_counter()
            async with store.open_unit(write=False) as uow:
                found = await uow.durations.list_usual()
            read_ms = (time.perf_counter() - began) * 1000
        finally:
            await store.close()
    lengths = ", ".join(f"{one.service} {one.working_days}" for one in found)
    return where.name, f"{size:,}", f"{counted:,}", f"{reckoned_seconds:.1f}", f"{read_ms:.1f}", lengths


async def main(citizens: int, seconds: float, rounds: int, size: int) -> None:
    """Print the tables; fail when something missed its target."""
    print(machine(*versions(KINDS)), flush=True)
    missed = await measure_pages(citizens, seconds, rounds)
    if size:
        headings = ("database", "requests", "counted", "reckoned in, s", "read in, ms", "working days")
        print(f"\n{table(headings, [await measure_durations(kind, size) for kind in KINDS])}\n")
    judge(missed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citizens", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=1_000_000)
    given = parser.parse_args()
    asyncio.run(main(given.citizens, given.seconds, given.rounds, given.size))
