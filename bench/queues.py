"""Time that the staff waits for queues, searches and requests, beside 10,000 and beside 1,000,000 of them.

    python -m bench.queues [--sizes 10000 1000000] [--calls 120] [--rounds 3] [--database sqlite|postgresql]

Databases of all sizes are filled (`bench/filling.py`), their histories sealed, and `pishkhan serve` runs over each. The
manager, who sees every request, signs in at each server and looks at its pages, one after the other over one
connection. For each sort of page the servers take turns call by call, so that whatever else the machine does troubles
all of them alike; every call asks for somebody else. An answer that lacks what was looked for ends the bench. CPU is
that of the server alone, without PostgreSQL's. It fails when a p95 is more than 1.20 times that beside the least.

A short look: `--sizes 1000 10000 --calls 20 --rounds 1`.
"""

import argparse
import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from html import unescape
from statistics import mean
from urllib.parse import quote

from aiohttp import ClientSession, CookieJar

from bench.citizens import Citizen, citizen, plate
from bench.databases import KINDS, SQLITE, Place, at_rest, filled, place, read_once, versions
from bench.filling import citizens_of, taxis_of, tracking_code
from bench.panel import panel
from bench.processes import Server, free_port, processor_seconds, usual
from bench.staff import first_sign_in
from bench.tables import Percentiles, Spread, judge, machine, table
from domain.values import tracking_codes
from domain.values.actors import Role
from domain.values.identifiers import display_mobile

WARM_UP_CALLS = 5
HIGHEST = 1.20
"""Highest allowed ratio of a p95 to the one beside the least."""

MOST_COMMON = 3
"""Names that fill a page beside the least of the usual sizes."""

FEW = 2
"""Citizens who are called by rare half words, at every size."""

NEXT = re.compile(r'href="([^"]+)" rel="next"')
LISTED = '<a href="/staff/requests/'
"""Stands once in each row of a list."""

Asked = tuple[str, str]
"""An address, and what its answer must contain."""

Look = Callable[["Site"], Asked]
"""Tells what to ask for next at a site."""


def _somebody(ask: Callable[[Citizen, str], Asked]) -> Look:
    """Ask about a request of a citizen with that code, another one each time."""

    def look(site: "Site") -> Asked:
        number = site.chance.randrange(site.size)
        return ask(citizen(number % citizens_of(site.size)), tracking_code(number))

    return look


def _search(typed: str, found: str) -> Asked:
    return f"/staff/requests?q={quote(typed)}", found


def _halves(one: Citizen) -> str:
    return f"{one.family[:3]} {one.given[:2]}"


def common_halves(size: int) -> Sequence[str]:
    """Return the half words by which most citizens are called; beside 10,000 requests each fills a page."""
    found = Counter(_halves(citizen(number)) for number in range(citizens_of(size)))
    return [typed for typed, _ in found.most_common(MOST_COMMON)]


def rare_halves(size: int) -> Sequence[str]:
    """Return the half words by which two citizens are called: they find as many requests at every size."""
    found = Counter(_halves(citizen(number)) for number in range(citizens_of(size)))
    return [typed for typed, count in found.items() if count == FEW]


def _common(site: "Site") -> Asked:
    return _search(site.chance.choice(site.common), _one(""))


def _rare(site: "Site") -> Asked:
    return _search(site.chance.choice(site.rare), _one(""))


def _one(code: str) -> str:
    return f"/staff/requests/{code}"


def _taxi(site: "Site") -> Asked:
    return _search(plate(site.chance.randrange(taxis_of(site.size))), _one(""))


LOOKS: Mapping[str, Look] = {
    "a unit's queue": lambda _: ("/staff?queue=unit&unit=civil", _one("")),
    "finished, next page": lambda site: (site.next or "/staff?queue=finished", _one("")),
    "search: name of a family": _somebody(lambda one, _: _search(one.family, _one(""))),
    "search: half a word": _somebody(lambda one, _: _search(one.family[:3], _one(""))),
    "search: two half words": _common,
    "search: two half words, rare": _rare,
    "search: two half words, any name": _somebody(lambda one, _: _search(_halves(one), _one(""))),
    "search: national code": _somebody(lambda one, _: _search(one.national, _one(""))),
    "search: mobile": _somebody(lambda one, code: _search(display_mobile(one.mobile), _one(code))),
    "search: plate": _taxi,
    "search: tracking code": _somebody(lambda _, code: _search(code, tracking_codes.display_code(code))),
    "a request": _somebody(lambda _, code: (_one(code), tracking_codes.display_code(code))),
}
"""Looks of the manager. A tracking code leads straight to its request, whose page is waited for too."""


@dataclass(slots=True)
class Times:
    """Milliseconds of each call, rows that it showed, and milliseconds of the server's processor, in one round."""

    waits: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    processor: float = 0.0

    @property
    def percentiles(self) -> Percentiles:
        """Percentiles of calls."""
        return Percentiles.of(self.waits)


