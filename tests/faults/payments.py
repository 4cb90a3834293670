"""Many seeded rounds of payments: `python -m tests.faults.payments --rounds 2000 --seed 1`.

Each database has offices of its own, which play a share of the rounds one after the other and are then let come to rest
and compared with their banks. A violation is printed with the seeds of its office and the command that plays them
again; its evidence is kept, and the exit code is then 1.
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
from tests.faults.support.payment_rounds import PaymentRounds, draw_round, payment_rounds
from tests.faults.support.round import Result

ROUNDS_OF_AN_OFFICE = 50
"""After so many an office comes to rest and is looked at."""

COMMAND = "python -m tests.faults.payments --rounds {rounds} --seed {seed} --database {engine}"


@dataclass(slots=True)
class PaymentTally:
    """What all rounds came to."""

    began: float = field(default_factory=monotonic)
    round_count: int = 0
    bill_count: int = 0
    session_count: int = 0
    deposited: int = 0
    """Rials."""
    died: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def add_office(self, rounds: PaymentRounds) -> None:
        """Count an office that came to rest."""
        self.round_count += rounds.died.total()
        self.bill_count += len(rounds.bills)
        self.died += rounds.died
        self.verdicts += rounds.witness.verdicts
        sessions = [session for bank in rounds.banks.values() for session in bank.sessions.values()]
        self.session_count += len(sessions)
        self.deposited += sum(session.amount for session in sessions if session.money == "ours")

    def __str__(self) -> str:
        return (
            f"{self.round_count} rounds in {monotonic() - self.began:.0f} s, {self.bill_count} bills,"
            f" {self.session_count} sessions, {self.deposited:,} rials deposited, {len(self.failed)} offices failed"
        )


async def play_offices(engine: str, shares: Iterator[tuple[int, int]], tally: PaymentTally) -> None:
    """Play shares of rounds (the first seed and how many) on a database until there are none left."""
    for first_seed, round_count in shares:
        async with payment_rounds(engine) as rounds:
            violations = await _play_office(rounds, first_seed, round_count)
            tally.add_office(rounds)
            if violations:
                again = COMMAND.format(rounds=round_count, seed=first_seed, engine=engine)
                tally.failed.append(again)
                kept = await kept_evidence(rounds.office, Result(violations=violations))
                print(*violations, f"evidence: {kept}", f"again: {again}", sep="\n  ", flush=True)
            print(f"-- {engine}, seeds from {first_seed}: {len(violations)} violations. {tally}", flush=True)


async def _play_office(rounds: PaymentRounds, first_seed: int, round_count: int) -> list[str]:
    try:
        for seed in range(first_seed, first_seed + round_count):
            plan = draw_round(seed, tuple(rounds.banks))
            print(f"seed {seed}: {plan}", flush=True)
            await rounds.play(plan)
        violations = await rounds.come_to_rest()
        rounds.office.spoke_well()
    except Exception:  # noqa: BLE001 - the edge of an office: whatever went wrong is what it found
        return [traceback.format_exc()]
    return violations


async def run(round_count: int, first_seed: int, engines: Sequence[str]) -> int:
    """Play rounds from a seed on, the databases beside each other; return the exit code."""
    tally = PaymentTally()
    starts = range(first_seed, first_seed + round_count, ROUNDS_OF_AN_OFFICE)
    shares = iter([(start, min(ROUNDS_OF_AN_OFFICE, first_seed + round_count - start)) for start in starts])
    await asyncio.gather(*(play_offices(engine, shares, tally) for engine in engines))
    print(f"-- {tally}")
    print("-- died: " + ", ".join(f"{step} {number}" for step, number in sorted(tally.died.items())))
    print("-- shown: " + ", ".join(f"{verdict} {number}" for verdict, number in sorted(tally.verdicts.items())))
    print(*(f"-- FAILED, again: {again}" for again in tally.failed), sep="\n")
    return 1 if tally.failed else 0


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.payments", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1, help="the first round's seed; each round has the next one")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments = parser.parse_args()
    engines = ["sqlite", "postgresql"] if arguments.database == "both" else [arguments.database]
    with furnished_stock():
        return asyncio.run(run(arguments.rounds, arguments.seed, engines))


if __name__ == "__main__":
    sys.exit(main())
