"""Column types: how the domain's values lie in the tables of every engine.

They are strict on the way in (naive moments and text that PostgreSQL cannot hold are refused) and give the domain its
own types on the way out, so that a row's values can be handed to a dataclass as they are.
"""

import json
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from domain.values.errors import InvalidField
from domain.values.tracking_codes import TrackingCode

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
PartsT = TypeVar("PartsT", bound=Collection[Any])

ID = BigInteger().with_variant(Integer(), "sqlite")
"""A 63-bit key from the `Ids` port. SQLite's INTEGER has 64 bits too, and as a key it is the row's own address."""

_UNSTORABLE_SIGNS = re.compile("[\x00\ud800-\udfff]")
_JSON_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"the store takes aware moments only, got {value!r}")
    return value.astimezone(UTC)


@lru_cache(maxsize=256)
def _to_utc_text(value: datetime | None) -> str | None:
    # One unit writes its own moment into a dozen columns.
    moment = _to_utc(value)
    return None if moment is None else moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _with_utc_zone(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _from_utc_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def _refuse_unstorable(value: str | None) -> str | None:
    if value and not value.isprintable() and _UNSTORABLE_SIGNS.search(value):
        raise InvalidField("text")
    return value


class Utc(TypeDecorator[datetime]):
    """A moment, stored in UTC; a naive one is a `ValueError`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Bring the moment to UTC; SQLite gets it as text, six digits after the point, which compares as time."""
        return _to_utc_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Give the zone back, which SQLite has no place for."""
        return _from_utc_text if dialect.name == "sqlite" else _with_utc_zone


NEVER_COMES = datetime(9999, 12, 31, tzinfo=UTC)


class UtcOrNever(Utc):
    """A moment, or None for one that never comes: it lies in the column as a moment later than all others.

    So rows with and without one are in one order, which NULLs are not: each engine puts those elsewhere.
    """

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Write what never comes as the last moment."""
        write_moment = super().bind_processor(dialect)
        return lambda value: write_moment(NEVER_COMES if value is None else value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Give None back for it."""
        read_moment = super().result_processor(dialect, coltype)

        def read_or_never(value: Any) -> datetime | None:
            stored_moment = read_moment(value)
            return None if stored_moment == NEVER_COMES else stored_moment

        return read_or_never


class SafeText(TypeDecorator[str]):
    """Text of any length; NUL and lone surrogates, which PostgreSQL refuses, are `InvalidField("text")` everywhere."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Refuse what cannot be stored."""
        return _refuse_unstorable


class CodePointText(SafeText):
    """Text in the order of its code points, whatever language a database was made for: found by its beginning."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Name the collation where there are several; SQLite compares code points by itself."""
        return Text(collation="C" if dialect.name == "postgresql" else None)


class TrackingCodeText(SafeText):
    """A tracking code."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], TrackingCode | None]:
        """Give the domain's own type: what is stored was made or read as a code."""
        return lambda value: None if value is None else TrackingCode(value)


class EnumText(TypeDecorator[ChoiceT], Generic[ChoiceT]):
    """One of the values of a `StrEnum`."""

    impl = Text
    cache_ok = True

    def __init__(self, choices: type[ChoiceT]) -> None:
        super().__init__()
        self.choices = choices

    def bind_processor(self, dialect: Dialect) -> Callable[[ChoiceT | None], str | None]:
        """Store the value; a `KeyError` for any other."""
        texts_by_choice: dict[ChoiceT | None, str | None] = {choice: choice.value for choice in self.choices}
        return {**texts_by_choice, None: None}.__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], ChoiceT | None]:
        """Give the member back."""
        choices_by_text: dict[str | None, ChoiceT | None] = {choice.value: choice for choice in self.choices}
        return {**choices_by_text, None: None}.__getitem__

    def process_literal_param(self, value: ChoiceT | None, dialect: Dialect) -> str:
        """Write the value into the statement itself, where a partial index asks for it."""
        return "" if value is None else self.choices(value).value


class JsonList(TypeDecorator[PartsT], Generic[PartsT]):
    """A tuple or set of texts, stored as a JSON list (`build_collection` builds it from the list)."""

    impl = JSON
    cache_ok = True

    def __init__(self, build_collection: Callable[[list[str]], PartsT]) -> None:
        super().__init__()
        self.build_collection = build_collection

    def process_bind_param(self, value: PartsT | None, dialect: Dialect) -> list[str] | None:
        """Store a list, a set's in order."""
        if value is None:
            return None
        return sorted(value) if isinstance(value, frozenset) else list(value)

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> PartsT | None:
        """Build the collection again."""
        return None if value is None else self.build_collection(value)


class IsoDay(TypeDecorator[str]):
    """A day that the domain holds as ISO text (2026-11-24), stored as a date."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> date | None:
        """Read the text; `ValueError` for what is no day."""
        return None if value is None else date.fromisoformat(value)

    def process_result_value(self, value: date | None, dialect: Dialect) -> str | None:
        """Write it again."""
        return None if value is None else value.isoformat()


class CanonicalJson(TypeDecorator[dict[str, str]]):
    """A small mapping in the one spelling that can be compared and made unique."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, str] | None, dialect: Dialect) -> str | None:
        """Write the keys in order."""
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, str] | None:
        """Read the mapping."""
        return None if value is None else dict(json.loads(value))


JSON_VALUE = JSON(none_as_null=True)
"""A JSON object or list; None is NULL."""


def to_json(value: object) -> str:
    """Serialise a JSON column; `InvalidField("text")` for text that PostgreSQL could not read back."""
    json_text = _JSON_ENCODER.encode(value)
    if _UNSTORABLE_SIGNS.search(json_text) or _ESCAPED_NUL.search(json_text):
        raise InvalidField("text")
    return json_text


def clustered_options() -> dict[str, Any]:
    """Return how a table is made whose rows lie in the order of its key, where an engine can do that: read by ranges of
    it, they need no second copy as an index.
    """
    return {"sqlite_with_rowid": False}


def partial_index(index_name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False) -> Index:
    """Return an index over the rows that match `where`; a query must say the same in literals to be served by it.

    PostgreSQL's condition stands in its SQL file alone: named here, it would load that dialect into every process.
    """
    return Index(index_name, *columns, unique=unique, sqlite_where=where)
