"""Citizens who ask for something at a portal whose server may die: browsers that are reloaded until they are answered.

Whatever a citizen sends is sent again, as it was, when no answer comes; a redirection is followed step by step, and the
step that got no answer is the one that is sent again, as a browser's «reload» does.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar

from channels.portal.papers.upload_calls import CHUNK_TYPE
from channels.web.session import CSRF_HEADER
from tests.faults.support.mortal_office import MortalOffice
from tests.support.pages.page_forms import list_forms
from tests.support.scenarios.sample_files import write_pdf

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "kind": {"kind": "valuation"},
    "property": {"postal_code": "4973134567"},
    "subject": {"text": "ارزش ملک برای تقسیم ارث"},
    "applicant": {"full_name": "آنه محمدی", "national_code": "0499370899"},
}
"""Answers in each section of the form, besides the own address."""

SERVICE = "expert"
DRAFT_PAPER, LATER_PAPER, PAPER_NAME = "deed", "plan", "سند.pdf"
"""Papers: one is sent with the form, another one for the request that it became."""

PAPER_BYTES = write_pdf()
BOUNDARY = "a-boundary-that-no-file-has"
CODE_PATH = "/mobile/code"
SUBMITS_AT_ONCE = 3
"""Number of presses of the button that sends the request."""

ANSWER_SECONDS = 10.0
"""Seconds after which a browser is reloaded."""

PATIENCE_SECONDS = 5.0
"""Time that a citizen waits for a text before time passes."""

CLAIM_SECONDS = 125
"""A little more than what a process that died had claimed stays claimed."""

_SHOWN_CODE = re.compile(r'href="/track\?code=([0-9]{9})"')
_TEXTED_CODE = re.compile(r"\b\d{6}\b")
_REDIRECTIONS = frozenset({302, 303, 307})
_KEEPS_METHOD = 307


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """Request of a citizen, and the tracking code that the last page showed."""

    mobile: str
    street_address: str
    tracking_code: str
    is_proved: bool
    """Whether the mobile was proved; else no code could be sent, and the request waits for the proof."""


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """A page that came: where it is, and what it says."""

    path: str
    text: str

    def find_form(self, ending: str) -> dict[str, str]:
        """Return what stands in the form that goes to an address with this ending."""
        [found_form] = [form for form in list_forms(self.text, self.path) if form.action.endswith(ending)]
        return dict(found_form.values)


@dataclass(slots=True)
class PortalSite:
    """A portal that is there now and then."""

    office: MortalOffice
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while there is a server."""
    is_amid_upload: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the first half of a file has left."""
    upload_pause: float = 0.0
    """Time, in seconds, for which the second half waits for whoever wants to do something meanwhile."""

    async def read_code(self, mobile: str, known_count: int) -> str:
        """Return the code in a text that came to a mobile (09…) after so many; time passes for who gets none."""
        panel = self.office.panel
        while len(texts := [sent.message for sent in panel.of(mobile) if "کد تأیید" in sent.message]) <= known_count:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await panel.wait_until(lambda: len(panel.of(mobile)) > known_count, "a code")
            except TimeoutError:
                self.office.advance(seconds=CLAIM_SECONDS)  # a server died amid sending it: its claim runs out
        found = _TEXTED_CODE.search(texts[-1])
        assert found, texts[-1]
        return found[0]


class UploadScript:
    """The script of the page of papers: sends a file chunk by chunk, and asks how far it came whenever a call broke."""

    def __init__(self, site: PortalSite, browser: ClientSession, csrf_token: str) -> None:
        self._site = site
        self._browser = browser
        self._headers = {"Tus-Resumable": "1.0.0", "Sec-Fetch-Site": "same-origin", CSRF_HEADER: csrf_token}

    async def send_file(self, owner_path: str, content: bytes) -> str:
        """Send a file to a draft or a request; return the number of its upload."""
        address, offset = "", 0
        while not address or offset < len(content):
            await self._site.is_open.wait()
            try:
                if not address:
                    metadata, size = f"filename {b64encode(PAPER_NAME.encode()).decode()}", str(len(content))
                    created = await self._call(
                        "POST", f"{owner_path}/uploads", Upload_Length=size, Upload_Metadata=metadata
                    )
                    address = created["Location"]
                offset = int((await self._call("HEAD", address))["Upload-Offset"])
                chunk = content[offset : offset + len(content) // 2]
                await self._call("PATCH", address, chunk, Content_Type=CHUNK_TYPE, Upload_Offset=str(offset))
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.01)
        return address.rpartition("/")[2]

    async def _call(self, method: str, path: str, data: bytes = b"", **headers: str) -> Mapping[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = self._site.office.make_url(path)
        async with self._browser.request(method, address, data=data, headers={**self._headers, **named}) as response:
            assert response.status < 300, (response.status, method, path)
            return response.headers


class StubbornCitizen:
    """One citizen with a browser and a mobile of the own."""

    def __init__(self, site: PortalSite, number: int) -> None:
        self.mobile = f"0912{number:07}"
        self.street_address = f"خیابان امام، پلاک {number}"
        self._site = site
        self._has_scripts = number % 2 == 1

    async def ask(self) -> AskedRequest:
        """Fill the form in, send it, prove the mobile; look at the request afterwards."""
        async with ClientSession(timeout=ClientTimeout(ANSWER_SECONDS), cookie_jar=CookieJar(unsafe=True)) as browser:
            summary = await self._fetch(browser, "GET", f"{await self._fill_in(browser)}/summary")
            done, code_count = await self._submit(browser, summary)
            found = _SHOWN_CODE.search(done.text)
            assert found, done.text
            if code_count:
                status_page = await self._fetch(browser, "GET", f"/requests/{found[1]}")
                assert self.street_address in status_page.text, status_page.text
                await self._send_paper(browser, status_page.path, LATER_PAPER)
        return AskedRequest(self.mobile, self.street_address, found[1], is_proved=code_count > 0)

    async def _fill_in(self, browser: ClientSession) -> str:
        """Fill in every section; return the address of the draft."""
        home = await self._fetch(browser, "GET", "/")
        assert f"/services/{SERVICE}" in home.text
        begin = await self._fetch(browser, "GET", f"/services/{SERVICE}/request")
        first = await self._fetch(browser, "POST", begin.path, begin.find_form("/request"))
        draft_path = first.path.partition("/form/")[0]
        for section, answers in ANSWERS.items():
            page = await self._fetch(browser, "GET", f"{draft_path}/form/{section}")
            typed = {**answers, **({"address": self.street_address} if section == "property" else {})}
            await self._fetch(browser, "POST", page.path, {**page.find_form(f"/form/{section}"), **typed})
        await self._send_paper(browser, draft_path, DRAFT_PAPER)
        return draft_path

    async def _send_paper(self, browser: ClientSession, owner_path: str, paper_name: str) -> None:
        """Send a paper by the page of a draft or a request: as an upload that its form names, or with the form."""
        papers = await self._fetch(browser, "GET", f"{owner_path}/papers")
        form = papers.find_form("/papers")
        if self._has_scripts:
            upload_id = await UploadScript(self._site, browser, form["csrf"]).send_file(owner_path, PAPER_BYTES)
            await self._fetch(browser, "POST", papers.path, {**form, f"upload-{paper_name}": upload_id})
        else:
            await self._upload(browser, papers.path, form, f"file-{paper_name}")

    async def _submit(self, browser: ClientSession, page: AnsweredPage) -> tuple[AnsweredPage, int]:
        """Send the request, and type the code that came, however often it takes; return the last page, and how many
        codes were typed. Where no code can be sent, none is asked for.
        """
        code_count = 0
        while not page.path.endswith("/done"):
            if CODE_PATH in page.text:
                code = await self._site.read_code(self.mobile, code_count)
                form, code_count = {**page.find_form(CODE_PATH), "proof_code": code}, code_count + 1
                page = await self._fetch(browser, "POST", CODE_PATH, form, copies=SUBMITS_AT_ONCE)
            else:
                form = {**page.find_form("/submit"), "mobile": self.mobile}
                path = page.path.removesuffix("/summary").removesuffix("/submit")
                page = await self._fetch(browser, "POST", f"{path}/submit", form)
        return page, code_count

    async def _upload(self, browser: ClientSession, path: str, fields: Mapping[str, str], input_name: str) -> None:
        """Send a form with a paper, as often as it takes."""
        while True:
            await self._site.is_open.wait()
            body = encode_upload(fields, input_name, PAPER_NAME, PAPER_BYTES)
            headers = {
                "Accept": "text/html",
                "Sec-Fetch-Site": "same-origin",
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                "Content-Length": str(len(body)),
            }
            address = self._site.office.make_url(path)
            try:
                async with browser.post(
                    address, data=self._send_in_halves(body), headers=headers, allow_redirects=False
                ) as response:
                    assert response.status == 303, (response.status, await response.text())
                    return
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.01)

    async def _send_in_halves(self, body: bytes) -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]
        self._site.is_amid_upload.set()
        await asyncio.sleep(self._site.upload_pause)
        yield body[len(body) // 2 :]

    async def _fetch(
        self,
        browser: ClientSession,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        copies: int = 1,
    ) -> AnsweredPage:
        """Return the page to which an address or a form leads; a form that a redirection sends on is sent so often."""
        while True:
            status, leads_to, text = await self._send(browser, method, path, form)
            if status not in _REDIRECTIONS:
                assert status in (200, 422), (status, path, text)
                return AnsweredPage(path, text)
            if status == _KEEPS_METHOD and copies > 1:
                pages = await asyncio.gather(*(self._fetch(browser, method, leads_to, form) for _ in range(copies)))
                assert len({page.path for page in pages}) == 1, [page.path for page in pages]
                return pages[0]
            path = leads_to
            if status != _KEEPS_METHOD:
                method, form = "GET", None

    async def _send(
        self, browser: ClientSession, method: str, path: str, form: Mapping[str, str] | None
    ) -> tuple[int, str, str]:
        """Make a call again until it is answered; return the answer's status, where it leads, and its text."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        while True:
            await self._site.is_open.wait()
            address = self._site.office.make_url(path)
            try:
                async with browser.request(
                    method, address, data=form, headers=headers, allow_redirects=False
                ) as response:
                    return response.status, response.headers.get("Location", ""), await response.text()
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.01)


def encode_upload(fields: Mapping[str, str], input_name: str, file_name: str, content: bytes) -> bytes:
    """Return a form with a file in one of its inputs as browsers send it (multipart/form-data)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{input_name}"; filename="{file_name}"\r\n'
    return b"".join(
        (*parts, head.encode(), b"Content-Type: application/pdf\r\n\r\n", content, f"\r\n--{BOUNDARY}--\r\n".encode())
    )
