"""Many seeded rounds against the real server: `python -m tests.faults.chaos --rounds 2000 --seed 1`.

Every seed is printed with its plan, the ends that the servers met, and what came of it. A round that shows a violation
keeps its evidence and tells the command that plays it again; the exit code is then 1. Two offices play at once.
"""

import asyncio
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from time import monotonic

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import Death
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.round import Result, Round
from tests.faults.support.round_command import RoundTally, keep_evidence, run_command
from tests.faults.support.round_plan import Plan, drawn
from tests.faults.support.state_checks import Expected

ROUNDS_OF_AN_OFFICE = 20
CLOSING_HOUR = 19
"""Hour of an office's clock at which, or number of rounds after which, the next round is played in a fresh office: at
night notices rest, and on the next day others come that no citizen of a round caused."""

ROUNDS_BETWEEN_REPORTS = 50
MOST_FAILURES = 10
"""After so many failed rounds the run ends early."""

COMMAND = "python -m tests.faults.chaos --rounds 1 --seed {seed} --database {engine}"


@dataclass(slots=True)
class ChaosTally(RoundTally):
    """Sums of all rounds."""

    wanted_count: int = 0
    """Rounds that are to be played."""
    text_count: int = 0
    repeat_count: int = 0
    busy_seconds: float = 0.0

    def add_round(self, result: Result, seconds: float) -> None:
        """Count a round that came to its end."""
        self.round_count += 1
        self.text_count += result.texts
        self.busy_seconds += seconds
        self.died.update(end.step if isinstance(end, Death) else "blow" for end in result.died)

    def __str__(self) -> str:
        each = self.busy_seconds / max(1, self.round_count)
        return (
            f"{self.round_count} of {self.wanted_count} rounds in {self.seconds:.0f} s ({each:.1f} s each),"
            f" {self.text_count} texts in, {self.died.total()} deaths,"
            f" {self.repeat_count} repeats explained by `unknown`, {len(self.failed)} rounds failed"
        )


class Chaos:
    """Plays the seeds of a run in several offices at once."""

    def __init__(self, first: int, tally: ChaosTally) -> None:
        self._seeds = iter(range(first, first + tally.wanted_count))
        self._tally = tally

    async def play_in(self, engine: str) -> None:
        """Play in one office after another until no seed is left."""
        while seeds := list(islice(self._seeds, min(ROUNDS_OF_AN_OFFICE, self._share()))):
            rest = iter(seeds)
            while (seed := next(rest, None)) is not None:
                await self._play_in_one_office(engine, seed, rest)
                if len(self._tally.failed) >= MOST_FAILURES:
                    return

    def _share(self) -> int:
        """Share of the seeds that an office takes at most, so that both have something to do in a short run."""
        return max(1, -(-self._tally.wanted_count // 2))

    async def _play_in_one_office(self, engine: str, seed: int, rest: Iterator[int]) -> None:
        """Play rounds until the seeds are used up, the day is over, or one has failed."""
        async with mortal_office(engine, furnish) as office:
            expected = Expected()
            playing: int | None = seed
            plan = drawn(seed)
            while playing is not None:
                plan = drawn(playing)
                if not await self._played(engine, office, expected, plan):
                    return
                if office.now.hour >= CLOSING_HOUR:
                    break
                playing = next(rest, None)
            self._tally.repeat_count += office.panel.repeats
            await self._close(engine, office, plan)

    async def _close(self, engine: str, office: MortalOffice, last: Plan) -> None:
        """Close an office; what its servers stumbled over in any of its rounds is a failure of the last one."""
        try:
            await office.close()
            office.assert_clean_log()
        except (AssertionError, TimeoutError):
            result = Result(violations=[traceback.format_exc()])
            print(f"seed {last.seed} {engine}: the office did not close well", flush=True)
            await self._failed(engine, office, last, result)

    async def _played(self, engine: str, office: MortalOffice, expected: Expected, plan: Plan) -> bool:
        began = monotonic()
        played = Round(office, expected, plan)
        result = played.result
        try:
            await played.play()
        except Exception:  # noqa: BLE001 - the edge of a round: whatever went wrong is what it found
            result.violations = [traceback.format_exc()]
        seconds = monotonic() - began
        self._tally.add_round(result, seconds)
        died = " ".join(map(str, result.died)) or "nobody"
        outcome = f"{len(result.violations)} VIOLATIONS" if result.violations else "ok"
        print(f"seed {plan.seed} {engine}: {outcome}, {seconds:.1f} s, died: {died} | {plan}", flush=True)
        if result.violations:
            await self._failed(engine, office, plan, result)
        if self._tally.round_count % ROUNDS_BETWEEN_REPORTS == 0:
            print(f"-- {self._tally}", flush=True)
        return not result.violations

    async def _failed(self, engine: str, office: MortalOffice, plan: Plan, result: Result) -> None:
        again = COMMAND.format(seed=plan.seed, engine=engine)
        self._tally.failed.append(again)
        kept = await keep_evidence(office, result)
        print(*result.violations, f"evidence: {kept}", f"again: {again}", sep="\n  ", flush=True)


async def run(rounds: int, seed: int, engines: list[str]) -> int:
    """Play rounds from a seed on; the exit code."""
    tally = ChaosTally(wanted_count=rounds)
    chaos = Chaos(seed, tally)
    await asyncio.gather(*(chaos.play_in(engine) for engine in islice(cycle(engines), min(2, rounds))))
    tally.print_end()
    return 1 if tally.failed or tally.round_count < rounds else 0


def main() -> int:
    """Read the command line and play."""
    return run_command("tests.faults.chaos", __doc__, 2000, run)


if __name__ == "__main__":
    sys.exit(main())
