"""Taking requests of an SQLite file apart, so that they can be copied (`bench/copies.py`)."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Table

from bench.copies import Event, Line, Original, Patch
from bench.originals import PLATE, Made
from domain.requests.history import encode_canonical
from domain.values import tracking_codes
from domain.values.text import persian_digits
from store.engines.types import NEVER_COMES, Utc, UtcOrNever
from store.schema import (
    bills,
    bookings,
    documents,
    history,
    inbox,
    machine_work,
    outbox,
    payments,
    requests,
    search_words,
    slots,
    steps,
    timers,
)

OF_REQUEST: Mapping[Table, str] = {
    requests: "id",
    history: "request_id",
    timers: "request_id",
    bills: "subject_id",
    bookings: "request_id",
    documents: "request_id",
    steps: "request_id",
    machine_work: "request_id",
    outbox: "request_id",
    inbox: "request_id",
    search_words: "request_id",
}
"""The tables that name a request, and the column that does."""

THROUGH: Mapping[Table, tuple[Table, str]] = {payments: (bills, "bill_id"), slots: (bookings, "booking_id")}
"""Tables that belong to a request through a row of another one, and the column that names that."""

UNIQUE = {("inbox", "provider_id"), ("inbox", "fingerprint"), ("payments", "reference")}
"""Texts that nobody may have twice: a copy makes them of the row's own id."""

CHAINED = 4
"""The last columns of the history are made anew: salt, digest, previous, hash."""

LEAST_ID, MOST_ID = 10**15, 2 * 10**15
"""Between these lie the ids that were counted for the originals."""

SLOTS_A_DAY = 48
NAMED: Mapping[str, Callable[[Any], Patch]] = {
    "head_hash": lambda _: lambda copy: copy.head,
    "resource_id": lambda which: lambda copy: copy.resources[which],
    "slot": lambda slot: lambda copy: slot + SLOTS_A_DAY * copy.days,
    "file_number": lambda _: lambda copy: int(copy.words["file_number"]),
}
"""Columns that have a way of their own."""

_WITHOUT_NAME = r"(?P<id>\b1\d{15}\b)|(?P<token>\b[0-9a-f]{32}\b)|(?P<day>\b\d{4}-\d\d-\d\d)|(?P<unit>\b(?:LD|OP)-\d+)"
"""Text parts that are a request's own: ids, random tokens, days, and the codes of machine and operator."""


class Dialect:
    """Layout of cells in the database to be filled."""

    def truth(self, cell: int) -> Any:
        """Write what is 0 or 1 in SQLite."""
        return cell

    def written(self, moment: datetime) -> Any:
        """Write a moment."""
        return moment.replace(tzinfo=None).isoformat(" ", "microseconds")

    def moment(self, moment: datetime, day: str) -> Patch:
        """Write a moment of the original on a copy's day of that name."""
        hour = f" {moment.time().isoformat('microseconds')}"
        return lambda copy: copy.words[day] + hour


class PostgresqlDialect(Dialect):
    """PostgreSQL takes values, not texts."""

    def truth(self, cell: int) -> Any:
        """Make it a truth value."""
        return bool(cell)

    def written(self, moment: datetime) -> Any:
        """Leave it as it is."""
        return moment

    def moment(self, moment: datetime, day: str) -> Patch:
        """Move the moment to the day."""
        hour = moment.timetz()
        return lambda copy: datetime.combine(date.fromisoformat(copy.words[day]), hour)


class Reader:
    """Reads originals from a file for a database of that dialect."""

    def __init__(self, file: sqlite3.Connection, dialect: Dialect) -> None:
        file.row_factory = sqlite3.Row
        self._file = file
        self._dialect = dialect
        kinds = file.execute("SELECT id, kind FROM resources").fetchall()
        self._resources = {row["id"]: ("machine", "operator", "officer").index(row["kind"]) for row in kinds}

    def read(self, made: Made) -> Original:
        """Take one apart."""
        own = self._rows(requests, "code", [made.code])[0]
        kept = {table: self._rows(table, column, [own["id"]]) for table, column in OF_REQUEST.items()}
        for table, (parent, column) in THROUGH.items():
            kept[table] = self._rows(table, column, [row["id"] for row in kept[parent]])
        dissecting = _Dissecting(Original(made, _moment(own["created_at"]).date()), self._dialect, self._resources)
        dissecting.know(made, kept[bills])
        for table, rows in kept.items():
            for row in rows:
                dissecting.take(table, row)
        return dissecting.finished()

    def _rows(self, table: Table, column: str, values: Sequence[Any]) -> list[Any]:
        columns = ", ".join(f'"{one.name}"' for one in table.columns)
        marks, order = ", ".join("?" * len(values)), ", ".join(one.name for one in table.primary_key)
        query = f'SELECT {columns} FROM {table.name} WHERE "{column}" IN ({marks}) ORDER BY {order}'  # noqa: S608
        return self._file.execute(query, list(values)).fetchall()


