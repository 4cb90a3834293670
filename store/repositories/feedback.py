"""Ratings, comments, and how often the page of each service was seen."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import Executable, Integer, bindparam, func, insert, select, update

from domain.feedback.opinions import Comment, CommentFilter, CommentState, Opinion, Rating, ViewCount
from domain.requests.request import ServiceRequest
from domain.values.errors import NotFound
from domain.values.row_ids import HIGHEST_ID
from store.engines.base import DatabaseEngine
from store.engines.types import ID
from store.filtered_select import FilteredSelect
from store.rows import TableMapping
from store.schema import comments, ratings, requests, service_views
from store.work import Repository

_RATING_MAPPING = TableMapping(ratings, Rating)
_UPDATE_RATING = update(ratings).where(ratings.c.request_id == bindparam("of_request"))
_SELECT_RATING = select(*_RATING_MAPPING.columns).where(ratings.c.request_id == bindparam("of_request"))

_REQUEST_MAPPING = TableMapping(requests, ServiceRequest)
_SELECT_LOW_RATINGS = (
    select(*_RATING_MAPPING.columns, *_REQUEST_MAPPING.columns)
    .join_from(ratings, requests)
    .where(ratings.c.score <= bindparam("highest"), ratings.c.request_id < bindparam("before", type_=ID))
    .order_by(ratings.c.request_id.desc())
    .limit(bindparam("most", type_=Integer))
)
_SELECT_LOW_OF_SERVICES = _SELECT_LOW_RATINGS.where(requests.c.service.in_(bindparam("services", expanding=True)))

_COMMENT_MAPPING = TableMapping(comments, Comment)
_INSERT_COMMENT = insert(comments)
_SELECT_COMMENT = select(*_COMMENT_MAPPING.columns).where(comments.c.id == bindparam("comment_id"))
_LOCK_COMMENT = _SELECT_COMMENT.with_for_update()
_LIST_COMMENTS = FilteredSelect(
    select(*_COMMENT_MAPPING.columns).order_by(comments.c.id.desc()).limit(bindparam("most", type_=Integer)),
    of_state=comments.c.state == bindparam("of_state"),
    topics=comments.c.service.in_(bindparam("topics", expanding=True)),
    before=comments.c.id < bindparam("before", type_=ID),
)
_DECIDED_FIELDS = [field.name for field in fields(Comment) if field.name.startswith(("state", "moderated_", "answer"))]
_UPDATE_COMMENT = update(comments).where(comments.c.id == bindparam("comment_id"))

_SELECT_STATE_COUNTS = (
    select(comments.c.state, func.count())
    .where(comments.c.service.in_(bindparam("names", expanding=True)))
    .group_by(comments.c.state)
)
_SELECT_SCORE_SUM = (
    select(func.count(), func.coalesce(func.sum(ratings.c.score), 0))
    .join_from(ratings, requests)
    .where(requests.c.service == bindparam("of_service"))
)
_SELECT_VIEWS = select(service_views.c.service, service_views.c.views).where(
    service_views.c.service.in_(bindparam("rows", expanding=True))
)
_EARLIER_VIEWS = "{}@old_site"
"""Row of the views of a service that were not counted here."""


def _insert_rating_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(ratings).on_conflict_do_nothing(index_elements=["request_id"])


def _insert_comment_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(comments).on_conflict_do_nothing(index_elements=["id"])


def _replace_views(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(service_views)
    return insertion.on_conflict_do_update(index_elements=["service"], set_={"views": insertion.excluded.views})


def _count_views(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(service_views)
    more_views = service_views.c.views + insertion.excluded.views
    return insertion.on_conflict_do_update(index_elements=["service"], set_={"views": more_views})


class SqlFeedbackRepository(Repository):
    """The port `FeedbackRepository`."""

    async def add_rating(self, rating: Rating) -> bool:
        return await self._transaction.count_written(_insert_rating_once, _RATING_MAPPING.column_values(rating)) == 1

    async def replace_rating(self, rating: Rating) -> None:
        values = {"score": rating.score, "text": rating.text, "channel": rating.channel, "at": rating.at}
        await self._transaction.execute(_UPDATE_RATING, {**values, "of_request": rating.request_id})

    async def find_rating(self, request_id: int) -> Rating | None:
        row = await self._transaction.fetch_row(_SELECT_RATING, {"of_request": request_id})
        return None if row is None else _RATING_MAPPING.read_row(row)

    async def list_low_ratings(
        self, highest_score: int, before_id: int | None, limit: int, service_keys: Collection[str] | None = None
    ) -> list[tuple[Rating, ServiceRequest]]:
        parameters: dict[str, Any] = {
            "highest": highest_score,
            "before": HIGHEST_ID if before_id is None else before_id,
            "most": limit,
        }
        if service_keys is None:
            rows = await self._transaction.fetch_rows(_SELECT_LOW_RATINGS, parameters)
        else:
            rows = await self._transaction.fetch_rows(
                _SELECT_LOW_OF_SERVICES, {**parameters, "services": sorted(service_keys)}
            )
        return [
            (_RATING_MAPPING.read_row(row), _REQUEST_MAPPING.read_row(row, len(_RATING_MAPPING.columns)))
            for row in rows
        ]

    async def add_comment(self, comment: Comment) -> None:
        await self._transaction.execute(_INSERT_COMMENT, _COMMENT_MAPPING.column_values(comment))

    async def add_comment_once(self, comment: Comment) -> bool:
        return await self._transaction.count_written(_insert_comment_once, _COMMENT_MAPPING.column_values(comment)) == 1

    async def get_comment(self, comment_id: int, *, lock: bool = False) -> Comment:
        row = await self._transaction.fetch_row(_LOCK_COMMENT if lock else _SELECT_COMMENT, {"comment_id": comment_id})
        if row is None:
            raise NotFound("comment")
        return _COMMENT_MAPPING.read_row(row)

    async def save_comment(self, comment: Comment) -> None:
        decided_values = {name: getattr(comment, name) for name in _DECIDED_FIELDS}
        await self._transaction.execute(_UPDATE_COMMENT, {**decided_values, "comment_id": comment.id})

    async def list_comments(self, comment_filter: CommentFilter) -> list[Comment]:
        topic_names = comment_filter.service_topics
        statement, values = _LIST_COMMENTS.with_values(
            {
                "of_state": comment_filter.state,
                "topics": None if topic_names is None else sorted(topic_names),
                "before": comment_filter.before_id,
                "most": comment_filter.limit,
            }
        )
        return _COMMENT_MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))

    async def get_opinion(self, service_key: str, topic_names: frozenset[str]) -> Opinion:
        counts_by_state = {
            state: counted_rows
            for state, counted_rows in await self._transaction.fetch_rows(
                _SELECT_STATE_COUNTS, {"names": sorted(topic_names)}
            )
        }
        [(counted_rows, score_total)] = await self._transaction.fetch_rows(
            _SELECT_SCORE_SUM, {"of_service": service_key}
        )
        return Opinion(
            {state: counts_by_state.get(state, 0) for state in CommentState}, int(counted_rows), int(score_total)
        )


class SqlServiceViewRepository(Repository):
    """The port `ServiceViewRepository`."""

    async def count_views(self, service_key: str, view_count: int) -> None:
        await self._transaction.execute(_count_views, {"service": service_key, "views": view_count})

    async def replace_earlier(self, service_key: str, view_count: int) -> None:
        row_key = _EARLIER_VIEWS.format(service_key)
        await self._transaction.execute(_replace_views, {"service": row_key, "views": view_count})

    async def get_count(self, service_key: str) -> ViewCount:
        row_keys = (service_key, _EARLIER_VIEWS.format(service_key))
        rows = await self._transaction.fetch_rows(_SELECT_VIEWS, {"rows": row_keys})
        views: dict[str, int] = {row_key: view_count for row_key, view_count in rows}
        return ViewCount(*(views.get(row_key, 0) for row_key in row_keys))
