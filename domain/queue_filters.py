"""What somebody looks for in a queue: a filter as typed, kept in a saved view, or written into an address.

`read` proves every value against the declarations; `as_json` gives what `read` takes back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from domain.errors import InvalidField, UnknownKind, UnknownService
from domain.field_types import Day, Reading
from domain.lifecycle import Service
from domain.paging import Order
from domain.people import Role
from domain.queues import Queue, Sla
from domain.requests import JsonObject, Phase
from domain.search import parse
from domain.text import shown

LONGEST_NAME = 60
"""Characters of a user name, an office's code or a channel's key."""

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
Read = Callable[[str, object, Mapping[str, Service], datetime], Any]


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which requests of a queue, and in which order; None means any.

    `unit` is whose turn it is, `assignee` a user name, `office` a counter office's code, `created_to` a day that is
    included; `papers` tells whether documents are pending, `search` is what was typed into the box. Without an `order`
    open requests come most urgent first, others newest first, and names by the alphabet.
    """

    queue: Queue = Queue.OPEN
    unit: Role | None = None
    service: str | None = None
    states: tuple[str, ...] = ()
    phase: Phase | None = None
    kind: str | None = None
    assignee: str | None = None
    channel: str | None = None
    office: str | None = None
    created_from: date | None = None
    created_to: date | None = None
    sla: Sla | None = None
    papers: bool | None = None
    search: str | None = None
    order: Order | None = None

    @property
    def listed(self) -> Order:
        """How the list is ordered: urgency is only for what goes on, the alphabet only for names that were typed."""
        if self.search and parse(self.search).words:
            return Order.NAME
        urgent = self.queue.live is True
        if self.order in {None, Order.NAME} or (self.order is Order.URGENT and not urgent):
            return Order.URGENT if urgent else Order.NEWEST
        assert self.order is not None, "None was replaced above"  # noqa: S101
        return self.order

    def as_json(self) -> JsonObject:
        """Return what `read` takes back: only what was said, days as ISO."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _plain(value) for name, value in said.items() if value is not None and value != ()}


def read(services: Mapping[str, Service], raw: Mapping[str, object], now: datetime) -> QueueFilter:
    """Read a filter as typed (every value a text, `states` also a list), or from JSON; empty values say nothing.

    Errors, each of the field it names: `InvalidField`, `UnknownKind` for no such choice, `UnknownService`,
    `CodeMistyped` for the search.
    """
    for name in raw:
        if name not in _READERS:
            raise InvalidField(name, detail="unknown_field")
    given = {name: value for name, value in raw.items() if value not in (None, "", [], ())}
    values = {name: _READERS[name](name, value, services, now) for name, value in given.items()}
    return QueueFilter(**values)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _choice(choices: type[ChoiceT]) -> Read:
    def read_one(name: str, value: object, _services: Mapping[str, Service], _now: datetime) -> ChoiceT:
        try:
            return choices(str(value))
        except ValueError:
            raise _unknown(name, value) from None

    return read_one


def _service(name: str, value: object, services: Mapping[str, Service], _now: datetime) -> str:
    if str(value) not in services:
        raise UnknownService(name)
    return str(value)


def _states(name: str, value: object, services: Mapping[str, Service], _now: datetime) -> tuple[str, ...]:
    known = {state.name for service in services.values() for state in service.states}
    wanted = tuple(dict.fromkeys(map(str, value if isinstance(value, list | tuple) else [value])))
    for one in wanted:
        if one not in known:
            raise _unknown(name, one)
    return wanted


def _kind(name: str, value: object, services: Mapping[str, Service], _now: datetime) -> str:
    if str(value) not in {kind for service in services.values() for kind in service.kinds}:
        raise _unknown(name, value)
    return str(value)


def _name(name: str, value: object, _services: Mapping[str, Service], _now: datetime) -> str:
    text = shown(str(value))
    if not text or len(text) > LONGEST_NAME:
        raise InvalidField(name, detail="unreadable")
    return text


def _day(name: str, value: object, _services: Mapping[str, Service], now: datetime) -> date:
    try:
        return date.fromisoformat(Day(past=True).parse(value, Reading(now)))
    except InvalidField as error:
        raise InvalidField(name, detail=error.detail, **error.params) from None


def _truth(name: str, value: object, _services: Mapping[str, Service], _now: datetime) -> bool:
    truths = {"true": True, "false": False}
    try:
        return truths[str(value).lower()]
    except KeyError:
        raise _unknown(name, value) from None


def _search(_name: str, value: object, _services: Mapping[str, Service], _now: datetime) -> str:
    text = shown(str(value))
    parse(text)
    return text


def _unknown(name: str, value: object) -> UnknownKind:
    return UnknownKind(name, detail="choice", given=shown(str(value))[:30])


_READERS: Mapping[str, Read] = {
    "queue": _choice(Queue),
    "unit": _choice(Role),
    "service": _service,
    "states": _states,
    "phase": _choice(Phase),
    "kind": _kind,
    "assignee": _name,
    "channel": _name,
    "office": _name,
    "created_from": _day,
    "created_to": _day,
    "sla": _choice(Sla),
    "papers": _truth,
    "search": _search,
    "order": _choice(Order),
}
