"""The queues as their page shows them: which there are, the rows of one, and to whom these may be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from channels.admin.frame import HOME, Visit
from channels.admin.queues.queue_filter import FilterForm, each, plain
from domain.actions.desk import Desk
from domain.actions.queues.views import views_of
from domain.actions.queues.work import QueueCount, WorkItem
from domain.actions.requests.assign import colleagues, may_assign, units_of
from domain.language.wording import day_and_hour
from domain.people.person import StaffMember
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role
from domain.values.errors import DomainError
from domain.values.paging import FIELD, Cursor, Page
from domain.values.text import persian_digits


@dataclass(frozen=True, slots=True)
class QueueLink:
    """A queue in the list of queues: its title, how many requests it holds, how many are late."""

    address: str
    title: str
    count: str
    late: str
    here: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A request in a list. `tick` is what its box sends: its code and the version that was shown; None: no box."""

    code: str
    service: str
    state: str
    phase: str
    about: str
    assignee: str
    since: str
    sla: str
    tick: str | None


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view; `address` is None where what was kept means nothing any more."""

    name: str
    address: str | None
    here: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a queue: the filter, a page of what it finds and the place where that begins; or what was wrong.

    `unread` is what was typed, where it could not be read: of the filter only the queue is known then.
    """

    wanted: QueueFilter
    page: Page[WorkItem]
    place: str | None
    error: DomainError | None = None
    unread: Mapping[str, object] | None = None


class QueueViews:
    """Builds the page of a queue."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._text = desk.catalogue.text
        self._filter = FilterForm(desk)

    async def of(self, uow: UnitOfWork, visit: Visit, look: Look, counts: Sequence[QueueCount]) -> dict[str, object]:
        """Return what the page shows of a look."""
        wanted, staff = look.wanted, await uow.people.all_staff()
        names = {one.username: one.full_name for one in staff}
        named = {"assignee": names, "office": {one.code: one.name for one in await uow.offices.all()}}
        page, said_of = look.page, wanted.as_json()
        given = [item.request for item in page.rows if self._gives(visit, item.request)]
        ticks = {one.code: f"{one.code}:{one.version_token}" for one in given}
        return {
            "queues": [self._queue(one, wanted) for one in counts],
            "views": [_view(one.name, one.filter, wanted) for one in await views_of(self._desk, uow, visit.actor)],
            "rows": [self._row(item, names, ticks.get(item.request.code)) for item in page.rows],
            "previous": address(said_of, page.previous) if page.previous else None,
            "next": address(said_of, page.next) if page.next else None,
            "here": address(said_of, look.place),
            "title": self._title(wanted),
            "kept": [(name, plain(one)) for name, value in said_of.items() for one in each(value)],
            "filter": self._filter.of(visit, wanted, named, look.unread, look.error),
            "clear": _clear(wanted),
            "colleagues": self._colleagues(visit, staff, given),
        }

    def _queue(self, one: QueueCount, wanted: QueueFilter) -> QueueLink:
        asked = {"queue": one.queue.value} | ({"unit": one.unit.value} if one.unit else {})
        count = f"{persian_digits(str(one.count))}{'+' if one.more else ''}"
        late = persian_digits(str(one.late)) if one.late else ""
        here = (wanted.queue, wanted.unit) == (one.queue, one.unit) and not wanted.search
        return QueueLink(address(asked), self._queue_title(one.queue, one.unit), count, late, here)

    def _queue_title(self, queue: Queue, unit: str | None) -> str:
        return self._text(f"roles.{unit}") if queue is Queue.UNIT and unit else self._text(f"admin.queues.of.{queue}")

    def _title(self, wanted: QueueFilter) -> str:
        if wanted.search:
            return self._desk.catalogue.render("admin.queues.found", {"search": wanted.search})
        return self._queue_title(wanted.queue, wanted.unit)

    def _row(self, item: WorkItem, names: Mapping[str, str], tick: str | None) -> QueueRow:
        one, wording = item.request, self._desk.wording
        return QueueRow(
            one.code, wording.service(one.service), wording.state(one), one.phase.value,
            self._about(one), names.get(one.assignee or "", one.assignee or ""), day_and_hour(one.updated_at),
            item.sla.value if item.sla else "", tick,
        )  # fmt: skip

    def _about(self, request: ServiceRequest) -> str:
        """Return whose request it is, or what it is about, as its form says."""
        service = self._desk.engine.service(request.service)
        if name := request.fields.get("full_name"):
            return str(name)
        subject = request.fields.get(service.subject) if service.subject else None
        return self._desk.wording.value(service, service.subject or "", subject) if subject else ""

    def _gives(self, visit: Visit, request: ServiceRequest) -> bool:
        return visit.may("requests.act") and may_assign(self._desk, request, visit.actor)

    def _colleagues(
        self, visit: Visit, staff: Sequence[StaffMember], given: Sequence[ServiceRequest]
    ) -> list[tuple[str, str]]:
        """Return user names and names of those to whom rows may be given, with their units where there are several."""
        if not given:
            return []
        units = frozenset[Role]().union(*(units_of(self._desk, one) for one in given))
        found = colleagues(self._desk, staff, visit.substitutes, given, visit.actor)
        return [(one.username, self._with_units(one.full_name, one.roles & units, units)) for one in found]

    def _with_units(self, name: str, own: frozenset[Role], units: frozenset[Role]) -> str:
        if len(units) == 1 or not own:
            return name
        return f"{name} ({'، '.join(self._text(f'roles.{one}') for one in Role if one in own)})"


def address(said_of: Mapping[str, object], place: Cursor | str | None = None, **more: str) -> str:
    """Return the address of a queue with its filter (`QueueFilter.as_json`), from that place on."""
    pairs = [(name, plain(one)) for name, value in said_of.items() for one in each(value)]
    return f"{HOME}?{urlencode([*pairs, *([(FIELD, str(place))] if place else []), *more.items()])}"


def _view(name: str, kept: QueueFilter | None, wanted: QueueFilter) -> ViewLink:
    return ViewLink(name, address(kept.as_json()) if kept else None, kept == wanted)


def _clear(wanted: QueueFilter) -> str:
    """Return where the same queue is seen whole. What was found among all requests is no queue that one works on."""
    return HOME if wanted.queue is Queue.ALL else address(QueueFilter(wanted.queue, wanted.unit).as_json())
