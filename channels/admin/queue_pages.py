"""The desk of the staff: queues with their counts, filters, saved views, the search box, and giving requests to people.

Everything that is asked for stands in the address, so a view can be kept, sent to a colleague and gone back to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import HOME, Route, Section, Visit, staff_page
from channels.web.error_pages import status_of
from channels.web.posted import said
from domain import tracking
from domain.actions.assign import assign_several
from domain.actions.desk import Desk
from domain.actions.views import delete_view, save_view, views_of
from domain.actions.work import QueueCount, WorkItem, queue_counts, queue_page
from domain.errors import DomainError, MissingField
from domain.paging import Cursor, Page
from domain.ports import Store, UnitOfWork
from domain.queue_filters import QueueFilter, read
from domain.queues import Queue, services_seen
from domain.requests import Phase, ServiceRequest
from domain.search import parse
from domain.text import persian_digits
from domain.wording import day_and_hour

SEARCH = "/staff/requests"
VIEWS = "/staff/views"
ASSIGN = "/staff/assign"

PAGE = "page"

_LISTS = frozenset({"states"})


@dataclass(frozen=True, slots=True)
class QueueLink:
    """A queue in the list of queues: its title, how many requests it holds, how many are late."""

    address: str
    title: str
    count: str
    late: str
    here: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list."""

    code: str
    shown: str
    service: str
    state: str
    phase: str
    about: str
    assignee: str
    since: str
    sla: str


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view; `address` is None where what was kept means nothing any more."""

    name: str
    address: str | None
    here: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of the filter."""

    value: str
    title: str


