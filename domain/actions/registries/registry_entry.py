"""Rows of the registries by hand, one at a time: entered, amended, and found by what somebody types.

What is typed is read as an import reads a sheet's cells, and refused for the same reasons. Who amends names the
version that was shown: a change that came in between is reported, and not overwritten.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.booked_rows import find_booking_conflict
from domain.actions.registries.contact_changes import note_contact_change
from domain.actions.registries.rows import next_row_number, require_editor
from domain.audit.ports import AuditRepository
from domain.authorization.policy import may_use, take_place
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.types import Identifier, ReadingContext
from domain.registries.declarations import NUMBER_FIELD, REGISTRIES, Registry
from domain.registries.field_types import CODE, CheckedText, Note, Plates
from domain.registries.ports import RegistryRepository
from domain.registries.rows import (
    RegistryChange,
    RegistryRow,
    RowSearch,
    apply_amendment,
    find_problems,
    list_referenced_keys,
    merge_values,
    reference_not_found,
    submitted_key,
    value_taken,
)
from domain.registries.rules import ChargeState, RowValues, list_enterable_states
from domain.registries.sheet import explain_cell_error
from domain.repositories import RegistryRepositories
from domain.values.actors import Actor
from domain.values.errors import Conflict, DomainError
from domain.values.reasons import ConflictReason
from domain.values.text import tidy_text
from domain.values.version_token import VersionToken, refuse_stale

SubmittedValues = Mapping[str, Any]
"""Values typed into the fields of a form; a field that is empty is not among them."""


STATE_FIELD = "state"
"""Field that keeps the state of rows that are owed."""


def entry_fields(registry: Registry) -> tuple[Field, ...]:
    """Return the fields that a new row's form may hold: the number of equal rows is counted, not typed."""
    return tuple(field for field in registry.fields if not (registry.is_numbered and field.name == NUMBER_FIELD))


def amend_fields(registry: Registry) -> tuple[Field, ...]:
    """Return the fields that the form of a row that is there may hold: what names it never changes."""
    return tuple(field for field in registry.fields if field.name not in registry.natural_key)


def offered_entry_fields(registry: Registry, actor: Actor) -> tuple[Field, ...]:
    """Return the fields of a new row's form as this hand is offered them: states alone that it may enter."""
    if not registry.charge_terms:
        return entry_fields(registry)
    offered_states = list_enterable_states(may_settle=may_use(Right.CHARGES_SETTLE, actor))
    offered_fields = [
        replace(field, choices=offered_states) if field.name == STATE_FIELD else field
        for field in entry_fields(registry)
    ]
    return tuple(field for field in offered_fields if field.name != STATE_FIELD or len(offered_states) > 1)


def offered_amendment_fields(registry: Registry, actor: Actor) -> tuple[Field, ...]:
    """Return the fields of a row that is there as this hand is offered them."""
    return tuple(field for field in amend_fields(registry) if field.name not in _withheld_fields(registry, actor))


def _withheld_fields(registry: Registry, actor: Actor) -> frozenset[str]:
    """Return what this hand does not change of a row: how far its money is, and an amount that a tariff prices."""
    if registry.charge_terms is None:
        return frozenset()
    may_change_amount = registry.charge_terms.tariff_service is None or may_use(Right.CHARGES_SETTLE, actor)
    return frozenset({STATE_FIELD} if may_change_amount else {STATE_FIELD, registry.charge_terms.amount_field})


async def enter_row(
    context: ActorContext[RegistryRepositories], registry: Registry, submitted: SubmittedValues
) -> RegistryRow:
    """Add a row. Errors, each naming its field: `Forbidden`; `InvalidField`, `UnknownKind`, `MissingField`;
    `NotFound` for a reference into nowhere; `Conflict` for a key or unique value that another row has; and those of the
    registry's rules. What was paid or waived elsewhere is audited: neither bill nor payment records it.
    """
    editor = require_editor(registry, context.actor)
    read_values = _read_form(context.dependencies, registry, entry_fields(registry), submitted, context.actor)
    await context.uow.serialise(f"registry:{registry.key}")
    if registry.is_numbered:
        read_values[NUMBER_FIELD] = await next_row_number(
            context.uow.registries, registry, merge_values(registry, None, read_values)
        )
    new_values, now = merge_values(registry, None, read_values), context.dependencies.clock.now()
    await _refuse_faulty_row(context.uow.registries, registry, None, new_values, editor)
    row = RegistryRow(context.dependencies.ids.new_id(), registry.key, new_values, now, now)
    await context.uow.registries.save_changes(registry.key, [RegistryChange(row, None, editor.label, now)])
    await audit_settled_entry(context.uow.audit, registry, row, context.actor, now)
    return row


