"""Opinions of citizens: ratings, and comments with what became of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.feedback.suggestions import SuggestionProgress
from domain.values.version_token import VersionToken


@dataclass(frozen=True, slots=True)
class Rating:
    """The answer after a request ended: 1–5 and, if given, free text; of several the last one."""

    request_id: int
    score: int
    text: str | None
    channel: str
    at: datetime


OLD_SITE_CHANNEL = "old_site"
"""The channel of what was brought over from the site before this one."""


class CommentState(StrEnum):
    """Decision of the moderator: nobody but the staff sees a comment that is not published."""

    PENDING = "pending"
    PUBLISHED = "published"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Comment:
    """A citizen's comment or suggestion about a request or a service, shown only once published.

    A suggestion has a number and a progress, a comment neither.
    """

    id: int
    """Later ones have greater numbers."""
    service: str | None
    """The service's key, or the topic that several services share («taxi»); None: about the desk at large."""
    request_id: int | None
    """The citizen's request that it is about; None: about none."""
    mobile: str | None
    """Never shown (+989…); None once personal data was erased, or where none was given."""
    text: str
    """In the citizen's words."""
    channel: str
    """The key of the channel that it came by."""
    at: datetime
    """Time of arrival, in UTC."""
    state: CommentState = CommentState.PENDING
    """Decision of the moderator."""
    moderated_by: str | None = None
    """As a label; None while nobody decided."""
    moderated_at: datetime | None = None
    """Time of that decision."""
    answer: str | None = None
    """Goes to the citizen at once, and is shown beside the comment when that is published; None: no answer."""
    answered_by: str | None = None
    """As a label; None without an answer."""
    answered_at: datetime | None = None
    """Time of that decision."""
    number: int | None = None
    """The short number of a suggestion, by which others support it; None: a comment."""
    progress: SuggestionProgress | None = None
    """Point in the life of a suggestion; None: a comment."""
    progressed_at: datetime | None = None
    """Time of its last step, of arrival before any; None: a comment."""

    @property
    def version_token(self) -> VersionToken:
        """The version of what the staff made of it so far: another one after every decision, answer and step."""
        moderated, answered = (self.state, self.moderated_by, self.moderated_at), (self.answered_by, self.answered_at)
        progressed = (self.progress, self.progressed_at)
        return VersionToken.from_values(*moderated, self.answer, *answered, *progressed, self.service)


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Filter of a list of comments; None means any."""

    state: CommentState | None = None
    """Decision of the moderator."""
    service_topics: frozenset[str] | None = None
    """Keys and topics; a comment on no service is of none."""
    before_id: int | None = None
    """Only comments with a smaller id; the newest come first."""
    limit: int = 50
    """Number of comments shown at most."""
    is_suggestion: bool | None = None
    """Whether only suggestions, or only comments."""
    progress: SuggestionProgress | None = None
    """Point in the life of suggestions."""


@dataclass(frozen=True, slots=True)
class ViewCount:
    """Views of the page of a service."""

    own: int
    """Counted here."""
    earlier: int
    """Counted by the site before this one; 0: none were brought over."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.own + self.earlier


@dataclass(frozen=True, slots=True)
class Opinion:
    """Citizens' opinions of a service in numbers: how many comments in each state, how many ratings, and their sum; the
    published suggestions are counted apart.
    """

    comment_counts: dict[CommentState, int]
    rating_count: int
    score_sum: int
    suggestion_count: int = 0

    @property
    def average_score(self) -> float | None:
        """The average of the ratings (1–5) to two decimals; None without any."""
        return round(self.score_sum / self.rating_count, 2) if self.rating_count else None
