"""Whether many stored requests slow the work down: whole lives of requests beside 10,000, 100,000 and 1,000,000 others.

    python -m bench.lifecycle [--sizes 10000 100000 1000000] [--seconds 5] [--rounds 3] [--step-seconds 4]
                              [--workers 8] [--database sqlite|postgresql]

Databases of all sizes are filled first (`bench/filling.py`: believable requests of the machinery and expert services,
with all that belongs to them). Then runs take turns, size by size, each in a process of its own: lives of machinery
requests (`bench/lives.py`: create, assign, complete, search) by some workers that never rest, and lives that begin at
1, 15, 1, 25, 2, 35 and 10 a second, however long the others take. A time is that of one call; a life's first call
counts from the moment at which it was due. A life that does not end as it should is an error, and the bench fails
in the end.

A short look: `--sizes 1000 10000 --seconds 3 --rounds 1 --step-seconds 1`.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from bench.databases import KINDS, SQLITE, Place, place, rows, versions
from bench.lives import RATES, WARM_UP_LIVES, Lived
from bench.processes import printed
from bench.tables import Percentiles, Spread, machine, table

SORTS = ("create", "assign", "complete", "search")
CITIZENS_A_RUN = 10_000
STEPS = range(len(RATES))
TARGET = "≥ 0.83"


@dataclass(slots=True)
class Stock:
    """A filled database and its runs."""

    url: str
    size: int
    busy: list[Lived] = field(default_factory=list)
    arrived: list[Lived] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Lives a second, run by run."""
        return [run.lives / run.seconds for run in self.busy]

    async def live(self, *way: object) -> Lived:
        """Do one run."""
        first = CITIZENS_A_RUN * (len(self.busy) + len(self.arrived))
        return Lived(**json.loads(await printed("bench.lives", self.url, str(first), *map(str, way))))

    @property
    def faults(self) -> list[str]:
        """Faults of all runs."""
        return [fault for run in (*self.busy, *self.arrived) for fault in run.faults]

    async def verify(self) -> None:
        """End the bench unless every request is there, those filled in and those that lived; one that went wrong may
        be.
        """
        [(found,)] = await rows(self.url, "SELECT count(*) FROM requests")
        wanted = self.size + sum(run.lives + WARM_UP_LIVES for run in (*self.busy, *self.arrived))
        if not wanted <= found <= wanted + len(self.faults):
            raise SystemExit(f"{wanted} requests were made, {found} are there")


async def filled(where: Place, size: int) -> Stock:
    """Fill a database; how long that takes is told beside the tables."""
    url, began = await where.database(), time.monotonic()
    await printed("bench.filling", url, str(size))
    print(f"{where.name}: {size:,} requests filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return Stock(url, size)


async def measured(where: Place, wish: argparse.Namespace) -> list[Stock]:
    """Measure all sizes on one place, taking turns."""
    stocks = [await filled(where, size) for size in wish.sizes]
    for _ in range(wish.rounds):
        for stock in stocks:
            stock.busy.append(await stock.live("workers", wish.workers, wish.seconds))
        for stock in stocks:
            stock.arrived.append(await stock.live("arrivals", wish.step_seconds))
    for stock in stocks:
        await stock.verify()
    return stocks


def of_all(runs: Sequence[Lived]) -> Percentiles:
    """Return the medians of the runs' percentiles over all calls."""
    return Percentiles.median([Percentiles.of(list(chain.from_iterable(run.calls.values()))) for run in runs])


def busy_table(stocks: Sequence[Stock]) -> str:
    """Return what the workers did, each size beside the smallest in the same round."""
    lines = []
    for stock in stocks:
        beside = Spread.of([rate / least for rate, least in zip(stock.rates, stocks[0].rates, strict=True)])
        sorts = [Percentiles.median([Percentiles.of(run.calls[sort]) for run in stock.busy]).p95 for sort in SORTS]
        cells = f"{Spread.of(stock.rates):.1f}", of_all(stock.busy), *(f"{one:.1f}" for one in sorts)
        lines.append((f"{stock.size:,}", *cells, f"{beside:.2f}", TARGET))
    headings = ("stored", "lives/s", "p50 ms", "p95 ms", "p99 ms", *(f"{one} p95" for one in SORTS))
    return table((*headings, f"of {stocks[0].size:,}", "target"), lines)


def arrivals_table(stocks: Sequence[Stock]) -> str:
    """Return how long calls took while lives began at the rates of the profile."""
    lines = []
    for stock in stocks:
        steps = [Percentiles.median([Percentiles.of(run.steps[at]) for run in stock.arrived]) for at in STEPS]
        lines.append(
            (f"{stock.size:,}", *(f"{one.p95:.0f}" for one in steps), of_all(stock.arrived), len(stock.faults))
        )
    headings = ("stored", *(f"{rate}/s: p95 ms" for rate in RATES), "all: p50 ms", "p95 ms", "p99 ms", "errors")
    return table(headings, lines)


async def main(wish: argparse.Namespace) -> None:
    """Print the tables."""
    print(machine(*versions([wish.database])), flush=True)
    with place(wish.database) as where:
        stocks = await measured(where, wish)
        print(f"\n{where.name}, {wish.workers} workers\n\n{busy_table(stocks)}")
        print(f"\n{where.name}, arrivals\n\n{arrivals_table(stocks)}\n")
    lengths = f"{wish.seconds:g} s with workers, {wish.step_seconds:g} s a step of the arrivals"
    print(f"Medians of {wish.rounds} runs (in brackets: least–most): {lengths}.")
    if faults := [fault for stock in stocks for fault in stock.faults]:
        raise SystemExit(f"{len(faults)} lives went wrong: {faults[0]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="stored requests")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a run with workers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step-seconds", type=float, default=4.0, help="length of a step of the arrivals")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--database", choices=KINDS, default=SQLITE)
    asyncio.run(main(parser.parse_args()))
