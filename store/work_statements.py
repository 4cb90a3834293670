"""The SQL of lists of work: ranges of indexes, each cut where the page ends, merged into one.

Every part of a merged list must be served by an index of its own: a condition is written as the index has it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.types import TypeEngine

from domain.paging import Order
from domain.requests import ServiceRequest
from store.engines.types import ID, Sorted
from store.rows import Record
from store.schema import requests, search_words
from store.work_questions import Shape

SHAPES = 500
"""Shapes of questions whose statements are kept."""

Condition = ColumnElement[bool]

REQUEST = Record(requests, ServiceRequest)

_MOST: BindParameter[int] = bindparam("most", type_=Integer)
_COMPARED: dict[str, tuple[ColumnElement[Any], Callable[[Any, Any], Condition]]] = {
    "created_from": (requests.c.created_at, lambda column, value: column >= value),
    "created_before": (requests.c.created_at, lambda column, value: column < value),
    "due_after": (requests.c.due_at, lambda column, value: column > value),
    "due_until": (requests.c.due_at, lambda column, value: column <= value),
}
_IDENTIFIED = {"code": requests.c.code, "mobile": requests.c.mobile, "plate": requests.c.subject_key}


def prefix(number: int) -> str:
    """Return what the values' names of one of several counts begin with."""
    return f"q{number}_"


@lru_cache(SHAPES)
def page(shape: Shape) -> Executable:
    """Return the statement of a page: (key, *request), `most` rows from the page's place on, whichever way."""
    merged = _merged(shape)
    keys = _cut(select(merged.c.key, merged.c.id), shape).subquery()
    whole = select(keys.c.key, *REQUEST.columns).join_from(keys, requests, requests.c.id == keys.c.id)
    return whole.order_by(*_ordered(shape, keys.c.key, keys.c.id))


@lru_cache(SHAPES)
def counts(shapes: tuple[Shape, ...]) -> Executable:
    """Return the statement of several counts: (number, count), each up to `most`."""
    return union_all(*(_count(number, shape) for number, shape in enumerate(shapes)))


def _count(number: int, shape: Shape) -> Select[Any, int]:
    some = select(_merged(shape, prefix(number)).c.id).limit(_MOST).subquery()
    return select(literal_column(str(number)).label("number"), func.count().label("found")).select_from(some)


def _merged(shape: Shape, values: str = "") -> Subquery:
    """Return (key, id) of all parts; each is read in its index's order, and so no further than the page reaches."""
    parts = [_cut(part, shape) for part in _Question(shape, values).parts()]
    if len(parts) == 1:
        return parts[0].subquery()
    # SQLite takes no parts with an order of their own, unless each is a table to it.
    tables = [select(part.subquery()) for part in parts]
    return (union(*tables) if shape.identifiers else union_all(*tables)).subquery()


def _cut(part: Select[Any], shape: Shape) -> Select[Any]:
    key, row_id = part.selected_columns
    return part.order_by(*_ordered(shape, key, row_id)).limit(_MOST)


