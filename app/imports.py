"""Reading machines and operators from CSV: every row is checked before any is kept, and every fault names its row.

Machines: `code,type,title,status,capacity`; operators: `code,title,mobile,skills` (machine types, separated by spaces).
UTF-8, with or without a byte order mark, with a head line; columns in any order; `status`, `capacity`, `mobile` and
`skills` may be missing.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from domain import people
from domain.errors import AlreadyDone, DomainError, InvalidField, MissingField, UnknownKind
from domain.fleet import MACHINE_TYPES, Resource, ResourceKind, ResourceStatus
from domain.ports import Ids, UnitOfWork

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What can be imported: the kind of resource, the columns, and how a row becomes one (its id is given later)."""

    kind: ResourceKind
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Row], Resource]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row; `number` is its line in the file, the head line being 1."""

    number: int
    error: DomainError


def read_rows(path: Path, table: Table) -> list[Row]:
    """Return the rows of a CSV file; `InvalidField("file")` when it is no such file, `MissingField` for a column."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidField("file") from error
    reader = csv.DictReader(lines, strict=True)
    try:
        rows: list[Row] = [{name: (value or "").strip() for name, value in row.items() if name} for row in reader]
    except csv.Error as error:
        raise InvalidField("file") from error
    for column in table.columns:
        if column not in table.optional and column not in (reader.fieldnames or ()):
            raise MissingField(column)
    return rows


def read_resources(rows: Iterable[Row], table: Table) -> tuple[list[Resource], list[RowFault]]:
    """Return what the rows say and what is wrong with them."""
    found: list[Resource] = []
    faults: list[RowFault] = []
    codes: set[str] = set()
    for number, row in enumerate(rows, start=2):
        try:
            resource = table.read(row)
            if resource.code in codes:
                raise AlreadyDone("code")
            codes.add(resource.code)
            found.append(resource)
        except DomainError as error:
            faults.append(RowFault(number, error))
    return found, faults


async def keep(uow: UnitOfWork, ids: Ids, resources: Iterable[Resource]) -> None:
    """Store new and changed resources by their codes; `InvalidField("code")` when a code is of the other kind."""
    known = {one.code: one for kind in ResourceKind for one in await uow.fleet.resources(kind)}
    for resource in resources:
        old = known.get(resource.code)
        if old is not None and old.kind is not resource.kind:
            raise InvalidField("code")
        await uow.fleet.put_resource(replace(resource, id=old.id if old else ids.new_id()))


def _required(row: Row, name: str) -> str:
    if not row.get(name):
        raise MissingField(name)
    return row[name]


def _machine_type(name: str, field: str) -> str:
    if name not in MACHINE_TYPES:
        raise UnknownKind(field, detail="machine", given=name[:30])
    return name


def _machine(row: Row) -> Resource:
    status = row.get("status") or ResourceStatus.ACTIVE.value
    if status not in {one.value for one in ResourceStatus}:
        raise UnknownKind("status", detail="choice", given=status[:30])
    kind = _machine_type(_required(row, "type"), "type")
    capacity = row.get("capacity", "")
    code, title = _required(row, "code"), _required(row, "title")
    return Resource(0, code, ResourceKind.MACHINE, kind, title, ResourceStatus(status), capacity)


def _operator(row: Row) -> Resource:
    skills = tuple(_machine_type(one, "skills") for one in row.get("skills", "").replace(",", " ").split())
    mobile = people.mobile(row["mobile"]) if row.get("mobile") else None
    code, title = _required(row, "code"), _required(row, "title")
    return Resource(0, code, ResourceKind.OPERATOR, "", title, mobile=mobile, skills=skills)


TABLES: Mapping[str, Table] = {
    "machines": Table(
        ResourceKind.MACHINE, ("code", "type", "title", "status", "capacity"), ("status", "capacity"), _machine
    ),
    "operators": Table(ResourceKind.OPERATOR, ("code", "title", "mobile", "skills"), ("mobile", "skills"), _operator),
}
"""What `pishkhan import` takes."""
