"""Rows of the registries as people and programs use them: found by what they know, put whole, changed by hand, taken
along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.actions.desk import Desk
from domain.actions.registries.booked_rows import booked_ahead
from domain.actions.staff.authorization import RIGHTS, registry_right
from domain.fields.types import ReadingContext
from domain.registries.declarations import NUMBER, REGISTRIES, Registry
from domain.registries.rows import (
    Change,
    Fate,
    Put,
    RegistryFilter,
    RegistryRow,
    amended,
    given_key,
    merged,
    next_row,
    problems,
)
from domain.registries.rules import Values
from domain.unit_of_work import Ids, UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, DomainError, Forbidden, InvalidField, NotFound, UnknownKind
from domain.values.identifiers import mobile as read_mobile
from domain.values.text import ascii_digits

MOST_ROWS = 100
"""Rows of one person that are looked at."""


def registry_named(key: str) -> Registry:
    """Return a registry by key; `UnknownKind("table")`."""
    try:
        return REGISTRIES[key]
    except KeyError:
        raise UnknownKind("table", detail="table", given=key[:30]) from None


def may_edit(registry: Registry, actor: Actor) -> Actor:
    """Return the actor as the one who changes rows of the registry by hand; `Forbidden` for whoever may not."""
    if not registry.editors & actor.role_names:
        raise Forbidden(registry.key)
    return actor.acting_by(registry.editors)


async def take_along(desk: Desk, uow: UnitOfWork, registry: Registry, facts: Mapping[str, Any], actor: Actor) -> None:
    """Note that somebody takes all rows of the registry along, and what else is to be known of it: the kind of sheet.

    `Forbidden` (the registry's key) for whoever may not.
    """
    takers = RIGHTS[registry_right(registry.key, "export")].roles
    if actor.kind != "system" and not takers & actor.role_names:
        raise Forbidden(registry.key)
    by = actor.acting_by(takers).label
    await uow.audit.record(desk.clock.now(), by, "export", {"registry": registry.key, **facts})


async def find_row(desk: Desk, uow: UnitOfWork, registry: Registry, text: str) -> RegistryRow:
    """Return the row that a text names: any unique field as people write it (plate, taxi code …), or the row's id.

    `NotFound` (the registry's key).
    """
    single = registry.natural_key if len(registry.natural_key) == 1 else ()
    for name in dict.fromkeys((*single, *registry.unique)):
        value = _read(desk, registry, name, text)
        row = await uow.registries.one(registry.key, {name: value}) if value is not None else None
        if row is not None:
            return row
    number = ascii_digits(text).strip()
    if number.isascii() and number.isdecimal() and int(number) < 2**63:
        return await uow.registries.get(registry.key, int(number))
    raise NotFound(registry.key)


def _read(desk: Desk, registry: Registry, name: str, text: str) -> Any:
    field = registry.field(name)
    try:
        return field.read(text, ReadingContext(desk.clock.now(), field.choices)) if field else None
    except DomainError:
        return None


def read_where(desk: Desk, registry: Registry, given: Values) -> dict[str, Any]:
    """Return conditions of a list, read as the fields read them; `InvalidField` for a field that is not there."""
    found = {}
    for name, text in given.items():
        field = registry.field(name)
        if field is None:
            raise InvalidField(name, detail="unknown_field")
        value = field.read(text, ReadingContext(desk.clock.now(), field.choices))
        found[name] = value[0] if isinstance(value, list) and len(value) == 1 else value
    return found


async def put(desk: Desk, uow: UnitOfWork, registry: Registry, given: Sequence[Values], actor: Actor) -> list[Put]:
    """Put rows whose values are read already: a known natural key changes its row, another one is added.

    Fields that are not given stay as they are; a row that would not change is not written. Errors: `Forbidden`, those
    of the registry's rules and of `booked_ahead`, `MissingField`, and `Conflict` when a key is given twice or a unique
    value is taken. References are not looked at here: the store refuses what is not there.
    """
    by = may_edit(registry, actor)
    keys = [given_key(registry, one) for one in given]
    if None in keys or len(set(keys)) < len(keys):
        raise Conflict(registry.key)
    known = await uow.registries.by_keys(registry.key, [key for key in keys if key], lock=True)
    fates = [_fate(desk, registry, known.get(key or ()), one, by) for key, one in zip(keys, given, strict=True)]
    now = desk.clock.now()
    for row, after in ((known[key], one.row.values) for key, one in zip(keys, fates, strict=True) if key in known):
        if problem := await booked_ahead(uow, registry, row, after, now):
            raise problem
    changes = [Change(one.row, one.before, by.label, now) for one in fates if one.fate is not Fate.SAME]
    await uow.registries.put(registry.key, changes)
    return fates


def _fate(desk: Desk, registry: Registry, known: RegistryRow | None, given: Values, by: Actor) -> Put:
    before = known.values if known else None
    after = merged(registry, before, given)
    for problem in problems(registry, before, after, by.role_names):
        raise problem
    now = desk.clock.now()
    if known is None:
        return Put(Fate.ADDED, RegistryRow(desk.ids.new_id(), registry.key, after, now, now), None)
    if after == before:
        return Put(Fate.SAME, known, before)
    return Put(Fate.CHANGED, amended(known, registry, after, by.label, now), before)


async def change(uow: UnitOfWork, row: RegistryRow, values: Values, by: str, now: datetime, **data: Any) -> RegistryRow:
    """Change a row as an action does (a bill issued or paid), past the rules for hands; return it as it stands.

    `by` is the label of who did it. `Conflict` when the row was changed since it was read.
    """
    changed = next_row(row, values, now, **data)
    await uow.registries.put(row.registry, [Change(changed, row.values, by, now)])
    return replace(changed, revision=row.revision + 1)


async def record(
    uow: UnitOfWork, ids: Ids, now: datetime, registry: Registry, values: Values, by: str, **data: Any
) -> RegistryRow:
    """Add a row whose natural key ends with a `number`: the next free one (a driver's second reward of a day).

    For actions: values are read already, and who may is theirs to know; `by` is the label of who did it.
    """
    await uow.serialise(f"registry:{registry.key}")
    number = await next_number(uow, registry, merged(registry, None, values))
    whole = merged(registry, None, {**values, NUMBER: number})
    row = RegistryRow(ids.new_id(), registry.key, whole, now, now, data=data)
    await uow.registries.put(registry.key, [Change(row, None, by, now)])
    return row


async def next_number(uow: UnitOfWork, registry: Registry, values: Values) -> int:
    """Return the number of a further row that is alike in the rest of its natural key."""
    same = {name: values[name] for name in registry.natural_key if name != NUMBER}
    if None in same.values():
        return 1
    found = await uow.registries.find(RegistryFilter(registry.key, same, limit=1000))
    return max((row.values[NUMBER] for row in found), default=0) + 1


async def concerned(uow: UnitOfWork, registry: Registry, values: Values) -> tuple[Registry, Values] | None:
    """Return whom a row concerns, along `Registry.contact`: the registry (of owners, of drivers), and the values there.

    None when it is not known.
    """
    here = registry
    for name in registry.contact.split(".")[:-1]:
        reference = here.reference(name)
        key = values.get(name)
        if reference is None or key is None:
            return None
        here = REGISTRIES[reference.registry]
        row = await uow.registries.one(here.key, {here.natural_key[0]: key})
        if row is None:
            return None
        values = row.values
    return here, values


async def contact_of(uow: UnitOfWork, registry: Registry, values: Values) -> str | None:
    """Return the mobile (+989…) of whom a row concerns; None when it is not known."""
    found = await concerned(uow, registry, values)
    return _mobile(found[1].get(registry.contact.rpartition(".")[2])) if found else None


async def rows_of_contact(uow: UnitOfWork, registry: Registry, mobile: str, where: Values) -> list[RegistryRow]:
    """Return the rows that concern the person with a mobile (+989…), along `Registry.contact`, within conditions."""
    path = registry.contact.split(".")
    chain = [registry]
    for name in path[:-1]:
        reference = chain[-1].reference(name)
        if reference is None:
            return []
        chain.append(REGISTRIES[reference.registry])
    keys: list[Any] = [mobile]
    for here, name in zip(reversed(chain[1:]), reversed(path[1:]), strict=True):
        rows = await uow.registries.find(RegistryFilter(here.key, {name: keys}, limit=MOST_ROWS))
        keys = [row.values[here.natural_key[0]] for row in rows]
        if not keys:
            return []
    return await uow.registries.find(RegistryFilter(registry.key, {**where, path[0]: keys}, limit=MOST_ROWS))


def _mobile(text: str | None) -> str | None:
    try:
        return read_mobile(text) if text else None
    except InvalidField:
        return None
