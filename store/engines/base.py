"""What every engine offers to the repositories, so that nothing outside this package knows which database it is."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Dialect, Executable, NullPool, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.values.errors import DomainError
from store.engines.faults import LONGEST_CAUSE, DatabaseUnavailable, FaultKind, caused_by
from store.engines.health import Health
from store.engines.limits import ConnectionLimits
from store.engines.prepared import Prepared

Insert = postgresql.Insert | sqlite.Insert
"""An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, spelt alike by both dialects."""

Rows = Sequence[Sequence[Any]]

PREPARED = 1000
"""Statements that are kept ready; the repositories have some hundreds, the others are built for one question."""


class DriverSession(ABC):
    """One connection of the driver while a unit of work has it. It raises the driver's own errors."""

    long = False
    """Whether what is run now may take long, so that nothing else of the process may wait for it."""

    @abstractmethod
    async def begin(self, *, write: bool) -> None:
        """Begin a transaction: one that may write, or one that reads a single snapshot."""

    @abstractmethod
    async def plan(self, *, once: bool) -> None:
        """Have what follows in this transaction planned once for all values, or as the database itself sees fit."""

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""

    @abstractmethod
    async def rollback(self) -> None:
        """Undo it; harmless when there is none."""

    @abstractmethod
    async def run(self, sql: str, arguments: Sequence[Any], *, returns: bool) -> tuple[Rows, int]:
        """Run a statement; return its rows, and how many it gave or wrote."""

    @abstractmethod
    async def run_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """Run a statement that gives no rows, once for each set of parameters."""

    @abstractmethod
    async def later(self, sql: str, arguments: Sequence[Any]) -> None:
        """Run a statement whose result nobody asks for, at the latest before the next one or the commit."""

    @abstractmethod
    async def savepoint(self, name: str) -> None:
        """Mark a point to which the transaction can go back."""

    @abstractmethod
    async def back_to(self, name: str) -> None:
        """Undo what was done since that point."""

    @abstractmethod
    async def settle(self) -> None:
        """Run what `later` left."""

    @property
    @abstractmethod
    def lost(self) -> bool:
        """Whether the connection is gone, so that nothing can be run or undone on it any more."""


class DatabaseEngine(ABC):
    """One database: sessions for units of work, and connections of SQLAlchemy for work on the schema.

    `now` is the database's time. `dialect` tells the compiler which SQL to write.
    """

    dialect: ClassVar[Dialect]
    now: ClassVar[ColumnElement[datetime]]
    has_version: ClassVar[str]
    """A statement that gives one number, 0 when no version of the schema is noted."""

    side_by_side: ClassVar[bool] = False
    """Whether parts of a UNION ALL that indexes have in the order of the whole are read side by side, as far as its
    limit. Where each has a limit too, so many rows of each would be read; where each has none, PostgreSQL reads and
    sorts all there are (half a word beside a million requests: 450 ms instead of 10).
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.health = Health()

    def prepared(self, statement: Executable, names: tuple[str, ...]) -> Prepared:
        """Return a statement made ready for this kind of database and values of these names, once."""
        return _prepared(statement, self.dialect, names)

    def built(self, recipe: "Callable[[DatabaseEngine], Executable]") -> Executable:
        """Return the statement of a recipe that needs this kind of database's own words, made once."""
        statement = _BUILT.get((recipe, type(self)))
        if statement is None:
            statement = _BUILT[recipe, type(self)] = recipe(self)
        return statement

    @abstractmethod
    def insert(self, table: Table) -> Insert:
        """Return the INSERT of this dialect."""

    @abstractmethod
    def later(self, seconds: ColumnElement[float]) -> ColumnElement[datetime]:
        """Return the database's time in so many seconds."""

    @abstractmethod
    def session(self, *, write: bool) -> AbstractAsyncContextManager[DriverSession]:
        """Take a session, waiting for one's turn; given back when the block ends, with no transaction open on it."""

    @abstractmethod
    async def serialise(self, session: DriverSession, key: str) -> None:
        """Hold `key` to the end of the session's transaction, waiting for another holder first."""

    async def revision(self) -> str | None:
        """Return the version that the schema bears, None for a database without one."""
        with self.telling():
            async with self.session(write=False) as session:
                [(there,)], _ = await session.run(self.has_version, (), returns=True)
                if not there:
                    return None
                rows, _ = await session.run("SELECT version_num FROM alembic_version", (), returns=True)
                return str(rows[0][0]) if rows else None

    @abstractmethod
    def migration(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open one transaction that changes the schema and keeps other migrations out; committed at its end."""

    @abstractmethod
    def schema_engine(self) -> AsyncEngine:
        """Return a fresh engine of SQLAlchemy without a pool, for the caller to dispose of."""

    @asynccontextmanager
    async def inspection(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection of SQLAlchemy for work on a database of whichever schema; the caller commits."""
        engine = self.schema_engine()
        try:
            async with engine.connect() as connection:
                yield connection
        finally:
            await engine.dispose()

    @abstractmethod
    def fault(self, error: BaseException) -> DomainError | None:
        """Return what an error of the driver means to the domain, None when it is a mistake of the code."""

    @abstractmethod
    async def damage(self) -> str:
        """Look through the whole database, beside everybody else, and say what is broken in it; empty if nothing is."""

    async def examine(self) -> None:
        """Raise `DatabaseUnavailable` when something in the database is broken, and keep that in mind (`Health`)."""
        with self.telling():
            found = await self.damage()
        if found:
            fault = DatabaseUnavailable(FaultKind.DAMAGED, found[:LONGEST_CAUSE])
            self.health.failed(fault)
            raise fault

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    def abandon(self) -> None:
        """Cut off whatever waits for the database, as `Unavailable`: the process ends, and may wait no longer."""

    @abstractmethod
    def look_at_place(self) -> None:
        """Raise `DatabaseUnavailable` when the database is no longer where it was opened."""

    def told(self, error: BaseException, *, write: bool = True) -> BaseException:
        """Return the domain error that stands for a failed statement or connection, else the error itself.

        A unit that only reads and writes all the same is a mistake of the code, no database that cannot be written to.
        """
        if isinstance(error, SQLAlchemyError):  # from work on the schema
            error = getattr(error, "orig", None) or error
            error = getattr(error, "__cause__", None) or error
        fault = error if isinstance(error, DatabaseUnavailable) else self.fault(error)
        if fault is None and isinstance(error, OSError):
            fault = caused_by(FaultKind.NO_ANSWER, error)
        if isinstance(fault, DatabaseUnavailable):
            if fault.kind is FaultKind.READ_ONLY and not write:
                return error
            self.health.failed(fault)
        return fault or error

    def telling(self) -> "Telling":
        """Raise failures of the block in the domain's words."""
        return Telling(self)


class Telling:
    """Around what is asked of a driver."""

    __slots__ = ("_engine",)

    def __init__(self, engine: DatabaseEngine) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        """Raise the domain error that stands for the driver's, if there is one."""
        if isinstance(error, Exception):
            told = self._engine.told(error)
            if isinstance(told, DomainError) and told is not error:
                raise told from error


_BUILT: dict[tuple[Callable[[DatabaseEngine], Executable], type[DatabaseEngine]], Executable] = {}


@lru_cache(PREPARED)
def _prepared(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> Prepared:
    return Prepared(statement, dialect, names)


def schema_arguments(**more: Any) -> Mapping[str, Any]:
    """Return what every engine for work on the schema is made with: values stay out of its errors."""
    return {"poolclass": NullPool, "hide_parameters": True, **more}
