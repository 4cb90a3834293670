"""Attacks on the forms of a real process: drafts of others, the same form from everywhere at once, forms without end,
files that are not what they say, and pages of somebody that a cache might keep.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from html import unescape
from io import BytesIO

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, FormData

from domain.actions.drafts.beginning import DRAFTS_PER_ADDRESS
from domain.requests.request import RequestFilter
from domain.values.text import ascii_digits
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.portal_callers import Caller, calling, open_store, read_code
from tests.fakes.clamd import EICAR, ClamdFault, FakeClamd
from tests.fakes.kavenegar import RIALS_A_PART
from tests.support.pages.page_forms import list_forms
from tests.support.scenarios.sample_files import take_photo, write_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module"), on_database("postgresql")]

ANSWERS = {
    "kind": {"kind": "valuation"},
    "property": {"postal_code": "4973134567", "address": "گمیشان، خیابان امام، پلاک ۴"},
    "subject": {"text": "ارزش ملک"},
    "applicant": {"full_name": "آنه محمدی", "national_code": "0499370899"},
}
BEGIN = "/services/expert/request"
AT_ONCE = 50
SPAM = 30
"""Forms more than an address may begin."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clamd() -> AsyncIterator[FakeClamd]:
    """A scanner of files."""
    async with FakeClamd() as daemon:
        yield daemon


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(engine: str, clamd: FakeClamd) -> AsyncIterator[Office]:
    """An office that scans files."""
    async with new_office(engine) as fresh:
        fresh.settings |= {
            "PISHKHAN_SMS__KAVENEGAR__PERSIAN_PART_RIALS": str(RIALS_A_PART),
            "PISHKHAN_UPLOADS__CLAMD": clamd.address,
        }
        assert (await fresh.run("migrate")).code == 0
        await fresh.open()
        yield fresh
        assert await fresh.close() == 0
        fresh.assert_clean_log()


async def fill_in(caller: Caller) -> str:
    """Fill a form in; return the address of its draft."""
    begun = await caller.fill_form(BEGIN, BEGIN, {})
    draft_path = begun.headers["Location"].partition("/form/")[0]
    for section, answers in ANSWERS.items():
        saved = await caller.fill_form(f"{draft_path}/form/{section}", f"/{section}", answers)
        assert saved.status == 303, await saved.text()
    return draft_path


async def prove(caller: Caller, mobile: str) -> None:
    """Prove a mobile for «my requests»."""
    assert (await caller.ask_code(mobile)).status == 303
    assert await caller.confirm(await read_code(caller.office, mobile), await caller.csrf_token()) == 303


async def send_posted_proof(caller: Caller, code_page: str, mobile: str, known_count: int) -> ClientResponse:
    """Type the code into a page that a posted form led to; the answer to that form, sent once more."""
    [form] = [form for form in list_forms(code_page, "/") if form.action == "/mobile/code"]
    panel = caller.office.panel
    await panel.wait_until(lambda: len(panel.of(mobile)) > known_count, "the code")
    values = {**form.values, "proof_code": await read_code(caller.office, mobile)}
    confirmed = await caller.post("/mobile/code", values)
    assert confirmed.status == 307, await confirmed.text()
    return await caller.post(confirmed.headers["Location"], values)


async def find_submit(caller: Caller, draft_path: str) -> dict[str, str]:
    """Return what stands in the form that sends a draft."""
    [form] = [form for form in list_forms(await caller.get(f"{draft_path}/summary"), "/") if "/submit" in form.action]
    return dict(form.values)


