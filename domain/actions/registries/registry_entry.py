"""Rows of the registries by hand, one at a time: entered, amended, and found by what somebody types.

What is typed is read as an import reads a sheet's cells, and refused for the same reasons. Who amends names the
version that was shown: a change that came in between is told, and not overwritten.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.actions.desk import Desk
from domain.actions.registries.booked_rows import booked_ahead
from domain.actions.registries.rows import may_edit, next_number
from domain.fields.form import Field
from domain.fields.types import Identifier, ReadingContext
from domain.registries.declarations import NUMBER, REGISTRIES, Registry
from domain.registries.field_types import CODE, Checked, Note, Plates
from domain.registries.rows import (
    Change,
    RegistryRow,
    RowSearch,
    amended,
    given_key,
    merged,
    not_there,
    problems,
    referred,
    taken,
)
from domain.registries.rules import SETTLERS, ChargeState, Values, states_by_hand
from domain.registries.sheet import explained
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, DomainError
from domain.values.text import shown
from domain.values.version_token import VersionToken, refuse_stale

Typed = Mapping[str, Any]
"""What somebody typed into the fields of a form; a field that is empty is not among them."""


STATE = "state"
"""Where rows that are owed keep how far that is."""


def entered_fields(registry: Registry) -> tuple[Field, ...]:
    """Return the fields that a new row's form may hold: the number of rows alike is counted, not typed."""
    return tuple(one for one in registry.fields if not (registry.numbered and one.name == NUMBER))


def amended_fields(registry: Registry) -> tuple[Field, ...]:
    """Return the fields that the form of a row that is there may hold: what names it never changes."""
    return tuple(one for one in registry.fields if one.name not in registry.natural_key)


def offered_to_enter(registry: Registry, actor: Actor) -> tuple[Field, ...]:
    """Return the fields of a new row's form as this hand is offered them: states alone that it may enter."""
    if not registry.owed:
        return entered_fields(registry)
    states = states_by_hand(actor.role_names)
    fields = [replace(one, choices=states) if one.name == STATE else one for one in entered_fields(registry)]
    return tuple(one for one in fields if one.name != STATE or len(states) > 1)


def offered_to_amend(registry: Registry, actor: Actor) -> tuple[Field, ...]:
    """Return the fields of a row that is there as this hand is offered them."""
    return tuple(one for one in amended_fields(registry) if one.name not in _not_offered(registry, actor))


def _not_offered(registry: Registry, actor: Actor) -> frozenset[str]:
    """Return what this hand does not change of a row: how far its money is, and an amount that a tariff prices."""
    if registry.owed is None:
        return frozenset()
    theirs = registry.owed.tariff is None or SETTLERS & actor.role_names
    return frozenset({STATE} if theirs else {STATE, registry.owed.amount})


async def enter(desk: Desk, uow: UnitOfWork, registry: Registry, typed: Typed, actor: Actor) -> RegistryRow:
    """Add a row. Errors, each naming its field: `Forbidden`; `InvalidField`, `UnknownKind`, `MissingField`;
    `NotFound` for a reference into nowhere; `Conflict` for a key or unique value that another row has; and those of the
    registry's rules. What was paid or waived elsewhere is audited: neither bill nor payment tells of it.
    """
    by = may_edit(registry, actor)
    values = _read(desk, registry, entered_fields(registry), typed, actor)
    await uow.serialise(f"registry:{registry.key}")
    if registry.numbered:
        values[NUMBER] = await next_number(uow, registry, merged(registry, None, values))
    after, now = merged(registry, None, values), desk.clock.now()
    await _refuse(uow, registry, None, after, by)
    row = RegistryRow(desk.ids.new_id(), registry.key, after, now, now)
    await uow.registries.put(registry.key, [Change(row, None, by.label, now)])
    await audit_entered(uow, registry, row, actor, now)
    return row


