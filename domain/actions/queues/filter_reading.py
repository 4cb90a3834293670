"""What somebody looks for in a queue: a filter as typed, kept in a saved view, or written into an address.

`read` proves every value against the declarations; `as_json` gives what `read` takes back.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from domain.fields.types import Day, ReadingContext
from domain.language.service import Service
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla
from domain.queues.search import parse
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.errors import InvalidField, UnknownKind, UnknownService
from domain.values.paging import Order
from domain.values.text import shown

LONGEST_NAME = 60
"""Characters of a user name, an office's code or a channel's key."""

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
Read = Callable[[str, object, Mapping[str, Service], datetime], Any]


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
        return date.fromisoformat(Day(past=True).parse(value, ReadingContext(now)))
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
