"""Rows of the registries by hand, one at a time: entered, amended, and found by what somebody types.

What is typed is read as an import reads a sheet's cells, and refused for the same reasons. Who amends names the
revision that was shown: a change that came in between is told, and not overwritten.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.actions.desk import Desk
from domain.actions.fleet import FLEET, refuse_booked
from domain.actions.registries import may_edit, next_number
from domain.errors import Conflict, DomainError
from domain.field_types import Identifier, Reading
from domain.fleet import ResourceStatus
from domain.forms import Field
from domain.people import Actor
from domain.ports import UnitOfWork
from domain.registries import NUMBER, REGISTRIES, Registry, Values
from domain.registry_fields import CODE, Checked, Note, Plates
from domain.registry_rows import (
    Change,
    RegistryRow,
    Search,
    given_key,
    merged,
    next_row,
    not_there,
    problems,
    referred,
    taken,
)
from domain.registry_sheet import explained
from domain.text import shown

Typed = Mapping[str, Any]
"""What somebody typed into the fields of a form; a field that is empty is not among them."""


def entered_fields(registry: Registry) -> tuple[Field, ...]:
    """Return the fields of a new row's form: the number of rows alike is counted, not typed."""
    return tuple(one for one in registry.fields if not (registry.numbered and one.name == NUMBER))


def amended_fields(registry: Registry) -> tuple[Field, ...]:
    """Return the fields of the form of a row that is there: what names it never changes."""
    return tuple(one for one in registry.fields if one.name not in registry.natural_key)


async def enter(desk: Desk, uow: UnitOfWork, registry: Registry, typed: Typed, actor: Actor) -> RegistryRow:
    """Add a row. Errors, each naming its field: `Forbidden`; `InvalidField`, `UnknownKind`, `MissingField`;
    `NotFound` for a reference into nowhere; `Conflict` for a key or unique value that another row has; and those of the
    registry's rules.
    """
    by = may_edit(registry, actor).label
    values = _read(desk, entered_fields(registry), typed)
    await uow.serialise(f"registry:{registry.key}")
    if registry.numbered:
        values[NUMBER] = await next_number(uow, registry, merged(registry, None, values))
    after, now = merged(registry, None, values), desk.clock.now()
    await _refuse(uow, registry, None, after)
    row = RegistryRow(desk.ids.new_id(), registry.key, after, now, now)
    await uow.registries.put(registry.key, [Change(row, None, by, now)])
    return row


async def amend(
    desk: Desk, uow: UnitOfWork, registry: Registry, row_id: int, revision: int, typed: Typed, actor: Actor
) -> RegistryRow:
    """Change a row to what its whole form says, a field that is empty included; one that says nothing new is not
    written.

    Errors: `Conflict(registry)` when the row is no longer at that revision, `Conflict("status")` for a machine or
    operator that has work before it and shall do none; `NotFound(registry)`; and those of `enter`.
    """
    by = may_edit(registry, actor).label
    row = await uow.registries.get(registry.key, row_id, lock=True)
    if row.revision != revision:
        raise Conflict(registry.key, detail="row_changed")
    after = merged(registry, row.values, _read(desk, amended_fields(registry), typed))
    await _refuse(uow, registry, row, after)
    if after == row.values:
        return row
    now = desk.clock.now()
    if registry.key in FLEET and after["status"] != ResourceStatus.ACTIVE:
        await refuse_booked(uow, row_id, now)
    changed = next_row(row, after, now)
    await uow.registries.put(registry.key, [Change(changed, row.values, by, now)])
    return replace(changed, revision=revision + 1)


def _read(desk: Desk, fields: tuple[Field, ...], typed: Typed) -> dict[str, Any]:
    return {one.name: _value(desk, one, typed.get(one.name)) for one in fields}


def _value(desk: Desk, field: Field, raw: Any) -> Any:
    if raw is None:
        return None
    try:
        return field.read(raw, Reading(desk.clock.now(), field.choices))
    except DomainError as error:
        raise explained(field, error, raw) from None


async def _refuse(uow: UnitOfWork, registry: Registry, row: RegistryRow | None, after: Values) -> None:
    """Raise why a row may not be left so: its own faults, references into nowhere, values of other rows."""
    for problem in problems(registry, row.values if row else None, after):
        raise problem
    if row is None:
        await _refuse_known(uow, registry, after)
    for reference in registry.references:
        target, keys = REGISTRIES[reference.registry], referred(after, reference)
        there = await uow.registries.holders(target.key, target.natural_key[0], keys)
        for key in keys:
            if key not in there:
                raise not_there(reference, key)
    for name in registry.unique:
        holder = (await uow.registries.holders(registry.key, name, [after[name]])).get(after[name])
        if after[name] is not None and holder and (row is None or row.id != holder.id):
            raise taken(name, holder)


async def _refuse_known(uow: UnitOfWork, registry: Registry, after: Values) -> None:
    key = given_key(registry, after)
    if key is not None and await uow.registries.by_keys(registry.key, [key]):
        raise Conflict(registry.natural_key[0], detail="taken", holder=" / ".join(map(str, key)))


def searched(desk: Desk, registry: Registry, text: str) -> Search:
    """Return what somebody looks for who typed this: a plate, code, national code or mobile, or a part of a name."""
    exact = {one.name: value for one in registry.fields if (value := _exactly(desk, one, text)) is not None}
    within = tuple(one.name for one in registry.fields if one.type is CODE or isinstance(one.type, Note))
    return Search(exact, shown(text), within)


def _exactly(desk: Desk, field: Field, text: str) -> Any:
    """Return the value that the text is for a field of identifiers; None when it is none."""
    if field.type is CODE or not isinstance(field.type, Identifier | Checked | Plates):
        return None
    try:
        return field.read(text, Reading(desk.clock.now(), field.choices))
    except DomainError:
        return None
