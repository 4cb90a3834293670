"""Rows of registries: what is stored, what becomes of a row that is given, and what is kept of its changes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.registries.declarations import Reference, Registry
from domain.registries.rules import Values
from domain.tariffs.tariff import Quote
from domain.values.actors import Role
from domain.values.errors import Conflict, DomainError, MissingField, NotFound
from domain.values.version_token import VersionToken

Key = tuple[Any, ...]
"""The values of a row's natural key, in the order of the declaration."""


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """A stored row. `values` has every field of its registry; `data` is what actions add (quote, bill, reason).

    `revision` counts changes: putting one over an old revision is a `Conflict`. The times are None for a machine or
    operator that was stored by the fleet itself.
    """

    id: int
    registry: str
    values: dict[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    revision: int = 0
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def version_token(self) -> VersionToken:
        """The version of the row."""
        return VersionToken.numbered(self.revision)


@dataclass(frozen=True, slots=True)
class Holder:
    """The row that has a unique value: its id, and its natural key as text."""

    id: int
    key: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row to be put, with the values that it had before (None: it is new), by whom (`kind:ident`) and when."""

    row: RegistryRow
    before: Values | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PastChange:
    """What the store keeps of a change of an existing row: the fields that changed, before and after."""

    at: datetime
    by: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowSearch:
    """What somebody looks for by a text: rows that have the value it means in a field of `exact`, or `words` inside a
    field of `within`, in any letter case.
    """

    exact: Mapping[str, Any]
    words: str
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistryFilter:
    """Which rows are wanted: `where` gives fields the value they must have, or a collection of values.

    A field of several values matches when one of them does. `limit` rows after the id `after` (0: from the beginning),
    oldest first, or `newest_first`.
    """

    registry: str
    where: Mapping[str, Any | Collection[Any]] = field(default_factory=dict)
    after: int = 0
    limit: int = 50
    search: RowSearch | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Expiring:
    """A row one of whose dates (`field`) is `day`."""

    registry: Registry
    row: RegistryRow
    field: str
    day: date


class Fate(StrEnum):
    """What became of a given row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Put:
    """A given row with its fate; `row` as it stands afterwards, `before` its values until then."""

    fate: Fate
    row: RegistryRow
    before: Values | None


def given_key(registry: Registry, given: Values) -> Key | None:
    """Return the natural key of given values, defaults filled in where they are empty; None when a part is missing."""
    key = tuple(_value(registry, name, given) for name in registry.natural_key)
    return None if None in key else key


def merged(registry: Registry, before: Values | None, given: Values) -> dict[str, Any]:
    """Return the whole row: given values over those it had, or over the defaults of a new one.

    What a known row must have and is given empty stays empty, and is refused (`problems`): a default in its place would
    put a scrapped taxi back into service. Its natural key stays as it is.
    """
    if before is None:
        return {one.name: _value(registry, one.name, given) for one in registry.fields}
    said = [one for one in registry.fields if one.name in given and one.name not in registry.natural_key]
    values = {one.name: given[one.name] if one.required else _value(registry, one.name, given) for one in said}
    return {**before, **values}


def _value(registry: Registry, name: str, given: Values) -> Any:
    value = given.get(name)
    if value is not None:
        return value
    default = registry.defaults.get(name)
    return list(default) if isinstance(default, tuple) else default


def problems(registry: Registry, before: Values | None, after: Values, roles: frozenset[Role]) -> Iterator[DomainError]:
    """Yield why a hand with these roles may not leave a row so: required fields without a value, and the registry's
    rules.
    """
    empty = [one.name for one in registry.fields if one.required and after.get(one.name) is None]
    yield from (MissingField(name, detail="empty_cell") for name in empty)
    for rule in () if empty else registry.rules:
        try:
            rule(before, after, roles)
        except DomainError as error:
            yield error


def referred(values: Values, reference: Reference) -> list[Any]:
    """Return the keys of the rows to which a reference of these values leads."""
    value = values.get(reference.field)
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def not_there(reference: Reference, key: Any) -> NotFound:
    """Return the error of a reference into nowhere."""
    return NotFound(reference.field, detail="reference", given=key, registry=reference.registry)


def taken(field: str, holder: Holder) -> Conflict:
    """Return the error of a unique value that another row has."""
    return Conflict(field, detail="taken", holder=holder.key)


def changed_fields(before: Values, after: Values) -> list[str]:
    """Return the names of the fields that differ."""
    return [name for name, value in after.items() if before.get(name) != value]


def next_row(row: RegistryRow, values: Mapping[str, Any], now: datetime, **data: Any) -> RegistryRow:
    """Return a row with some values changed and some data added; its revision is counted up by the store."""
    return replace(row, values={**row.values, **values}, data={**row.data, **data}, updated_at=now)


def amended(row: RegistryRow, registry: Registry, after: Values, by: str, now: datetime) -> RegistryRow:
    """Return a row as a hand leaves it. The quote of an amount that is set by hand says so: the lines still tell what
    the tariff asks, the override what is owed, and its reason whose hand it was (`by`, a label).
    """
    kept, amount = row.data.get("quote"), after[registry.owed.amount] if registry.owed else None
    if kept is None or amount is None or Quote.from_json(kept).total == amount:
        return next_row(row, after, now)
    quote = replace(Quote.from_json(kept), override=None, reason=None)
    if quote.total != amount:
        quote = replace(quote, override=amount, reason=by)
    return next_row(row, after, now, quote=quote.as_json())
