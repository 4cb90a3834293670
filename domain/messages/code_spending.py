"""Cost of verification codes by SMS: each is paid for by the municipality, and whoever likes can ask for one.

So a day's codes may cost so many rials (`Policy.verification_rials_a_day`) and no more: a fuse. The day is the last 24
hours, not a date, so it recovers by itself as they move on.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

SPENDING_WINDOW = timedelta(days=1)
"""Codes of so long are added up."""

ASSUMED_CODE_PARTS = 2
"""Message parts of a code that no relay has taken up yet; no code's text may have more."""


class CodeDelivery(StrEnum):
    """Delivery of a code that was asked for."""

    SENT = "sent"
    """It is on its way."""
    LATER = "later"
    """None can be sent now: codes have cost enough for a day, or no SMS leaves. What waits for a proof goes on
    without it.
    """
    LIMITED = "limited"
    """As many as may be went to this mobile, or were asked for from there, within the hour, by whomsoever. What waits
    for a proof may go on without it here too: nobody is shut out by what others asked for.
    """


class SpendingLevel(StrEnum):
    """Level of a day's spending in rials; each is a reason to tell somebody."""

    HALF = "half"
    MOST = "most"
    ALL = "all"


LEVEL_PERCENTS = {SpendingLevel.ALL: 100, SpendingLevel.MOST: 75, SpendingLevel.HALF: 50}
"""Percentage from which on each level is reached, the highest first."""


@dataclass(frozen=True, slots=True)
class CodeSpending:
    """Cost of the codes of a span of time."""

    known_rials: int
    """Of those whose provider said what they cost."""
    unpriced_parts: int
    """Message parts of the others, but for those that never left."""

    def total_rials(self, part_rials: int) -> int:
        """Return all of it, by the price of a part where the provider said none."""
        return self.known_rials + self.unpriced_parts * part_rials


def find_spending_level(spent_rials: int, limit_rials: int) -> SpendingLevel | None:
    """Return the level that is reached; None below the first. A limit of nothing is always reached."""
    return next(
        (level for level, percent in LEVEL_PERCENTS.items() if spent_rials * 100 >= limit_rials * percent), None
    )
