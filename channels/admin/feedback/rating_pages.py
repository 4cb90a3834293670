"""Requests whose citizens were not content, and taking them up again. A unit sees those that it may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.feedback.comment_pages import PAGE_TABS, RATINGS_PATH
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.web.paging import build_list_page, read_page_start
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.requests.reopen import REOPENED_AS, may_staff_reopen
from domain.authorization.rights import Right
from domain.authorization.visibility import visible_services
from domain.feedback.opinions import Rating
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork

PAGE_SIZE = 20
"""Ratings on a page."""


@dataclass(frozen=True, slots=True)
class LowRating:
    """A low rating with its request."""

    id: int
    """The request's, from which the next page of the list goes on."""
    rating: Rating
    """As it is stored: stars, and when they were given."""
    rated_request: ServiceRequest
    """The request that it rates."""
    service_title: str
    """Name of that request's service."""
    reopened_as: str | None
    """Tracking code of the request that took it up again; None where none has."""
    may_reopen: bool
    """This visitor may take it up again now."""


class RatingPages(SitePart):
    """The low ratings."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", RATINGS_PATH, Right.COMMENTS_VIEW, self._show_ratings),)

    async def _show_ratings(self, request: web.Request, visitor: Visitor) -> web.Response:
        highest_score, service_keys = (
            self._dependencies.policy.low_rating,
            visible_services(self._dependencies.services, visitor.actor),
        )
        async with self._store.open_unit(write=False) as uow:
            low_ratings = await uow.feedback.list_low_ratings(
                highest_score, read_page_start(request), PAGE_SIZE + 1, service_keys
            )
            rating_views = [await self._build_low_rating(uow, visitor, *rating_pair) for rating_pair in low_ratings]
        context = {
            "tabs": PAGE_TABS,
            "highest_score": highest_score,
            "list_page": build_list_page(request, RATINGS_PATH, rating_views, PAGE_SIZE),
        }
        return render_staff_page(request, visitor, "admin/feedback/ratings.html", context)

    async def _build_low_rating(
        self, uow: UnitOfWork, visitor: Visitor, rating: Rating, rated_request: ServiceRequest
    ) -> LowRating:
        may_reopen = await may_staff_reopen(ActorContext(self._dependencies, uow, visitor.actor), rated_request)
        service_title = self._dependencies.wording.service_title(rated_request.service)
        return LowRating(
            rated_request.id, rating, rated_request, service_title, REOPENED_AS.find(rated_request), may_reopen
        )
