"""What people think of the services, as the store keeps it: protocols that `store/` implements."""

from collections.abc import Collection
from typing import Protocol

from domain.feedback.opinions import Comment, CommentFilter, Opinion, Rating
from domain.requests.request import ServiceRequest


class Feedback(Protocol):
    """Ratings and comments."""

    async def rate(self, rating: Rating) -> bool:
        """Store the rating; False when the request was rated before."""
        ...

    async def rating_of(self, request_id: int) -> Rating | None:
        """Return the rating of a request."""
        ...

    async def low_ratings(
        self, highest: int, before: int | None, limit: int, services: Collection[str] | None = None
    ) -> list[tuple[Rating, ServiceRequest]]:
        """Return ratings of at most that score with their requests, the newest request first, after the id `before`;
        those of requests of these services alone, None for any.
        """
        ...

    async def add_comment(self, comment: Comment) -> None:
        """Store a comment."""
        ...

    async def comment(self, comment_id: int, *, lock: bool = False) -> Comment:
        """Return a comment; `NotFound("comment")`."""
        ...

    async def save_comment(self, comment: Comment) -> None:
        """Store what the staff decided and answered."""
        ...

    async def comments(self, wanted: CommentFilter) -> list[Comment]:
        """Return comments, newest first."""
        ...

    async def opinion(self, service: str, names: frozenset[str]) -> Opinion:
        """Return what is thought of a service: ratings of its requests, and comments under any of these names."""
        ...


class ServiceViews(Protocol):
    """How often the page of each service was seen."""

    async def add(self, service: str) -> None:
        """Count one more."""
        ...

    async def of(self, service: str) -> int:
        """Return how often."""
        ...
