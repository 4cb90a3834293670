"""Filters of a queue: a filter as typed, kept in a saved view, or written into an address.

`read_queue_filter` proves every value against the declarations; `as_json` gives what `read_queue_filter` takes back.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from domain.fields.moments import Day
from domain.fields.types import ReadingContext
from domain.language.service import Service
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla
from domain.queues.search_ways import SearchWay, list_search_ways
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.errors import InvalidField, UnknownKind, UnknownService
from domain.values.paging import ListOrder
from domain.values.reasons import InvalidReason, UnknownKindReason
from domain.values.text import tidy_text

LONGEST_NAME = 60
"""Characters of a user name, an office's code or a channel's key."""

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
FilterReader = Callable[[str, object, Mapping[str, Service], datetime], Any]


def read_queue_filter(services: Mapping[str, Service], raw_values: Mapping[str, object], now: datetime) -> QueueFilter:
    """Read a filter as typed (every value a text, `states` also a list), or from JSON; empty values say nothing.

    Errors, each of the field it names: `InvalidField`, `UnknownKind` for no such choice, `UnknownService`,
    `CodeMistyped` for the search.
    """
    for field_name in raw_values:
        if field_name not in _READERS_BY_FIELD:
            raise InvalidField(field_name, InvalidReason.UNKNOWN_FIELD)
    submitted_values = {
        field_name: raw_value for field_name, raw_value in raw_values.items() if raw_value not in (None, "", [], ())
    }
    read_values = {
        field_name: _READERS_BY_FIELD[field_name](field_name, raw_value, services, now)
        for field_name, raw_value in submitted_values.items()
    }
    return QueueFilter(**read_values)


def _choice_reader(choice_type: type[ChoiceT]) -> FilterReader:
    def read_choice(field_name: str, raw_value: object, _services: Mapping[str, Service], _now: datetime) -> ChoiceT:
        try:
            return choice_type(str(raw_value))
        except ValueError:
            raise _unknown_choice(field_name, raw_value) from None

    return read_choice


def _read_service(field_name: str, raw_value: object, services: Mapping[str, Service], _now: datetime) -> str:
    if str(raw_value) not in services:
        raise UnknownService(field_name)
    return str(raw_value)


def _read_states(
    field_name: str, raw_value: object, services: Mapping[str, Service], _now: datetime
) -> tuple[str, ...]:
    known_states = {state.name for service in services.values() for state in service.states}
    requested_states = tuple(dict.fromkeys(map(str, raw_value if isinstance(raw_value, list | tuple) else [raw_value])))
    for state_name in requested_states:
        if state_name not in known_states:
            raise _unknown_choice(field_name, state_name)
    return requested_states


def _read_kind(field_name: str, raw_value: object, services: Mapping[str, Service], _now: datetime) -> str:
    if str(raw_value) not in {kind for service in services.values() for kind in service.kinds}:
        raise _unknown_choice(field_name, raw_value)
    return str(raw_value)


def _read_name(field_name: str, raw_value: object, _services: Mapping[str, Service], _now: datetime) -> str:
    clean_text = tidy_text(str(raw_value))
    if not clean_text or len(clean_text) > LONGEST_NAME:
        raise InvalidField(field_name, InvalidReason.UNREADABLE)
    return clean_text


def _read_day(field_name: str, raw_value: object, _services: Mapping[str, Service], now: datetime) -> date:
    try:
        return date.fromisoformat(Day(allows_past=True).parse(raw_value, ReadingContext(now)))
    except InvalidField as error:
        raise error.about_field(field_name) from None


def _read_truth(field_name: str, raw_value: object, _services: Mapping[str, Service], _now: datetime) -> bool:
    truth_values = {"true": True, "false": False}
    try:
        return truth_values[str(raw_value).lower()]
    except KeyError:
        raise _unknown_choice(field_name, raw_value) from None


def _read_search(_name: str, raw_value: object, _services: Mapping[str, Service], _now: datetime) -> str:
    search_text = tidy_text(str(raw_value))
    list_search_ways(search_text)
    return search_text


def _unknown_choice(field_name: str, raw_value: object) -> UnknownKind:
    return UnknownKind(field_name, UnknownKindReason.CHOICE, given=tidy_text(str(raw_value))[:30])


_READERS_BY_FIELD: Mapping[str, FilterReader] = {
    "queue": _choice_reader(Queue),
    "unit": _choice_reader(Role),
    "service": _read_service,
    "states": _read_states,
    "phase": _choice_reader(Phase),
    "kind": _read_kind,
    "assignee": _read_name,
    "channel": _read_name,
    "office": _read_name,
    "created_from": _read_day,
    "created_to": _read_day,
    "sla": _choice_reader(Sla),
    "papers": _read_truth,
    "search": _read_search,
    "found_by": _choice_reader(SearchWay),
    "order": _choice_reader(ListOrder),
}
