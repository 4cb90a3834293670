"""Changes of the mobile by which a person is reached: of a request, and of an owner's or driver's row.

Whoever holds a number is asked to which account money goes, so a changed number is where money could be led astray: the
old one is told, and may object.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(slots=True)
class MobileChange:
    """One change of a mobile, done or waiting for a second person."""

    id: int
    """The row's key in the store."""
    subject_kind: str
    """Kind of person whose mobile it is: `request`, or the registry of the row."""
    subject_id: int
    """The id of that request or row."""
    old_mobile: str | None
    """The number (+989…) that it was; None where there was none."""
    new_mobile: str
    """The number (+989…) that it becomes."""
    proof: str
    """Proof of identity, in somebody's words; empty where nobody asks for that."""
    proposed_by: str
    """Person who entered it first, as a label."""
    proposed_at: datetime
    """Time of that order, in UTC."""
    done_by: str | None = None
    """Person who put it into force, as a label: a second person where one is needed."""
    done_at: datetime | None = None
    """Since when it holds, in UTC; None while a second person is awaited."""
    objected_at: datetime | None = None
    """Time of the old number's objection, in UTC; None: it did not."""

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a second person."""
        return self.done_at is None and self.objected_at is None


class MobileChangeRepository(Protocol):
    """Changes of mobiles."""

    async def save(self, change: MobileChange) -> None:
        """Store a change, new or changed."""
        ...

    async def find_last(self, subject_kind: str, subject_id: int) -> MobileChange | None:
        """Return the newest change of a request's or row's mobile."""
        ...

    async def list_from(self, mobile: str, limit: int) -> list[MobileChange]:
        """Return the newest changes away from a number (+989…), newest first."""
        ...
