"""Ports of opinions about services, as the store keeps it: protocols that `store/` implements."""

from collections.abc import Collection
from typing import Protocol

from domain.feedback.opinions import Comment, CommentFilter, Opinion, Rating, ViewCount
from domain.feedback.suggestions import SuggestionCount, SuggestionStep, SuggestionSupport
from domain.requests.request import ServiceRequest


class FeedbackRepository(Protocol):
    """Ratings and comments."""

    async def add_rating(self, rating: Rating) -> bool:
        """Store the rating; False when the request was rated before."""
        ...

    async def replace_rating(self, rating: Rating) -> None:
        """Put a rating in place of the one that its request has."""
        ...

    async def find_rating(self, request_id: int) -> Rating | None:
        """Return the rating of a request."""
        ...

    async def list_low_ratings(
        self, highest_score: int, before_id: int | None, limit: int, service_keys: Collection[str] | None = None
    ) -> list[tuple[Rating, ServiceRequest]]:
        """Return ratings of at most that score with their requests, the newest request first, after the id `before_id`;
        those of requests of these services alone, None for any.
        """
        ...

    async def add_comment(self, comment: Comment) -> None:
        """Store a comment."""
        ...

    async def add_comment_once(self, comment: Comment) -> bool:
        """Store a comment unless there is one with its id; return whether it is new."""
        ...

    async def get_comment(self, comment_id: int, *, lock: bool = False) -> Comment:
        """Return a comment; `NotFound("comment")`."""
        ...

    async def save_comment(self, comment: Comment) -> None:
        """Store what the staff decided and answered, and the service that it is about."""
        ...

    async def list_comments(self, comment_filter: CommentFilter) -> list[Comment]:
        """Return comments, newest first."""
        ...

    async def next_suggestion_number(self) -> int:
        """Draw the number of a suggestion: 1, 2, 3 …"""
        ...

    async def find_suggestion(self, number: int) -> Comment | None:
        """Return a suggestion by its number, locked."""
        ...

    async def add_step(self, step: SuggestionStep) -> None:
        """Store a step in the life of a suggestion."""
        ...

    async def list_steps(self, comment_ids: Collection[int]) -> list[SuggestionStep]:
        """Return the steps of these suggestions, oldest first."""
        ...

    async def add_support(self, support: SuggestionSupport) -> bool:
        """Store the support of a line; False where that line supports the suggestion already."""
        ...

    async def count_supports(self, comment_ids: Collection[int]) -> dict[int, int]:
        """Return the number of supporters of each of these suggestions that has any."""
        ...

    async def list_supported(self, mobile: str, comment_ids: Collection[int]) -> frozenset[int]:
        """Return those of these suggestions that a line supports."""
        ...

    async def count_suggestions(self, service_topics: frozenset[str] | None) -> list[SuggestionCount]:
        """Return the figures of suggestions by service and progress, of these topics alone; None: of all."""
        ...

    async def get_opinion(self, service_key: str, topic_names: frozenset[str]) -> Opinion:
        """Return what is thought of a service: ratings of its requests, and comments under any of these names."""
        ...


class ServiceViewRepository(Protocol):
    """Number of views of the page of each service."""

    async def count_views(self, service_key: str, view_count: int) -> None:
        """Count so many more."""
        ...

    async def replace_earlier(self, service_key: str, view_count: int) -> None:
        """Store the number of views that the site before this one counted, in place of a former one."""
        ...

    async def get_count(self, service_key: str) -> ViewCount:
        """Return how often."""
        ...
