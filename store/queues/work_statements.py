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

from domain.requests.request import ServiceRequest
from domain.values.paging import Order
from store.engines.types import ID, Sorted
from store.queues.work_questions import Shape
from store.rows import TableMapping
from store.schema import requests, search_words

SHAPES = 500
"""Shapes of questions whose statements are kept."""

_MOST: BindParameter[int] = bindparam("most", type_=Integer)
Condition = ColumnElement[bool]
Value = Callable[[str, TypeEngine[Any]], ColumnElement[Any]]

REQUEST = TableMapping(requests, ServiceRequest)

_COMPARED: dict[str, tuple[ColumnElement[Any], Callable[[Any, Any], Condition]]] = {
    "created_from": (requests.c.created_at, lambda column, value: column >= value),
    "created_before": (requests.c.created_at, lambda column, value: column < value),
    "due_after": (requests.c.due_at, lambda column, value: column > value),
    "due_until": (requests.c.due_at, lambda column, value: column <= value),
}
_IDENTIFIED = {"code": requests.c.code, "mobile": requests.c.mobile, "plate": requests.c.subject_key}


def prefix(group: int, place: int) -> str:
    """Return what the values' names of one of several counts begin with."""
    return f"q{group}_{place}_"


@lru_cache(SHAPES)
def page(shape: Shape, most: int, *, side_by_side: bool = False) -> Executable:
    """Return the statement of a page: (key, *request), `most` rows from the page's place on, whichever way.

    `side_by_side` tells that the database merges parts that have an order by themselves (`Engine.side_by_side`).

    The limit is part of the text: one that is told later PostgreSQL takes for a tenth of all rows, and it would plan
    the statement anew each time, or go through the table.
    """
    limit = literal_column(str(most), Integer)
    uncut = side_by_side and shape.words
    merged = _together(shape, [*_Question(shape, _bound).parts()]) if uncut else _merged(shape, limit)
    keys = _cut(select(merged.c.key, merged.c.id), shape, limit).subquery()
    whole = select(keys.c.key, *REQUEST.columns).join_from(keys, requests, requests.c.id == keys.c.id)
    return whole.order_by(*_ordered(shape, keys.c.key, keys.c.id))


@lru_cache(SHAPES)
def counts(groups: tuple[tuple[Shape, int], ...]) -> Executable:
    """Return the statement of several counts: (group, its question, count), each up to `most`.

    A group is so many questions of one shape. Their values are the rows of a table, for each of which the one question
    is asked: PostgreSQL plans a question, not dozens of them. How far to count is told later, for it takes a small
    limit as a reason to sort whatever meets the conditions.
    """
    return union_all(*(_counted(group, shape, asked) for group, (shape, asked) in enumerate(groups)))


def _counted(group: int, shape: Shape, asked: int) -> Select[Any]:
    kinds: dict[str, TypeEngine[Any]] = {}
    name_of_table = f"asked{group}"

    def value(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        kinds[name] = kind
        return literal_column(f"{name_of_table}.{name}", kind)

    some = select(_merged(shape, _MOST, value).c.id).limit(_MOST).subquery()
    rows = [
        select(
            literal_column(str(place)).label("place"),
            *(_bound(prefix(group, place) + name, kind).label(name) for name, kind in kinds.items()),
        )
        for place in range(asked)
    ]
    table = union_all(*rows).subquery(name_of_table)
    found = select(func.count()).select_from(some).scalar_subquery()
    return select(literal_column(str(group)).label("group_number"), table.c.place, found.label("found"))


def _bound(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=kind)


def _merged(shape: Shape, limit: ColumnElement[int], value: Value = _bound) -> Subquery:
    """Return (key, id) of all parts; each is read in its index's order, and so no further than the page reaches."""
    parts = [_cut(part, shape, limit) for part in _Question(shape, value).parts()]
    if len(parts) == 1:
        return parts[0].subquery()
    # SQLite takes no parts with an order of their own, unless each is a table to it.
    return _together(shape, [select(part.subquery()) for part in parts])


def _together(shape: Shape, parts: Sequence[Select[Any]]) -> Subquery:
    return (union(*parts) if shape.identifiers else union_all(*parts)).subquery()


def _cut(part: Select[Any], shape: Shape, limit: ColumnElement[int]) -> Select[Any]:
    key, row_id = part.selected_columns
    return part.order_by(*_ordered(shape, key, row_id)).limit(limit)


def _ordered(shape: Shape, key: ColumnElement[Any], row_id: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    """Return the order in which rows are read: towards the beginning of the list where the page ends at its place."""
    back = shape.place == "before"
    newest, latest_first = shape.order is Order.NEWEST, shape.order in {Order.NEWEST, Order.NAME}
    return (key.desc() if newest != back else key.asc(), row_id.desc() if latest_first != back else row_id.asc())


class _Question:
    """One shape's parts; `value` gives what goes into it by name and type."""

    def __init__(self, shape: Shape, value: Value) -> None:
        self._shape = shape
        self._value = value
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
        conditions = [self._is(kept.service, f"service{number}"), self._begins(kept.word, 0), *others, first]
        source: FromClause = search_words
        if not self._shape.whole:
            source = search_words.join(requests, requests.c.id == kept.request_id)
            conditions += [within, *self._assigned(), *self._narrowed()]
        found = select(kept.word.label("key"), kept.request_id.label("id")).select_from(source)
        return found.where(*conditions, *self._behind(kept.word, kept.request_id))

    def _has(self, place: int) -> Condition:
        """Whether another word of the name, or a number, begins so: a question that PostgreSQL asks row by row, as far
        as the page reaches; an EXISTS would be a join to it, and twice as slow. Of a name it is asked only where the
        row has these letters anywhere: it ends with the name's other words, joined.
        """
        also = search_words.alias(f"also{place}").c
        same = also.request_id == search_words.c.request_id
        begins = select(func.min(also.word)).where(same, self._begins(also.word, place)).scalar_subquery()
        return and_(search_words.c.word.contains(self._value(f"inside{place}", Sorted())), begins.is_not(None))

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