class QueuePages:
    """The queues."""

    sections: Sequence[Section] = (Section(HOME, "admin.sections.queues", "account"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._text = desk.catalogue.text

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return (
            Route("GET", HOME, "account", self._show),
            Route("GET", SEARCH, "requests.view", self._search),
            Route("POST", VIEWS, "requests.view", self._save_view),
            Route("POST", f"{VIEWS}/delete", "requests.view", self._delete_view),
            Route("POST", ASSIGN, "requests.act", self._assign),
        )

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        if not services_seen(self._desk.services, visit.actor.role_names):
            return staff_page(request, visit, "admin/nothing.html", {})
        return await self._list(request, visit, _asked(request))

    async def _search(self, request: web.Request, visit: Visit) -> web.Response:
        """Look through all requests; a tracking code of one that may be seen leads straight to it."""
        typed = request.query.get("q", "").strip()
        if not typed:
            raise web.HTTPSeeOther(HOME)
        asked: dict[str, object] = {"queue": Queue.ALL.value, "search": typed}
        try:
            code = parse(typed).code
        except DomainError as error:
            return await self._list(request, visit, asked, error)
        if code:
            raise web.HTTPSeeOther(f"{SEARCH}/{code}")
        return await self._list(request, visit, asked)

    async def _list(
        self, request: web.Request, visit: Visit, asked: dict[str, object], problem: DomainError | None = None
    ) -> web.Response:
        place = request.query.get(PAGE)
        async with self._store.unit(write=False) as uow:
            counts = await queue_counts(self._desk, uow, visit.actor)
            wanted, page = QueueFilter(), Page[WorkItem]((), None, None)
            try:
                wanted = read(self._desk.services, asked or _first(counts, visit), visit.now) if not problem else wanted
                page = await queue_page(self._desk, uow, visit.actor, wanted, place) if not problem else page
            except DomainError as error:
                problem = error
            context = await self._context(uow, visit, wanted, page, counts)
        told = {"problem": self._desk.wording.error(problem) if problem else None, "asked": asked.get("search", "")}
        return staff_page(
            request, visit, "admin/queues.html", context | told, status=status_of(problem) if problem else 200
        )

    async def _context(
        self, uow: UnitOfWork, visit: Visit, wanted: QueueFilter, page: Page[WorkItem], counts: Sequence[QueueCount]
    ) -> dict[str, object]:
        staff = {one.username: one for one in await uow.people.all_staff()}
        names = {name: one.full_name for name, one in staff.items()}
        said_of = wanted.as_json()
        return {
            "queues": [self._queue(one, wanted) for one in counts],
            "views": [_view(one.name, one.filter, wanted) for one in await views_of(self._desk, uow, visit.actor)],
            "rows": [self._row(item, names) for item in page.rows],
            "previous": _address(said_of, page.previous) if page.previous else None,
            "next": _address(said_of, page.next) if page.next else None,
            "title": self._title(wanted),
            "given": {name: str(value) for name, value in said_of.items()},
            "kept": [(name, one) for name, value in said_of.items() for one in _each(value)],
            "choices": self._choices(visit, names),
            "colleagues": [one for one in staff.values() if one.active and one.roles & visit.actor.role_names],
        }

    def _queue(self, one: QueueCount, wanted: QueueFilter) -> QueueLink:
        asked = {"queue": one.queue.value} | ({"unit": one.unit.value} if one.unit else {})
        count = f"{persian_digits(str(one.count))}{'+' if one.more else ''}"
        late = persian_digits(str(one.late)) if one.late else ""
        here = (wanted.queue, wanted.unit) == (one.queue, one.unit) and not wanted.search
        return QueueLink(f"{HOME}?{urlencode(asked)}", self._queue_title(one.queue, one.unit), count, late, here)

    def _queue_title(self, queue: Queue, unit: str | None) -> str:
        return self._text(f"roles.{unit}") if queue is Queue.UNIT and unit else self._text(f"admin.queues.of.{queue}")

    def _title(self, wanted: QueueFilter) -> str:
        if wanted.search:
            return self._desk.catalogue.render("admin.queues.found", {"search": wanted.search})
        return self._queue_title(wanted.queue, wanted.unit)

    def _row(self, item: WorkItem, names: Mapping[str, str]) -> Row:
        one, wording = item.request, self._desk.wording
        return Row(
            one.code, tracking.shown(one.code), wording.service(one.service), wording.state(one), one.phase.value,
            self._about(one), names.get(one.assignee or "", one.assignee or ""), day_and_hour(one.updated_at),
            item.sla.value if item.sla else "",
        )  # fmt: skip

    def _about(self, request: ServiceRequest) -> str:
        """Return whose request it is, or what it is about, as its form says."""
        service = self._desk.engine.service(request.service)
        if name := request.fields.get("full_name"):
            return str(name)
        subject = request.fields.get(service.subject) if service.subject else None
        return self._desk.wording.value(service, service.subject or "", subject) if subject else ""

    def _choices(self, visit: Visit, names: Mapping[str, str]) -> dict[str, list[Choice]]:
        """Return the options of the filter, field by field."""
        services = services_seen(self._desk.services, visit.actor.role_names)
        return {
            "service": [Choice(key, self._desk.wording.service(key)) for key in services],
            "phase": [Choice(one.value, self._text(f"phases.{one}")) for one in Phase],
            "sla": [Choice(one, self._text(f"admin.queues.sla.{one}")) for one in ("ok", "soon", "late")],
            "assignee": [Choice(name, title) for name, title in names.items()],
            "channel": [
                Choice(key.removeprefix("admin.channels."), self._text(key))
                for key in self._desk.catalogue.keys("admin.channels.")
            ],
            "order": [Choice(one, self._text(f"admin.queues.order.{one}")) for one in ("urgent", "oldest", "newest")],
        }

    async def _save_view(self, request: web.Request, visit: Visit) -> web.Response:
        kept = {name: visit.form.getall(name) for name in visit.form if name.startswith("f-")}
        raw = {name[2:]: values if name[2:] in _LISTS else values[0] for name, values in kept.items()}
        async with self._store.unit() as uow:
            wanted = read(self._desk.services, raw, visit.now)
            view = await save_view(self._desk, uow, said(visit.form, "name"), wanted, visit.actor)
        raise web.HTTPSeeOther(_address(view.filter.as_json() if view.filter else {}, None, done="view_saved"))

    async def _delete_view(self, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit() as uow:
            await delete_view(uow, said(visit.form, "name"), visit.actor)
        raise web.HTTPSeeOther(f"{HOME}?done=view_deleted")

    async def _assign(self, request: web.Request, visit: Visit) -> web.Response:
        """Give the ticked requests to one of the staff; what cannot be given is told, the others are given."""
        codes = [code for code in visit.form.getall("code", []) if isinstance(code, str)]
        if not codes:
            raise MissingField("code", detail="nothing_ticked")
        async with self._store.unit() as uow:
            done = await assign_several(self._desk, uow, codes, said(visit.form, "assignee"), visit.actor)
        refused = [one for one in done if one.error]
        if not refused:
            raise web.HTTPSeeOther(f"{HOME}?done=assigned")
        told = [(tracking.shown(one.code), self._desk.wording.error(one.error)) for one in refused if one.error]
        context = {"given": persian_digits(str(len(done) - len(refused))), "refused": told}
        return staff_page(request, visit, "admin/assigned.html", context, status=409)


def _asked(request: web.Request) -> dict[str, object]:
    """Return the filter of an address, as typed."""
    names = [name for name in request.query if name not in {PAGE, "done"}]
    return {name: request.query.getall(name) if name in _LISTS else request.query[name] for name in names}


def _first(counts: Sequence[QueueCount], visit: Visit) -> dict[str, object]:
    """Return the queue that somebody sees who asked for none: that of an own unit, else all that goes on."""
    own = next((one for one in counts if one.unit in visit.actor.role_names), None)
    return {"queue": own.queue.value, "unit": str(own.unit)} if own else {"queue": Queue.OPEN.value}


def _view(name: str, kept: QueueFilter | None, wanted: QueueFilter) -> ViewLink:
    return ViewLink(name, _address(kept.as_json(), None) if kept else None, kept == wanted)


def _address(said_of: Mapping[str, object], place: Cursor | None, **more: str) -> str:
    pairs = [(name, str(one)) for name, value in said_of.items() for one in _each(value)]
    return f"{HOME}?{urlencode([*pairs, *([(PAGE, str(place))] if place else []), *more.items()])}"


def _each(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]
