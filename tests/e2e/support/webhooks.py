"""The webhooks as anybody on the network can call them, and what the municipality stored of it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import asyncpg
from aiohttp import ClientSession, FormData

from tests.e2e.support.office import Office

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: str


async def post(address: str, body: bytes | Mapping[str, str], media_type: str | None = None) -> Answer:
    """POST a form, or raw bytes as a form."""
    kind = media_type or "application/x-www-form-urlencoded"
    data: bytes | FormData = body if isinstance(body, bytes) else FormData(dict(body))
    headers = {"Content-Type": kind} if isinstance(body, bytes) else {}
    async with ClientSession() as session, session.post(address, data=data, headers=headers) as answer:
        return Answer(answer.status, await answer.text())


async def get(address: str, fields: Mapping[str, str] | None = None) -> Answer:
    """GET with a query."""
    async with ClientSession() as session, session.get(address, params=fields) as answer:
        return Answer(answer.status, await answer.text())


def form(**fields: bytes | str) -> bytes:
    """A form body from raw bytes, whatever they are; `from` is written `sender`."""
    named = {"from" if name == "sender" else name: value for name, value in fields.items()}
    return "&".join(f"{name}={quote_plus(value)}" for name, value in named.items()).encode()


async def stored(office: Office, column: str, value: str) -> list[dict[str, Any]]:
    """The rows of the inbox with that value in a column (`sender`, `provider_id`), read from the database itself."""
    url = office.settings["PISHKHAN_DATABASE_URL"]
    if url.startswith(SQLITE):
        connection = sqlite3.connect(f"file:{url.removeprefix(SQLITE)}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            rows = connection.execute(f"SELECT * FROM inbox WHERE {column} = ? ORDER BY id", [value])  # noqa: S608
            return [dict(row) for row in rows]
        finally:
            connection.close()
    server = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await server.fetch(f"SELECT * FROM inbox WHERE {column} = $1 ORDER BY id", value)]  # noqa: S608
    finally:
        await server.close()
