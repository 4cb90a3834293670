"""The open transaction as the repositories see it: it runs statements and raises failures in the domain's words."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Executable

from domain.values.errors import Unavailable
from store.engines.base import DatabaseEngine, DriverSession, StatementRecipe
from store.engines.prepared import Row

ParameterValues = Mapping[str, Any]


class _StatementGuard:
    """Around each statement: refuses it after a failure, notes a failure, raises it in the domain's words."""

    __slots__ = ("_engine", "_transaction")

    def __init__(self, transaction: "SqlTransaction", engine: DatabaseEngine) -> None:
        self._transaction = transaction
        self._engine = engine

    def __enter__(self) -> None:
        if self._transaction.failure:
            raise self._transaction.failure

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is None:
            return
        translated = self._engine.to_domain_error(error, write=self._transaction.write)
        self._transaction.failure = translated if isinstance(translated, Exception) else Unavailable("database")
        if translated is not error:
            raise translated from error


class SqlTransaction:
    """One transaction. Once a statement has failed, nothing more is run and nothing is committed: `failure` says why.

    PostgreSQL gives a failed transaction up by itself, and would answer COMMIT with a silent rollback; so does this
    class, on every engine. `queued_channels` names the channels in which a message was queued.
    """

    def __init__(self, session: DriverSession, engine: DatabaseEngine, *, write: bool) -> None:
        self.session = session
        self.engine = engine
        self.write = write
        self._savepoints = count(1)
        self.failure: Exception | None = None
        self.queued_channels: set[str] = set()
        self._guard = _StatementGuard(self, engine)

    async def fetch_rows(
        self, statement: Executable | StatementRecipe, values: ParameterValues | None = None
    ) -> list[Row]:
        """Return all rows; raises domain errors (`Conflict` when a unique key is taken)."""
        rows, _ = await self._execute(statement, values or {})
        return rows

    async def fetch_row(
        self, statement: Executable | StatementRecipe, values: ParameterValues | None = None
    ) -> Row | None:
        """Return the first row, None when there is none."""
        rows, _ = await self._execute(statement, values or {})
        return rows[0] if rows else None

    async def fetch_value(self, statement: Executable | StatementRecipe, values: ParameterValues | None = None) -> Any:
        """Return the first column of the first row, None when there is none."""
        row = await self.fetch_row(statement, values)
        return row[0] if row else None

    async def count_written(
        self, statement: Executable | StatementRecipe, values: ParameterValues | None = None
    ) -> int:
        """Return how many rows the statement wrote."""
        _, row_count = await self._execute(statement, values or {})
        return row_count

    async def execute(
        self, statement: Executable | StatementRecipe, values: ParameterValues | Sequence[ParameterValues] | None = None
    ) -> None:
        """Run a statement whose result nobody asks for, or many rows of it."""
        if values is None or isinstance(values, Mapping):
            await self._execute(statement, values or {})
        elif values:
            await self._execute_many(statement, values)

    async def plan_statements(self, *, use_generic_plan: bool) -> None:
        """Have what follows run by one plan for all values (a generic plan), or planned as the database sees fit."""
        with self._guard:
            await self.session.plan_statements(use_generic_plan=use_generic_plan)

    @contextmanager
    def running_long(self) -> Iterator[None]:
        """Have statements that look through whole tables run where nothing else of the process waits for them."""
        self.session.may_take_long = True
        try:
            yield
        finally:
            self.session.may_take_long = False

    async def defer(self, statement: Executable | StatementRecipe, values: ParameterValues) -> None:
        """Run a statement whose result nobody asks for, at the latest before the next one or the commit.

        Several travel together. None of them may depend on another one; what the database says of one is raised late.
        """
        with self._guard:
            prepared = self.engine.prepare_statement(statement, tuple(values))
            await self.session.defer(*prepared.bind_values(values))

    async def _execute(self, statement: Executable | StatementRecipe, values: ParameterValues) -> tuple[list[Row], int]:
        with self._guard:
            prepared = self.engine.prepare_statement(statement, tuple(values))
            sql, arguments = prepared.bind_values(values)
            rows, row_count = await self.session.execute(sql, arguments, returns=prepared.returns)
            return prepared.read_rows(rows) if rows else [], row_count

    async def _execute_many(
        self, statement: Executable | StatementRecipe, value_sets: Sequence[ParameterValues]
    ) -> None:
        with self._guard:
            prepared = self.engine.prepare_statement(statement, tuple(value_sets[0]))
            bound_statements = [prepared.bind_values(values) for values in value_sets]
            await self.session.execute_many(bound_statements[0][0], [arguments for _, arguments in bound_statements])

    @asynccontextmanager
    async def open_savepoint(self) -> AsyncIterator[None]:
        """Open a part that rolls back alone when it raises (a savepoint); the transaction itself can go on.

        That needs a database that still works: after a cancellation, a lost connection or `Unavailable` everything is
        lost. Whoever catches `Unavailable` inside the unit, to word it for a person, cannot have the unit committed:
        it would acknowledge a message of which nothing was done.
        """
        name = f"attempt_{next(self._savepoints)}"
        with self._guard:
            await self.session.savepoint(name)
        try:
            yield
            if self.failure:
                raise self.failure
        except Exception:
            if not self.session.is_lost and not isinstance(self.failure, Unavailable):
                self.failure = None
                with self._guard:
                    await self.session.roll_back_to(name)
            raise
        except BaseException:
            self.failure = Unavailable("database")
            raise

    async def serialise(self, key: str) -> None:
        """Hold `key` to the end of the transaction, waiting for another holder first."""
        with self._guard:
            await self.engine.serialise(self.session, key)


@asynccontextmanager
async def open_transaction(engine: DatabaseEngine, *, write: bool) -> AsyncIterator[SqlTransaction]:
    """Open a transaction that is committed when the block ends and rolled back on any exception."""
    async with AsyncExitStack() as exit_stack:
        with engine.error_translation:
            session = await exit_stack.enter_async_context(engine.open_session(write=write))
        try:
            with engine.error_translation:
                await session.begin(write=write)  # cancelled, it may begin in the connection's thread all the same
            open_work = SqlTransaction(session, engine, write=write)
            yield open_work
            if open_work.failure:
                raise open_work.failure  # swallowed inside the block: the transaction cannot be committed any more
            with engine.error_translation:
                await session.commit()
        except BaseException:
            await session.rollback()
            raise


class Repository:
    """One subject's statements in one unit of work."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction
