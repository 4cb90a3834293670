"""Somebody of the revenue unit who brings a settlement file to the staff's site and has it booked there."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from aiohttp import ClientSession, CookieJar, FormData

from bench.footprints import LOOK_EVERY_SECONDS, Footprint
from bench.staff import first_sign_in

MOST_LINES = 190_000
"""Lines of a file that the page takes: 10 MiB, 50 to 54 bytes a line."""

MOST_SECONDS = 3_600
_PAGE = "/staff/settlement"
_HIDDEN = re.compile(r'name="(csrf|version)" value="([^"]*)"')


class SettlementPage:
    """The site in a browser; `footprint` is looked at while the server works."""

    def __init__(self, port: int, footprint: Footprint) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._footprint = footprint
        self._browser = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._browser.close()

    async def sign_in(self, made_password: str) -> None:
        """Open a session with a made password."""
        await first_sign_in(self._browser, self._address, "revenue", made_password)

    async def book_file(self, file: Path, layout: str) -> None:
        """Bring a file, wait until it is examined, confirm it, and wait until it is booked."""
        hidden = _read_hidden(await self._read_page(_PAGE))
        address = await self._bring(file, {"csrf": hidden["csrf"], "layout": layout})
        page = await self._wait(address)
        if f"{address}/book" not in page:
            raise SystemExit(f"{address} cannot be booked: {page[-2000:]}")
        await self._post(f"{address}/book", _read_hidden(page[page.index(f"{address}/book") :]))
        await self._wait(address)

    async def _bring(self, file: Path, fields: Mapping[str, str]) -> str:
        with file.open("rb") as stream:
            form = FormData(fields)
            form.add_field("file", stream, filename=file.name, content_type="text/csv")
            bringing = asyncio.create_task(self._post(_PAGE, form))
            while not bringing.done():
                await self._look()
            return await bringing

    async def _wait(self, address: str) -> str:
        """Look at the page of a file until the server has done with it; return the page."""
        async with asyncio.timeout(MOST_SECONDS):
            while "<progress" in (page := await self._read_page(address)):
                await self._look()
        return page

    async def _look(self) -> None:
        self._footprint.look()
        await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _read_page(self, path: str) -> str:
        async with self._browser.get(f"{self._address}{path}") as answer:
            if answer.status != 200:
                raise SystemExit(f"{path} was answered {answer.status}")
            return await answer.text()

    async def _post(self, path: str, form: FormData | Mapping[str, str]) -> str:
        """Post a form; return where it leads."""
        async with self._browser.post(f"{self._address}{path}", data=form, allow_redirects=False) as answer:
            if answer.status != 303:
                raise SystemExit(f"{path} was answered {answer.status}: {(await answer.text())[-2000:]}")
            return answer.headers["Location"]


def _read_hidden(page: str) -> dict[str, str]:
    """Return the first hidden field of each name."""
    fields: dict[str, str] = {}
    for name, value in _HIDDEN.findall(page):
        fields.setdefault(name, value)
    return fields
