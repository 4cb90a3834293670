"""Ratings, comments, and how often the page of each service was seen."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import Boolean, Executable, Integer, bindparam, func, insert, select, update

from domain.feedback.opinions import Comment, CommentFilter, CommentState, Opinion, Rating, ViewCount
from domain.feedback.suggestions import SuggestionCount, SuggestionStep, SuggestionSupport
from domain.requests.request import ServiceRequest
from domain.values.errors import NotFound
from domain.values.row_ids import HIGHEST_ID
from store.engines.base import DatabaseEngine
from store.engines.types import ID
from store.filtered_select import FilteredSelect
from store.repositories.sequences import SqlSequenceRepository
from store.rows import TableMapping
from store.schema import comments, ratings, requests, service_views, suggestion_steps, suggestion_supports
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
    is_suggestion=comments.c.number.is_not(None) == bindparam("is_suggestion", type_=Boolean),
    of_progress=comments.c.progress == bindparam("of_progress"),
)
_DECIDED_FIELDS = [
    field.name
    for field in fields(Comment)
    if field.name.startswith(("service", "state", "moderated_", "answer", "progress"))
]
_UPDATE_COMMENT = update(comments).where(comments.c.id == bindparam("comment_id"))

SUGGESTION_SEQUENCE = "suggestion"
_LOCK_SUGGESTION = (
    select(*_COMMENT_MAPPING.columns).where(comments.c.number == bindparam("of_number")).with_for_update()
)
_STEP_MAPPING = TableMapping(suggestion_steps, SuggestionStep)
_INSERT_STEP = insert(suggestion_steps)
_LIST_STEPS = (
    select(*_STEP_MAPPING.columns)
    .where(suggestion_steps.c.comment_id.in_(bindparam("of_comments", expanding=True)))
    .order_by(suggestion_steps.c.id)
)
_SUPPORT_MAPPING = TableMapping(suggestion_supports, SuggestionSupport)
_SUPPORTED = suggestion_supports.c.comment_id
_IS_OF_COMMENTS = _SUPPORTED.in_(bindparam("of_comments", expanding=True))
_COUNT_SUPPORTS = select(_SUPPORTED, func.count()).where(_IS_OF_COMMENTS).group_by(_SUPPORTED)
_SELECT_SUPPORTED = select(_SUPPORTED).where(_IS_OF_COMMENTS, suggestion_supports.c.mobile == bindparam("of_line"))

_COUNT_BY_PROGRESS = FilteredSelect(
    select(
        comments.c.service,
        comments.c.progress,
        func.count(comments.c.id.distinct()),
        func.count(suggestion_supports.c.id),
    )
    .join_from(comments, suggestion_supports, isouter=True)
    .where(comments.c.number.is_not(None))
    .group_by(comments.c.service, comments.c.progress)
    .order_by(comments.c.service, comments.c.progress),
    topics=comments.c.service.in_(bindparam("topics", expanding=True)),
)

_ABOUT_SERVICE = comments.c.service.in_(bindparam("names", expanding=True))
_SELECT_STATE_COUNTS = (
    select(comments.c.state, func.count()).where(_ABOUT_SERVICE, comments.c.number.is_(None)).group_by(comments.c.state)
)
_COUNT_SUGGESTIONS = select(func.count()).where(
    _ABOUT_SERVICE, comments.c.number.is_not(None), comments.c.state == CommentState.PUBLISHED
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


def _insert_support_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(suggestion_supports).on_conflict_do_nothing(index_elements=["comment_id", "mobile"])


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
                "is_suggestion": comment_filter.is_suggestion,
                "of_progress": comment_filter.progress,
                "most": comment_filter.limit,
            }
        )
        return _COMMENT_MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))

    async def next_suggestion_number(self) -> int:
        return await SqlSequenceRepository(self._transaction).next_number(SUGGESTION_SEQUENCE)

    async def find_suggestion(self, number: int) -> Comment | None:
        row = await self._transaction.fetch_row(_LOCK_SUGGESTION, {"of_number": number})
        return None if row is None else _COMMENT_MAPPING.read_row(row)

    async def add_step(self, step: SuggestionStep) -> None:
        await self._transaction.execute(_INSERT_STEP, _STEP_MAPPING.column_values(step))

    async def list_steps(self, comment_ids: Collection[int]) -> list[SuggestionStep]:
        rows = await self._transaction.fetch_rows(_LIST_STEPS, {"of_comments": sorted(comment_ids)})
        return _STEP_MAPPING.read_rows(rows)

    async def add_support(self, support: SuggestionSupport) -> bool:
        values = _SUPPORT_MAPPING.column_values(support)
        return await self._transaction.count_written(_insert_support_once, values) == 1

    async def count_supports(self, comment_ids: Collection[int]) -> dict[int, int]:
        rows = await self._transaction.fetch_rows(_COUNT_SUPPORTS, {"of_comments": sorted(comment_ids)})
        return {comment_id: supporter_count for comment_id, supporter_count in rows}

    async def list_supported(self, mobile: str, comment_ids: Collection[int]) -> frozenset[int]:
        parameters = {"of_comments": sorted(comment_ids), "of_line": mobile}
        rows = await self._transaction.fetch_rows(_SELECT_SUPPORTED, parameters)
        return frozenset(comment_id for (comment_id,) in rows)

    async def count_suggestions(self, service_topics: frozenset[str] | None) -> list[SuggestionCount]:
        topics = None if service_topics is None else sorted(service_topics)
        statement, values = _COUNT_BY_PROGRESS.with_values({"topics": topics})
        return [SuggestionCount(*row) for row in await self._transaction.fetch_rows(statement, values)]

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
        suggestion_count = await self._transaction.fetch_value(_COUNT_SUGGESTIONS, {"names": sorted(topic_names)})
        return Opinion(
            {state: counts_by_state.get(state, 0) for state in CommentState},
            int(counted_rows),
            int(score_total),
            int(suggestion_count),
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
