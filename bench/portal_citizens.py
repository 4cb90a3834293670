"""Citizens of `bench.portal` who fill forms in: a process of its own, in which each has a browser of the own.

    python -m bench.portal_citizens < WALK_JOB

A job and what is printed are JSON (`WalkJob`, `Walked`). A citizen opens the front page and a service, fills its form
in section by section, checks the summary, sends it, types the code that was queued for the own phone, and looks at what
became of it and at its status. All begin at once (or one after the other), and each asks for the next page as soon as
the one before is there. Each has an address of its own on loopback, since what an address may do in an hour is limited.
Of several processes of the server they ask one after the other, as a proxy does. At the bare page they read as many
pages.
"""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count

from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar, TCPConnector

from bench.databases import rows
from bench.processes import printed
from domain.values.calendar import WorkingCalendar, jalali_text, to_tehran

SERVICE = "machinery"
BARE_PAGES = 24
"""Pages that a citizen reads at the bare page: as many as on the way through the portal, redirections counted."""

ANSWER_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05
"""Interval at which the queued codes are read from the database."""

QUEUED_CODES = "SELECT recipient, text FROM outbox WHERE key = 'sms.portal_code' ORDER BY id"

_FORM = re.compile(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_TRACKING_CODE = re.compile(r'href="/track\?code=([0-9]{9})"')
_SIX_DIGITS = re.compile(r"\b[0-9]{6}\b")
_LEADS_ON = frozenset({302, 303, 307})
_SAME_FORM = 307


class WalkFault(Exception):
    """A page that is none, or not the one that should come."""


@dataclass(frozen=True, slots=True)
class WalkJob:
    """Job of a walker."""

    ports: tuple[int, ...]
    """The server's processes on this machine."""
    database_url: str
    """Database with the queued codes; empty: it is the bare page."""
    citizen_count: int
    """Number of citizens at once."""
    first_number: int
    """Their mobiles count from it."""
    is_at_once: bool = True
    """Else one begins when the one before is done."""


@dataclass(slots=True)
class Walked:
    """Result of a job."""

    seconds: float = 0.0
    """Until the last one was done."""
    page_ms: list[float] = field(default_factory=list)
    """Of each answer, redirections counted."""
    step_ms: dict[str, list[float]] = field(default_factory=dict)
    """Of each step by its name: from the press to the page that it leads to."""
    faults: list[str] = field(default_factory=list)
    """Faults, one line for each citizen who did not get to the end."""


async def walk(job: WalkJob, *, pinned: tuple[str, ...] = ()) -> Walked:
    """Have a job done by a process of its own, on the cores of `pinned`, and return what came of it."""
    return Walked(**json.loads(await printed("bench.portal_citizens", given=json.dumps(asdict(job)), pinned=pinned)))


class QueuedCodes:
    """The codes that the server queued, read for all citizens together."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._code_by_mobile: defaultdict[str, asyncio.Future[str]] = defaultdict(
            asyncio.get_running_loop().create_future
        )

    async def read_for_ever(self) -> None:
        """Read what was queued again and again."""
        while True:
            for recipient, text in await rows(self._database_url, QUEUED_CODES):
                code, found = self._code_by_mobile[recipient], _SIX_DIGITS.search(text)
                if found and not code.done():
                    code.set_result(found[0])
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def wait_for(self, mobile: str) -> str:
        """Return the code of a mobile (+989…) as soon as it is there."""
        return await asyncio.wait_for(self._code_by_mobile[mobile], ANSWER_SECONDS)


@dataclass(frozen=True, slots=True)
class LoadedPage:
    """A page that came."""

    path: str
    text: str

    def find_form(self, ending: str) -> tuple[str, dict[str, str]]:
        """Return where the form goes whose address has this ending, and its hidden fields."""
        for action, content in _FORM.findall(self.text):
            if unescape(action).partition("?")[0].endswith(ending):
                return unescape(action), {name: unescape(value) for name, value in _HIDDEN.findall(content)}
        raise WalkFault(f"{self.path} has no form to …{ending}")


class VirtualCitizen:
    """One browser, and the phone beside it."""

    def __init__(self, job: WalkJob, number: int, codes: QueuedCodes, walked: Walked) -> None:
        self._job = job
        self._typed_mobile = f"0912{number:07}"
        self._address = f"127.1.{number // 250 % 250}.{number % 250 + 1}"
        self._codes = codes
        self._walked = walked
        self._turns = count(number)

    async def go(self) -> None:
        """Go the whole way; a fault ends it and is noted."""
        connector = TCPConnector(local_addr=(self._address, 0))
        timeout = ClientTimeout(ANSWER_SECONDS)
        async with ClientSession(connector=connector, timeout=timeout, cookie_jar=CookieJar(unsafe=True)) as browser:
            try:
                await (self._ask_for_service(browser) if self._job.database_url else self._read_bare_pages(browser))
            except (WalkFault, ClientError, OSError, UnicodeDecodeError) as fault:
                self._walked.faults.append(f"{self._typed_mobile}: {type(fault).__name__}: {fault}")

    async def _read_bare_pages(self, browser: ClientSession) -> None:
        for _ in range(BARE_PAGES):
            await self._open(browser, "bare page", "/")

    async def _ask_for_service(self, browser: ClientSession) -> None:
        await self._open(browser, "front page", "/")
        await self._open(browser, "page of the service", f"/services/{SERVICE}")
        begin = await self._open(browser, "before the form", f"/services/{SERVICE}/request")
        page = await self._send(browser, "begin", begin, "/request", {})
        draft_path = page.path.partition("/form/")[0]
        for section, answers in _list_answers().items():
            page = await self._send(browser, f"section {section}", page, f"/form/{section}", answers)
        code_page = await self._send(browser, "send", page, "/submit", {"mobile": self._typed_mobile})
        code = await self._codes.wait_for(f"+98{self._typed_mobile[1:]}")
        done = await self._send(browser, "code", code_page, "/mobile/code", {"proof_code": code})
        if not (found := _TRACKING_CODE.search(done.text)) or done.path != f"{draft_path}/done":
            raise WalkFault(f"{done.path} shows no tracking code")
        status = await self._open(browser, "status", f"/requests/{found[1]}")
        if status.path != f"/requests/{found[1]}":
            raise WalkFault(f"the status is not shown: {status.path}")

    async def _open(self, browser: ClientSession, step: str, path: str) -> LoadedPage:
        return await self._follow(browser, step, "GET", path, None)

    async def _send(
        self, browser: ClientSession, step: str, page: LoadedPage, ending: str, typed: Mapping[str, str]
    ) -> LoadedPage:
        path, hidden_fields = page.find_form(ending)
        return await self._follow(browser, step, "POST", path, {**hidden_fields, **typed})

    async def _follow(
        self, browser: ClientSession, step: str, method: str, path: str, form: Mapping[str, str] | None
    ) -> LoadedPage:
        """Return the page to which a press leads, and note how long it took."""
        began_at = time.perf_counter()
        while True:
            asked_at = time.perf_counter()
            port = self._job.ports[next(self._turns) % len(self._job.ports)]
            address = f"http://127.0.0.1:{port}{path}"
            headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
            async with browser.request(method, address, data=form, headers=headers, allow_redirects=False) as response:
                text, status = await response.text(), response.status
            self._walked.page_ms.append((time.perf_counter() - asked_at) * 1000)
            if status == 200:
                break
            if status not in _LEADS_ON:
                raise WalkFault(f"{method} {path} is answered {status}")
            if not (location := response.headers.get("Location")):
                raise WalkFault(f"{method} {path} leads nowhere")
            path = location
            if status != _SAME_FORM:
                method, form = "GET", None
        self._walked.step_ms.setdefault(step, []).append((time.perf_counter() - began_at) * 1000)
        return LoadedPage(path, text)


def _list_answers() -> Mapping[str, Mapping[str, str]]:
    """Return what is answered in each section; the day is the next one on which the office is open."""
    calendar, day = WorkingCalendar(), to_tehran(datetime.now(UTC)).date() + timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return {
        "machines": {"items-0-machine": "loader", "items-0-hours": "4"},
        "time": {"date": "other", "date-other": jalali_text(day), "start": "8"},
        "place": {"place": "خیابان امام، جنب پارک"},
        "applicant": {"full_name": "مریم آق‌آتابای", "national_code": "0499370899"},
    }


async def walk_here(job: WalkJob) -> Walked:
    """Let all citizens of a job walk in this process."""
    walked, codes = Walked(), QueuedCodes(job.database_url)
    reading = asyncio.create_task(codes.read_for_ever()) if job.database_url else None
    numbers = range(job.first_number, job.first_number + job.citizen_count)
    citizens = [VirtualCitizen(job, number, codes, walked) for number in numbers]
    began_at = time.perf_counter()
    if job.is_at_once:
        await asyncio.gather(*(citizen.go() for citizen in citizens))
    else:
        for citizen in citizens:
            await citizen.go()
    walked.seconds = time.perf_counter() - began_at
    if reading:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    return walked


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps(asdict(asyncio.run(walk_here(WalkJob(**{**given, "ports": tuple(given["ports"])}))))))
