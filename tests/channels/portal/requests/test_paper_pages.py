"""Papers that are sent with a form: kept at once, opened by their owner alone, the request's own once it is sent."""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import FormData
from PIL import Image
from sqlalchemy import text

from domain.actions.documents import capacity
from domain.actions.documents.capacity import MOST_FORM_FILES
from domain.actions.drafts import beginning
from domain.requests.request import ServiceRequest
from domain.values.tracking_codes import parse_code
from tests.channels.portal.requests.test_form_pages import ANSWERS, begin, csrf_of, send
from tests.support.demo_site import DemoSite, build_desk, demo_site
from tests.support.portal_citizen import PortalCitizen, portal_citizen
from tests.support.scenarios.sample_files import CountingCleaner, FilesCleanedHere, draw_bomb, take_photo, write_pdf


@pytest.fixture
async def portal(database: Path) -> AsyncIterator[DemoSite]:
    """The portal, which really opens files."""
    async with demo_site(database, build_desk) as built:
        built.desk.file_cleaner = FilesCleanedHere()
        yield built


@pytest.fixture
async def citizen(portal: DemoSite) -> AsyncIterator[PortalCitizen]:
    """A citizen's browser."""
    async with portal_citizen(portal) as browser:
        yield browser


async def reach_papers(citizen: PortalCitizen) -> str:
    """Answer every question; return the address of the page of papers."""
    address = await begin(citizen, "expert")
    address = f"{address}/form/kind"
    for values in ANSWERS["expert"].values():
        await citizen.get(address)
        address = await citizen.post(address, 303, **values)
    await citizen.get(address)
    return address


async def upload(
    citizen: PortalCitizen, address: str, *files: tuple[str, str, bytes], **fields: str
) -> tuple[int, str]:
    """Send files (input, name, content) by the page; return the answer's status and where it leads, or its text."""
    form = FormData(quote_fields=False)  # as browsers write names
    for name, value in {"csrf": await csrf_of(citizen), **fields}.items():
        form.add_field(name, value)
    for input_name, file_name, content in files:
        form.add_field(input_name, BytesIO(content), filename=file_name, content_type="image/jpeg")
    response = await citizen.post_raw(address, form)
    return response.status, response.headers.get("Location") or await response.text()


async def draft_file_names(portal: DemoSite) -> list[str]:
    """The names of all files of drafts."""
    return [name for (name,) in await portal_rows(portal, "SELECT name FROM draft_files ORDER BY id")]


async def portal_rows(portal: DemoSite, sql: str) -> list[tuple[str, ...]]:
    """Rows found by a query."""
    async with portal.store.open_unit(write=False) as uow:
        return [tuple(row) for row in await uow.draft_files._transaction.fetch_rows(text(sql))]


async def only_request(portal: DemoSite) -> ServiceRequest:
    """The request that was made."""
    [(code,)] = await portal_rows(portal, "SELECT code FROM requests")
    async with portal.store.open_unit(write=False) as uow:
        return await uow.requests.get_by_code(parse_code(code))


async def test_papers_go_along_and_are_the_requests_own(portal: DemoSite, citizen: PortalCitizen) -> None:
    papers = await reach_papers(citizen)
    deed, card = ("file-deed", "سند.jpg", take_photo(turned=True)), ("camera-national_card", "کارت.jpg", take_photo())
    assert await upload(citizen, papers, deed, deed, card, add="yes") == (303, papers)
    page = await citizen.get(papers)
    assert ("سند.jpg" in page, "کارت.jpg" in page) == (True, True)
    assert await draft_file_names(portal) == ["سند.jpg", "کارت.jpg"], "the same file is kept once"
    file_address = page.partition(f'href="{papers}/')[2].partition('"')[0]
    await assert_opened(citizen, f"{papers}/{file_address}")
    assert await upload(citizen, papers, ("file-deed", "دوم.pdf", write_pdf())) == (
        303,
        papers.replace("papers", "summary"),
    )
    assert "دوم.pdf" in await citizen.get(papers.replace("papers", "summary"))
    done = await send(citizen, papers.removesuffix("/papers"))
    request = await only_request(portal)
    async with portal.store.open_unit(write=False) as uow:
        documents = await uow.documents.list_of_request(request.id)
        events = [event.event for event in await uow.history.list_of_request(request.id)]
    assert [document.name for document in documents] == ["سند.jpg", "کارت.jpg", "دوم.pdf"]
    assert (request.lacks_papers, events.count("attach")) == (False, 3)
    assert "چیزی کم نیست" in await citizen.get(done)
    own = await citizen.get(f"/requests/{request.code}")
    assert f"/requests/{request.code}/documents/{documents[0].id}" in own
    await assert_opened(citizen, f"/requests/{request.code}/documents/{documents[0].id}")
    opened = (f"/requests/{request.code}/documents/{documents[0].id}", f"{papers}/{file_address}")
    await assert_closed_to_strangers(portal, *opened)