def _ordered(shape: Shape, key: ColumnElement[Any], row_id: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    """Return the order in which rows are read: towards the beginning of the list where the page ends at its place."""
    back = shape.place == "before"
    newest, latest_first = shape.order is Order.NEWEST, shape.order in {Order.NEWEST, Order.NAME}
    return (key.desc() if newest != back else key.asc(), row_id.desc() if latest_first != back else row_id.asc())


class _Question:
    """One shape's parts; `values` begins the names of what goes into it."""

    def __init__(self, shape: Shape, values: str) -> None:
        self._shape = shape
        self._values = values
        self._key: Column[Any] = requests.c.due_at if shape.order is Order.URGENT else requests.c.created_at

    def parts(self) -> Iterator[Select[Any]]:
        """Yield (key, id) of each part: by names, by identifiers, by who has it, or by range."""
        shape, ranges = self._shape, [self._within(number) for number in range(len(self._shape.ranges))]
        if shape.words:
            yield from (self._named(number, within) for number, within in self._by_service(ranges))
        elif shape.identifiers:
            yield from self._identified(ranges)
        elif shape.assignees:
            for number in range(shape.assignees):
                yield self._keyed(self._is(requests.c.assignee, f"assignee{number}"), *self._standing(), or_(*ranges))
        else:
            yield from map(self._keyed, ranges)

    def _within(self, number: int) -> Condition:
        """A range: the service, whose turn it is, and the states."""
        _, turn, ended, states = self._shape.ranges[number]
        stands = [self._is(requests.c.turn, f"turn{number}")] if turn else []
        stands += [requests.c.turn.is_(None)] if ended else []
        named = [self._is(requests.c.state, f"state{number}_{place}") for place in range(states)]
        return and_(self._is(requests.c.service, f"service{number}"), *stands, *([or_(*named)] if named else []))

    def _by_service(self, ranges: Sequence[Condition]) -> Iterator[tuple[int, Condition]]:
        """Yield the number of each service's first range, and what is in any of its ranges."""
        for first in dict.fromkeys(first for first, _, _, _ in self._shape.ranges):
            of_service = [
                one for one, (service, *_) in zip(ranges, self._shape.ranges, strict=True) if service == first
            ]
            yield first, or_(*of_service)

    def _standing(self) -> list[Condition]:
        """What all ranges have in common, where it is in the index of who has a request."""
        return [requests.c.turn.is_not(None)] if all(turn for _, turn, _, _ in self._shape.ranges) else []

    def _keyed(self, *within: Condition, source: FromClause = requests) -> Select[Any]:
        key, row_id = self._key, requests.c.id
        found = select(key.label("key"), row_id.label("id")).select_from(source)
        return found.where(*within, *self._narrowed(), *self._behind(key, row_id))

    def _identified(self, ranges: Sequence[Condition]) -> Iterator[Select[Any]]:
        for name in self._shape.identifiers:
            if name in _IDENTIFIED:
                yield self._keyed(self._is(_IDENTIFIED[name], name), *self._assigned(), or_(*ranges))
                continue
            source = search_words.join(requests, requests.c.id == search_words.c.request_id)
            number_is = self._is(search_words.c.word, name)
            for number, within in self._by_service(ranges):
                service_is = self._is(search_words.c.service, f"service{number}")
                yield self._keyed(service_is, number_is, *self._assigned(), within, source=source)

    def _named(self, number: int, within: Condition) -> Select[Any]:
        """Names by the alphabet: a request that several of its words would find is found by the first of them."""
        kept, other = search_words.c, search_words.alias("other").c
        same = other.request_id == kept.request_id
        first = ~exists(select(other.word).where(same, self._begins(other.word, 0), other.word < kept.word))
        others = [self._has(place) for place in range(1, self._shape.words)]
        conditions = [self._is(kept.service, f"service{number}"), self._begins(kept.word, 0), first, *others]
        source: FromClause = search_words
        if not self._shape.whole:
            source = search_words.join(requests, requests.c.id == kept.request_id)
            conditions += [within, *self._assigned(), *self._narrowed()]
        found = select(kept.word.label("key"), kept.request_id.label("id")).select_from(source)
        return found.where(*conditions, *self._behind(kept.word, kept.request_id))

    def _has(self, place: int) -> Condition:
        """Whether the request has a word that begins so: a question that PostgreSQL asks row by row, as far as the page
        reaches; an EXISTS would be a join to it, and twice as slow.
        """
        also = search_words.alias(f"also{place}").c
        same = also.request_id == search_words.c.request_id
        return select(func.min(also.word)).where(same, self._begins(also.word, place)).scalar_subquery().is_not(None)

    def _begins(self, column: ColumnElement[str], place: int) -> Condition:
        return and_(column >= self._value(f"word{place}", Sorted()), column < self._value(f"end{place}", Sorted()))

    def _assigned(self) -> list[Condition]:
        names = [self._is(requests.c.assignee, f"assignee{number}") for number in range(self._shape.assignees)]
        return [or_(*names)] if names else []

    def _narrowed(self) -> list[Condition]:
        shape = self._shape
        plain = [self._is(requests.c[name], name) for name in shape.conditions if name not in _COMPARED]
        compared = [
            compare(column, self._value(name, column.type))
            for name, (column, compare) in _COMPARED.items()
            if name in shape.conditions
        ]
        return [*plain, *compared, *([requests.c.assignee.is_(None)] if shape.unassigned else [])]

    def _behind(self, key: ColumnElement[Any], row_id: ColumnElement[int]) -> list[Condition]:
        """What lies behind the page's place, as the rows are read; names and ids run against each other."""
        shape = self._shape
        if not shape.place:
            return []
        last, last_id = self._value("key", key.type), self._value("id", ID)
        back = shape.place == "before"
        if shape.order is Order.NAME:
            if back:
                return [key <= last, or_(key < last, row_id > last_id)]
            return [key >= last, or_(key > last, row_id < last_id)]
        place, rows = tuple_(last, last_id), tuple_(key, row_id)
        return [rows < place if (shape.order is Order.NEWEST) != back else rows > place]

    def _is(self, column: ColumnElement[Any], name: str) -> Condition:
        return column == self._value(name, column.type)

    def _value(self, name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
        return bindparam(self._values + name, type_=kind)
