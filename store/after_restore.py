"""Data that a restore must not give back: sessions that ended, codes that were used, members who were sent away.

A backup holds all of that as it was. So every session and one-time secret of the copy is void once it is restored, and
what whoever restores says of the time since is done to it. The copy may be of an older schema: only tables and columns
that it has are touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, inspect, update

from domain.values.actors import Role
from store.schema import audit, citizen_sessions, mobile_proofs, offices, second_factors, staff, staff_sessions

_VOID_TABLES = (staff_sessions, citizen_sessions, mobile_proofs)
"""Tables whose rows let somebody in: each is gone after a restore."""

_AUDIT_ACTOR = "system"


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """Changes between a backup and its restore, as whoever restores states them."""

    dismissed: frozenset[str] = frozenset()
    """User names of members who may come in no more."""
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    """User name → the roles that the member has now."""
    reset_hashes: Mapping[str, str] = field(default_factory=dict)
    """User name → the hash of a new password, of members whose password or authenticator was given anew."""
    closed_offices: frozenset[str] = frozenset()
    """Codes of counter offices that were switched off, or whose key was given anew: they are switched off."""


NOTHING_CHANGED = ChangesSince()


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """Report on a restored copy."""

    sessions_ended: int
    """Of the staff and of citizens."""
    unknown_names: Sequence[str]
    """User names and codes of offices that the copy does not know."""


@dataclass(frozen=True, slots=True)
class _RowChange:
    """Change of one row, and its entry in the audit."""

    table: Table
    key: Column[Any]
    name: str
    values: Mapping[str, Any]
    audit_event: str
    audit_facts: Mapping[str, Any]


def secure_restored(connection: Connection, changes: ChangesSince, now: datetime) -> RestoreReport:
    """Void what lets somebody in, do what changed since, and write it into the audit; the caller commits."""
    present = _Present(connection)
    ended_count = sum(present.execute(table, delete(table)) for table in _VOID_TABLES)
    present.change(second_factors, None, {"recovery": ()})
    present.add_entry(now, "restored", {"sessions_ended": ended_count})
    unknown_names = []
    for row_change in _list_row_changes(changes):
        if present.change(row_change.table, row_change.key == row_change.name, row_change.values):
            present.add_entry(now, row_change.audit_event, row_change.audit_facts)
        else:
            unknown_names.append(row_change.name)
    for name in changes.reset_hashes:
        present.execute(second_factors, delete(second_factors).where(second_factors.c.username == name))
    return RestoreReport(ended_count, unknown_names)


def _list_row_changes(changes: ChangesSince) -> Iterator[_RowChange]:
    key = staff.c.username
    for name in sorted(changes.dismissed):
        yield _RowChange(staff, key, name, {"active": False}, "staff_deactivated", {"username": name})
    for name, roles in changes.roles.items():
        facts = {"username": name, "changed": ["roles"], "roles": sorted(roles)}
        yield _RowChange(staff, key, name, {"roles": sorted(roles)}, "staff_changed", facts)
    for name, password_hash in changes.reset_hashes.items():
        values = {"password_hash": password_hash, "password_temporary": True}
        yield _RowChange(staff, key, name, values, "password_changed", {"username": name})
    for code in sorted(changes.closed_offices):
        yield _RowChange(offices, offices.c.code, code, {"active": False}, "office_deactivated", {"office": code})


class _Present:
    """The tables and columns that a restored database has."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        inspector = inspect(connection)
        self._columns = {
            table_name: {column["name"] for column in inspector.get_columns(table_name)}
            for table_name in inspector.get_table_names()
        }

    def execute(self, table: Table, statement: Any) -> int:
        """Run a statement where there is its table; return how many rows it wrote."""
        return self._connection.execute(statement).rowcount if table.name in self._columns else 0

    def add_entry(self, now: datetime, event: str, facts: Mapping[str, Any]) -> None:
        """Write an entry of the audit."""
        values = {"at": now, "actor": _AUDIT_ACTOR, "what": event, "detail": dict(facts)}
        self.execute(audit, insert(audit).inline().values(values))

    def change(self, table: Table, condition: Any, values: Mapping[str, Any]) -> int:
        """Change the columns that there are, of the rows that are meant; return of how many."""
        known_values = {name: value for name, value in values.items() if name in self._columns.get(table.name, ())}
        if not known_values:
            return 0
        statement = update(table).values(known_values)
        return self.execute(table, statement if condition is None else statement.where(condition))