async def assert_opened(citizen: PortalCitizen, address: str) -> None:
    """The photo comes upright and without its place, for nobody's cache, and can do nothing in our name."""
    answer = await citizen.client.get(address)
    assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(await answer.read())) as stored:
        assert (stored.size, dict(stored.getexif())) == ((48, 64), {})


async def assert_closed_to_strangers(portal: DemoSite, *addresses: str) -> None:
    """These files are not there for a proved mobile that is another."""
    async with portal_citizen(portal) as stranger:
        await stranger.prove_mobile(mobile="+989111111111")
        for address in addresses:
            await stranger.get(address, 404)


async def test_what_cannot_be_kept_is_said_and_the_rest_is_kept(portal: DemoSite, citizen: PortalCitizen) -> None:
    papers = await reach_papers(citizen)
    files = (
        ("file-deed", "سند.jpg", take_photo()),
        ("file-deed", "بمب.png", draw_bomb()),
        ("file-national_card", "برنامه.jpg", b"MZ\x90\x00"),
        ("file-plan", "نقشه.jpg", b""),
        ("file-plan", "", b""),
    )
    status, page = await upload(citizen, papers, *files)
    assert status == 422
    assert page.count('class="problem"') == 3
    assert page.count("این فایل خالی است") == 2, "in the summary and beside its field, for the chosen one alone"
    assert ("مگاپیکسل" in page, "تنها عکس یا PDF" in page, 'href="#file-deed"' in page) == (True, True, True)
    assert await draft_file_names(portal) == ["سند.jpg"]
    status, page = await upload(citizen, papers, ("file-deed", "بزرگ.jpg", bytes(7 * 1024 * 1024 + 1)))
    assert (status, "از ۷ مگابایت بزرگ‌تر است" in page, "عکس بفرستید" in page) == (413, True, True)
    status, page = await upload(citizen, papers, ("file-deed", "بسیار بزرگ.jpg", bytes(22 * 1024 * 1024)))
    assert (status, "یکی‌یکی" in page, 'name="file-deed"' in page) == (413, True, True)
    [(file_id,)] = await portal_rows(portal, "SELECT id FROM draft_files")
    await citizen.get(papers)
    assert await upload(citizen, papers, remove=str(file_id)) == (303, papers)
    assert await portal_rows(portal, "SELECT sha256 FROM contents") == []


async def test_a_file_beyond_the_most_of_a_form_is_refused_with_words(portal: DemoSite, citizen: PortalCitizen) -> None:
    papers = await reach_papers(citizen)
    files = [("file-deed", f"{number}.jpg", take_photo(16 + number)) for number in range(MOST_FORM_FILES + 1)]
    status, page = await upload(citizen, papers, *files)
    assert (status, f"«{MOST_FORM_FILES}.jpg» هر بار تا ۲۰ فایل" in page) == (413, True)
    assert len(await draft_file_names(portal)) == MOST_FORM_FILES


