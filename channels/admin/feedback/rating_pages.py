"""Requests whose citizens were not content, and taking them up again. A unit sees those that it may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.feedback.comment_pages import RATINGS, TABS
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.web.paging import listed, page_start
from domain.actions.desk import Desk
from domain.actions.queues.visibility import services_seen
from domain.actions.requests.reopen import REOPENED_AS, may_take_up
from domain.feedback.opinions import Rating
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store, UnitOfWork

PAGE = 20
"""Ratings on a page."""


@dataclass(frozen=True, slots=True)
class LowRating:
    """A low rating with its request; `reopened_as` is the code of the one that took it up again, `offered` whether this
    visitor may do so now.
    """

    id: int
    rating: Rating
    request: ServiceRequest
    service: str
    reopened_as: str | None
    offered: bool


class RatingPages:
    """The low ratings."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (PageRoute("GET", RATINGS, "comments.view", self._show),)

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        highest, seen = self._desk.policy.low_rating, services_seen(self._desk.services, visit.actor.role_names)
        async with self._store.unit(write=False) as uow:
            found = await uow.feedback.low_ratings(highest, page_start(request), PAGE + 1, seen)
            rows = [await self._shown(uow, visit, *one) for one in found]
        context = {"tabs": TABS, "highest": highest, "list": listed(request, RATINGS, rows, PAGE)}
        return staff_page(request, visit, "admin/feedback/ratings.html", context)

    async def _shown(self, uow: UnitOfWork, visit: Visit, rating: Rating, rated: ServiceRequest) -> LowRating:
        offered = visit.may("requests.act") and await may_take_up(self._desk, uow, rated, visit.actor)
        title = self._desk.wording.service(rated.service)
        return LowRating(rated.id, rating, rated, title, rated.data.get(REOPENED_AS), offered)
