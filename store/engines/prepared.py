"""Core statements made ready for a driver: written once, then only the values change.

SQLAlchemy's own way to run a statement looks it up, wraps it and its result again each time, which costs several times
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

_REQUIRED_VALUE = object()


class PreparedStatement:
    """One statement for one driver; `parameter_names` are the values that it is run with, which decide what an
    INSERT fills.

    `returns` tells whether it gives rows.
    """

    __slots__ = ("_compiled", "_constants", "_expands", "_inputs", "_outputs", "_sql", "returns")

    def __init__(self, statement: Executable, dialect: Dialect, parameter_names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(parameter_names))  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler), "what is run is written by the SQL compiler"  # noqa: S101
        self._compiled = compiled
        columns = list(getattr(statement, "exported_columns", ()))
        self.returns = bool(columns)
        value_readers = enumerate(_find_reader(column.type, dialect) for column in columns)
        self._outputs = [
            (position, value_reader) for position, value_reader in value_readers if value_reader is not None
        ]
        self._expands = any(compiled.bind_names[bind] in parameter_names for bind in compiled.post_compile_params)
        self._sql, members = str(compiled), dict[str, Any]()
        parameter_order: Sequence[str] | None = compiled.positiontup
        if not self._expands and (compiled.literal_execute_params or compiled.post_compile_params):
            self._sql, parameter_order, members = _expand_constants(compiled, parameter_names)
        parameter_inputs = (
            []
            if self._expands
            else list(_list_inputs(compiled, parameter_order or (), dialect, frozenset(parameter_names), members))
        )
        self._inputs = [(parameter_name, writer) for parameter_name, writer, _ in parameter_inputs]
        self._constants = {
            parameter_name: constant
            for parameter_name, _, constant in parameter_inputs
            if constant is not _REQUIRED_VALUE
        }

    def bind_values(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the text and its parameters in order; raises what a column type says of a value."""
        if self._expands:
            return self._bind_expanded(values)
        all_values = {**self._constants, **values} if self._constants else values
        return self._sql, [
            all_values[parameter_name] if writer is None else writer(all_values[parameter_name])
            for parameter_name, writer in self._inputs
        ]

    def _bind_expanded(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Write the text again: a list among the values takes as many parameters as it has members."""
        state = self._compiled.construct_expanded_state(dict(values))
        writers = {**_find_writers(self._compiled, self._compiled.dialect), **state.processors}
        parameters = state.parameters
        return state.statement, [
            writers[parameter_name](parameters[parameter_name])
            if writers.get(parameter_name)
            else parameters[parameter_name]
            for parameter_name in state.positiontup or ()
        ]

    def read_rows(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        """Return rows of the driver with the domain's values in them."""
        return [self._read_row(row) for row in rows] if self._outputs else [tuple(row) for row in rows]

    def _read_row(self, row: Sequence[Any]) -> Row:
        values = list(row)
        for position, value_reader in self._outputs:
            if values[position] is not None:
                values[position] = value_reader(values[position])
        return tuple(values)


def _expand_constants(
    compiled: SQLCompiler, parameter_names: Sequence[str]
) -> tuple[str, Sequence[str] | None, dict[str, Any]]:
    """Return the text with a parameter for each member of the lists in it, which are the same each time (`phase IN …`),
    the order of its parameters, and those members as they are written.
    """
    state = compiled.construct_expanded_state(dict.fromkeys(parameter_names))
    members = {
        name: state.processors[name](value) if name in state.processors else value
        for name, value in state.parameters.items()
        if name not in compiled.binds
    }
    return state.statement, state.positiontup, members


def _list_inputs(
    compiled: SQLCompiler,
    parameter_order: Sequence[str],
    dialect: AnyDialect,
    parameter_names: frozenset[str],
    members: Mapping[str, Any],
) -> Iterator[tuple[str, Processor | None, Any]]:
    """Yield (name, how it is written, `_REQUIRED_VALUE` or the constant) for each parameter; constants come written,
    as the `members` of constant lists do.
    """
    writers = _find_writers(compiled, dialect)
    prefetched_columns = ((column.key, column.default) for column in compiled.insert_prefetch)
    defaults = {
        key: default.arg for key, default in prefetched_columns if isinstance(default, ScalarElementColumnDefault)
    }
    for parameter_name in parameter_order:
        if parameter_name in members:
            yield parameter_name, None, members[parameter_name]
            continue
        writer = writers.get(parameter_name)
        if parameter_name in parameter_names:
            yield parameter_name, writer, _REQUIRED_VALUE
            continue
        bind = compiled.binds[parameter_name]
        if bind.required and parameter_name not in defaults:
            raise ValueError(f"a value is required for {parameter_name!r}")
        constant = defaults.get(parameter_name, bind.effective_value)
        yield parameter_name, None, constant if writer is None else writer(constant)


def _find_writers(compiled: SQLCompiler, dialect: AnyDialect) -> dict[str, Processor]:
    writers_by_name = {parameter_name: _find_writer(bind, dialect) for parameter_name, bind in compiled.binds.items()}
    return {parameter_name: writer for parameter_name, writer in writers_by_name.items() if writer is not None}


def _find_writer(bind: BindParameter[Any], dialect: AnyDialect) -> Processor | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _find_reader(column_type: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return column_type.dialect_impl(dialect).result_processor(dialect, None)
