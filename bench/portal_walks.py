"""The part of `bench.portal` in which citizens go the whole way: at each site and at the bare page, round by round."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.databases import execute
from bench.portal_citizens import Walked, WalkJob, walk
from bench.processes import processor_seconds
from bench.tables import Percentiles, Rounds, Spread, table

CITIZENS_ALONE = 5
"""Number of citizens who go one after the other, so that a step's own time is known."""


@dataclass(frozen=True, slots=True)
class ServedSite:
    """Processes that serve one site on this machine."""

    name: str
    ports: Sequence[int]
    pids: Sequence[int]
    database_url: str = ""
    """Empty for the bare page."""


@dataclass(slots=True)
class WalkedSite:
    """A site that is walked through, and what came of it."""

    site: ServedSite
    rounds: Rounds = field(default_factory=Rounds)
    """Pages a second, and what one took."""
    processor_ms: list[float] = field(default_factory=list)
    """Of the server's processes, for a page."""
    fault_count: int = 0
    alone: Walked = field(default_factory=Walked)
    """Citizens one after the other."""
    step_ms: dict[str, list[float]] = field(default_factory=dict)
    """Of all rounds, by the step's name."""
    walked_count: int = 0
    """Citizens so far: each has a mobile of the own."""

    async def play_round(self, citizen_count: int, pinned: tuple[str, ...]) -> None:
        """Let so many citizens walk at once."""
        before = sum(map(processor_seconds, self.site.pids))
        walked = await self._walk(citizen_count, pinned, is_at_once=True)
        used = sum(map(processor_seconds, self.site.pids)) - before
        percentiles = Percentiles.of(walked.page_ms)
        self.rounds.add(len(walked.page_ms) / walked.seconds, percentiles.p50, percentiles.p99)
        self.processor_ms.append(used * 1000 / max(1, len(walked.page_ms)))
        for step, waits in walked.step_ms.items():
            self.step_ms.setdefault(step, []).extend(waits)

    async def walk_alone(self, pinned: tuple[str, ...]) -> None:
        """Let some citizens walk one after the other."""
        self.alone = await self._walk(CITIZENS_ALONE, pinned, is_at_once=False)

    async def _walk(self, citizen_count: int, pinned: tuple[str, ...], *, is_at_once: bool) -> Walked:
        database_url = self.site.database_url
        if database_url:  # what is limited within an hour begins anew
            await execute(database_url, "DELETE FROM hits")
        job = WalkJob(tuple(self.site.ports), database_url, citizen_count, self.walked_count, is_at_once=is_at_once)
        self.walked_count += citizen_count
        walked = await walk(job, pinned=pinned)
        self.fault_count += len(walked.faults)
        for fault in walked.faults[:3]:
            print(f"{self.site.name}: {fault}", flush=True)
        return walked

    def describe(self, bare: "WalkedSite") -> tuple[object, ...]:
        """Return the line of the table, beside the bare page of the same run."""
        rate, p99 = Spread.of(self.rounds.rates), Spread.of(self.rounds.p99)
        bare_rate, bare_p99 = Spread.of(bare.rounds.rates).median, Spread.of(bare.rounds.p99).median
        beside = (f"{rate.median / bare_rate:.2f}", f"{p99.median / bare_p99:.1f}") if bare_rate else ("–", "–")
        figures = f"{Spread.of(self.rounds.p50):.0f}", f"{p99:.0f}", f"{Spread.of(self.processor_ms):.2f}"
        return self.site.name, len(self.site.ports), f"{rate:,.0f}", *figures, *beside, self.fault_count


async def measure_walks(
    bare: WalkedSite, sites: Sequence[WalkedSite], citizen_count: int, rounds: int, pinned: tuple[str, ...]
) -> list[str]:
    """Print both tables of walks; return what missed its target: whoever did not get to the end."""
    for site in sites:
        await site.walk_alone(pinned)
    for _ in range(rounds):
        for site in (bare, *sites):
            await site.play_round(citizen_count, pinned)
    headings = ("walked through", "processes", "pages/s", "p50, ms", "p99, ms", "server CPU ms a page")
    beside = ("pages/s of the bare page", "p99 of the bare page", "errors")
    print(f"\n{table((*headings, *beside), [site.describe(bare) for site in (bare, *sites)])}\n", flush=True)
    print(f"{_describe_steps(sites)}\n", flush=True)
    walked = [(one.site.name, one.fault_count) for one in (bare, *sites) if one.fault_count]
    return [f"{name}: {fault_count} citizens did not get to the end" for name, fault_count in walked]


def _describe_steps(sites: Sequence[WalkedSite]) -> str:
    """Return the table of the steps: their medians alone, and their median and p99 among all citizens."""
    headings = ["step"] + [f"{site.site.name} {what}, ms" for site in sites for what in ("alone", "p50", "p99")]
    lines = []
    for step in sites[0].step_ms:
        cells = [step]
        for site in sites:
            crowded = Percentiles.of(site.step_ms.get(step, []))
            alone = Percentiles.of(site.alone.step_ms.get(step, []))
            cells += [f"{alone.p50:.1f}", f"{crowded.p50:.0f}", f"{crowded.p99:.0f}"]
        lines.append(cells)
    return table(headings, lines)
