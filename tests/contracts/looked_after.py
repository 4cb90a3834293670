"""A database in the state in which a server keeps it, so that statements are run as they are there."""

import asyncpg


async def look_after(url: str) -> None:
    """Tidy a PostgreSQL up after many rows were added; SQLite needs nothing."""
    if url.startswith("postgresql"):
        connection = await asyncpg.connect(url)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
