"""The server dies at each step of filling in and sending forms: no draft is lost, no request is doubled."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar

from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import KILLED, Death
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CITIZENS_A_ROUND = 3
ROUND_SECONDS = 60.0
DEATHS = (
    Death("draft_open", 5),
    Death("request_of_draft_open", 2),
    Death("commit", 9),
    Death("committed", 12),
)
"""Inside the unit that keeps a section; inside the one that makes the request; before a commit, and after one."""

DEATHS_BY_ENGINE = {"sqlite": DEATHS, "postgresql": DEATHS[1:2]}

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "machines": {"items-0-machine": "loader", "items-0-hours": "4"},
    "time": {"date": "other", "date-other": "فردا", "start": "8"},
    "place": {"place": "خیابان امام"},
    "applicant": {"full_name": "آنه محمدی", "national_code": "0499370899"},
}
NO_CODES = {"PISHKHAN_POLICY__VERIFICATION_RIALS_A_DAY": "0"}
"""No code is sent, so requests wait for their proof: what is killed here is the sending."""

_CODE = re.compile(r'href="/track\?code=([0-9]{9})"')
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]*)"')


class StubbornCitizen:
    """A browser that sends each page again until somebody answers. `is_open` is set while there is a server."""

    def __init__(self, office: MortalOffice, is_open: asyncio.Event, number: int) -> None:
        self._office = office
        self._is_open = is_open
        self._mobile = f"0912{number:07}"

    async def ask(self) -> str:
        """Fill a form in and send it; return the tracking code that the last page shows."""
        async with ClientSession(timeout=ClientTimeout(5), cookie_jar=CookieJar(unsafe=True)) as session:
            _, path = await self._fetch(session, "POST", "/services/machinery/request", {})
            draft = path.partition("/form/")[0]
            for section, values in ANSWERS.items():
                page, _ = await self._fetch(session, "GET", f"{draft}/form/{section}")
                await self._fetch(session, "POST", f"{draft}/form/{section}", {**values, "csrf": _find(_CSRF, page)})
            page, _ = await self._fetch(session, "GET", f"{draft}/summary")
            sent = {"csrf": _find(_CSRF, page), "mobile": self._mobile}
            pages = await asyncio.gather(*(self._fetch(session, "POST", f"{draft}/submit", sent) for _ in range(3)))
            codes = {_find(_CODE, page) for page, _ in pages}
            assert len(codes) == 1
            return codes.pop()

    async def _fetch(
        self, session: ClientSession, method: str, path: str, form: Mapping[str, str] | None = None
    ) -> tuple[str, str]:
        while True:
            await self._is_open.wait()
            try:
                address = self._office.make_url(path)
                async with session.request(method, address, data=form, headers={"Accept": "text/html"}) as page:
                    assert page.status == 200, await page.text()
                    return await page.text(), page.url.path
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.01)


def _find(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    assert found, page
    return found[1]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[MortalOffice]:
    """An office on each database that can send no codes."""
    async with mortal_office(request.param, furnish, settings=NO_CODES) as opened:
        yield opened
        opened.spoke_well()


@pytest.fixture
def deaths(office: MortalOffice) -> Sequence[Death]:
    """All of them on SQLite, some on PostgreSQL."""
    return DEATHS_BY_ENGINE["postgresql" if office.postgresql else "sqlite"]


async def play(office: MortalOffice, death: Death, first_number: int) -> list[str]:
    """Let citizens fill forms in while the server dies, and be started again; return their codes."""
    is_open = asyncio.Event()
    server = await office.begin(death)
    await office.is_up_or_dead(server)
    is_open.set()
    citizens = [StubbornCitizen(office, is_open, first_number + number) for number in range(CITIZENS_A_ROUND)]
    asking = asyncio.gather(*(citizen.ask() for citizen in citizens))
    async with asyncio.timeout(ROUND_SECONDS):
        assert await server.ended == KILLED
        is_open.clear()
        await office.open()
        is_open.set()
        codes = await asking
    assert await office.close() == 0
    return codes


async def test_no_draft_is_lost_and_no_request_doubled(office: MortalOffice, deaths: Sequence[Death]) -> None:
    codes: list[str] = []
    for number, death in enumerate(deaths):
        codes += await play(office, death, number * CITIZENS_A_ROUND)
    rows = await office.database.rows("SELECT code FROM requests WHERE channel = 'portal'")
    assert sorted(row["code"] for row in rows) == sorted(codes)
    drafts = await office.database.rows("SELECT request_code, saved_sections FROM drafts")
    begun = [row for row in drafts if row["saved_sections"] not in ("[]", [])]
    assert sorted(row["request_code"] for row in begun) == sorted(codes)
