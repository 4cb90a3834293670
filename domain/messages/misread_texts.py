"""Texts that were not understood as they were meant, kept masked so that the desk can say what they wanted.

Of texts with the same words one is kept, with their count. The secretariat labels it with an intent, or leaves it out;
what is labelled is exported and learned from.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.values.text import fold_text
from domain.values.version_token import VersionToken


class MisreadReason(StrEnum):
    """Reason for keeping a text."""

    NOT_UNDERSTOOD = "not_understood"
    """Nothing was found in it."""
    OFFERED = "offered"
    """An offer for it was not taken."""
    CORRECTED = "corrected"
    """The next text left or took back what it began."""


class LabelState(StrEnum):
    """State of a text on the desk."""

    OPEN = "open"
    LABELLED = "labelled"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class MisreadText:
    """A masked text with what the desk makes of it."""

    id: int
    """Later ones have greater numbers."""
    digest: str
    """Of its folded words: equal for texts that are one."""
    text: str
    """The words of the first who wrote it, masked (`domain/messages/masked_texts.py`)."""
    reason: MisreadReason
    """Reason for keeping it first."""
    read_as: str
    """The intent that it was taken for; empty where it was taken for none, or for several."""
    count: int
    """Number of times that it came."""
    first_at: datetime
    """Time of its first coming, in UTC."""
    last_at: datetime
    """Time of its last coming, in UTC."""
    state: LabelState = LabelState.OPEN
    """Whether the desk has looked at it."""
    label: str | None = None
    """The intent that is meant; None while nobody has said it."""
    labelled_by: str | None = None
    """As a label of an actor; None while nobody has looked at it."""
    labelled_at: datetime | None = None
    """Time of that."""

    @property
    def version_token(self) -> VersionToken:
        """The version of what the staff made of it so far."""
        return VersionToken.from_values(self.state, self.label, self.labelled_by, self.labelled_at)


@dataclass(frozen=True, slots=True)
class MisreadFilter:
    """Filter of a list of such texts; those that came often come first."""

    state: LabelState | None = LabelState.OPEN
    """Whether the desk has looked at them; None: either."""
    reason: MisreadReason | None = None
    """Reason for keeping them; None: any."""
    limit: int = 50
    """Number of texts shown at most."""


def digest_misread(masked_text: str) -> str:
    """Return the digest by which a masked text is found again, however it was spelt."""
    return hashlib.sha256(fold_text(masked_text).encode()).hexdigest()
