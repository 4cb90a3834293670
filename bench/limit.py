"""The limit that Pishkhan is compared with: bare transactions of one row, each on the disk before the next begins.

    python -m bench.limit DATABASE_URL SECONDS

SQLite by aiosqlite on one connection (write-ahead log, `synchronous=FULL`; it has one writer at a time, so that more
connections would only wait for each other); PostgreSQL by asyncpg on sixteen. The row is a number and a text as long
as a citizen's. Prints transactions a second.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial

import aiosqlite
import asyncpg

from bench.databases import SQLITE, sqlite_file

CONNECTIONS = 16
TEXT = "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام جنب پارک"
TABLE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"
ROW = "INSERT INTO bare (text) VALUES ($1)"
SERIAL = TABLE.replace("INTEGER", "BIGSERIAL")


async def repeat(once: Callable[[], Awaitable[object]], until: float) -> int:
    """Do it again and again; return how often."""
    done = 0
    while time.monotonic() < until:
        await once()
        done += 1
    return done


async def on_sqlite(url: str, seconds: float) -> int:
    """Count the transactions of one connection."""
    async with aiosqlite.connect(sqlite_file(url)) as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE):
            await connection.execute(statement)
        await connection.commit()

        async def once() -> None:
            await connection.execute("INSERT INTO bare (text) VALUES (?)", (TEXT,))
            await connection.commit()

        return await repeat(once, time.monotonic() + seconds)


async def on_postgresql(url: str, seconds: float) -> int:
    """Count the transactions of all connections together: a single statement is a transaction of its own."""
    async with asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        await pool.execute(SERIAL)
        until = time.monotonic() + seconds
        taken = [await pool.acquire() for _ in range(CONNECTIONS)]
        each = [repeat(partial(one.execute, ROW, TEXT), until) for one in taken]
        done = sum(await asyncio.gather(*each))
        for one in taken:
            await pool.release(one)
        return done


async def main(url: str, seconds: float) -> None:
    """Print the transactions a second."""
    bare = on_sqlite if url.startswith(SQLITE) else on_postgresql
    began = time.monotonic()
    done = await bare(url, seconds)
    print(done / (time.monotonic() - began))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
