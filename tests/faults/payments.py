"""Many seeded rounds of payments: `python -m tests.faults.payments --rounds 2000 --seed 1`.

Each database has offices of its own, which play a share of the rounds one after the other and are then let come to rest
and compared with their banks. A violation is printed with the seeds of its office and the command that plays them
again; its evidence is kept, and the exit code is then 1.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.support.payment_rounds import PaymentRounds, draw_round, payment_rounds
from tests.faults.support.round_command import RoundCommand, RoundTally, run_command

MODULE = "tests.faults.payments"


@dataclass(slots=True)
class PaymentTally(RoundTally):
    """Sums of all rounds."""

    bill_count: int = 0
    session_count: int = 0
    deposited: int = 0
    """Rials."""
    verdicts: Counter[str] = field(default_factory=Counter)

    def add_office(self, rounds: PaymentRounds) -> None:
        """Count an office that came to rest."""
        self.round_count += rounds.died.total()
        self.bill_count += len(rounds.bills)
        self.died += rounds.died
        self.verdicts += rounds.witness.verdicts
        sessions = [session for bank in rounds.banks.values() for session in bank.sessions.values()]
        self.session_count += len(sessions)
        self.deposited += sum(session.amount for session in sessions if session.money == "ours")

    def list_counters(self) -> Mapping[str, Counter[str]]:
        """Counters, by a title."""
        return {"died": self.died, "shown": self.verdicts}

    def __str__(self) -> str:
        return (
            f"{self.round_count} rounds in {self.seconds:.0f} s, {self.bill_count} bills,"
            f" {self.session_count} sessions, {self.deposited:,} rials deposited, {len(self.failed)} offices failed"
        )


async def play_rounds(rounds: PaymentRounds, seeds: range) -> Sequence[str]:
    """Play the rounds of these seeds, let the office come to rest, and return what is wrong then."""
    for seed in seeds:
        plan = draw_round(seed, tuple(rounds.banks))
        print(f"seed {seed}: {plan}", flush=True)
        await rounds.play(plan)
    return await rounds.come_to_rest()


def main() -> int:
    """Read the command line and play."""
    command = RoundCommand(MODULE, PaymentTally(), payment_rounds, play_rounds, PaymentTally.add_office)
    return run_command(MODULE, __doc__, 2000, command.run)


if __name__ == "__main__":
    sys.exit(main())