async def audit_entered(uow: UnitOfWork, registry: Registry, row: RegistryRow, actor: Actor, now: datetime) -> None:
    """Audit a new row that was paid or waived elsewhere, be it typed or brought in a sheet."""
    if registry.owed and row.values[STATE] != ChargeState.OPEN:
        amount = row.values[registry.owed.amount]
        facts = {"registry": registry.key, "row": row.id, "state": row.values[STATE], "amount": amount}
        await uow.audit.record(now, actor.acting_by(SETTLERS).label, "charge_entered", facts)


async def amend(
    desk: Desk, uow: UnitOfWork, registry: Registry, row_id: int, version: VersionToken, typed: Typed, actor: Actor
) -> RegistryRow:
    """Change a row to what its whole form says, a field that is empty included; one that says nothing new is not
    written.

    Errors: `Conflict(registry)` when the row is no longer at that version; those of `booked_ahead`;
    `NotFound(registry)`; and those of `enter`.
    """
    by = may_edit(registry, actor)
    row = await uow.registries.get(registry.key, row_id, lock=True)
    refuse_stale(version, row.version_token, Conflict(registry.key, detail="row_changed"))
    after = merged(registry, row.values, _read(desk, registry, amended_fields(registry), typed, actor))
    await _refuse(uow, registry, row, after, by)
    if after == row.values:
        return row
    now = desk.clock.now()
    if problem := await booked_ahead(uow, registry, row, after, now):
        raise problem
    changed = amended(row, registry, after, by.label, now)
    await uow.registries.put(registry.key, [Change(changed, row.values, by.label, now)])
    return replace(changed, revision=row.revision + 1)


def _read(desk: Desk, registry: Registry, fields: tuple[Field, ...], typed: Typed, actor: Actor) -> dict[str, Any]:
    """Return what was typed; what this hand is not offered stays as it is where it does not speak of it."""
    said = [one for one in fields if one.name in typed or one.name not in _not_offered(registry, actor)]
    return {one.name: _value(desk, one, typed.get(one.name)) for one in said}


def _value(desk: Desk, field: Field, raw: Any) -> Any:
    if raw is None:
        return None
    try:
        return field.read(raw, ReadingContext(desk.clock.now(), field.choices))
    except DomainError as error:
        raise explained(field, error, raw) from None


async def _refuse(uow: UnitOfWork, registry: Registry, row: RegistryRow | None, after: Values, by: Actor) -> None:
    """Raise why a row may not be left so: its own faults, references into nowhere, values of other rows."""
    for problem in problems(registry, row.values if row else None, after, by.role_names):
        raise problem
    if row is None:
        await _refuse_known(uow, registry, after)
    for reference in registry.references:
        target, keys = REGISTRIES[reference.registry], referred(after, reference)
        there = await uow.registries.by_keys(target.key, [(key,) for key in keys])
        for key in keys:
            if (key,) not in there:
                raise not_there(reference, key)
    for name in registry.unique:
        holder = (await uow.registries.holders(registry.key, name, [after[name]])).get(after[name])
        if after[name] is not None and holder and (row is None or row.id != holder.id):
            raise taken(name, holder)


async def _refuse_known(uow: UnitOfWork, registry: Registry, after: Values) -> None:
    key = given_key(registry, after)
    if key is not None and await uow.registries.by_keys(registry.key, [key]):
        raise Conflict(registry.natural_key[0], detail="taken", holder=" / ".join(map(str, key)))


def searched(desk: Desk, registry: Registry, text: str) -> RowSearch:
    """Return what somebody looks for who typed this: a plate, code, national code or mobile, or a part of a name."""
    exact = {one.name: value for one in registry.fields if (value := _exactly(desk, one, text)) is not None}
    within = tuple(one.name for one in registry.fields if one.type is CODE or isinstance(one.type, Note))
    return RowSearch(exact, shown(text), within)


def _exactly(desk: Desk, field: Field, text: str) -> Any:
    """Return the value that the text is for a field of identifiers; None when it is none."""
    if field.type is CODE or not isinstance(field.type, Identifier | Checked | Plates):
        return None
    try:
        return field.read(text, ReadingContext(desk.clock.now(), field.choices))
    except DomainError:
        return None