async def test_no_file_is_opened_before_it_is_known_who_sends_it_and_counted(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, cleaner = await reach_papers(citizen), CountingCleaner()
    portal.desk.file_cleaner, deed = cleaner, ("file-deed", "سند.jpg", take_photo())
    with monkeypatch.context() as patch:
        patch.setattr(capacity, "FILES_PER_ADDRESS", 1)
        status, page = await upload(citizen, papers, deed, ("file-plan", "نقشه.jpg", take_photo(80)))
    assert (status, "«نقشه.jpg» در این ساعت از شبکهٔ شما" in page, cleaner.opened) == (429, True, 1)
    monkeypatch.setattr(beginning, "DRAFTS_PER_ADDRESS", 0)
    async with portal_citizen(portal) as stranger:
        stranger.page = 'name="csrf" value=""'
        status, page = await upload(stranger, papers, deed)
    assert (status, "فرم‌های بسیاری آغاز شد" in page, cleaner.opened) == (429, True, 1)


async def test_no_file_is_opened_that_is_there_or_has_no_place(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, cleaner = await reach_papers(citizen), CountingCleaner()
    portal.desk.file_cleaner, deed = cleaner, ("file-deed", "سند.jpg", take_photo())
    for _ in range(2):
        assert (await upload(citizen, papers, deed, add="yes"))[0] == 303
    assert (await upload(citizen, papers, ("file-anything", "عکس.jpg", take_photo(80))))[0] == 422
    monkeypatch.setattr(capacity, "MOST_DRAFT_FILES", 1)
    assert (await upload(citizen, papers, ("file-plan", "نقشه.jpg", take_photo(80))))[0] == 413
    assert cleaner.opened == 1


async def test_of_a_draft_that_is_gone_it_is_said_what_was_refused(portal: DemoSite, citizen: PortalCitizen) -> None:
    papers = await reach_papers(citizen)
    await citizen.get("/drafts")
    await citizen.post(papers.replace("papers", "delete"), 303)
    await citizen.get("/drafts/resume")
    deed = ("file-deed", "سند.jpg", take_photo())
    status, page = await upload(citizen, papers, deed, ("file-plan", "برنامه.jpg", b"MZ"))
    [(draft_id,)] = await portal_rows(portal, "SELECT id FROM drafts")
    new_papers = f"/services/expert/request/{draft_id}/papers"
    assert (status, "«برنامه.jpg» " in page, "/drafts/resume" in page) == (422, True, True)
    assert f'action="{new_papers}"' in page
    assert await draft_file_names(portal) == ["سند.jpg"]
    citizen.page = page
    assert (await upload(citizen, new_papers, add="yes")) == (303, new_papers)


async def test_papers_of_a_deleted_draft_are_gone(portal: DemoSite, citizen: PortalCitizen) -> None:
    papers = await reach_papers(citizen)
    await upload(citizen, papers, ("file-deed", "سند.jpg", take_photo()))
    await citizen.get("/drafts")
    await citizen.post(papers.replace("papers", "delete"), 303)
    assert await portal_rows(portal, "SELECT sha256 FROM contents") == []


async def keep(citizen: PortalCitizen, address: str, *files: tuple[str, str, bytes]) -> tuple[int, str, str]:
    """Send files as a browser that kept them without a line; return the status, and what became of them in words."""
    status, answer_text = await upload(citizen, address, *files)
    answer = json.loads(answer_text)
    return status, answer["state"], answer.get("message", "")


async def test_what_a_browser_kept_is_taken_once(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = await reach_papers(citizen)
    deed, card = ("file-deed", "سند.jpg", take_photo()), ("file-national_card", "کارت.jpg", take_photo(80))
    for _ in range(2):
        assert await keep(citizen, f"{papers}/kept", deed) == (200, "kept", "")
    assert await draft_file_names(portal) == ["سند.jpg"]
    status, state, message = await keep(citizen, f"{papers}/kept", ("file-deed", "برنامه.jpg", b"MZ"))
    assert (status, state, "تنها عکس یا PDF" in message) == (422, "refused", True)
    with monkeypatch.context() as patch:
        patch.setattr(capacity, "FILES_PER_ADDRESS", 0)
        assert (await keep(citizen, f"{papers}/kept", card))[:2] == (429, "later")
    assert (await keep(citizen, "/services/expert/request/1/papers/kept", card))[1] == "gone"
    await citizen.get(papers)
    await send(citizen, papers.removesuffix("/papers"))
    assert (await keep(citizen, f"{papers}/kept", deed))[1] == "kept", "it went along"
    assert (await keep(citizen, f"{papers}/kept", card))[1] == "sent", "the request was made without it"
