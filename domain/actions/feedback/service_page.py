"""The page of a service besides its texts: views, what citizens think, and the comments they may read."""

from dataclasses import dataclass, replace

from domain.actions.dependencies import Dependencies
from domain.actions.feedback.followed_suggestions import FollowedSuggestion, follow_suggestions
from domain.actions.feedback.view_counting import ViewCounter
from domain.feedback.opinions import Comment, CommentFilter, CommentState, Opinion, ViewCount
from domain.language.service import Service
from domain.repositories import FeedbackRepositories
from domain.unit_of_work import Store

COMMENTS_PER_PAGE = SUGGESTIONS_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A service as the public sees it."""

    service: Service
    """As it is declared."""
    view_count: ViewCount
    """Views of its page."""
    opinion: Opinion
    """Opinions of citizens, counted."""
    comments: tuple[Comment, ...]
    """The published ones, newest first."""
    older_before: int | None = None
    """Start of the next page of comments; None after the last."""
    suggestions: tuple[FollowedSuggestion, ...] = ()
    """The published ones, newest first."""
    older_suggestions_before: int | None = None
    """Start of the next page of suggestions; None after the last."""

    @property
    def views(self) -> int:
        """Number of views, here and on the site before this one."""
        return self.view_count.total

    @property
    def published_count(self) -> int:
        """Number of public comments."""
        return self.opinion.comment_counts[CommentState.PUBLISHED]


async def visit_service_page(
    dependencies: Dependencies,
    store: Store,
    service_key: str,
    before_id: int | None = None,
    *,
    view_counter: ViewCounter | None,
    suggestions_before: int | None = None,
    mobile: str | None = None,
) -> ServicePage:
    """Return a service's page and, by a `view_counter`, count one more view; `UnknownService`.

    `before_id` and `suggestions_before` are where a page of comments, and of suggestions, begins; `mobile` (+989…) is
    the one that the visitor proved, if any. The view is counted by itself: readers wait for no writer.
    """
    service = dependencies.engine.get_service(service_key)
    if view_counter:
        await view_counter.count_view(service_key)
    async with store.open_unit(write=False) as uow:
        return await load_service_page(uow, service, before_id, suggestions_before, mobile)


async def load_service_page(
    uow: FeedbackRepositories,
    service: Service,
    before_id: int | None = None,
    suggestions_before: int | None = None,
    mobile: str | None = None,
) -> ServicePage:
    """Return a service's page without counting it."""
    published = CommentFilter(CommentState.PUBLISHED, service.topic_names)
    criteria = replace(published, before_id=before_id, limit=COMMENTS_PER_PAGE + 1, is_suggestion=False)
    suggestion_criteria = replace(
        published, before_id=suggestions_before, limit=SUGGESTIONS_PER_PAGE + 1, is_suggestion=True
    )
    suggestions = await follow_suggestions(uow, suggestion_criteria, mobile)
    shown_suggestions = tuple(suggestions[:SUGGESTIONS_PER_PAGE])
    comments = await uow.feedback.list_comments(criteria)
    visible = tuple(comments[:COMMENTS_PER_PAGE])
    view_count = await uow.service_views.get_count(service.key)
    opinion = await uow.feedback.get_opinion(service.key, service.topic_names)
    return ServicePage(
        service,
        view_count,
        opinion,
        visible,
        visible[-1].id if len(comments) > COMMENTS_PER_PAGE else None,
        shown_suggestions,
        shown_suggestions[-1].suggestion.id if len(suggestions) > SUGGESTIONS_PER_PAGE else None,
    )
