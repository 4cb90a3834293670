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
from domain.values.paging import ListOrder
from store.engines.types import ID, CodePointText
from store.queues.work_questions import QueryShape
from store.rows import TableMapping
from store.schema import issued_papers, requests, search_words

CACHED_SHAPES = 500
"""Shapes of questions whose statements are kept."""

_ROW_LIMIT: BindParameter[int] = bindparam("most", type_=Integer)
Condition = ColumnElement[bool]
ValueFactory = Callable[[str, TypeEngine[Any]], ColumnElement[Any]]

REQUEST_MAPPING = TableMapping(requests, ServiceRequest)

_COMPARISONS: dict[str, tuple[ColumnElement[Any], Callable[[Any, Any], Condition]]] = {
    "created_from": (requests.c.created_at, lambda column, value: column >= value),
    "created_before": (requests.c.created_at, lambda column, value: column < value),
    "due_after": (requests.c.due_at, lambda column, value: column > value),
    "due_until": (requests.c.due_at, lambda column, value: column <= value),
}
_IDENTIFIER_COLUMNS = {"code": requests.c.code, "mobile": requests.c.mobile, "plate": requests.c.subject_key}


def value_prefix(group: int, place: int) -> str:
    """Return what the values' names of one of several counts begin with."""
    return f"q{group}_{place}_"


@lru_cache(CACHED_SHAPES)
def page_statement(shape: QueryShape, row_limit: int, *, side_by_side: bool = False) -> Executable:
    """Return the statement of a page: (key, *request), `row_limit` rows from the page's place on, whichever way.

    `side_by_side` is whether the database merges parts that have an order by themselves (`Engine.side_by_side`).

    The limit is part of the text: one that is bound later PostgreSQL takes for a tenth of all rows, and it would plan
    the statement again each time, or go through the table.
    """
    limit = literal_column(str(row_limit), Integer)
    leaves_uncut = side_by_side and shape.word_count
    merged_parts = (
        _unite_parts(shape, [*_QueryParts(shape, _bind_value).iterate_parts()])
        if leaves_uncut
        else _merge_parts(shape, limit)
    )
    page_keys = _limit_part(select(merged_parts.c.key, merged_parts.c.id), shape, limit).subquery()
    full_page = select(page_keys.c.key, *REQUEST_MAPPING.columns).join_from(
        page_keys, requests, requests.c.id == page_keys.c.id
    )
    return full_page.order_by(*_order_columns(shape, page_keys.c.key, page_keys.c.id))


@lru_cache(CACHED_SHAPES)
def count_statement(groups: tuple[tuple[QueryShape, int], ...]) -> Executable:
    """Return the statement of several counts: (group, its question, count), each up to `most`.

    A group is so many questions of one shape. Their values are the rows of a table, for each of which the one question
    is asked: PostgreSQL plans a question, not dozens of them. How far to count is bound later, for it takes a small
    limit as a reason to sort whatever meets the conditions.
    """
    return union_all(
        *(_count_group(group, shape, question_count) for group, (shape, question_count) in enumerate(groups))
    )


def _count_group(group: int, shape: QueryShape, question_count: int) -> Select[Any]:
    types_by_name: dict[str, TypeEngine[Any]] = {}
    table_name = f"asked{group}"

    def make_column(value_name: str, value_type: TypeEngine[Any]) -> ColumnElement[Any]:
        types_by_name[value_name] = value_type
        return literal_column(f"{table_name}.{value_name}", value_type)

    limited_ids = select(_merge_parts(shape, _ROW_LIMIT, make_column).c.id).limit(_ROW_LIMIT).subquery()
    value_rows = [
        select(
            literal_column(str(place)).label("place"),
            *(
                _bind_value(value_prefix(group, place) + value_name, value_type).label(value_name)
                for value_name, value_type in types_by_name.items()
            ),
        )
        for place in range(question_count)
    ]
    value_table = union_all(*value_rows).subquery(table_name)
    row_count = select(func.count()).select_from(limited_ids).scalar_subquery()
    return select(literal_column(str(group)).label("group_number"), value_table.c.place, row_count.label("found"))


def _bind_value(value_name: str, value_type: TypeEngine[Any]) -> ColumnElement[Any]:
    return bindparam(value_name, type_=value_type)


def _merge_parts(shape: QueryShape, limit: ColumnElement[int], make_value: ValueFactory = _bind_value) -> Subquery:
    """Return (key, id) of all parts; each is read in its index's order, and so no further than the page reaches."""
    parts = [_limit_part(part, shape, limit) for part in _QueryParts(shape, make_value).iterate_parts()]
    if len(parts) == 1:
        return parts[0].subquery()
    # SQLite takes no parts with an order of their own, unless each is a table to it.
    return _unite_parts(shape, [select(part.subquery()) for part in parts])


