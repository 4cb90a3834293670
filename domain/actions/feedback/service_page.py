"""What the page of a service shows besides its texts: views, what citizens think, and the comments they may read."""

from dataclasses import dataclass

from domain.actions.desk import Desk
from domain.feedback.opinions import Comment, CommentFilter, CommentState, Opinion
from domain.language.service import Service
from domain.unit_of_work import Store, UnitOfWork

COMMENTS_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A service as the public sees it; `older` is where the next page of comments begins, None after the last."""

    service: Service
    views: int
    opinion: Opinion
    comments: tuple[Comment, ...]
    older: int | None = None

    @property
    def published(self) -> int:
        """How many comments the public can read."""
        return self.opinion.comments[CommentState.PUBLISHED]


async def visit(desk: Desk, store: Store, key: str, before: int | None = None, *, counted: bool = True) -> ServicePage:
    """Return a service's page and, when `counted`, count one more view; `UnknownService`.

    `before` is where a page of comments begins. The view is counted by itself: readers wait for no writer.
    """
    service = desk.engine.service(key)
    if counted:
        async with store.unit() as uow:
            await uow.service_views.add(key)
    async with store.unit(write=False) as uow:
        return await page_of(uow, service, before)


async def page_of(uow: UnitOfWork, service: Service, before: int | None = None) -> ServicePage:
    """Return a service's page without counting it."""
    wanted = CommentFilter(CommentState.PUBLISHED, service.names, before, COMMENTS_A_PAGE + 1)
    found = await uow.feedback.comments(wanted)
    shown = tuple(found[:COMMENTS_A_PAGE])
    views = await uow.service_views.of(service.key)
    opinion = await uow.feedback.opinion(service.key, service.names)
    return ServicePage(service, views, opinion, shown, shown[-1].id if len(found) > COMMENTS_A_PAGE else None)
