"""The form by which a queue is filtered. Nothing that it was given is lost: what it does not offer by itself stands in
it as one more choice, and can be taken away there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from channels.admin.frame import Visit
from channels.web.forms import Control, FormWords, controls
from domain.actions.desk import Desk
from domain.actions.queues.visibility import services_seen, states_in, units_seen
from domain.fields.form import Field
from domain.fields.types import Choice, Choices, Day, Text
from domain.language.service import Service
from domain.queues.filters import QueueFilter
from domain.queues.queue import Sla
from domain.requests.request import Phase
from domain.values.calendar import jalali_text
from domain.values.errors import DomainError
from domain.values.paging import Order

CHANNELS = "admin.channels."

LONGEST_SEARCH = 100
"""Characters of what is looked for."""

ONE_OF = ("service", "kind", "phase", "sla", "papers", "assignee", "channel", "office", "order")
"""Fields of the filter of whose values one is chosen, in the order of the form."""

STATES = "states"
"""The field of whose values any number is chosen."""

DAYS = ("created_from", "created_to")

Named = Mapping[str, Mapping[str, str]]
"""Field → its values, each with what it is called."""

_NARROWS_NOTHING = frozenset({"queue", "unit", "order", "search"})
"""Where somebody looks, in which order, and for what: the page's title says that."""


@dataclass(frozen=True, slots=True)
class QueueFilterView:
    """The form. `hidden` are the names and values of the queue that is filtered, `narrowed` says in words of which part
    of it alone is seen, `open` that something must be mended in it, and `foreign` that no request can be like that: its
    kind or state is another service's.
    """

    controls: Sequence[Control]
    hidden: Sequence[tuple[str, str]]
    narrowed: Sequence[str]
    open: bool
    foreign: bool


class FilterForm:
    """Builds the form."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._text = desk.catalogue.text

    def of(
        self,
        visit: Visit,
        wanted: QueueFilter,
        named: Named,
        unread: Mapping[str, object] | None = None,
        error: DomainError | None = None,
    ) -> QueueFilterView:
        """Return the form as the filter is, or as it was typed where it could not be read.

        `named` are the user names of the staff (`assignee`) and the codes of the offices (`office`) with their names.
        """
        given = _shown(wanted) if unread is None else dict(unread)
        offered = {**self._of_services(visit, wanted, given), **self._of_all(), **named}
        titles = {name: self._with_given(name, offered.get(name, {}), given) for name in (*ONE_OF, STATES)}
        words = FormWords(
            self._desk.wording, lambda name: self._text(f"admin.queues.by.{name}"), titles, "by-", "admin.queues.any"
        )
        usual = self._text("admin.queues.order.usual")
        asked = controls(_fields(titles), given, words, error)
        queue = QueueFilter(wanted.queue, wanted.unit).as_json()
        return QueueFilterView(
            [replace(one, blank=usual) if one.name == "order" else one for one in asked],
            [(name, str(value)) for name, value in queue.items()],
            [self._narrowing(one) for one in asked if one.name not in _NARROWS_NOTHING and _said(one)],
            unread is not None,
            self._foreign(wanted),
        )

    def _narrowing(self, one: Control) -> str:
        return self._desk.catalogue.render("admin.queues.narrowed", {"what": one.label, "to": _said(one)})

    def _of_services(self, visit: Visit, wanted: QueueFilter, given: Mapping[str, object]) -> Named:
        """Return what the services leave to choose: kinds and states where one of them is meant."""
        services, roles = self._desk.services, visit.actor.role_names
        seen = services_seen(services, roles)
        one = services.get(str(given.get("service") or (seen[0] if len(seen) == 1 else "")))
        in_queue = states_in(one, wanted.queue, units_seen(services, roles)) if one else ()
        states = [state.name for state in in_queue if wanted.unit in {None, state.unit}]
        papers = ("true", "false") if any(services[key].documents for key in seen) else ()
        return {
            "service": {key: self._desk.wording.service(key) for key in seen} if len(seen) > 1 else {},
            "kind": {kind: self._kind(one, kind) for kind in one.kinds} if one else {},
            STATES: {name: self._state(one, name) for name in states} if one and len(states) > 1 else {},
            "papers": {lack: self._text(f"admin.queues.papers.{lack}") for lack in papers},
        }

    def _of_all(self) -> Named:
        """Return what there is to choose of every service alike."""
        orders = (Order.URGENT, Order.OLDEST, Order.NEWEST)
        return {
            "phase": {one: self._text(f"phases.{one}") for one in Phase},
            "sla": {one: self._text(f"admin.queues.sla.{one}") for one in Sla},
            "channel": {key.removeprefix(CHANNELS): self._text(key) for key in self._desk.catalogue.keys(CHANNELS)},
            "order": {one: self._text(f"admin.queues.order.{one}") for one in orders},
        }

    def _with_given(self, name: str, offered: Mapping[str, str], given: Mapping[str, object]) -> Mapping[str, str]:
        """Return the choices of a field, and behind them what it was given besides."""
        values = [plain(one) for one in each(given.get(name) or [])]
        return {**offered, **{one: self._word(name, one) for one in values if one and one not in offered}}

    def _word(self, name: str, value: str) -> str:
        """Return what a value is called that is not offered: another service's kind or state, else as it is."""
        services = self._desk.services.values()
        match name:
            case "service" if value in self._desk.services:
                return self._desk.wording.service(value)
            case "kind":
                return next((self._kind(one, value) for one in services if value in one.kinds), value)
            case _ if name == STATES:
                has = (one for one in services if value in {state.name for state in one.states})
                return next((self._state(one, value) for one in has), value)
            case _:
                return value

    def _kind(self, service: Service, kind: str) -> str:
        field = service.field(service.kind) if service.kind else None
        return field.type.name_of(kind, self._text) if field else kind

    def _state(self, service: Service, state: str) -> str:
        return self._text(f"services.{service.key}.states.{state}")

    def _foreign(self, wanted: QueueFilter) -> bool:
        service = self._desk.services.get(wanted.service or "")
        if service is None:
            return False
        states = {state.name for state in service.states}
        return wanted.kind not in {None, *service.kinds} or bool(wanted.states and not states & {*wanted.states})


def _said(one: Control) -> str:
    """Return what a field of the filter says; nothing where it narrows nothing."""
    return "، ".join(option.title for option in one.options if option.chosen and option.value) or one.value


def _fields(titles: Named) -> list[Field]:
    """Return what is asked, in order; of the choices those that have any."""
    one_of = [Field(name, Choice(), required=False, choices=tuple(titles[name])) for name in ONE_OF]
    days = [Field(name, Day(past=True), required=False) for name in DAYS]
    search = Field("search", Text(LONGEST_SEARCH), required=False)
    states = Field(STATES, Choices(), required=False, choices=tuple(titles[STATES]))
    return [*(one for one in one_of if one.choices), *days, search, *([states] if states.choices else [])]


def each(value: object) -> Sequence[object]:
    """Return the values of a filter's field, of which some have several."""
    return value if isinstance(value, list) else [value]


def plain(value: object) -> str:
    """Return a value of a filter's field as an address has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(wanted: QueueFilter) -> dict[str, object]:
    """Return a filter as its form shows it: days as people write them."""
    days = {"created_from": wanted.created_from, "created_to": wanted.created_to}
    said_of = {name: [*map(plain, each(value))] for name, value in wanted.as_json().items()}
    return {
        **{name: values if name == STATES else values[0] for name, values in said_of.items()},
        **{name: jalali_text(day) for name, day in days.items() if day},
    }
