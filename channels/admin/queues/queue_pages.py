"""The desk of the staff: queues with their counts, filters, saved views, the search box, and giving requests to people.

Everything that is asked for stands in the address, so a view can be kept, sent to a colleague and gone back to.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from multidict import MultiMapping
from yarl import URL

from channels.admin.frame import HOME, NavigationSection, PageRoute, Visit, staff_page
from channels.admin.gate import local
from channels.admin.queues.queue_filter import STATES
from channels.admin.queues.queue_view import Look, QueueViews, address
from channels.admin.submissions import FormSubmission, RefusedForm
from channels.web.posted import Form, said
from domain.actions.desk import Desk
from domain.actions.queues.filter_reading import read
from domain.actions.queues.views import delete_view, save_view
from domain.actions.queues.visibility import services_seen
from domain.actions.queues.work import QueueCount, WorkItem, queue_counts, queue_page
from domain.actions.requests.assign import assign_several
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.queues.search import parse
from domain.unit_of_work import Store, UnitOfWork
from domain.values import tracking_codes
from domain.values.errors import DomainError, InvalidField, MissingField
from domain.values.paging import FIELD, Page
from domain.values.text import persian_digits
from domain.values.version_token import VersionToken

SEARCH = "/staff/requests"
VIEWS = "/staff/views"
ASSIGN = "/staff/assign"

DONE, NEXT = "done", "next"

_TICKED = re.compile("([0-9]{9}):([0-9]{1,10})")
"""What a row's box sends: the tracking code, and the version that the list showed."""


