"""Papers that come chunk by chunk (tus 1.0), to a draft and to a request: from where the line broke, for whose it is
alone, once.
"""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from channels.portal.papers.upload_calls import CHUNK_TYPE, MAX_CHUNK_BYTES
from channels.web.session import CSRF_HEADER
from domain.actions.context import ActorContext
from domain.actions.documents import capacity
from domain.actions.documents.uploads import UPLOAD_LIFETIME, forget_expired_uploads
from domain.actions.requests.erase import erase_request
from domain.values.actors import Actor, Role
from domain.values.tracking_codes import parse_code
from tests.channels.portal.requests.test_form_pages import csrf_of, send
from tests.channels.portal.requests.test_paper_pages import (
    draft_file_names,
    only_request,
    portal_rows,
    reach_papers,
    upload,
)
from tests.support.demo_site import DemoSite, build_desk, demo_site
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen, portal_citizen
from tests.support.scenarios.portal_requests import EXPERT, OTHER_MOBILE, completed, submitted
from tests.support.scenarios.sample_files import BusyCleaner, FilesCleanedHere, draw_bomb, take_photo

PHOTO = take_photo()
HALF = len(PHOTO) // 2


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


class UploadScript:
    """Calls of the script of the page of papers."""

    def __init__(self, citizen: PortalCitizen, papers: str, csrf_token: str) -> None:
        self.citizen = citizen
        self.papers = papers
        self.headers = {"Tus-Resumable": "1.0.0", CSRF_HEADER: csrf_token}

    @property
    def uploads(self) -> str:
        """Address at which uploads are begun."""
        return self.papers.replace("papers", "uploads")

    async def call(self, method: str, address: str, data: bytes = b"", **headers: str) -> ClientResponse:
        """Send a call; headers are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.citizen.client.request(method, address, data=data, headers={**self.headers, **named})

    async def create(self, size: int = len(PHOTO), name: str = "سند.jpg") -> ClientResponse:
        """Begin an upload."""
        metadata = f"filename {b64encode(name.encode()).decode()}"
        return await self.call("POST", self.uploads, Upload_Length=str(size), Upload_Metadata=metadata)

    async def begin(self, size: int = len(PHOTO)) -> str:
        """Begin one; return its address."""
        response = await self.create(size)
        assert response.status == 201, await response.text()
        return response.headers["Location"]

    async def send(self, address: str, offset: int, chunk: bytes) -> tuple[int, str | None]:
        """Send a chunk; return the status and the offset that is answered."""
        response = await self.call("PATCH", address, chunk, Content_Type=CHUNK_TYPE, Upload_Offset=str(offset))
        return response.status, response.headers.get("Upload-Offset")

    async def ask(self, address: str) -> tuple[int, str | None]:
        """Ask how far one is."""
        response = await self.call("HEAD", address)
        return response.status, response.headers.get("Upload-Offset")


async def reach_request_papers(citizen: PortalCitizen, mobile: str = OWN_MOBILE) -> str:
    """Open the page of papers of an own request, with the mobile proved; return its address."""
    request = await submitted(citizen.site, "expert", EXPERT, mobile)
    papers = f"/requests/{request.code}/papers"
    assert await citizen.prove_mobile(f"/mobile?for=my-requests&next={papers}", mobile) == papers
    await citizen.get(papers)
    return papers


@pytest.fixture(params=["draft", "request"])
async def script(citizen: PortalCitizen, request: pytest.FixtureRequest) -> UploadScript:
    """The script on the page of papers of a form, and on that of a request."""
    papers = await (reach_papers if request.param == "draft" else reach_request_papers)(citizen)
    return UploadScript(citizen, papers, await csrf_of(citizen))


@pytest.fixture
async def request_script(citizen: PortalCitizen) -> UploadScript:
    """The script on the page of papers of a request."""
    papers = await reach_request_papers(citizen)
    return UploadScript(citizen, papers, await csrf_of(citizen))


async def kept_names(portal: DemoSite) -> list[str]:
    """The names of the files that were kept, with a draft or a request."""
    return [
        *await draft_file_names(portal),
        *(name for (name,) in await portal_rows(portal, "SELECT name FROM documents")),
    ]


def upload_id(address: str) -> str:
    """The id by which the form names an upload."""
    return address.rpartition("/")[2]


async def test_an_upload_goes_on_where_it_stopped_and_makes_one_file(portal: DemoSite, script: UploadScript) -> None:
    address = await script.begin()
    assert await script.ask(address) == (200, "0")
    assert await script.send(address, 0, PHOTO[:HALF]) == (204, str(HALF))
    assert await script.send(address, 0, PHOTO[:HALF]) == (409, None), "the same chunk again"
    assert await script.send(address, HALF + 1, PHOTO[HALF + 1 :]) == (409, None)
    assert await script.send(address, HALF, PHOTO[HALF:] + b"x") == (413, None)
    status, page = await upload(script.citizen, script.papers, **{"upload-deed": upload_id(address)})
    assert (status, "کامل نرسیده" in page) == (404, True), "it is not finished"
    assert await script.ask(address) == (200, str(HALF)), "and goes on all the same"
    assert await script.send(address, HALF, PHOTO[HALF:]) == (204, str(len(PHOTO)))
    await script.citizen.get(script.papers)
    ways = [
        await upload(script.citizen, script.papers, add="yes", **{"upload-deed": upload_id(address)}) for _ in range(2)
    ]
    own_page = script.papers.removesuffix("/papers")
    of_request = [(303, f"{own_page}?done={done}") for done in ("document", "same_document")]
    assert ways == (of_request if "/requests/" in script.papers else [(303, script.papers)] * 2)
    assert await kept_names(portal) == ["سند.jpg"]
    assert await portal_rows(portal, "SELECT position FROM upload_parts") == []


async def test_what_the_protocol_asks_for(script: UploadScript) -> None:
    address, uploads = await script.begin(), script.uploads
    options = await script.citizen.client.options(uploads)
    assert (options.status, options.headers["Tus-Version"]) == (204, "1.0.0")
    assert options.headers["Tus-Extension"] == "creation,expiration,termination"
    head = await script.call("HEAD", address)
    assert (head.headers["Upload-Length"], head.headers["Cache-Control"]) == (str(len(PHOTO)), "no-store")
    assert head.headers["Upload-Expires"].endswith("GMT")
    assert (await script.call("HEAD", address, Tus_Resumable="0.2.2")).status == 412
    assert (await script.call("PATCH", address, b"x", Upload_Offset="0")).status == 415
    assert (await script.call("PATCH", address, b"x", Content_Type=CHUNK_TYPE)).status == 400
    assert (await script.send(address, 0, bytes(MAX_CHUNK_BYTES + 1)))[0] == 413
    assert (await script.call("POST", uploads)).status == 400
    assert [(await script.create(size)).status for size in (0, 7 * 1024 * 1024 + 1)] == [422, 413]
    assert (await script.call("DELETE", address)).status == 204
    assert (await script.ask(address))[0] == 404


async def test_an_upload_is_there_for_whose_it_is_and_its_page_alone(portal: DemoSite, script: UploadScript) -> None:
    address = await script.begin()
    async with portal_citizen(portal) as stranger:
        for theirs in (await reach_papers(stranger), await reach_request_papers(stranger, OTHER_MOBILE)):
            intruder = UploadScript(stranger, theirs, await csrf_of(stranger))
            for other in (address, f"{intruder.uploads}/{upload_id(address)}"):
                assert (await intruder.ask(other))[0] == (await intruder.send(other, 0, PHOTO))[0] == 404
            assert (await intruder.call("DELETE", address)).status == 404
            assert (await upload(stranger, theirs, **{"upload-deed": upload_id(address)}))[0] == 404
    script.headers[CSRF_HEADER] = "0" * 32
    assert (await script.send(address, 0, PHOTO))[0] == (await script.create()).status == 409
    assert await script.ask(address) == (200, "0")


async def withdraw(script: UploadScript) -> str:
    """Withdraw the request; return its code."""
    code = script.papers.split("/")[2]
    await script.citizen.get(f"/requests/{code}/withdraw")
    await script.citizen.post(f"/requests/{code}/withdraw")
    return code


async def give_up(portal: DemoSite, script: UploadScript) -> None:
    """Delete the draft; withdraw the request, and let it be erased."""
    if "/requests/" not in script.papers:
        await script.citizen.get("/drafts")
        await script.citizen.post(script.papers.replace("papers", "delete"), 303)
        return
    code, administrator = await withdraw(script), Actor(frozenset({Role.ADMIN}), "staff", "admin", "web")
    async with portal.store.open_unit() as uow:
        await erase_request(ActorContext(portal.desk, uow, administrator), parse_code(code), "به خواست شهروند")


async def test_uploads_end_with_their_day_and_with_their_owner(portal: DemoSite, script: UploadScript) -> None:
    address = await script.begin()
    await script.send(address, 0, PHOTO)
    portal.clock.at += UPLOAD_LIFETIME - timedelta(minutes=1)
    await script.citizen.prove_mobile()  # that proof was over long ago
    assert (await script.ask(address))[0] == 200
    portal.clock.at += timedelta(minutes=1)
    assert (await script.ask(address))[0] == (await script.send(address, len(PHOTO), b""))[0] == 404
    assert await forget_expired_uploads(portal.desk, portal.store) == 1
    other = await script.begin()
    await script.send(other, 0, PHOTO[:HALF])
    await give_up(portal, script)
    for table in ("uploads", "upload_parts"):
        assert await portal_rows(portal, f"SELECT * FROM {table}") == []  # noqa: S608 - a name of this test


async def test_what_comes_by_an_upload_is_looked_at_as_any_file(portal: DemoSite, script: UploadScript) -> None:
    bomb = draw_bomb()
    address = await script.begin(len(bomb))
    assert (await script.send(address, 0, bomb))[0] == 204
    status, page = await upload(script.citizen, script.papers, **{"upload-deed": upload_id(address)})
    assert (status, "«سند.jpg»" in page, "مگاپیکسل" in page) == (422, True, True)
    assert (await script.ask(address))[0] == 404
    assert await kept_names(portal) == []


async def test_an_upload_that_cannot_be_opened_now_stays(portal: DemoSite, script: UploadScript) -> None:
    address = await script.begin()
    await script.send(address, 0, PHOTO)
    cleaner, portal.desk.file_cleaner = portal.desk.file_cleaner, BusyCleaner()
    files = (("file-deed", "برنامه.jpg", b"MZ"),)
    named = {"upload-deed": upload_id(address), "add": "yes"}
    status, page = await upload(script.citizen, script.papers, *files, **named)
    assert (status, "بررسی‌پذیر نیست" in page) == (503, True), "a browser that kept the file keeps it"
    assert await script.ask(address) == (200, str(len(PHOTO)))
    portal.desk.file_cleaner, script.citizen.page = cleaner, page
    assert (await upload(script.citizen, script.papers, **named))[0] == 303
    assert await kept_names(portal) == ["سند.jpg"]


async def test_bytes_that_wait_are_counted_once_and_hold_up_no_upload_that_was_begun(
    citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = UploadScript(citizen, await reach_papers(citizen), await csrf_of(citizen))
    finished, begun = await script.begin(), await script.begin()
    await script.send(finished, 0, PHOTO)
    monkeypatch.setattr(capacity, "MAX_WAITING_BYTES", len(PHOTO))
    assert (await upload(citizen, script.papers, **{"upload-deed": upload_id(finished), "add": "yes"}))[0] == 303
    assert await script.send(begun, 0, PHOTO) == (204, str(len(PHOTO)))
    assert (await script.create()).status == 429
    monkeypatch.setattr(capacity, "MAX_WAITING_BYTES", HALF)
    status, _ = await upload(citizen, script.papers, **{"upload-plan": upload_id(begun), "add": "yes"})
    assert (status, await script.ask(begun)) == (429, (200, str(len(PHOTO)))), "refused for now, it stays"


async def test_what_comes_for_a_form_that_was_sent_meanwhile_is_led_to_its_request(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    script = UploadScript(citizen, await reach_papers(citizen), await csrf_of(citizen))
    address, draft = await script.begin(), script.papers.removesuffix("/papers")
    await script.send(address, 0, PHOTO)

    class SentMeanwhile(FilesCleanedHere):
        """Another tab sends the form while a file of it is opened."""

        async def clean_file(self, content: bytes, media_type: str) -> bytes:
            await send(citizen, draft)
            return await super().clean_file(content, media_type)

    portal.desk.file_cleaner = SentMeanwhile()
    status, done = await upload(citizen, script.papers, **{"upload-deed": upload_id(address)})
    assert (status, done.partition("?")[0], await kept_names(portal)) == (303, f"{draft}/done", [])
    request = await only_request(portal)
    assert f'href="/requests/{request.code}/papers"' in await citizen.get(done)
    assert await script.ask(address) == (200, str(len(PHOTO))), "it is kept"


async def test_what_names_no_row_is_not_there(script: UploadScript) -> None:
    beyond_any_row = "1" + "0" * 30
    assert (await upload(script.citizen, script.papers, **{"upload-deed": beyond_any_row}))[0] == 404
    assert (await upload(script.citizen, script.papers, **{"upload-deed": "0" * 20 + beyond_any_row}))[0] == 404


async def test_uploads_of_an_owner_are_bounded(script: UploadScript) -> None:
    for _ in range(4):
        await script.begin(7 * 1024 * 1024)
    assert (await script.create(7 * 1024 * 1024)).status == 413
    for _ in range(16):
        await script.begin(1)
    assert (await script.create(1)).status == 413


async def test_a_request_takes_uploads_while_it_takes_papers(portal: DemoSite, request_script: UploadScript) -> None:
    script, citizen = request_script, request_script.citizen
    address = await script.begin()
    foreign, ended = await submitted(portal, "expert", EXPERT, OTHER_MOBILE), await completed(portal)
    for request, status in ((foreign, 404), (ended, 409)):
        other = UploadScript(citizen, f"/requests/{request.code}/papers", script.headers[CSRF_HEADER])
        assert (await other.create()).status == status
    assert (await script.send(address, 0, PHOTO))[0] == 204
    await withdraw(script)
    assert (await script.send(address, len(PHOTO), b""))[0] == 409, "it has ended"
    citizen.plant_token("")
    assert (await script.create()).status == 422, "no mobile is proved"
