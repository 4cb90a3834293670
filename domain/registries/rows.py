"""Rows of registries: what is stored, what becomes of a row that is given, and what is kept of its changes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.registries.declarations import Reference, Registry
from domain.registries.rules import RowValues
from domain.tariffs.tariff import Quote
from domain.values.errors import Conflict, DomainError, MissingField, NotFound
from domain.values.reasons import ConflictReason, MissingReason, NotFoundReason
from domain.values.version_token import VersionToken

RowKey = tuple[Any, ...]
"""The values of a row's natural key, in the order of the declaration."""


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """A stored row."""

    id: int
    """The row's, as the store counts it."""
    registry: str
    """The key of its registry."""
    values: dict[str, Any]
    """Every field of its registry."""
    created_at: datetime | None
    """In UTC; None for a machine or operator that was stored by the fleet itself."""
    updated_at: datetime | None
    """Time of its last change; None like `created_at`."""
    revision: int = 0
    """Counts changes: putting one over an old revision is a `Conflict`."""
    data: dict[str, Any] = field(default_factory=dict)
    """Values added by actions (quote, bill, reason), as JSON."""

    @property
    def version_token(self) -> VersionToken:
        """The version of the row."""
        return VersionToken.from_number(self.revision)


@dataclass(frozen=True, slots=True)
class ValueHolder:
    """The row that has a unique value: its id, and its natural key as text."""

    row_id: int
    row_key: str


@dataclass(frozen=True, slots=True)
class RegistryChange:
    """A row to be put."""

    row: RegistryRow
    """The row as it is to be."""
    values_before: RowValues | None
    """The values that it had; None: it is new."""
    changed_by: str
    """Person who changed it, as a label."""
    changed_at: datetime
    """Time of the change, in UTC."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """Kept change of an existing row."""

    changed_at: datetime
    """Time of the change, in UTC."""
    changed_by: str
    """Person who changed it, as a label."""
    values_before: dict[str, Any]
    """The fields that changed, as they were."""
    values_after: dict[str, Any]
    """The same fields, as they became."""


@dataclass(frozen=True, slots=True)
class RowSearch:
    """Search for rows by a text; rows that meet either of these are found."""

    exact_values: Mapping[str, Any]
    """Field → the value that the text means in it."""
    search_text: str
    """Found inside one of the searched fields, in any letter case."""
    searched_fields: tuple[str, ...]
    """The fields that are searched for it."""


@dataclass(frozen=True, slots=True)
class RegistryFilter:
    """Filter of rows."""

    registry: str
    """The key of their registry."""
    field_values: Mapping[str, Any | Collection[Any]] = field(default_factory=dict)
    """Field → the value it must have, or one of these; a field of several values has one of them."""
    after_id: int = 0
    """Rows behind that id in the order; 0: from the beginning."""
    limit: int = 50
    """Rows at most."""
    search: RowSearch | None = None
    """Search for rows by a text; None: nothing."""
    newest_first: bool = False
    """Whether the newest come first; else the oldest do."""


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """A row one of whose dates runs out."""

    registry: Registry
    """The registry of the row."""
    row: RegistryRow
    """The row itself."""
    date_field: str
    """The name of the field that holds the date."""
    expires_on: date
    """The date in that field."""


class RowFate(StrEnum):
    """Fate of a given row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """A given row with its fate."""

    fate: RowFate
    """Its outcome."""
    row: RegistryRow
    """The row after the change."""
    values_before: RowValues | None
    """Its values until then; None: it is new."""


def submitted_key(registry: Registry, submitted_values: RowValues) -> RowKey | None:
    """Return the natural key of given values, defaults filled in where they are empty; None when a part is missing."""
    natural_key = tuple(
        _value_or_default(registry, field_name, submitted_values) for field_name in registry.natural_key
    )
    return None if None in natural_key else natural_key


def merge_values(registry: Registry, values_before: RowValues | None, submitted_values: RowValues) -> dict[str, Any]:
    """Return the whole row: given values over those it had, or over the defaults of a new one.

    What a known row must have and is given empty stays empty, and is refused (`find_problems`): a default in its place
    would put a scrapped taxi back into service. Its natural key stays as it is.
    """
    if values_before is None:
        return {
            declared_field.name: _value_or_default(registry, declared_field.name, submitted_values)
            for declared_field in registry.fields
        }
    submitted_fields = [
        declared_field
        for declared_field in registry.fields
        if declared_field.name in submitted_values and declared_field.name not in registry.natural_key
    ]
    values = {
        declared_field.name: submitted_values[declared_field.name]
        if declared_field.required
        else _value_or_default(registry, declared_field.name, submitted_values)
        for declared_field in submitted_fields
    }
    return {**values_before, **values}


def _value_or_default(registry: Registry, field_name: str, submitted_values: RowValues) -> Any:
    value = submitted_values.get(field_name)
    if value is not None:
        return value
    default = registry.defaults.get(field_name)
    return list(default) if isinstance(default, tuple) else default


def find_problems(
    registry: Registry, values_before: RowValues | None, values_after: RowValues, *, may_settle: bool
) -> Iterator[DomainError]:
    """Yield why a manual edit, by one who may settle what is owed or not, may not leave a row so: required fields
    without a value, and the registry's rules.
    """
    empty_fields = [
        declared_field.name
        for declared_field in registry.fields
        if declared_field.required and values_after.get(declared_field.name) is None
    ]
    yield from (MissingField(field_name, MissingReason.EMPTY_CELL) for field_name in empty_fields)
    for rule in () if empty_fields else registry.edit_rules:
        try:
            rule(values_before, values_after, may_settle)
        except DomainError as error:
            yield error


def list_referenced_keys(values: RowValues, reference: Reference) -> list[Any]:
    """Return the keys of the rows to which a reference of these values leads."""
    value = values.get(reference.field)
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def reference_not_found(reference: Reference, missing_key: Any) -> NotFound:
    """Return the error of a reference into nowhere."""
    return NotFound(reference.field, NotFoundReason.REFERENCE, given=missing_key, registry=reference.registry)


def value_taken(field_name: str, holder: ValueHolder) -> Conflict:
    """Return the error of a unique value that another row has."""
    return Conflict(field_name, ConflictReason.TAKEN, holder=holder.row_key)


def list_changed_fields(values_before: RowValues, values_after: RowValues) -> list[str]:
    """Return the names of the fields that differ."""
    return [field_name for field_name, value in values_after.items() if values_before.get(field_name) != value]


def with_changes(row: RegistryRow, values: Mapping[str, Any], now: datetime, **data: Any) -> RegistryRow:
    """Return a row with some values changed and some data added; its revision is counted up by the store."""
    return replace(row, values={**row.values, **values}, data={**row.data, **data}, updated_at=now)


def apply_amendment(
    row: RegistryRow, registry: Registry, values_after: RowValues, amended_by: str, now: datetime
) -> RegistryRow:
    """Return a row as a manual edit leaves it. The quote of an amount that is set by hand says so: the lines still
    state what the tariff asks, the override what is owed, and its reason whose hand it was (`amended_by`, a label).
    """
    stored_quote, owed_amount = (
        row.data.get("quote"),
        values_after[registry.charge_terms.amount_field] if registry.charge_terms else None,
    )
    if stored_quote is None or owed_amount is None or Quote.from_json(stored_quote).total == owed_amount:
        return with_changes(row, values_after, now)
    quote = replace(Quote.from_json(stored_quote), override=None, reason=None)
    if quote.total != owed_amount:
        quote = replace(quote, override=owed_amount, reason=amended_by)
    return with_changes(row, values_after, now, quote=quote.as_json())
