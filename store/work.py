"""The open transaction as the repositories see it: it runs statements and tells failures in the domain's words."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Executable

from domain.values.errors import Unavailable
from store.engines.base import DatabaseEngine, DriverSession
from store.engines.prepared import Row

Values = Mapping[str, Any]
Recipe = Callable[[DatabaseEngine], Executable]
"""Builds a statement that needs the engine's own words; a module-level function, so that it is built once."""


class _Noting:
    """Around each statement: refuses it after a failure, notes a failure, raises it in the domain's words."""

    __slots__ = ("_engine", "_work")

    def __init__(self, work: "SqlTransaction", engine: DatabaseEngine) -> None:
        self._work = work
        self._engine = engine

    def __enter__(self) -> None:
        if self._work.failure:
            raise self._work.failure

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is None:
            return
        told = self._engine.told(error, write=self._work.write)
        self._work.failure = told if isinstance(told, Exception) else Unavailable("database")
        if told is not error:
            raise told from error


class SqlTransaction:
    """One transaction. Once a statement has failed, nothing more is run and nothing is committed: `failure` says why.

    PostgreSQL gives a failed transaction up by itself, and would answer COMMIT with a silent rollback; so does this
    class, on every engine. `queued_in` names the channels in which a message was queued.
    """

    def __init__(self, session: DriverSession, engine: DatabaseEngine, *, write: bool) -> None:
        self.session = session
        self.engine = engine
        self.write = write
        self._savepoints = count(1)
        self.failure: Exception | None = None
        self.queued_in: set[str] = set()
        self._noting = _Noting(self, engine)

    async def rows(self, statement: Executable | Recipe, values: Values | None = None) -> list[Row]:
        """Return all rows; raises domain errors (`Conflict` when a unique key is taken)."""
        rows, _ = await self._run(statement, values or {})
        return rows

    async def row(self, statement: Executable | Recipe, values: Values | None = None) -> Row | None:
        """Return the first row, None when there is none."""
        rows, _ = await self._run(statement, values or {})
        return rows[0] if rows else None

    async def value(self, statement: Executable | Recipe, values: Values | None = None) -> Any:
        """Return the first column of the first row, None when there is none."""
        row = await self.row(statement, values)
        return row[0] if row else None

    async def count(self, statement: Executable | Recipe, values: Values | None = None) -> int:
        """Return how many rows the statement wrote."""
        _, number = await self._run(statement, values or {})
        return number

    async def run(self, statement: Executable | Recipe, values: Values | Sequence[Values] | None = None) -> None:
        """Run a statement whose result nobody asks for, or many rows of it."""
        if values is None or isinstance(values, Mapping):
            await self._run(statement, values or {})
        elif values:
            await self._run_many(statement, values)

    async def plan(self, *, once: bool) -> None:
        """Have what follows planned once, where no value asks for a plan of its own, or as the database sees fit."""
        with self._noting:
            await self.session.plan(once=once)

    @contextmanager
    def long(self) -> Iterator[None]:
        """Have statements that look through whole tables run where nothing else of the process waits for them."""
        self.session.long = True
        try:
            yield
        finally:
            self.session.long = False

    async def later(self, statement: Executable | Recipe, values: Values) -> None:
        """Run a statement whose result nobody asks for, at the latest before the next one or the commit.

        Several travel together. None of them may depend on another one; what the database says of one is raised late.
        """
        with self._noting:
            prepared = self.engine.prepared(self._built(statement), tuple(values))
            await self.session.later(*prepared.bound(values))

    async def _run(self, statement: Executable | Recipe, values: Values) -> tuple[list[Row], int]:
        with self._noting:
            prepared = self.engine.prepared(self._built(statement), tuple(values))
            sql, arguments = prepared.bound(values)
            rows, number = await self.session.run(sql, arguments, returns=prepared.returns)
            return prepared.read(rows) if rows else [], number

    async def _run_many(self, statement: Executable | Recipe, many: Sequence[Values]) -> None:
        with self._noting:
            prepared = self.engine.prepared(self._built(statement), tuple(many[0]))
            bound = [prepared.bound(values) for values in many]
            await self.session.run_many(bound[0][0], [arguments for _, arguments in bound])

    def _built(self, statement: Executable | Recipe) -> Executable:
        return statement if isinstance(statement, Executable) else self.engine.built(statement)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Open a part that rolls back alone when it raises (a savepoint); the transaction itself can go on.

        That needs a database that still works: after a cancellation, a lost connection or `Unavailable` everything is
        lost. Whoever catches `Unavailable` inside the unit, to word it for a person, cannot have the unit committed:
        it would acknowledge a message of which nothing was done.
        """
        name = f"attempt_{next(self._savepoints)}"
        with self._noting:
            await self.session.savepoint(name)
        try:
            yield
            if self.failure:
                raise self.failure
        except Exception:
            if not self.session.lost and not isinstance(self.failure, Unavailable):
                self.failure = None
                with self._noting:
                    await self.session.back_to(name)
            raise
        except BaseException:
            self.failure = Unavailable("database")
            raise

    async def serialise(self, key: str) -> None:
        """Hold `key` to the end of the transaction, waiting for another holder first."""
        with self._noting:
            await self.engine.serialise(self.session, key)


@asynccontextmanager
async def transaction(engine: DatabaseEngine, *, write: bool) -> AsyncIterator[SqlTransaction]:
    """Open a transaction that is committed when the block ends and rolled back on any exception."""
    async with AsyncExitStack() as stack:
        with engine.telling():
            session = await stack.enter_async_context(engine.session(write=write))
            await session.begin(write=write)
        try:
            work = SqlTransaction(session, engine, write=write)
            yield work
            if work.failure:
                raise work.failure  # swallowed inside the block: the transaction cannot be committed any more
            with engine.telling():
                await session.commit()
        except BaseException:
            await session.rollback()
            raise


class Repository:
    """One subject's statements in one unit of work."""

    __slots__ = ("_work",)

    def __init__(self, work: SqlTransaction) -> None:
        self._work = work