class Site:
    """One server, and the manager's browser. `next` is where the page that was shown last says to go on; `common` are
    half words of many names at every site, `rare` those of few at this one.
    """

    def __init__(self, size: int, server: Server, browser: ClientSession, common: Sequence[str]) -> None:
        self.size = size
        self.common = common
        self.rare = rare_halves(size)
        self.chance = random.Random(size)  # noqa: S311 - the same in every run
        self.next: str | None = None
        self.rounds: dict[str, list[Times]] = {look: [] for look in LOOKS}
        self._server = server
        self._browser = browser

    async def sign_in(self, made: str) -> None:
        """Open a session with a made password."""
        await first_sign_in(self._browser, self._address(""), Role.MANAGER.value, made)

    async def call(self, look: str) -> tuple[float, int]:
        """Ask for a page; return the milliseconds until all of it was there, and the rows of its list."""
        address, wanted = LOOKS[look](self)
        began = time.perf_counter()
        async with self._browser.get(self._address(address)) as answer:
            text = await answer.text()
        taken = (time.perf_counter() - began) * 1000
        if answer.status != 200 or wanted not in text:
            raise SystemExit(f"{address} beside {self.size:,} requests: {answer.status} without {wanted}")
        behind = NEXT.search(text)
        self.next = unescape(behind.group(1)) if behind else None
        return taken, text.count(LISTED)

    @property
    def processor(self) -> float:
        """Processor seconds of the server until now."""
        return processor_seconds(self._server.pid)

    def _address(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.port}{path}"


async def opened(where: Place, url: str, size: int, common: Sequence[str], stack: AsyncExitStack) -> Site:
    """Serve a filled database, all of whose history is sealed and whose jobs rest, and let the manager in."""
    texts = await stack.enter_async_context(panel())
    server = Server(where.home, usual(url, free_port(), texts))
    await server.run("history", "seal")
    made = json.loads(await server.run("staff", "reset-password", Role.MANAGER.value, "--json"))["password"]
    await stack.enter_async_context(server)
    await at_rest(url)
    await read_once(url)
    browser = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
    site = Site(size, server, browser, common)
    await site.sign_in(made)
    return site


async def one_round(sites: Sequence[Site], calls: int) -> None:
    """Look at every sort of page so many times at each site; a few times before that for nothing."""
    for look in LOOKS:
        for site in sites:
            site.next = None
            for _ in range(WARM_UP_CALLS):
                await site.call(look)
        times, before = [Times() for _ in sites], [site.processor for site in sites]
        for _ in range(calls):
            for site, noted in zip(sites, times, strict=True):
                wait, rows = await site.call(look)
                noted.waits.append(wait)
                noted.rows.append(rows)
        for site, noted, already in zip(sites, times, before, strict=True):
            noted.processor = (site.processor - already) * 1000 / calls
            site.rounds[look].append(noted)


def ratio(site: Site, least: Site, look: str, percentile: str) -> Spread:
    """Return how a percentile of one sort of page stands to that of another size, in the same rounds."""
    both = zip(site.rounds[look], least.rounds[look], strict=True)
    return Spread.of([getattr(one.percentiles, percentile) / getattr(its.percentiles, percentile) for one, its in both])


def lines(sites: Sequence[Site], look: str) -> list[tuple[object, ...]]:
    """Return the lines of one sort of page, each size beside the smallest in the same round."""
    found: list[tuple[object, ...]] = []
    for site in sites:
        rounds = site.rounds[look]
        middle = Percentiles.median([one.percentiles for one in rounds])
        processor = Spread.of([one.processor for one in rounds]).median
        found.append(
            (
                look,
                f"{site.size:,}",
                f"{Spread.of([mean(one.rows) for one in rounds]).median:.0f}",
                f"{middle.p50:.1f}",
                f"{middle.p95:.1f}",
                f"{processor:.1f}",
                f"{ratio(site, sites[0], look, 'p50'):.2f}",
                f"{ratio(site, sites[0], look, 'p95'):.2f}",
                f"≤ {HIGHEST:.2f}",
            )
        )
    return found


def missed(sites: Sequence[Site]) -> list[str]:
    """Return the sorts of pages whose p95 is too long, by the median of the rounds."""
    ratios = {(look, site.size): ratio(site, sites[0], look, "p95").median for look in LOOKS for site in sites}
    return [f"{look} beside {size:,}: {one:.2f}" for (look, size), one in ratios.items() if one > HIGHEST]


async def measured(where: Place, urls: Mapping[int, str], wish: argparse.Namespace) -> tuple[str, list[str]]:
    """Measure filled databases, by their sizes, and return the table, and what missed its target."""
    async with AsyncExitStack() as stack:
        common = common_halves(min(urls))
        sites = [await opened(where, url, size, common, stack) for size, url in urls.items()]
        for _ in range(wish.rounds):
            await one_round(sites, wish.calls)
    least = f"{sites[0].size:,}"
    headings = ("page", "stored", "rows", "p50 ms", "p95 ms", "server CPU ms", f"p50 of {least}", "its p95", "target")
    return table(headings, [line for look in LOOKS for line in lines(sites, look)]), missed(sites)


async def main(wish: argparse.Namespace) -> None:
    """Print the table; fail when anything missed its target."""
    with place(wish.database) as where:
        urls = {size: await filled(where, size) for size in wish.sizes}
        print(machine(*versions([wish.database])), flush=True)
        found, late = await measured(where, urls, wish)
        print(f"\n{where.name}\n\n{found}\n")
    print(f"Medians of {wish.rounds} rounds of {wish.calls} calls (in brackets: least–most).")
    judge(late)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="stored requests")
    parser.add_argument("--calls", type=int, default=120, help="calls of each sort of page in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=KINDS, default=SQLITE)
    asyncio.run(main(parser.parse_args()))
