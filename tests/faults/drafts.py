"""Many seeded rounds of forms on the portal: `python -m tests.faults.drafts --rounds 500 --seed 1`.

Each database has offices of its own, which play a share of the rounds one after the other and are compared with what
their citizens were shown. A violation is printed with the seeds of its office and the command that plays them again;
its evidence is kept, and the exit code is then 1.
"""

import argparse
import asyncio
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from tests.e2e.support.office_factory import furnished_stock
from tests.faults.chaos import kept_evidence
from tests.faults.support.draft_rounds import DraftRounds, draft_rounds, draw_round
from tests.faults.support.round import Result

ROUNDS_OF_AN_OFFICE = 50
"""After so many an office is looked at as a whole; its drafts and requests are compared after each round."""

COMMAND = "python -m tests.faults.drafts --rounds {rounds} --seed {seed} --database {engine}"


@dataclass(slots=True)
class DraftTally:
    """What all rounds came to."""

    began_at: float = field(default_factory=monotonic)
    round_count: int = 0
    request_count: int = 0
    died: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.round_count} rounds in {monotonic() - self.began_at:.0f} s, {self.request_count} requests,"
            f" {self.died.total()} deaths, {len(self.failed)} offices failed"
        )


async def play_offices(engine: str, shares: Iterator[tuple[int, int]], tally: DraftTally) -> None:
    """Play shares of rounds (the first seed and how many) on a database until there are none left."""
    for first_seed, round_count in shares:
        async with draft_rounds(engine) as rounds:
            violations = await _play_office(rounds, first_seed, round_count)
            tally.round_count += round_count
            tally.request_count += len(rounds.asked_requests)
            tally.died += rounds.died
            if violations:
                again = COMMAND.format(rounds=round_count, seed=first_seed, engine=engine)
                tally.failed.append(again)
                kept = await kept_evidence(rounds.office, Result(violations=violations))
                print(*violations, f"evidence: {kept}", f"again: {again}", sep="\n  ", flush=True)
            print(f"-- {engine}, seeds from {first_seed}: {len(violations)} violations. {tally}", flush=True)


async def _play_office(rounds: DraftRounds, first_seed: int, round_count: int) -> list[str]:
    try:
        for seed in range(first_seed, first_seed + round_count):
            plan = draw_round(seed)
            met_count = await rounds.play(plan.deaths, plan.blow_seconds)
            print(f"seed {seed}: {plan}, {met_count} met", flush=True)
            if violations := await rounds.find_violations():
                return [f"seed {seed}", *violations]
        verified = await rounds.office.cli("history", "verify")
        rounds.office.spoke_well()
    except Exception:  # noqa: BLE001 - the edge of an office: whatever went wrong is what it found
        return [traceback.format_exc()]
    return [f"history: {verified}"] if verified["faults"] else []


async def run(round_count: int, first_seed: int, engines: Sequence[str]) -> int:
    """Play rounds from a seed on, the databases beside each other; return the exit code."""
    tally = DraftTally()
    starts = range(first_seed, first_seed + round_count, ROUNDS_OF_AN_OFFICE)
    shares = iter([(start, min(ROUNDS_OF_AN_OFFICE, first_seed + round_count - start)) for start in starts])
    await asyncio.gather(*(play_offices(engine, shares, tally) for engine in engines))
    print(f"-- {tally}")
    print("-- died: " + ", ".join(f"{step} {number}" for step, number in sorted(tally.died.items())))
    print(*(f"-- FAILED, again: {again}" for again in tally.failed), sep="\n")
    return 1 if tally.failed else 0


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.drafts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="the first round's seed; each round has the next one")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments = parser.parse_args()
    engines = ["sqlite", "postgresql"] if arguments.database == "both" else [arguments.database]
    with furnished_stock():
        return asyncio.run(run(arguments.rounds, arguments.seed, engines))


if __name__ == "__main__":
    sys.exit(main())
