"""Ratings and comments."""

from sqlalchemy import Executable, bindparam, insert, select

from domain.accounts import Comment, Rating
from store.engines.base import Engine
from store.rows import Record
from store.schema import comments, ratings
from store.work import Repository

_RATING = Record(ratings, Rating)
_OF_REQUEST = select(*_RATING.columns).where(ratings.c.request_id == bindparam("of_request"))
_COMMENT = Record(comments, Comment)
_ADD_COMMENT = insert(comments)


def _rate_once(engine: Engine) -> Executable:
    return engine.insert(ratings).on_conflict_do_nothing(index_elements=["request_id"])


class SqlFeedback(Repository):
    """The port `Feedback`."""

    async def rate(self, rating: Rating) -> bool:
        """Store the rating; False when the request was rated before."""
        return await self._work.count(_rate_once, _RATING.values(rating)) == 1

    async def rating_of(self, request_id: int) -> Rating | None:
        """Return the rating of a request."""
        row = await self._work.row(_OF_REQUEST, {"of_request": request_id})
        return None if row is None else _RATING.read(row)

    async def add_comment(self, comment: Comment) -> None:
        """Store a comment."""
        await self._work.run(_ADD_COMMENT, _COMMENT.values(comment))
