"""Many schedules on all cores: what they came to, and the first ones that failed, shrunk."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from time import monotonic
from typing import TypeVar

from tests.simulation.payments.exhaustive import Exploration, explore
from tests.simulation.payments.losses import Losses, measure
from tests.simulation.payments.profiles import PROFILES
from tests.simulation.payments.rules import DriverRules
from tests.simulation.payments.schedules import HEAD, draw_schedule, play, shrink

Part = TypeVar("Part")

CHUNK = 2_000
"""Schedules that a process plays before it reports."""

MOST_FAILURES = 5
"""Shrunk and printed; after so many a run ends early."""


@dataclass(slots=True)
class Tally:
    """Sums of schedules."""

    schedules: int = 0
    choices: int = 0
    longest: int = 0
    outcomes: set[int] = field(default_factory=set)
    """Hashes of what came of schedules (`World.summarise`): so many were distinct."""
    failed_seeds: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add what another process did."""
        self.schedules += other.schedules
        self.choices += other.choices
        self.longest = max(self.longest, other.longest)
        self.outcomes |= other.outcomes
        self.failed_seeds += other.failed_seeds
        self.failures += other.failures[: max(0, MOST_FAILURES - len(self.failures))]


def play_seeds(first: int, last: int, rules: DriverRules) -> Tally:
    """Play the schedules of some seeds, the last one left out."""
    tally = Tally()
    for seed in range(first, last):
        schedule = draw_schedule(seed)
        world = play(schedule, rules)
        tally.schedules += 1
        tally.choices += world.steps
        tally.longest = max(tally.longest, len(schedule) - HEAD)
        tally.outcomes.add(hash(world.summarise()))
        if world.violations:
            tally.failed_seeds.append(seed)
            if len(tally.failures) < MOST_FAILURES:
                tally.failures.append(f"seed {seed}: {shrink(schedule, rules)}")
    return tally


def run_in_processes(play_part: Callable[[int, int], Part], first: int, number: int, processes: int) -> Iterator[Part]:
    """Yield what each part of a range of seeds came to. Hashes agree, for the processes are forked."""
    starts = range(first, first + number, CHUNK)
    ends = [min(start + CHUNK, first + number) for start in starts]
    if processes == 1:
        yield from map(play_part, starts, ends)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(play_part, starts, ends)


def run_schedules(first: int, number: int, processes: int, rules: DriverRules) -> Tally:
    """Play many schedules, saying now and then how far it is."""
    tally, began, reported = Tally(), monotonic(), monotonic()
    for part in run_in_processes(partial(play_seeds, rules=rules), first, number, processes):
        tally.add(part)
        print(*part.failures, sep="\n", end="\n" if part.failures else "", flush=True)
        if monotonic() - reported > 30:
            reported = monotonic()
            speed = tally.schedules / (reported - began)
            print(f"-- {tally.schedules} schedules, {speed:.0f}/s, {len(tally.failed_seeds)} failed", flush=True)
        if len(tally.failures) >= MOST_FAILURES:
            break
    return tally


def explore_all(depth: int, processes: int, rules: DriverRules) -> Iterator[tuple[tuple[int, ...], Exploration]]:
    """Explore to a depth from each of the heads, with as many processes."""
    heads = list_heads()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from zip(heads, pool.map(partial(explore, depth=depth, rules=rules), heads), strict=True)


def list_heads() -> list[tuple[int, ...]]:
    """Return the heads (bank, town, mood, taste, opening) that are explored: each bank with one attempt, from nothing
    on and from the bank's page on, and with two attempts at one bill; everything that can go wrong may.
    """
    return [(bank, town, 0, 0, opening) for bank in range(len(PROFILES)) for town, opening in ((0, 0), (0, 1), (1, 2))]


def measure_part(first: int, last: int, rules: DriverRules) -> Losses:
    """Measure what an algorithm loses in some schedules."""
    return measure(range(first, last), rules)
