"""Rows of the registries as people and programs use them: found by what they know, put whole, changed by hand, taken
along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.booked_rows import find_booking_conflict
from domain.actions.registries.contact_changes import note_contact_change
from domain.authorization.policy import may_use, require_right
from domain.authorization.rights import Right, registry_right
from domain.fields.types import ReadingContext
from domain.registries.declarations import NUMBER_FIELD, REGISTRIES, Registry
from domain.registries.ports import RegistryRepository
from domain.registries.rows import (
    RegistryChange,
    RegistryFilter,
    RegistryRow,
    RowFate,
    RowOutcome,
    apply_amendment,
    find_problems,
    merge_values,
    submitted_key,
    with_changes,
)
from domain.registries.rules import RowValues
from domain.repositories import AuditRepositories, RegistryRepositories
from domain.unit_of_work import IdGenerator
from domain.values.actors import Actor
from domain.values.errors import Conflict, DomainError, InvalidField, NotFound, UnknownKind
from domain.values.identifiers import parse_mobile as read_mobile
from domain.values.reasons import InvalidReason, UnknownKindReason
from domain.values.text import ascii_digits

MOST_ROWS = 100
"""Rows of one person that are looked at."""


def find_registry(registry_key: str) -> Registry:
    """Return a registry by key; `UnknownKind("table")`."""
    try:
        return REGISTRIES[registry_key]
    except KeyError:
        raise UnknownKind("table", UnknownKindReason.TABLE, given=registry_key[:30]) from None


def require_editor(registry: Registry, actor: Actor) -> Actor:
    """Return the actor as the one who changes rows of the registry by hand; `Forbidden` for whoever may not."""
    return require_right(registry_right(registry.key, "change"), actor, registry.key)


async def audit_export(context: ActorContext[AuditRepositories], registry: Registry, facts: Mapping[str, Any]) -> None:
    """Note that somebody takes all rows of the registry along, and what else is to be known of it: the kind of sheet.

    `Forbidden` (the registry's key) for whoever may not.
    """
    recorded_by = require_right(registry_right(registry.key, "export"), context.actor, registry.key).label
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), recorded_by, "export", {"registry": registry.key, **facts}
    )


async def find_row(context: ActionContext[RegistryRepositories], registry: Registry, text: str) -> RegistryRow:
    """Return the row that a text names: any unique field as people write it (plate, taxi code …), or the row's id.

    `NotFound` (the registry's key).
    """
    single_key = registry.natural_key if len(registry.natural_key) == 1 else ()
    for field_name in dict.fromkeys((*single_key, *registry.unique_fields)):
        value = _read_field(context.dependencies, registry, field_name, text)
        row = await context.uow.registries.find_row(registry.key, {field_name: value}) if value is not None else None
        if row is not None:
            return row
    number_text = ascii_digits(text).strip()
    if number_text.isascii() and number_text.isdecimal() and int(number_text) < 2**63:
        return await context.uow.registries.get_row(registry.key, int(number_text))
    raise NotFound(registry.key)


def _read_field(dependencies: Dependencies, registry: Registry, field_name: str, text: str) -> Any:
    field = registry.find_field(field_name)
    try:
        return field.read_value(text, ReadingContext(dependencies.clock.now(), field.choices)) if field else None
    except DomainError:
        return None


def read_conditions(dependencies: Dependencies, registry: Registry, submitted_values: RowValues) -> dict[str, Any]:
    """Return conditions of a list, read as the fields read them; `InvalidField` for a field that is not there."""
    conditions = {}
    for field_name, raw_text in submitted_values.items():
        field = registry.find_field(field_name)
        if field is None:
            raise InvalidField(field_name, InvalidReason.UNKNOWN_FIELD)
        value = field.read_value(raw_text, ReadingContext(dependencies.clock.now(), field.choices))
        conditions[field_name] = value[0] if isinstance(value, list) and len(value) == 1 else value
    return conditions


async def put_rows(context: ActorContext, registry: Registry, submitted: Sequence[RowValues]) -> list[RowOutcome]:
    """Put rows whose values are read already: a known natural key changes its row, another one is added.

    Fields that are not given stay as they are; a row that would not change is not written. Errors: `Forbidden`, those
    of the registry's rules and of `find_booking_conflict`, `MissingField`, and `Conflict` when a key is given twice or
    a unique value is taken. References are not looked at here: the store refuses what is not there.
    """
    editor = require_editor(registry, context.actor)
    keys = [submitted_key(registry, entry) for entry in submitted]
    if None in keys or len(set(keys)) < len(keys):
        raise Conflict(registry.key)
    stored_rows = await context.uow.registries.find_by_keys(registry.key, [key for key in keys if key], lock=True)
    puts = [
        _decide_fate(context.dependencies, registry, stored_rows.get(key or ()), entry, editor)
        for key, entry in zip(keys, submitted, strict=True)
    ]
    now = context.dependencies.clock.now()
    for row, new_values in (
        (stored_rows[key], entry.row.values) for key, entry in zip(keys, puts, strict=True) if key in stored_rows
    ):
        if problem := await find_booking_conflict(context.uow, registry, row, new_values, now):
            raise problem
    changes = [
        RegistryChange(entry.row, entry.values_before, editor.label, now)
        for entry in puts
        if entry.fate is not RowFate.SAME
    ]
    await context.uow.registries.save_changes(registry.key, changes)
    for change in changes:
        await note_contact_change(context.acting_as(editor), registry, change)
    return puts


def _decide_fate(
    dependencies: Dependencies,
    registry: Registry,
    stored_row: RegistryRow | None,
    submitted_values: RowValues,
    editor: Actor,
) -> RowOutcome:
    old_values = stored_row.values if stored_row else None
    new_values = merge_values(registry, old_values, submitted_values)
    for problem in find_problems(registry, old_values, new_values, may_settle=may_use(Right.CHARGES_SETTLE, editor)):
        raise problem
    now = dependencies.clock.now()
    if stored_row is None:
        return RowOutcome(
            RowFate.ADDED, RegistryRow(dependencies.ids.new_id(), registry.key, new_values, now, now), None
        )
    if new_values == old_values:
        return RowOutcome(RowFate.SAME, stored_row, old_values)
    return RowOutcome(RowFate.CHANGED, apply_amendment(stored_row, registry, new_values, editor.label, now), old_values)


async def change_row(
    registries: RegistryRepository,
    row: RegistryRow,
    changed_values: RowValues,
    recorded_by: str,
    now: datetime,
    **data: Any,
) -> RegistryRow:
    """Change a row as an action does (a bill issued or paid), past the rules for manual edits; return the present row.

    `recorded_by` is the label of who did it. `Conflict` when the row was changed since it was read.
    """
    changed_row = with_changes(row, changed_values, now, **data)
    await registries.save_changes(row.registry, [RegistryChange(changed_row, row.values, recorded_by, now)])
    return replace(changed_row, revision=row.revision + 1)


async def record_numbered_row(
    uow: RegistryRepositories,
    ids: IdGenerator,
    now: datetime,
    registry: Registry,
    values: RowValues,
    recorded_by: str,
    **data: Any,
) -> RegistryRow:
    """Add a row whose natural key ends with a `NUMBER_FIELD`: the next free one (a driver's second reward of a day).

    For actions: values are read already, and who may is theirs to know; `recorded_by` is the label of who did it.
    """
    await uow.serialise(f"registry:{registry.key}")
    row_number = await next_row_number(uow.registries, registry, merge_values(registry, None, values))
    full_values = merge_values(registry, None, {**values, NUMBER_FIELD: row_number})
    row = RegistryRow(ids.new_id(), registry.key, full_values, now, now, data=data)
    await uow.registries.save_changes(registry.key, [RegistryChange(row, None, recorded_by, now)])
    return row


async def next_row_number(registries: RegistryRepository, registry: Registry, values: RowValues) -> int:
    """Return the number of a further row that is equal in the rest of its natural key."""
    key_values = {key_name: values[key_name] for key_name in registry.natural_key if key_name != NUMBER_FIELD}
    if None in key_values.values():
        return 1
    similar_rows = await registries.list_rows(RegistryFilter(registry.key, key_values, limit=1000))
    return max((row.values[NUMBER_FIELD] for row in similar_rows), default=0) + 1


async def find_concerned(
    registries: RegistryRepository, registry: Registry, values: RowValues
) -> tuple[Registry, RowValues] | None:
    """Return whom a row concerns, along `Registry.contact_path`: the registry (of owners, of drivers), and the values
    there.

    None when it is not known.
    """
    current_registry = registry
    for reference_name in registry.contact_path.split(".")[:-1]:
        reference = current_registry.find_reference(reference_name)
        key = values.get(reference_name)
        if reference is None or key is None:
            return None
        current_registry = REGISTRIES[reference.registry]
        row = await registries.find_row(current_registry.key, {current_registry.natural_key[0]: key})
        if row is None:
            return None
        values = row.values
    return current_registry, values


async def find_contact(registries: RegistryRepository, registry: Registry, values: RowValues) -> str | None:
    """Return the mobile (+989…) of whom a row concerns; None when it is not known."""
    [contact] = await find_contacts(registries, registry, [values])
    return contact


async def find_contacts(
    registries: RegistryRepository, registry: Registry, rows: Sequence[RowValues]
) -> list[str | None]:
    """Return for each of these rows the mobile (+989…) of whom it concerns, in a query for each registry on the way."""
    *reference_names, contact_field = registry.contact_path.split(".")
    current_registry, concerned = registry, list[RowValues | None](rows)
    for reference_name in reference_names:
        reference = current_registry.find_reference(reference_name)
        keys = [values.get(reference_name) if values else None for values in concerned]
        if reference is None:
            return [None] * len(rows)
        current_registry = REGISTRIES[reference.registry]
        found = await registries.find_by_keys(current_registry.key, {(key,) for key in keys if key is not None})
        concerned = [found[key,].values if (key,) in found else None for key in keys]
    return [_read_contact(values.get(contact_field)) if values else None for values in concerned]


async def list_rows_of_contact(
    registries: RegistryRepository, registry: Registry, mobile: str, conditions: RowValues
) -> list[RegistryRow]:
    """Return the rows that concern the person with a mobile (+989…), along `Registry.contact_path`, within
    conditions.
    """
    contact_path = registry.contact_path.split(".")
    registry_chain = [registry]
    for field_name in contact_path[:-1]:
        reference = registry_chain[-1].find_reference(field_name)
        if reference is None:
            return []
        registry_chain.append(REGISTRIES[reference.registry])
    contact_keys: list[Any] = [mobile]
    for current_registry, field_name in zip(reversed(registry_chain[1:]), reversed(contact_path[1:]), strict=True):
        rows = await registries.list_rows(
            RegistryFilter(current_registry.key, {field_name: contact_keys}, limit=MOST_ROWS)
        )
        contact_keys = [row.values[current_registry.natural_key[0]] for row in rows]
        if not contact_keys:
            return []
    return await registries.list_rows(
        RegistryFilter(registry.key, {**conditions, contact_path[0]: contact_keys}, limit=MOST_ROWS)
    )


def _read_contact(text: str | None) -> str | None:
    try:
        return read_mobile(text) if text else None
    except InvalidField:
        return None
