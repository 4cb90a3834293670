"""The first page: the work that waits."""

from collections.abc import Sequence

from aiohttp import web

from channels.admin.frame import HOME, Route, Section, Visit, staff_page
from domain import tracking
from domain.actions.desk import Desk
from domain.ports import Store
from domain.requests import RequestFilter
from domain.wording import day_and_hour


class QueuePages:
    """The queues."""

    sections: Sequence[Section] = (Section(HOME, "admin.sections.queues", "account"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return (Route("GET", HOME, "account", self._show),)

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit(write=False) as uow:
            found = await uow.requests.find(RequestFilter(open_only=True)) if visit.may("requests.view") else []
        wording = self._desk.wording
        rows = [
            {
                "code": one.code, "shown": tracking.shown(one.code), "service": wording.service(one.service),
                "state": wording.state(one), "phase": one.phase.value, "since": day_and_hour(one.updated_at),
                "who": one.fields.get("full_name", ""), "assignee": one.assignee or "",
            }
            for one in found
        ]  # fmt: skip
        return staff_page(request, visit, "admin/queues.html", {"rows": rows})
