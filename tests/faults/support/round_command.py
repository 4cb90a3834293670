"""Many seeded rounds: the command line, the offices that share them, and the evidence of what failed."""

import argparse
import asyncio
import json
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Generic, Protocol, TypeVar

from tests.e2e.support.office_factory import furnished_stock
from tests.faults.support.mortal_office import MortalOffice
from tests.faults.support.round import Result

ROUNDS_OF_AN_OFFICE = 50
"""After so many an office comes to rest and is looked at as a whole; then another one opens."""


class OfficeRounds(Protocol):
    """The rounds of an office."""

    office: MortalOffice


PlayedRounds = TypeVar("PlayedRounds", bound=OfficeRounds)


@dataclass(slots=True)
class RoundTally:
    """Sums of all rounds."""

    began_at: float = field(default_factory=monotonic)
    round_count: int = 0
    died: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    """The commands that play again what failed."""

    @property
    def seconds(self) -> float:
        """Duration."""
        return monotonic() - self.began_at

    def list_counters(self) -> Mapping[str, Counter[str]]:
        """Counters, by a title."""
        return {"died": self.died}

    def print_end(self) -> None:
        """Print what it came to, what happened how often, and how what failed is played again."""
        print(f"-- {self}")
        for title, counter in self.list_counters().items():
            print(f"-- {title}: " + ", ".join(f"{name} {number}" for name, number in sorted(counter.items())))
        print(*(f"-- FAILED, again: {again}" for again in self.failed), sep="\n")


Tally = TypeVar("Tally", bound=RoundTally)


@dataclass(frozen=True, slots=True)
class RoundCommand(Generic[PlayedRounds, Tally]):
    """Plays many rounds in offices, the databases beside each other."""

    module: str
    """Module run with `python -m`."""
    tally: Tally
    open_rounds: Callable[[str], AbstractAsyncContextManager[PlayedRounds]]
    """Opens an office on a database."""
    play_rounds: Callable[[PlayedRounds, range], Awaitable[Sequence[str]]]
    """Plays the rounds of these seeds there, and returns what is wrong afterwards."""
    count_office: Callable[[Tally, PlayedRounds], None]
    """Adds an office to the tally."""

    async def run(self, round_count: int, first_seed: int, engines: Sequence[str]) -> int:
        """Play rounds from a seed on; return the exit code."""
        seeds = range(first_seed, first_seed + round_count)
        starts = range(0, len(seeds), ROUNDS_OF_AN_OFFICE)
        shares = iter([seeds[start : start + ROUNDS_OF_AN_OFFICE] for start in starts])
        await asyncio.gather(*(self._play_shares(engine, shares) for engine in engines))
        self.tally.print_end()
        return 1 if self.tally.failed else 0

    async def _play_shares(self, engine: str, shares: Iterator[range]) -> None:
        for seeds in shares:
            async with self.open_rounds(engine) as rounds:
                violations = await self._play_office(rounds, seeds)
                self.count_office(self.tally, rounds)
                if violations:
                    await self._keep_failure(engine, rounds.office, seeds, violations)
                print(f"-- {engine}, seeds from {seeds[0]}: {len(violations)} violations. {self.tally}", flush=True)

    async def _play_office(self, rounds: PlayedRounds, seeds: range) -> Sequence[str]:
        try:
            violations = await self.play_rounds(rounds, seeds)
            rounds.office.assert_clean_log()
        except Exception:  # noqa: BLE001 - the edge of an office: whatever went wrong is what it found
            return [traceback.format_exc()]
        return violations

    async def _keep_failure(self, engine: str, office: MortalOffice, seeds: range, violations: Sequence[str]) -> None:
        again = f"python -m {self.module} --rounds {len(seeds)} --seed {seeds[0]} --database {engine}"
        self.tally.failed.append(again)
        evidence = await keep_evidence(office, Result(violations=[*violations]))
        print(*violations, f"evidence: {evidence}", f"again: {again}", sep="\n  ", flush=True)


async def keep_evidence(office: MortalOffice, result: Result) -> Path:
    """Keep what the office wrote, its tables and its panel's record in a directory; return its path."""
    evidence_folder = Path(tempfile.mkdtemp(prefix="pishkhan-chaos-"))
    await office.crash()
    shutil.copytree(office.home, evidence_folder / "office")
    evidence = {
        "violations": result.violations,
        "tables": await office.database.evidence(),
        "sent": office.panel.sent,
        "calls": office.panel.calls,
    }
    (evidence_folder / "evidence.json").write_text(json.dumps(evidence, ensure_ascii=False, indent=1, default=str))
    return evidence_folder


def run_command(
    module: str, description: str | None, usual_rounds: int, run: Callable[[int, int, list[str]], Awaitable[int]]
) -> int:
    """Read the command line (`--rounds`, `--seed`, `--database`), play, and return the exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--rounds", type=int, default=usual_rounds)
    parser.add_argument("--seed", type=int, default=1, help="the first round's seed; each round has the next one")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments = parser.parse_args()
    engines = ["sqlite", "postgresql"] if arguments.database == "both" else [arguments.database]

    async def play() -> int:
        return await run(arguments.rounds, arguments.seed, engines)

    with furnished_stock():
        return asyncio.run(play())
