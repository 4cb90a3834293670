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
        return VersionToken.from_values(*moderated, self.answer, *answered)


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments a list shows; None means any. `service_topics` are keys and topics (a comment on no service is of
    none); `limit` rows after the id `before_id` (newest first).
    """

    state: CommentState | None = None
    service_topics: frozenset[str] | None = None
    before_id: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Opinion:
    """What citizens think of a service in numbers: how many comments in each state, how many ratings, and their sum."""

    comment_counts: dict[CommentState, int]
    rating_count: int
    score_sum: int

    @property
    def average_score(self) -> float | None:
        """The average of the ratings (1–5) to two decimals; None without any."""
        return round(self.score_sum / self.rating_count, 2) if self.rating_count else None
