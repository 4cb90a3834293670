"""Waits for PostgreSQL, and their length: silent connections, silent hosts, a server without a place, an end."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import make_url

from domain.values.errors import Unavailable
from store.engines.addresses import move_hosts_to_query, read_database_url, split_hosts, take_password, to_libpq_url
from store.engines.faults import DatabaseUnavailable
from store.engines.limits import ConnectionLimits
from store.unit_of_work import SqlStore
from tests.fakes.black_hole import BlackHole
from tests.support.patience import patient
from tests.support.postgres_server import CREDENTIALS

LIMITS = ConnectionLimits(connections=4, connect_seconds=0.5, wait_seconds=2.0, command_seconds=0.6)
pytestmark = pytest.mark.postgresql
NOW, MINUTE = datetime(2026, 11, 27, tzinfo=UTC), timedelta(minutes=1)


@pytest.fixture
async def network(postgres_url: str) -> AsyncIterator[BlackHole]:
    """Network between the store and its server."""
    async with BlackHole(make_url(postgres_url).port or 0) as proxy:
        yield proxy


@pytest.fixture
async def store(postgres_url: str, network: BlackHole) -> AsyncIterator[SqlStore]:
    """A store behind that network, with four connections open."""
    url = make_url(postgres_url).set(port=network.port).render_as_string(hide_password=False)
    opened = await SqlStore.connect(url, limits=LIMITS)
    all_are_open = asyncio.Barrier(4)
    await asyncio.gather(*(held(opened, all_are_open) for _ in range(4)))
    yield opened
    await opened.close()


async def held(store: SqlStore, all_are_open: asyncio.Barrier) -> None:
    async with store.open_unit() as uow:
        await uow.tariffs.list_all()
        await all_are_open.wait()


async def hit(store: SqlStore) -> int:
    async with store.open_unit() as uow:
        return await uow.lines.add_hit("x", NOW, MINUTE)


async def test_a_silent_connection_is_cut_and_those_beside_it_are_replaced(store: SqlStore, network: BlackHole) -> None:
    network.swallow(new=False)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await hit(store)
    assert [await hit(store) for _ in range(8)] == list(range(1, 9))
    assert time.monotonic() - began < patient(3)


async def test_while_nothing_answers_everybody_is_told_in_time(store: SqlStore, network: BlackHole) -> None:
    network.swallow(new=True)
    began = time.monotonic()
    results = await asyncio.gather(*(hit(store) for _ in range(12)), return_exceptions=True)
    assert {type(result).__mro__[1] for result in results} == {Unavailable}
    assert time.monotonic() - began < patient(5)
    network.forward()
    assert await hit(store) == 1


async def test_there_are_no_more_connections_than_the_setting_says(store: SqlStore, postgres_url: str) -> None:
    async def slowly() -> None:
        async with store.open_unit() as uow:
            await uow.tariffs.list_all()
            await asyncio.sleep(0.05)

    await asyncio.gather(*(slowly() for _ in range(20)))
    server = await asyncpg.connect(postgres_url)
    found = await server.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pishkhan'"
    )
    await server.close()
    assert found == LIMITS.connections


async def test_who_is_cut_off_while_nothing_answers_ends(store: SqlStore, network: BlackHole) -> None:
    network.swallow(new=True)
    async with asyncio.timeout(patient(5)):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await hit(store)


async def test_what_waits_at_the_end_of_the_process_is_let_go(store: SqlStore, network: BlackHole) -> None:
    network.swallow(new=True)
    waiting = asyncio.create_task(hit(store))
    await asyncio.sleep(0.1)
    store.abandon()
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable):
        await hit(store)
    assert time.monotonic() - began < patient(0.3)


async def test_of_several_hosts_one_that_hangs_is_passed_over(postgres_url: str) -> None:
    """Its kernel takes connections, and nobody ever answers on them."""
    parsed = make_url(postgres_url)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"127.0.0.1:{silent.getsockname()[1]},127.0.0.1:{parsed.port}"
        began = time.monotonic()
        store = await SqlStore.connect(f"postgresql://{CREDENTIALS}@{hosts}/{parsed.database}", limits=LIMITS)
        assert await hit(store) == 1
        assert time.monotonic() - began < patient(3)
        await store.close()


async def test_of_several_hosts_none_that_can_only_be_read_is_taken(postgres_url: str) -> None:
    parsed = make_url(postgres_url)
    server = await asyncpg.connect(postgres_url)
    await server.execute(f"ALTER DATABASE {parsed.database} SET default_transaction_read_only = on")
    await server.close()
    hosts = f"127.0.0.1:{parsed.port},localhost:{parsed.port}"
    with pytest.raises(Unavailable):
        await SqlStore.connect(f"postgresql://{CREDENTIALS}@{hosts}/{parsed.database}", limits=LIMITS)
    alone = await SqlStore.connect(postgres_url, limits=LIMITS)
    with pytest.raises(DatabaseUnavailable, match="read_only"):
        await hit(alone)
    await alone.close()


async def test_a_place_at_the_server_is_waited_for(postgres_url: str) -> None:
    admin = await asyncpg.connect(postgres_url)
    role = f"narrow_{make_url(postgres_url).database}"
    await admin.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD '{role}' CONNECTION LIMIT 1;"
        f" GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"
    )
    store = await SqlStore.connect(
        make_url(postgres_url).set(username=role, password=role).render_as_string(hide_password=False), limits=LIMITS
    )

    async def slowly() -> int:
        async with store.open_unit() as uow:
            count = await uow.lines.add_hit("x", NOW, MINUTE)
            await asyncio.sleep(0.1)
            return count

    assert sorted(await asyncio.gather(*(slowly() for _ in range(8)))) == list(range(1, 9))
    await store.close()
    with suppress(asyncpg.PostgresError):
        await admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    await admin.close()


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://u:s@one:5433,two/db?sslmode=require", ["one:5433", "two:5432"]),
        ("postgresql://u:s@/db?host=one:5433&host=two&sslmode=require", ["one:5433", "two:5432"]),
        ("postgresql://u:s@one:5433/db?sslmode=require", ["one:5433"]),
    ],
)
def test_hosts_are_read_as_libpq_reads_them(url: str, hosts: list[str]) -> None:
    parsed = make_url(move_hosts_to_query(url))
    assert list(split_hosts(parsed)) == [f"postgresql://u:s@{host}/db?sslmode=require" for host in hosts]
    if len(hosts) > 1:
        assert to_libpq_url(parsed).query == {"host": "one,two", "port": "5433,5432", "sslmode": "require"}


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://desk:s%40cret@host/name",
        "postgresql://desk:s%40cret@one:5432,two:5433/name",
        "postgresql://desk@host/name?sslmode=require&password=s%40cret",
        "postgresql://desk@/name?host=one:5432&host=two&password=s%40cret",
    ],
)
def test_arguments_of_programs_hold_neither_the_password_nor_stars(address: str) -> None:
    url, password = take_password(read_database_url(address))
    argument = to_libpq_url(url).render_as_string(hide_password=False)
    assert password == "s@cret"
    assert "cret" not in argument
    assert "*" not in argument
    assert argument.startswith("postgresql://desk@")
