"""The life of a suggestion: how far it has come, step by step, and who supports it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SuggestionProgress(StrEnum):
    """Point in the life of a suggestion."""

    RECEIVED = "received"
    HEARD = "heard"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"

    @property
    def takes_support(self) -> bool:
        """Whether others can still support it."""
        return self not in {SuggestionProgress.DECLINED, SuggestionProgress.DONE}

    @property
    def needs_note(self) -> bool:
        """Whether the step to it says something: the reason, or what was changed."""
        return not self.takes_support


NEXT_PROGRESS: Mapping[SuggestionProgress, tuple[SuggestionProgress, ...]] = {
    SuggestionProgress.RECEIVED: (
        SuggestionProgress.HEARD,
        SuggestionProgress.ACCEPTED,
        SuggestionProgress.DECLINED,
    ),
    SuggestionProgress.HEARD: (SuggestionProgress.ACCEPTED, SuggestionProgress.DECLINED),
    SuggestionProgress.ACCEPTED: (SuggestionProgress.DONE, SuggestionProgress.DECLINED),
    SuggestionProgress.DECLINED: (SuggestionProgress.ACCEPTED,),
    SuggestionProgress.DONE: (),
}
"""The steps that may be taken from each point."""


@dataclass(frozen=True, slots=True)
class SuggestionStep:
    """A step in the life of a suggestion; never changed."""

    id: int
    """Later ones have greater numbers."""
    comment_id: int
    """The suggestion's."""
    progress: SuggestionProgress
    """The point that it came to."""
    note: str | None
    """The reason, what was changed, or another word to its writer; shown with it. None: nothing was said."""
    taken_by: str
    """Label of whoever took it."""
    at: datetime
    """Time of the step, in UTC."""


@dataclass(frozen=True, slots=True)
class SuggestionCount:
    """Number of suggestions about a service that have come to one point, with their supporters."""

    service: str | None
    """The service's key or topic; None: about the desk at large."""
    progress: SuggestionProgress
    """The point."""
    suggestion_count: int
    """Suggestions."""
    supporter_count: int
    """Votes for them."""


@dataclass(frozen=True, slots=True)
class SuggestionSupport:
    """The support of one line for a suggestion."""

    id: int
    comment_id: int
    """The suggestion's."""
    mobile: str | None
    """Never shown (+989…); None once personal data was erased."""
    channel: str
    """The key of the channel that it came by."""
    at: datetime
    """Time of arrival, in UTC."""
