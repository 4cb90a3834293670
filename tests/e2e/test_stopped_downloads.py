"""A download that its reader stops is no fault of ours: the access log says 499, and nothing says ERROR."""

import asyncio
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

DEMONSTRATION = {"PISHKHAN_DEMO": "1", "PISHKHAN_SECRET_KEY": ""}
PASSWORD = "gomishan-1405"
OWNERS = 20_000
LONG = "خیابان امام، کوچه بهار، پلاک ۳، " * 20
"""The address of each: together more than any connection holds on its way."""


def many_owners(database: Path) -> None:
    """Give the taxi organisation so many owners that their sheet takes a while."""
    rows = ((10**12 + one, f"{10**9 + one}", "مالک", LONG) for one in range(OWNERS))
    day = "2026-11-01 03:30:00.000000"
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.executemany(f"INSERT INTO owners VALUES (?, ?, ?, NULL, ?, 0, '{day}', '{day}')", rows)  # noqa: S608


async def signed_in(office: Office) -> str:
    """The cookie of somebody who may take sheets along."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        form = {"username": "taxi_officer", "password": PASSWORD}
        async with browser.post(f"{office.url}/staff/sign-in", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            return "; ".join(f"{one.key}={one.value}" for one in answer.cookies.values())


async def stopped(office: Office, path: str, cookie: str) -> None:
    """Ask for a file, read its beginning, and go away."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", office.port))
    reader, writer = await asyncio.open_connection(sock=line)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    async with asyncio.timeout(patient(60)):
        assert (await reader.readline()).split()[1] == b"200"
    writer.transport.abort()


def access_lines(office: Office) -> list[str]:
    """Lines of the access log about the sheets."""
    return re.findall(r"GET /staff/\S*(?:/export/csv|reports/\S*kind\S*) (\d+) ", office.complained)


async def test_a_download_that_is_stopped_is_no_error() -> None:
    async with new_office("sqlite", settings=DEMONSTRATION) as office:
        await office.cli("migrate")
        await office.cli("demo", "load")
        await asyncio.to_thread(many_owners, office.home / "pishkhan.db")
        await office.open()
        cookie = await signed_in(office)
        await stopped(office, "/staff/registries/owner/export/csv", cookie)
        for _ in range(100):
            if access_lines(office):
                break
            await asyncio.sleep(0.1)
        assert access_lines(office) == ["499"]
        assert " ERROR " not in office.complained, office.complained[-3000:]
        assert await office.close() == 0
        office.assert_clean_log()