class QueuePages:
    """The queues."""

    sections: Sequence[NavigationSection] = (NavigationSection(HOME, "admin.sections.queues", "account"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = QueueViews(desk)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", HOME, "account", self._show),
            PageRoute("GET", SEARCH, "requests.view", self._search),
            PageRoute("POST", VIEWS, "requests.view", FormSubmission("view", self._save_view, self._again)),
            PageRoute(
                "POST", f"{VIEWS}/delete", "requests.view", FormSubmission("delete", self._delete_view, self._again)
            ),
            PageRoute("POST", ASSIGN, "requests.act", FormSubmission("assign", self._assign, self._again)),
        )

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        if not services_seen(self._desk.services, visit.actor.role_names):
            return staff_page(request, visit, "admin/queues/no_queue.html", {})
        return await self._list(request, visit, _asked(request.query), request.query.get(FIELD))

    async def _search(self, request: web.Request, visit: Visit) -> web.Response:
        """Look through all requests; a tracking code of one that may be seen leads straight to it."""
        typed = request.query.get("q", "").strip()
        if not typed:
            raise web.HTTPSeeOther(HOME)
        asked: dict[str, object] = {"queue": Queue.ALL.value, "search": typed}
        try:
            code = parse(typed).code
        except DomainError:
            code = None  # reading the filter tells what is wrong with it
        if code:
            raise web.HTTPSeeOther(f"{SEARCH}/{code}")
        return await self._list(request, visit, asked, request.query.get(FIELD))

    async def _list(
        self,
        request: web.Request,
        visit: Visit,
        asked: Mapping[str, object],
        place: str | None,
        refused: DomainError | None = None,
    ) -> web.Response:
        """Show a queue; above it why it cannot be seen, or why one of its forms was `refused`."""
        async with self._store.unit(write=False) as uow:
            counts = await queue_counts(self._desk, uow, visit.actor)
            look = await self._look(uow, visit, asked or _first(counts, visit), place)
            context = await self._views.of(uow, visit, look, counts)
        if look.error:
            await visit.denied(look.error)
        error = refused or look.error
        told = {
            "path": HOME,
            "problem": self._desk.wording.error(error) if error else None,
            "unseen": look.error is not None,
            "wrong": refused.field if refused else None,
            "typed": {name: said(visit.form, name) for name in ("name", "assignee")},
            "asked": asked.get("search", ""),
        }
        return staff_page(request, visit, "admin/queues/queues.html", context | told, error=error)

    async def _again(self, request: web.Request, visit: Visit, refused: RefusedForm) -> web.Response:
        """Show the list from which a form came, with why it was refused and what was typed into it."""
        asked = URL(local(said(refused.posted, NEXT))).query
        return await self._list(request, visit, _asked(asked), asked.get(FIELD), refused.error)

    async def _look(self, uow: UnitOfWork, visit: Visit, asked: Mapping[str, object], place: str | None) -> Look:
        """Look at a queue; what is wrong with what was asked for is told beside an empty page of it."""
        empty: Page[WorkItem] = Page((), None, None)
        try:
            wanted = read(self._desk.services, asked, visit.now)
        except DomainError as error:
            return Look(self._queue_of(visit, asked), empty, None, error, asked)
        try:
            return Look(wanted, await queue_page(self._desk, uow, visit.actor, wanted, place), place)
        except DomainError as error:
            return Look(wanted, empty, None, error)

    def _queue_of(self, visit: Visit, asked: Mapping[str, object]) -> QueueFilter:
        """Return the queue that was asked for, whatever else of the filter cannot be read."""
        try:
            queue = {name: asked[name] for name in ("queue", "unit") if name in asked}
            return read(self._desk.services, queue, visit.now)
        except DomainError:
            return QueueFilter()

    async def _save_view(self, request: web.Request, visit: Visit) -> str:
        kept = {name: _texts(visit.form.getall(name)) for name in visit.form if name.startswith("f-")}
        raw = {name[2:]: values if name[2:] == STATES else values[0] for name, values in kept.items() if values}
        async with self._store.unit() as uow:
            wanted = read(self._desk.services, raw, visit.now)
            view = await save_view(self._desk, uow, said(visit.form, "name"), wanted, visit.actor)
        return address(view.filter.as_json() if view.filter else {}, done="view_saved")

    async def _delete_view(self, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await delete_view(uow, said(visit.form, "name"), visit.actor)
        return f"{HOME}?{DONE}=view_deleted"

    async def _assign(self, request: web.Request, visit: Visit) -> str | web.Response:
        """Give the ticked requests to one of the staff; what cannot be given is told, the others are given."""
        back = local(said(visit.form, NEXT))
        ticked = _ticked(visit.form)
        async with self._store.unit() as uow:
            done = await assign_several(self._desk, uow, ticked, said(visit.form, "assignee"), visit.actor)
        refused = [(one.code, one.error) for one in done if one.error]
        if not refused:
            return _with_done(back, "assigned")
        for code, why in refused:
            await visit.denied(why, code)
        told = [(code, tracking_codes.shown(code), self._desk.wording.error(why)) for code, why in refused]
        context = {"given": persian_digits(len(done) - len(refused)), "refused": told, "back": back}
        return staff_page(request, visit, "admin/queues/assigned.html", context, status=409)


def _texts(values: Sequence[object]) -> list[str]:
    return [one for one in values if isinstance(one, str)]


def _asked(query: MultiMapping[str]) -> dict[str, object]:
    """Return the filter of an address, as typed."""
    names = [name for name in query if name not in {FIELD, DONE}]
    return {name: query.getall(name) if name == STATES else query[name] for name in names}


def _first(counts: Sequence[QueueCount], visit: Visit) -> dict[str, object]:
    """Return the queue that somebody sees who asked for none: that of an own unit, else all that goes on."""
    own = next((one for one in counts if one.unit in visit.actor.role_names), None)
    return {"queue": own.queue.value, "unit": str(own.unit)} if own else {"queue": Queue.OPEN.value}


def _ticked(form: Form) -> dict[str, VersionToken | None]:
    """Return the ticked requests, each with the version that the list showed; `MissingField`, `InvalidField`."""
    values = form.getall("code", [])
    if not values:
        raise MissingField("code", detail="nothing_ticked")
    found = [_TICKED.fullmatch(one) if isinstance(one, str) else None for one in values]
    ticked: dict[str, VersionToken | None] = {one[1]: VersionToken(one[2]) for one in found if one}
    if len(ticked) < len(values):  # one that cannot be read, or the same request twice
        raise InvalidField("code", detail="bad_tick")
    return ticked


def _with_done(way: str, what: str) -> str:
    """Return an address of this site that also says what was just done."""
    parts = urlsplit(way)
    query = "&".join(part for part in (parts.query, urlencode({DONE: what})) if part)
    return parts._replace(query=query, fragment="").geturl()
