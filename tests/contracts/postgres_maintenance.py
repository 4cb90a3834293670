"""PostgreSQL's maintenance after many rows were added, so that statements are planned as on a real server."""

import asyncpg


async def vacuum_analyze(url: str) -> None:
    """Tidy a PostgreSQL up after many rows were added; SQLite needs nothing."""
    if url.startswith("postgresql"):
        connection = await asyncpg.connect(url)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
