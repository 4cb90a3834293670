"""The address under which a payer finds what is owed: `/pay/{token}`, for one bill or several of one payer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """One link. The same bills have the same link, whoever asks for it and how often."""

    token: str
    """Random; whoever has it sees what is owed, and who owes it only as far as the page shows."""
    bill_row_ids: tuple[int, ...]
    """The rows of the bills that it pays, in ascending order."""
    created_at: datetime
    """In UTC."""
