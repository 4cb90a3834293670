"""Papers issued that can be verified: a random token for each paper, kept apart from the request that it belongs to.

The token is in the QR code of the paper and has nothing to do with the tracking code. Its row is written in the
unit that issues the paper, and stays when the request's personal data is erased: a paper may be kept for longer. So the
row names nobody.
"""

from dataclasses import dataclass
from datetime import date

from domain.values.text import fold_text


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A paper that was issued, as `/verify/{token}` finds it."""

    token: str
    """The token in its QR code."""
    request_id: int
    """The request that it is about."""
    kind: str
    """Kind of its `Printable`."""
    number: str | None
    """The register's; None where there is none."""
    day: date
    """Day of issue (Tehran)."""


def letter_number_key(letter_number: str) -> str:
    """Return what a letter's number is compared by, however it was typed."""
    return "".join(fold_text(letter_number).split())
