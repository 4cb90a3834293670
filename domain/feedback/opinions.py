"""What citizens think: ratings, and comments with what became of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.values.version_token import VersionToken


@dataclass(frozen=True, slots=True)
class Rating:
    """The one answer after a request ended: 1–5 and, if given, free text."""

    request_id: int
    score: int
    text: str | None
    channel: str
    at: datetime


class CommentState(StrEnum):
    """What the moderator decided: nobody but the staff sees a comment that is not published."""

    PENDING = "pending"
    PUBLISHED = "published"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Comment:
    """A citizen's comment or suggestion about a request or a service, shown only once published.

    `service` is the service's key, or the topic that several services share («taxi»). `mobile` is never shown. The
    answer goes to the citizen at once, and stands beside the comment when that is published.
    """

    id: int
    service: str | None
    request_id: int | None
    mobile: str | None
    text: str
    channel: str
    at: datetime
    state: CommentState = CommentState.PENDING
    moderated_by: str | None = None
    moderated_at: datetime | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None

    @property
    def version_token(self) -> VersionToken:
        """The version of what the staff made of it so far: another one after every decision and answer."""
        moderated, answered = (self.state, self.moderated_by, self.moderated_at), (self.answered_by, self.answered_at)
        return VersionToken.of_values(*moderated, self.answer, *answered)


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments a list shows; None means any. `services` are keys and topics (a comment on no service is of none);
    `limit` rows after the id `before` (newest first).
    """

    state: CommentState | None = None
    services: frozenset[str] | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Opinion:
    """What citizens think of a service in numbers: how many comments in each state, how many ratings, and their sum."""

    comments: dict[CommentState, int]
    ratings: int
    score_sum: int

    @property
    def average(self) -> float | None:
        """The average of the ratings (1–5) to two decimals; None without any."""
        return round(self.score_sum / self.ratings, 2) if self.ratings else None