def _unite_parts(shape: QueryShape, parts: Sequence[Select[Any]]) -> Subquery:
    return (union(*parts) if shape.identifier_names else union_all(*parts)).subquery()


def _limit_part(part: Select[Any], shape: QueryShape, limit: ColumnElement[int]) -> Select[Any]:
    key, row_id = part.selected_columns
    return part.order_by(*_order_columns(shape, key, row_id)).limit(limit)


def _order_columns(
    shape: QueryShape, key: ColumnElement[Any], row_id: ColumnElement[int]
) -> tuple[ColumnElement[Any], ...]:
    """Return the order in which rows are read: towards the beginning of the list where the page ends at its place."""
    backwards = shape.page_direction == "before"
    newest_first, latest_first = shape.order is ListOrder.NEWEST, shape.order in {ListOrder.NEWEST, ListOrder.NAME}
    return (
        key.desc() if newest_first != backwards else key.asc(),
        row_id.desc() if latest_first != backwards else row_id.asc(),
    )


class _QueryParts:
    """One shape's parts; `value` gives what goes into it by name and type."""

    def __init__(self, shape: QueryShape, make_value: ValueFactory) -> None:
        self._shape = shape
        self._make_value = make_value
        self._key: Column[Any] = requests.c.due_at if shape.order is ListOrder.URGENT else requests.c.created_at

    def iterate_parts(self) -> Iterator[Select[Any]]:
        """Yield (key, id) of each part: by names, by identifiers, by who has it, or by range."""
        shape, ranges = self._shape, [self._match_range(number) for number in range(len(self._shape.ranges))]
        if shape.word_count:
            yield from (
                self._select_by_words(number, condition) for number, condition in self._group_by_service(ranges)
            )
        elif shape.identifier_names:
            yield from self._select_by_identifier(ranges)
        elif shape.assignee_count:
            for number in range(shape.assignee_count):
                yield self._select_keys(
                    self._equals(requests.c.assignee, f"assignee{number}"), *self._shared_conditions(), or_(*ranges)
                )
        else:
            yield from map(self._select_keys, ranges)

    def _match_range(self, number: int) -> Condition:
        """A range: the service, whose turn it is, and the states."""
        _, names_turn, has_ended, state_count = self._shape.ranges[number]
        turn_conditions = [self._equals(requests.c.turn, f"turn{number}")] if names_turn else []
        turn_conditions += [requests.c.turn.is_(None)] if has_ended else []
        state_conditions = [self._equals(requests.c.state, f"state{number}_{place}") for place in range(state_count)]
        return and_(
            self._equals(requests.c.service, f"service{number}"),
            *turn_conditions,
            *([or_(*state_conditions)] if state_conditions else []),
        )

    def _group_by_service(self, ranges: Sequence[Condition]) -> Iterator[tuple[int, Condition]]:
        """Yield the number of each service's first range, and what is in any of its ranges."""
        for first_range in dict.fromkeys(first_range for first_range, _, _, _ in self._shape.ranges):
            conditions = [
                condition
                for condition, (range_service, *_) in zip(ranges, self._shape.ranges, strict=True)
                if range_service == first_range
            ]
            yield first_range, or_(*conditions)

    def _shared_conditions(self) -> list[Condition]:
        """Conditions common to all ranges, where they are in the index of who has a request."""
        return [requests.c.turn.is_not(None)] if all(names_turn for _, names_turn, _, _ in self._shape.ranges) else []

    def _select_keys(self, *conditions: Condition, source: FromClause = requests) -> Select[Any]:
        key, row_id = self._key, requests.c.id
        selection = select(key.label("key"), row_id.label("id")).select_from(source)
        return selection.where(*conditions, *self._narrowing_conditions(), *self._place_conditions(key, row_id))

    def _select_by_identifier(self, ranges: Sequence[Condition]) -> Iterator[Select[Any]]:
        for identifier in self._shape.identifier_names:
            if identifier in _IDENTIFIER_COLUMNS:
                yield self._select_keys(
                    self._equals(_IDENTIFIER_COLUMNS[identifier], identifier), *self._match_assignees(), or_(*ranges)
                )
                continue
            if identifier == "letter_number":
                yield self._select_by_letter(identifier, or_(*ranges))
                continue
            source = search_words.join(requests, requests.c.id == search_words.c.request_id)
            number_matches = self._equals(search_words.c.word, identifier)
            for number, condition in self._group_by_service(ranges):
                service_matches = self._equals(search_words.c.service, f"service{number}")
                yield self._select_keys(
                    service_matches, number_matches, *self._match_assignees(), condition, source=source
                )

    def _select_by_letter(self, identifier: str, condition: Condition) -> Select[Any]:
        """Requests of which a paper with that number was issued, each once."""
        has_paper = requests.c.id.in_(
            select(issued_papers.c.request_id).where(self._equals(issued_papers.c.number_key, identifier))
        )
        return self._select_keys(has_paper, *self._match_assignees(), condition)

    def _select_by_words(self, number: int, condition: Condition) -> Select[Any]:
        """Names by the alphabet: a request that several of its words would find is found by the first of them."""
        word_columns, other_columns = search_words.c, search_words.alias("other").c
        same_request = other_columns.request_id == word_columns.request_id
        is_first_word = ~exists(
            select(other_columns.word).where(
                same_request, self._begins_with(other_columns.word, 0), other_columns.word < word_columns.word
            )
        )
        other_words = [self._has_word(place) for place in range(1, self._shape.word_count)]
        conditions = [
            self._equals(word_columns.service, f"service{number}"),
            self._begins_with(word_columns.word, 0),
            *other_words,
            is_first_word,
        ]
        source: FromClause = search_words
        if not self._shape.is_unrestricted:
            source = search_words.join(requests, requests.c.id == word_columns.request_id)
            conditions += [condition, *self._match_assignees(), *self._narrowing_conditions()]
        selection = select(word_columns.word.label("key"), word_columns.request_id.label("id")).select_from(source)
        return selection.where(*conditions, *self._place_conditions(word_columns.word, word_columns.request_id))

    def _has_word(self, place: int) -> Condition:
        """Whether another word of the name, or a number, begins so: a question that PostgreSQL asks row by row, as far
        as the page reaches; an EXISTS would be a join to it, and twice as slow. Of a name it is asked only where the
        row has these letters anywhere: it ends with the name's other words, joined.
        """
        also_columns = search_words.alias(f"also{place}").c
        same_request = also_columns.request_id == search_words.c.request_id
        first_beginning = (
            select(func.min(also_columns.word))
            .where(same_request, self._begins_with(also_columns.word, place))
            .scalar_subquery()
        )
        return and_(
            search_words.c.word.contains(self._make_value(f"inside{place}", CodePointText())),
            first_beginning.is_not(None),
        )

    def _begins_with(self, column: ColumnElement[str], place: int) -> Condition:
        return and_(
            column >= self._make_value(f"word{place}", CodePointText()),
            column < self._make_value(f"end{place}", CodePointText()),
        )

    def _match_assignees(self) -> list[Condition]:
        assignee_conditions = [
            self._equals(requests.c.assignee, f"assignee{number}") for number in range(self._shape.assignee_count)
        ]
        return [or_(*assignee_conditions)] if assignee_conditions else []

    def _narrowing_conditions(self) -> list[Condition]:
        shape = self._shape
        plain_conditions = [
            self._equals(requests.c[condition_name], condition_name)
            for condition_name in shape.condition_names
            if condition_name not in _COMPARISONS
        ]
        comparisons = [
            comparison(column, self._make_value(condition_name, column.type))
            for condition_name, (column, comparison) in _COMPARISONS.items()
            if condition_name in shape.condition_names
        ]
        return [*plain_conditions, *comparisons, *([requests.c.assignee.is_(None)] if shape.only_unassigned else [])]

    def _place_conditions(self, key: ColumnElement[Any], row_id: ColumnElement[int]) -> list[Condition]:
        """Conditions for rows behind the page's place, as the rows are read; names and ids run against each other."""
        shape = self._shape
        if not shape.page_direction:
            return []
        last_key, last_id = self._make_value("key", key.type), self._make_value("id", ID)
        backwards = shape.page_direction == "before"
        if shape.order is ListOrder.NAME:
            if backwards:
                return [key <= last_key, or_(key < last_key, row_id > last_id)]
            return [key >= last_key, or_(key > last_key, row_id < last_id)]
        place_tuple, row_tuple = tuple_(last_key, last_id), tuple_(key, row_id)
        return [row_tuple < place_tuple if (shape.order is ListOrder.NEWEST) != backwards else row_tuple > place_tuple]

    def _equals(self, column: ColumnElement[Any], value_name: str) -> Condition:
        return column == self._make_value(value_name, column.type)
