"""Core statements made ready for a driver: written once, then only the values change.

SQLAlchemy's own way to run a statement looks it up, wraps it and its result anew each time, which costs several times
what the driver needs. Here its compiler writes the text, its types convert the values, and nothing else is in between.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Dialect, Executable
from sqlalchemy.engine.interfaces import Dialect as AnyDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Processor = Callable[[Any], Any]

_REQUIRED = object()


class Prepared:
    """One statement for one driver; `names` are the values that it is run with, which decide what an INSERT fills.

    `returns` tells whether it gives rows.
    """

    __slots__ = ("_compiled", "_constants", "_expands", "_inputs", "_outputs", "_sql", "returns")

    def __init__(self, statement: Executable, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler), "what is run is written by the SQL compiler"  # noqa: S101
        self._compiled = compiled
        columns = list(getattr(statement, "exported_columns", ()))
        self.returns = bool(columns)
        reads = enumerate(_reads(column.type, dialect) for column in columns)
        self._outputs = [(place, read) for place, read in reads if read is not None]
        self._expands = bool(compiled.post_compile_params)
        self._sql = str(compiled)
        if not self._expands and compiled.literal_execute_params:
            state = compiled.construct_expanded_state(dict.fromkeys(names))
            self._sql, order = state.statement, state.positiontup
        else:
            order = compiled.positiontup
        inputs = [] if self._expands else list(_inputs(compiled, order or (), dialect, frozenset(names)))
        self._inputs = [(name, write) for name, write, _ in inputs]
        self._constants = {name: given for name, _, given in inputs if given is not _REQUIRED}

    def bound(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the text and its parameters in order; raises what a column type says of a value."""
        if self._expands:
            return self._expanded(values)
        given = {**self._constants, **values} if self._constants else values
        return self._sql, [given[name] if write is None else write(given[name]) for name, write in self._inputs]

    def _expanded(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Write the text anew: a list among the values takes as many parameters as it has members."""
        state = self._compiled.construct_expanded_state(dict(values))
        writes = {**_writers(self._compiled, self._compiled.dialect), **state.processors}
        given = state.parameters
        return state.statement, [
            writes[name](given[name]) if writes.get(name) else given[name] for name in state.positiontup or ()
        ]

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        """Return rows of the driver with the domain's values in them."""
        return [self._read(row) for row in rows] if self._outputs else [tuple(row) for row in rows]

    def _read(self, row: Sequence[Any]) -> Row:
        values = list(row)
        for place, read in self._outputs:
            if values[place] is not None:
                values[place] = read(values[place])
        return tuple(values)


def _inputs(
    compiled: SQLCompiler, order: Sequence[str], dialect: AnyDialect, names: frozenset[str]
) -> Iterator[tuple[str, Processor | None, Any]]:
    """Yield (name, how it is written, `_REQUIRED` or the constant) for each parameter; constants come written."""
    writers = _writers(compiled, dialect)
    prefetched = ((column.key, column.default) for column in compiled.insert_prefetch)
    defaults = {key: default.arg for key, default in prefetched if isinstance(default, ScalarElementColumnDefault)}
    for name in order:
        write = writers.get(name)
        if name in names:
            yield name, write, _REQUIRED
            continue
        bind = compiled.binds[name]
        if bind.required and name not in defaults:
            raise ValueError(f"a value is required for {name!r}")
        constant = defaults.get(name, bind.effective_value)
        yield name, None, constant if write is None else write(constant)


def _writers(compiled: SQLCompiler, dialect: AnyDialect) -> dict[str, Processor]:
    found = {name: _writes(bind, dialect) for name, bind in compiled.binds.items()}
    return {name: write for name, write in found.items() if write is not None}


def _writes(bind: BindParameter[Any], dialect: AnyDialect) -> Processor | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _reads(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