async def test_fifty_presses_on_two_devices_make_one_request(office: Office) -> None:
    mobile = "09361000001"
    async with calling(office, "127.0.11.1") as phone, calling(office, "127.0.11.2") as desk:
        draft_path = await fill_in(phone)
        await phone.fill_form(f"{draft_path}/later", "/later", {"mobile": mobile})
        resume_code = re.search(r"\b\d{3} ?\d{3}\b", ascii_digits(unescape(await phone.get(f"{draft_path}/later"))))
        assert resume_code
        await prove(phone, mobile)
        typed = {"resume_code": resume_code[0], "mobile": mobile}
        asked = await desk.fill_form("/drafts/resume", "/drafts/resume", typed)
        resumed = await send_posted_proof(desk, await asked.text(), mobile, 1)
        assert resumed.headers["Location"] == f"{draft_path}/continue"
        forms = [(device, await find_submit(device, draft_path)) for device in (phone, desk)]
        presses = [device.post(f"{draft_path}/submit", form) for device, form in forms * (AT_ONCE // 2)]
        answers = await asyncio.gather(*presses)
        assert {(answer.status, answer.headers.get("Location")) for answer in answers} == {(303, f"{draft_path}/done")}
        done_pages = [await device.get(f"{draft_path}/done") for device in (phone, desk)]
    async with open_store(office) as store, store.open_unit(write=False) as uow:
        [request] = await uow.requests.list_requests(RequestFilter(mobile=f"+98{mobile[1:]}"))
        assert len(await uow.outbox.list_recent(request_id=request.id)) == 1
    assert [f'/track?code={request.code}"' in page for page in done_pages] == [True, True]


async def test_a_draft_of_somebody_else_is_not_there(office: Office) -> None:
    async with calling(office, "127.0.11.3") as owner, calling(office, "127.0.11.4") as stranger:
        draft_path = await fill_in(owner)
        before = await owner.get(f"{draft_path}/summary")
        await prove(stranger, "09361000002")
        token = await stranger.csrf_token()
        for page in ("form/kind", "summary", "later", "applicant", "done", "continue"):
            assert "آنه محمدی" not in await stranger.get(f"{draft_path}/{page}")
        for page in ("submit", "delete", "applicant", "later"):
            typed = {"csrf": token, "mobile": "09361000002", "relation": "family", "represented_name": "دیگری"}
            assert (await stranger.post(f"{draft_path}/{page}", typed)).status == 404, page
        copied = await stranger.post(f"{draft_path}/form/subject", {"csrf": token, "text": "دیگری"})
        assert draft_path not in copied.headers["Location"], "what was typed is in a draft of the stranger's own"
        stolen = {"csrf": await owner.csrf_token(), "mobile": "09361000002"}
        assert (await stranger.post(f"{draft_path}/submit", stolen)).status in (403, 404, 422)
        assert await owner.get(f"{draft_path}/summary") == before


async def test_forms_without_end_of_one_address_need_work_and_others_do_not(office: Office) -> None:
    async with calling(office, "127.0.11.5") as spammer, calling(office, "127.0.11.6") as other:
        own = {"Sec-Fetch-Site": "same-origin", "Cookie": ""}
        begun = await asyncio.gather(*(spammer.post(BEGIN, {}, own) for _ in range(DRAFTS_PER_ADDRESS + SPAM)))
        taken = Counter(answer.status for answer in begun)
        assert taken == {303: DRAFTS_PER_ADDRESS + 1, 429: SPAM - 1}, "one in ten seconds without work"
        assert (await other.fill_form(BEGIN, BEGIN, {})).status == 303


PAGE = b"<html><script>alert(1)</script></html>"
DISGUISED = {
    "photo.jpg": PAGE,
    "photo.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "../../etc/passwd.png": b"MZ\x90\x00 a program",
    "paper.pdf": b"PK\x03\x04 an archive",
    "photo.jpeg": b"\xff\xd8\xff" + PAGE,
    "whole.jpg": take_photo()[:-200],
}
"""Files that are not what their names say, or not whole."""


async def add_paper(caller: Caller, address: str, file_name: str, content: bytes) -> ClientResponse:
    """Send a file as the deed of a request."""
    form = FormData({"csrf": await caller.csrf_token()})
    form.add_field("file-deed", BytesIO(content), filename=file_name, content_type="image/jpeg")
    return await caller.post(f"{address}/papers", form)


async def test_files_that_are_not_what_they_say_are_refused_and_nothing_of_them_is_kept(
    office: Office, clamd: FakeClamd
) -> None:
    mobile = "09361000003"
    async with calling(office, "127.0.11.7") as caller:
        draft_path = await fill_in(caller)
        await prove(caller, mobile)
        assert (await caller.post(f"{draft_path}/submit", await find_submit(caller, draft_path))).status == 303
        async with open_store(office) as store, store.open_unit(write=False) as uow:
            [request] = await uow.requests.list_requests(RequestFilter(mobile=f"+98{mobile[1:]}"))
        address = f"/requests/{request.code}"
        for file_name, content in DISGUISED.items():
            assert (await add_paper(caller, address, file_name, content)).status == 422, file_name
        for content in (bytes(8 * 1024 * 1024), take_photo() + bytes(7 * 1024 * 1024)):
            assert (await add_paper(caller, address, "large.jpg", content)).status == 413
        found = await add_paper(caller, address, "a.pdf", write_pdf() + EICAR)
        assert (found.status, "بدافزار پیدا شد" in await found.text()) == (422, True)
        clamd.fault = ClamdFault.ERROR
        unscanned = await add_paper(caller, address, "a.jpg", take_photo())
        assert (unscanned.status, "فعلاً نمی‌شود فایل گرفت" in await unscanned.text()) == (503, True)
        clamd.fault = None
        async with open_store(office) as store, store.open_unit(write=False) as uow:
            assert await uow.documents.list_of_request(request.id) == []
        assert (await add_paper(caller, address, "a.jpg", take_photo())).status == 303
        for page in (address, "/my-requests", f"{draft_path}/done", "/drafts", "/session/end"):
            async with caller.session.get(office.make_url(page), allow_redirects=False) as response:
                assert (response.status, response.headers["Cache-Control"]) == (200, "no-store"), page