class _Dissecting:
    """One request under way. The first id that is met is the request's own."""

    def __init__(self, original: Original, dialect: Dialect, resources: Mapping[int, int]) -> None:
        self._original = original
        self._dialect = dialect
        self._resources = resources
        self._ids: dict[int, int] = {}
        self._named: dict[str, str] = {}
        self._words = re.compile(_WITHOUT_NAME)

    def know(self, made: Made, of_bills: Sequence[Any]) -> None:
        """Learn the words that only this request has; it has one bill at most."""
        self._named = {said: name for name, said in made.citizen.words.items()}
        self._named |= {made.code: "code", tracking_codes.display_code(made.code): "shown"}
        self._named |= {PLATE: "plate", persian_digits(PLATE): "plate_spoken"}
        for bill in of_bills:
            self._named |= {bill["bill_id"]: "bill_id", bill["payment_id"]: "payment_id"}
            self._original.billed = bill["amount"]
        named = "|".join(map(re.escape, sorted(self._named, key=len, reverse=True)))
        self._words = re.compile(f"(?P<named>{named})|{_WITHOUT_NAME}")

    def finished(self) -> Original:
        """Return what was found."""
        self._original.ids = len(self._ids)
        return self._original

    def take(self, table: Table, row: Any) -> None:
        """Take one row."""
        cells = [self._cell(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        columns = list(table.columns)[: -CHAINED if table is history else None]
        found = [(at, self._patch(column, row)) for at, column in enumerate(columns) if row[column.name] is not None]
        patches = [(at, patch) for at, patch in found if patch is not None]
        line = Line(table.name, cells, patches, _moment(row["at"]) if table is timers else None)
        if table is history:
            self._original.events.append(self._event(line, row))
        else:
            self._original.lines.append(line)

    def _cell(self, column: Column[Any], cell: Any) -> Any:
        if isinstance(column.type, UtcOrNever) and _moment(cell) == NEVER_COMES:
            return self._dialect.written(NEVER_COMES)
        return self._dialect.truth(cell) if isinstance(column.type, Boolean) else cell

    def _patch(self, column: Column[Any], row: Any) -> Patch | None:
        cell, place = row[column.name], (column.table.name, column.name)
        if place in UNIQUE:
            number = self._number(row["id"])
            return lambda copy: f"c-{copy.first_id + number}"
        if isinstance(column.type, Utc):
            moment = _moment(cell)
            return None if moment == NEVER_COMES else self._dialect.moment(moment, self._day(moment.date()))
        if column.name in NAMED:
            return NAMED[column.name](self._resources[cell] if column.name == "resource_id" else cell)
        return self._own_number(cell) if isinstance(cell, int) else self._own_words(cell)

    def _own_number(self, cell: int) -> Patch | None:
        if not LEAST_ID <= cell < MOST_ID:
            return None
        number = self._number(cell)
        return lambda copy: copy.first_id + number

    def _own_words(self, cell: str) -> Patch | None:
        pattern = self._pattern(cell)
        return (lambda copy: pattern % copy.words) if "%(" in pattern else None

    def _event(self, line: Line, row: Any) -> Event:
        payload = None if row["payload"] is None else json.loads(row["payload"])
        personal = encode_canonical({"actor": row["actor"], "note": row["note"], "payload": payload}).decode()
        names = ("actor_kind", "channel", "event", "from_state", "to_state")
        facts = encode_canonical([row[name] for name in names]).decode()[1:-1]
        at = _moment(row["at"])
        day, hour = self._day(at.date()), at.isoformat().partition("T")[2]
        return Event(line, self._pattern(personal), row["seq"], day, hour, facts)

    def _pattern(self, text: str) -> str:
        """Return the text with names in the place of what is the request's own."""
        return self._words.sub(self._name, text.replace("%", "%%"))

    def _name(self, match: re.Match[str]) -> str:
        word = match.group()
        match match.lastgroup:
            case "named":
                return f"%({self._named[word]})s"
            case "id":
                return f"%(id{self._number(int(word))})s"
            case "day":
                return f"%({self._day(date.fromisoformat(word))})s"
            case "unit":
                return "%(machine)s" if word.startswith("LD") else "%(operator)s"
        name = self._named.setdefault(word, f"token{len(self._original.tokens)}")
        if name not in self._original.tokens:
            self._original.tokens.append(name)
        return f"%({name})s"

    def _number(self, value: int) -> int:
        return self._ids.setdefault(value, len(self._ids))

    def _day(self, day: date) -> str:
        offset = (day - self._original.began).days
        self._original.days.add(offset)
        return f"day{offset}"


def _moment(text: str) -> datetime:
    """Read a moment as SQLite keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
