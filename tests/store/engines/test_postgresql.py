"""Features of PostgreSQL alone: connections that the server cuts, and locks taken crosswise."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from domain.values.errors import Unavailable
from store.engines import build_engine
from store.engines.postgresql_session import PostgresqlSession
from store.unit_of_work import SqlStore, SqlUnit
from tests.support.factories import a_message, a_request
from tests.support.patience import patient

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[SqlStore]:
    """An open store on a database of its own."""
    opened = await SqlStore.connect(postgres_url)
    yield opened
    await opened.close()


async def cut(url: str) -> None:
    """End all other connections to the database, as a restart does."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


def session_of(uow: SqlUnit) -> PostgresqlSession:
    """The session below a unit."""
    session = uow._transaction.session
    assert isinstance(session, PostgresqlSession)
    return session


def connection_of(uow: SqlUnit) -> asyncpg.Connection:
    """The driver's connection below a unit, whichever proxy the pool gave out for it."""
    return session_of(uow).connection._con


async def test_a_cut_connection_fails_its_unit_and_no_other(store: SqlStore, postgres_url: str) -> None:
    request = a_request()

    async def be_cut() -> None:
        async with store.open_unit() as uow:
            await uow.requests.add(request)
            await cut(postgres_url)
            await uow.requests.get(request.id)

    with pytest.raises(Unavailable):
        await be_cut()
    async with store.open_unit() as uow:
        assert await uow.requests.add(request)


async def test_an_idle_connection_that_was_cut_is_not_used_again(store: SqlStore, postgres_url: str) -> None:
    async with store.open_unit() as uow:
        await uow.requests.list_live_states()
        idle = connection_of(uow)
    ended = asyncio.Event()
    idle.add_termination_listener(lambda _connection: ended.set())
    await cut(postgres_url)
    async with asyncio.timeout(patient(10)):
        await ended.wait()
    async with store.open_unit() as uow:
        assert await uow.requests.list_live_states() == set()
        assert connection_of(uow) is not idle


async def test_of_two_units_that_lock_crosswise_one_is_told_to_try_again(store: SqlStore) -> None:
    first, second = a_request(), a_request()
    async with store.open_unit() as uow:
        await uow.requests.add(first)
        await uow.requests.add(second)
    both_hold_one = asyncio.Barrier(2)

    async def lock(one: int, other: int) -> None:
        async with store.open_unit() as uow:
            await uow.requests.get(one, lock=True)
            await both_hold_one.wait()
            await uow.requests.get(other, lock=True)

    results = await asyncio.gather(lock(first.id, second.id), lock(second.id, first.id), return_exceptions=True)
    assert sorted(getattr(result, "kind", "") for result in results) == ["", "busy"]
    assert sum(isinstance(result, Unavailable) for result in results) == 1


async def test_sessions_name_themselves_and_speak_utc(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        rows, _ = await session_of(uow).execute(
            "SELECT current_setting('application_name'), current_setting('timezone'), "
            "current_setting('transaction_isolation'), current_setting('transaction_read_only')",
            (),
            returns=True,
        )
    assert [tuple(row) for row in rows] == [("pishkhan", "UTC", "repeatable read", "on")]


async def test_a_driver_confused_by_an_ended_session_is_an_unavailable_database(postgres_url: str) -> None:
    """Errors that asyncpg raises when the server's farewell comes amid an exchange; a race that no test can time."""
    engine = build_engine(postgres_url)
    with pytest.raises(Unavailable), engine.error_translation:
        raise asyncpg.InternalClientError("got result for unknown protocol state")


async def test_a_connection_lost_while_it_is_given_back_leaves_the_unit_its_outcome(postgres_url: str) -> None:
    engine = build_engine(postgres_url)
    async with engine.open_session(write=True) as session:
        assert isinstance(session, PostgresqlSession)
        await session.begin(write=True)
        await session.execute("CREATE TABLE kept (n int)", (), returns=False)
        await session.commit()
        asyncio.get_running_loop().call_soon(session.connection._con.terminate)
    async with engine.open_session(write=False) as session:
        rows, _ = await session.execute("SELECT count(*) FROM kept", (), returns=True)
    assert rows[0][0] == 0
    await engine.close()


async def test_a_unit_may_queue_any_number_of_texts(store: SqlStore) -> None:
    """Statements that travel together stay within the protocol's limit of parameters (32,767), and all of them
    arrive."""
    async with store.open_unit() as uow:
        for number in range(2000):
            await uow.outbox.add(a_message(text=f"{number}"))
    async with store.open_unit(write=False) as uow:
        texts = {message.text for message in await uow.outbox.list_recent(limit=3000)}
    assert texts == {f"{number}" for number in range(2000)}


async def test_a_wrong_argument_is_a_mistake_and_no_outage(store: SqlStore) -> None:
    with pytest.raises(asyncpg.DataError):
        async with store.open_unit() as uow:
            await session_of(uow).execute("SELECT $1::int", ["x"], returns=True)
    with pytest.raises(asyncpg.DataError):
        async with store.open_unit() as uow:
            await uow.requests.get("x")  # type: ignore[arg-type]  # the very mistake
