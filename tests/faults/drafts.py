"""Many seeded rounds of forms on the portal: `python -m tests.faults.drafts --rounds 500 --seed 1`.

Each database has offices of its own, which play a share of the rounds one after the other and are compared with what
their citizens were shown. A violation is printed with the seeds of its office and the command that plays them again;
its evidence is kept, and the exit code is then 1.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.support.draft_rounds import DraftRounds, draft_rounds, draw_round
from tests.faults.support.round_command import RoundCommand, RoundTally, run_command

MODULE = "tests.faults.drafts"


@dataclass(slots=True)
class DraftTally(RoundTally):
    """Sums of all rounds."""

    request_count: int = 0

    def add_office(self, rounds: DraftRounds) -> None:
        """Count an office whose rounds are over."""
        self.round_count += len(rounds.asked_requests) // rounds.citizen_count
        self.request_count += len(rounds.asked_requests)
        self.died += rounds.died

    def __str__(self) -> str:
        return (
            f"{self.round_count} rounds in {self.seconds:.0f} s, {self.request_count} requests,"
            f" {self.died.total()} deaths, {len(self.failed)} offices failed"
        )


async def play_rounds(rounds: DraftRounds, seeds: range) -> Sequence[str]:
    """Play the rounds of these seeds up to the first violation; its drafts and requests are compared after each."""
    for seed in seeds:
        plan = draw_round(seed)
        met_count = await rounds.play(plan.deaths, plan.blow_seconds)
        print(f"seed {seed}: {plan}, {met_count} met", flush=True)
        if violations := await rounds.find_violations():
            return [f"seed {seed}", *violations]
    verified = await rounds.office.cli("history", "verify")
    return [f"history: {verified}"] if verified["faults"] else []


def main() -> int:
    """Read the command line and play."""
    command = RoundCommand(MODULE, DraftTally(), draft_rounds, play_rounds, DraftTally.add_office)
    return run_command(MODULE, __doc__, 500, command.run)


if __name__ == "__main__":
    sys.exit(main())
