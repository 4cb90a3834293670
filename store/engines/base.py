"""What every engine offers to the repositories, so that nothing outside this package knows which database it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.errors import DomainError, Unavailable

Insert = postgresql.Insert | sqlite.Insert
"""An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, spelt alike by both dialects."""


class Engine(ABC):
    """One database. `reader` and `writer` begin the two sorts of transaction; they may share their connections.

    A reader sees one snapshot from its first statement to its end and cannot write. `now` is the database's time.
    `serialised` holds its parameter `key` to the end of the transaction, waiting for another holder first; None where
    writers are serial anyway.
    """

    reader: AsyncEngine
    writer: AsyncEngine
    now: ColumnElement[datetime]
    serialised: Executable | None

    def __init__(self) -> None:
        self._built: dict[Callable[[Engine], Executable], Executable] = {}

    def built(self, recipe: "Callable[[Engine], Executable]") -> Executable:
        """Return the statement of a recipe that needs this engine's own words, made once."""
        statement = self._built.get(recipe)
        if statement is None:
            statement = self._built[recipe] = recipe(self)
        return statement

    @abstractmethod
    def insert(self, table: Table) -> Insert:
        """Return the INSERT of this dialect."""

    @abstractmethod
    def later(self, seconds: ColumnElement[float]) -> ColumnElement[datetime]:
        """Return the database's time in so many seconds."""

    @abstractmethod
    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for one's turn to write, where writers must queue; held until the block ends."""

    @abstractmethod
    def migration(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open one transaction that changes the schema and keeps other migrations out; committed at its end."""

    @abstractmethod
    def fault(self, error: DBAPIError) -> DomainError | None:
        """Return what an error of this database means to the domain, None when it is a mistake of the code."""

    def told(self, error: BaseException) -> BaseException:
        """Return the domain error that stands for a failed statement or connection, else the error itself."""
        if isinstance(error, DBAPIError):
            lost = Unavailable("database") if error.connection_invalidated else None
            return self.fault(error) or lost or error
        if isinstance(error, StatementError) and isinstance(error.orig, DomainError):
            return error.orig  # raised by a column type while the values were bound
        if isinstance(error, PoolTimeout | OSError):
            return Unavailable("database")
        return error

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Raise failures of the block in the domain's words."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            told = self.told(error)
            if told is error:
                raise
            raise told from error

    async def close(self) -> None:
        """Close all connections."""
        await self.writer.dispose()
        if self.reader.pool is not self.writer.pool:
            await self.reader.dispose()


def code_of(error: DBAPIError, attribute: str) -> Any:
    """Return the driver's own error code, None when it has none."""
    return getattr(error.orig, attribute, None)