async def audit_settled_entry(
    audit: AuditRepository, registry: Registry, row: RegistryRow, actor: Actor, now: datetime
) -> None:
    """Audit a new row that was paid or waived elsewhere, be it typed or brought in a sheet."""
    if registry.charge_terms and row.values[STATE_FIELD] != ChargeState.OPEN:
        amount = row.values[registry.charge_terms.amount_field]
        facts = {"registry": registry.key, "row": row.id, "state": row.values[STATE_FIELD], "amount": amount}
        await audit.add_entry(now, take_place(Right.CHARGES_SETTLE, actor).label, "charge_entered", facts)


async def amend_row(
    context: ActorContext, registry: Registry, row_id: int, version: VersionToken, submitted: SubmittedValues
) -> RegistryRow:
    """Change a row to what its whole form says, a field that is empty included; one that says nothing new is not
    written.

    Errors: `Conflict(registry)` when the row is no longer at that version; those of `find_booking_conflict`;
    `NotFound(registry)`; and those of `enter_row`.
    """
    editor = require_editor(registry, context.actor)
    row = await context.uow.registries.get_row(registry.key, row_id, lock=True)
    refuse_stale(version, row.version_token, Conflict(registry.key, ConflictReason.ROW_CHANGED))
    values = merge_values(
        registry,
        row.values,
        _read_form(context.dependencies, registry, amend_fields(registry), submitted, context.actor),
    )
    await _refuse_faulty_row(context.uow.registries, registry, row, values, editor)
    if values == row.values:
        return row
    now = context.dependencies.clock.now()
    if problem := await find_booking_conflict(context.uow, registry, row, values, now):
        raise problem
    amended_row = apply_amendment(row, registry, values, editor.label, now)
    change = RegistryChange(amended_row, row.values, editor.label, now)
    await context.uow.registries.save_changes(registry.key, [change])
    await note_contact_change(context.acting_as(editor), registry, change)
    return replace(amended_row, revision=row.revision + 1)


def _read_form(
    dependencies: Dependencies, registry: Registry, fields: tuple[Field, ...], submitted: SubmittedValues, actor: Actor
) -> dict[str, Any]:
    """Return what was typed; what this hand is not offered stays as it is where it does not speak of it."""
    fields_to_read = [
        field for field in fields if field.name in submitted or field.name not in _withheld_fields(registry, actor)
    ]
    return {field.name: _read_value(dependencies, field, submitted.get(field.name)) for field in fields_to_read}


def _read_value(dependencies: Dependencies, field: Field, raw_value: Any) -> Any:
    if raw_value is None:
        return None
    try:
        return field.read_value(raw_value, ReadingContext(dependencies.clock.now(), field.choices))
    except DomainError as error:
        raise explain_cell_error(field, error, raw_value) from None


async def _refuse_faulty_row(
    registries: RegistryRepository, registry: Registry, row: RegistryRow | None, new_values: RowValues, editor: Actor
) -> None:
    """Raise why a row may not be left so: its own faults, references into nowhere, values of other rows."""
    may_settle = may_use(Right.CHARGES_SETTLE, editor)
    for problem in find_problems(registry, row.values if row else None, new_values, may_settle=may_settle):
        raise problem
    if row is None:
        await _refuse_existing_key(registries, registry, new_values)
    for reference in registry.references:
        target_registry, referred_keys = REGISTRIES[reference.registry], list_referenced_keys(new_values, reference)
        existing_rows = await registries.find_by_keys(
            target_registry.key, [(referred_key,) for referred_key in referred_keys]
        )
        for referred_key in referred_keys:
            if (referred_key,) not in existing_rows:
                raise reference_not_found(reference, referred_key)
    for field_name in registry.unique_fields:
        holder = (await registries.find_holders(registry.key, field_name, [new_values[field_name]])).get(
            new_values[field_name]
        )
        if new_values[field_name] is not None and holder and (row is None or row.id != holder.row_id):
            raise value_taken(field_name, holder)


async def _refuse_existing_key(registries: RegistryRepository, registry: Registry, new_values: RowValues) -> None:
    natural_key = submitted_key(registry, new_values)
    if natural_key is not None and await registries.find_by_keys(registry.key, [natural_key]):
        raise Conflict(registry.natural_key[0], ConflictReason.TAKEN, holder=" / ".join(map(str, natural_key)))


def build_row_search(dependencies: Dependencies, registry: Registry, text: str) -> RowSearch:
    """Return what somebody looks for who typed this: a plate, code, national code or mobile, or a part of a name."""
    exact = {
        field.name: value
        for field in registry.fields
        if (value := _match_exactly(dependencies, field, text)) is not None
    }
    text_fields = tuple(field.name for field in registry.fields if field.type is CODE or isinstance(field.type, Note))
    return RowSearch(exact, tidy_text(text), text_fields)


def _match_exactly(dependencies: Dependencies, field: Field, text: str) -> Any:
    """Return the value that the text is for a field of identifiers; None when it is none."""
    if field.type is CODE or not isinstance(field.type, Identifier | CheckedText | Plates):
        return None
    try:
        return field.read_value(text, ReadingContext(dependencies.clock.now(), field.choices))
    except DomainError:
        return None
