"""Ratings, comments, and how often the page of each service was seen."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import Executable, Integer, bindparam, func, insert, select, update

from domain.feedback.opinions import Comment, CommentFilter, CommentState, Opinion, Rating
from domain.requests.request import ServiceRequest
from domain.values.errors import NotFound
from store.engines.base import DatabaseEngine
from store.engines.types import ID, MOST_ID
from store.rows import TableMapping
from store.schema import comments, ratings, requests, service_views
from store.work import Repository

_RATING = TableMapping(ratings, Rating)
_OF_REQUEST = select(*_RATING.columns).where(ratings.c.request_id == bindparam("of_request"))

_REQUEST = TableMapping(requests, ServiceRequest)
_LOW = (
    select(*_RATING.columns, *_REQUEST.columns)
    .join_from(ratings, requests)
    .where(ratings.c.score <= bindparam("highest"), ratings.c.request_id < bindparam("before", type_=ID))
    .order_by(ratings.c.request_id.desc())
    .limit(bindparam("most", type_=Integer))
)
_LOW_OF_SERVICES = _LOW.where(requests.c.service.in_(bindparam("services", expanding=True)))

_COMMENT = TableMapping(comments, Comment)
_ADD_COMMENT = insert(comments)
_BY_ID = select(*_COMMENT.columns).where(comments.c.id == bindparam("comment_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_DECIDED = [one.name for one in fields(Comment) if one.name.startswith(("state", "moderated_", "answer"))]
_SAVE = update(comments).where(comments.c.id == bindparam("comment_id"))

_COUNTS = (
    select(comments.c.state, func.count())
    .where(comments.c.service.in_(bindparam("names", expanding=True)))
    .group_by(comments.c.state)
)
_SCORES = (
    select(func.count(), func.coalesce(func.sum(ratings.c.score), 0))
    .join_from(ratings, requests)
    .where(requests.c.service == bindparam("of_service"))
)
_VIEWS = select(service_views.c.views).where(service_views.c.service == bindparam("of_service"))


def _rate_once(engine: DatabaseEngine) -> Executable:
    return engine.insert(ratings).on_conflict_do_nothing(index_elements=["request_id"])


def _see(engine: DatabaseEngine) -> Executable:
    first = engine.insert(service_views).values(views=1)
    return first.on_conflict_do_update(index_elements=["service"], set_={"views": service_views.c.views + 1})


class SqlFeedback(Repository):
    """The port `Feedback`."""

    async def rate(self, rating: Rating) -> bool:
        """Store the rating; False when the request was rated before."""
        return await self._work.count(_rate_once, _RATING.values(rating)) == 1

    async def rating_of(self, request_id: int) -> Rating | None:
        """Return the rating of a request."""
        row = await self._work.row(_OF_REQUEST, {"of_request": request_id})
        return None if row is None else _RATING.read(row)

    async def low_ratings(
        self, highest: int, before: int | None, limit: int, services: Collection[str] | None = None
    ) -> list[tuple[Rating, ServiceRequest]]:
        """Return ratings of at most that score with their requests, the newest request first."""
        of: dict[str, Any] = {"highest": highest, "before": MOST_ID if before is None else before, "most": limit}
        if services is None:
            rows = await self._work.rows(_LOW, of)
        else:
            rows = await self._work.rows(_LOW_OF_SERVICES, {**of, "services": sorted(services)})
        return [(_RATING.read(row), _REQUEST.read(row, len(_RATING.columns))) for row in rows]

    async def add_comment(self, comment: Comment) -> None:
        """Store a comment."""
        await self._work.run(_ADD_COMMENT, _COMMENT.values(comment))

    async def comment(self, comment_id: int, *, lock: bool = False) -> Comment:
        """Return a comment; `NotFound("comment")`."""
        row = await self._work.row(_BY_ID_LOCKED if lock else _BY_ID, {"comment_id": comment_id})
        if row is None:
            raise NotFound("comment")
        return _COMMENT.read(row)

    async def save_comment(self, comment: Comment) -> None:
        """Store what the staff decided and answered."""
        decided = {name: getattr(comment, name) for name in _DECIDED}
        await self._work.run(_SAVE, {**decided, "comment_id": comment.id})

    async def comments(self, wanted: CommentFilter) -> list[Comment]:
        """Return comments, newest first."""
        statement = select(*_COMMENT.columns).order_by(comments.c.id.desc()).limit(bindparam("most", type_=Integer))
        if wanted.state is not None:
            statement = statement.where(comments.c.state == wanted.state)
        if wanted.services is not None:
            statement = statement.where(comments.c.service.in_(sorted(wanted.services)))
        if wanted.before is not None:
            statement = statement.where(comments.c.id < wanted.before)
        return _COMMENT.read_all(await self._work.rows(statement, {"most": wanted.limit}))

    async def opinion(self, service: str, names: frozenset[str]) -> Opinion:
        """Return what is thought of a service: ratings of its requests, and comments under any of these names."""
        counted = {state: number for state, number in await self._work.rows(_COUNTS, {"names": sorted(names)})}
        [(number, total)] = await self._work.rows(_SCORES, {"of_service": service})
        return Opinion({state: counted.get(state, 0) for state in CommentState}, int(number), int(total))


class SqlServiceViews(Repository):
    """The port `ServiceViews`."""

    async def add(self, service: str) -> None:
        """Count one more."""
        await self._work.run(_see, {"service": service})

    async def of(self, service: str) -> int:
        """Return how often."""
        return await self._work.value(_VIEWS, {"of_service": service}) or 0
