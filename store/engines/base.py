"""Common interface of the engines for the repositories, so that nothing outside this package knows which database it
is."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from sqlalchemy import ColumnElement, Dialect, Executable, NullPool, Table
from sqlalchemy.exc import SQLAlchemyError

from domain.values.errors import DomainError
from store.engines.faults import LONGEST_CAUSE, DatabaseUnavailable, FaultKind, fault_from_error
from store.engines.health import Health
from store.engines.limits import ConnectionLimits
from store.engines.prepared import PreparedStatement

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Insert: TypeAlias = "postgresql.Insert | sqlite.Insert"
"""An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, spelt alike by both dialects."""

DriverRows = Sequence[Sequence[Any]]

PREPARED_STATEMENTS = 1000
"""Statements that are kept ready; the repositories have some hundreds, the others are built for one question."""


class DriverSession(ABC):
    """One connection of the driver while a unit of work has it. It raises the driver's own errors."""

    may_take_long = False
    """Whether what is run now may take long, so that nothing else of the process may wait for it."""

    @abstractmethod
    async def begin(self, *, write: bool) -> None:
        """Begin a transaction: one that may write, or one that reads a single snapshot."""

    @abstractmethod
    async def plan_statements(self, *, use_generic_plan: bool) -> None:
        """Have what follows in this transaction run by one plan for all values, or planned as the database sees fit."""

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""

    @abstractmethod
    async def rollback(self) -> None:
        """Undo it; harmless when there is none."""

    @abstractmethod
    async def execute(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[DriverRows, int]:
        """Run a statement; return its rows, and how many it gave or wrote."""

    @abstractmethod
    async def execute_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run a statement that gives no rows, once for each set of parameters."""

    @abstractmethod
    async def defer(self, sql: str, arguments: Sequence[Any]) -> None:
        """Run a statement whose result nobody asks for, at the latest before the next one or the commit."""

    @abstractmethod
    async def savepoint(self, name: str) -> None:
        """Mark a point to which the transaction can go back."""

    @abstractmethod
    async def roll_back_to(self, name: str) -> None:
        """Undo what was done since that point."""

    @abstractmethod
    async def run_deferred(self) -> None:
        """Run what `defer` left."""

    @property
    @abstractmethod
    def is_lost(self) -> bool:
        """Whether the connection is gone, so that nothing can be run or undone on it any more."""


class DatabaseEngine(ABC):
    """One database: sessions for units of work, and connections of SQLAlchemy for work on the schema.

    `now` is the database's time. `dialect` tells the compiler which SQL to write.
    """

    dialect: ClassVar[Dialect]
    now: ClassVar[ColumnElement[datetime]]
    version_count_sql: ClassVar[str]
    """A statement that gives one number, 0 when no version of the schema is noted."""

    reads_side_by_side: ClassVar[bool] = False
    """Whether parts of a UNION ALL that indexes have in the order of the whole are read side by side, as far as its
    limit. Where each has a limit too, so many rows of each would be read; where each has none, PostgreSQL reads and
    sorts all there are (half a word beside a million requests: 450 ms instead of 10).
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.health = Health()
        self.error_translation = ErrorTranslation(self)
        """Raises failures of a block in the domain's words."""

    def prepare_statement(
        self, statement: "Executable | StatementRecipe", parameter_names: tuple[str, ...]
    ) -> PreparedStatement:
        """Return a statement, or that of a recipe, made ready for this kind of database and values of these names,
        once.
        """
        if not isinstance(statement, Executable):
            built_statement = _BUILT_STATEMENTS.get((statement, type(self)))
            if built_statement is None:
                built_statement = _BUILT_STATEMENTS[statement, type(self)] = statement(self)
            statement = built_statement
        return _prepare_statement(statement, self.dialect, parameter_names)

    @abstractmethod
    def insert_into(self, table: Table) -> Insert:
        """Return the INSERT of this dialect."""

    @abstractmethod
    def time_after(self, seconds: ColumnElement[float]) -> ColumnElement[datetime]:
        """Return the database's time in so many seconds."""

    @abstractmethod
    def open_session(self, *, write: bool) -> AbstractAsyncContextManager[DriverSession]:
        """Take a session, waiting for one's turn; given back when the block ends, with no transaction open on it."""

    @abstractmethod
    async def serialise(self, session: DriverSession, key: str) -> None:
        """Hold `key` to the end of the session's transaction, waiting for another holder first."""

    async def read_revision(self) -> str | None:
        """Return the version that the schema bears, None for a database without one."""
        with self.error_translation:
            async with self.open_session(write=False) as session:
                [(version_count,)], _ = await session.execute(self.version_count_sql, (), returns=True)
                if not version_count:
                    return None
                rows, _ = await session.execute("SELECT version_num FROM alembic_version", (), returns=True)
                return str(rows[0][0]) if rows else None

    @abstractmethod
    def open_migration(self) -> AbstractAsyncContextManager["AsyncConnection"]:
        """Open one transaction that changes the schema and keeps other migrations out; committed at its end."""

    @abstractmethod
    def create_schema_engine(self) -> "AsyncEngine":
        """Return a fresh engine of SQLAlchemy without a pool, for the caller to dispose of."""

    @asynccontextmanager
    async def open_inspection(self) -> AsyncIterator["AsyncConnection"]:
        """Open a connection of SQLAlchemy for work on a database of whichever schema; the caller commits."""
        engine = self.create_schema_engine()
        try:
            async with engine.connect() as connection:
                yield connection
        finally:
            await engine.dispose()

    @abstractmethod
    def translate_error(self, error: BaseException) -> DomainError | None:
        """Return what an error of the driver means to the domain, None when it is a mistake of the code."""

    @abstractmethod
    async def find_damage(self) -> str:
        """Look through the whole database, beside everybody else, and say what is broken in it; empty if nothing is."""

    async def check_integrity(self) -> None:
        """Raise `DatabaseUnavailable` when something in the database is broken, and keep that in mind (`Health`)."""
        with self.error_translation:
            damage = await self.find_damage()
        if damage:
            fault = DatabaseUnavailable(FaultKind.DAMAGED, damage[:LONGEST_CAUSE])
            self.health.note_fault(fault)
            raise fault

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    def abandon(self) -> None:
        """Cut off whatever waits for the database, as `Unavailable`: the process ends, and may wait no longer."""

    @abstractmethod
    def check_location(self) -> None:
        """Raise `DatabaseUnavailable` when the database is no longer where it was opened."""

    def to_domain_error(self, error: BaseException, *, write: bool = True) -> BaseException:
        """Return the domain error for a failed statement or connection, else the error itself.

        A unit that only reads and writes all the same is a mistake of the code, no database that cannot be written to.
        """
        if isinstance(error, SQLAlchemyError):  # from work on the schema
            error = getattr(error, "orig", None) or error
            error = getattr(error, "__cause__", None) or error
        fault = error if isinstance(error, DatabaseUnavailable) else self.translate_error(error)
        if fault is None and isinstance(error, OSError):
            fault = fault_from_error(FaultKind.NO_ANSWER, error)
        if isinstance(fault, DatabaseUnavailable):
            if fault.kind is FaultKind.READ_ONLY and not write:
                return error
            self.health.note_fault(fault)
        return fault or error


class ErrorTranslation:
    """Around what is asked of a driver."""

    __slots__ = ("_engine",)

    def __init__(self, engine: DatabaseEngine) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        """Raise the domain error for the driver's, if there is one."""
        if isinstance(error, Exception):
            translated = self._engine.to_domain_error(error)
            if isinstance(translated, DomainError) and translated is not error:
                raise translated from error


StatementRecipe = Callable[[DatabaseEngine], Executable]
"""Builds a statement that needs the engine's own words; a module-level function, so that it is built once."""

_BUILT_STATEMENTS: dict[tuple[StatementRecipe, type[DatabaseEngine]], Executable] = {}


@lru_cache(PREPARED_STATEMENTS)
def _prepare_statement(statement: Executable, dialect: Dialect, parameter_names: tuple[str, ...]) -> PreparedStatement:
    return PreparedStatement(statement, dialect, parameter_names)


def schema_arguments(**more_arguments: Any) -> Mapping[str, Any]:
    """Return what every engine for work on the schema is made with: values stay out of its errors."""
    return {"poolclass": NullPool, "hide_parameters": True, **more_arguments}
