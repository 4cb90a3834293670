"""The open transaction as the repositories see it: it runs statements and tells failures in the domain's words."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import CursorResult, Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Unavailable
from store.engines.base import Engine

Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]
AnyRow = Row[*tuple[Any, ...]]
Recipe = Callable[[Engine], Executable]
"""Builds a statement that needs the engine's own words; a module-level function, so that it is built once."""


class Work:
    """One transaction. Once a statement has failed, nothing more is run and nothing is committed: `failure` says why.

    PostgreSQL gives a failed transaction up by itself, and would answer COMMIT with a silent rollback; so does this
    class, on every engine. `outbox_grew` tells whether a message was queued.
    """

    def __init__(self, connection: AsyncConnection, engine: Engine) -> None:
        self._connection = connection
        self._engine = engine
        self.failure: Exception | None = None
        self.outbox_grew = False

    async def run(self, statement: Executable | Recipe, values: Values | None = None) -> CursorResult[Any]:
        """Run a statement, or many rows of it; raises domain errors (`Conflict` when a unique key is taken)."""
        executable = statement if isinstance(statement, Executable) else self._engine.built(statement)
        with self._noting():
            return await self._connection.execute(executable, values)

    async def rows(self, statement: Executable | Recipe, values: Values | None = None) -> Sequence[AnyRow]:
        """Return all rows."""
        return (await self.run(statement, values)).all()

    async def row(self, statement: Executable | Recipe, values: Values | None = None) -> AnyRow | None:
        """Return the first row, None when there is none."""
        return (await self.run(statement, values)).first()

    async def value(self, statement: Executable | Recipe, values: Values | None = None) -> Any:
        """Return the first column of the first row, None when there is none."""
        return (await self.run(statement, values)).scalar()

    async def count(self, statement: Executable | Recipe, values: Values | None = None) -> int:
        """Return how many rows the statement wrote."""
        return (await self.run(statement, values)).rowcount

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Open a part that rolls back alone when it raises (a savepoint); the transaction itself can go on.

        That needs a connection that still works: after a cancellation or a lost connection everything is lost.
        """
        with self._noting():
            savepoint = await self._connection.begin_nested()
        try:
            yield
            with self._noting():
                await savepoint.commit()
        except Exception:
            if not self._connection.invalidated:
                self.failure = None
                with self._noting():
                    await savepoint.rollback()
            raise
        except BaseException:
            self.failure = Unavailable("database")
            raise

    async def serialise(self, key: str) -> None:
        """Hold `key` to the end of the transaction, waiting for another holder first."""
        if self._engine.serialised is not None:
            await self.run(self._engine.serialised, {"key": key})

    @contextmanager
    def _noting(self) -> Iterator[None]:
        if self.failure:
            raise self.failure
        try:
            yield
        except BaseException as error:
            told = self._engine.told(error)
            self.failure = told if isinstance(told, Exception) else Unavailable("database")
            if told is error:
                raise
            raise told from error


class Repository:
    """One subject's statements in one unit of work."""

    __slots__ = ("_work",)

    def __init__(self, work: Work) -> None:
        self._work = work
