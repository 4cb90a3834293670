"""The PostgreSQL that the tests start: own databases, cloned from a filled template, under a fake clock if need be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.support.fake_time import FakeTime
from tests.support.postgres_server import PostgresServer, RunningServer

pytestmark = pytest.mark.postgresql


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def make_table(url: str) -> None:
    """Fills a template."""
    async with connected(url) as connection:
        await connection.execute("CREATE TABLE words (word text); INSERT INTO words VALUES ('پیشخوان')")


async def test_clones_are_equal_and_apart(postgres_server: RunningServer) -> None:
    template = await postgres_server.create_template(make_table)
    first, second = [await postgres_server.create(template=template) for _ in range(2)]
    async with connected(postgres_server.url(first)) as one, connected(postgres_server.url(second)) as other:
        await one.execute("DELETE FROM words")
        assert await other.fetchval("SELECT word FROM words") == "پیشخوان"
        await postgres_server.drop(first)  # although a connection is open


async def test_a_test_has_a_database_of_its_own(postgres_url: str, empty_postgres_url: str) -> None:
    assert postgres_url != empty_postgres_url
    async with connected(empty_postgres_url) as connection:
        await connection.execute("CREATE EXTENSION pg_trgm")
        assert await connection.fetchval("SELECT similarity('پیگیری', 'پیگیری')") == 1


async def test_the_server_can_live_under_a_fake_clock(fake_time: FakeTime) -> None:
    with PostgresServer(env=fake_time.env()) as server:
        async with connected(server.url("postgres")) as connection:
            fake_time.advance(timedelta(days=40))
            now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    assert abs(now - fake_time.now()) < timedelta(seconds=5)
    assert now - datetime.now(UTC) > timedelta(days=39)
