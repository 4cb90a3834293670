"""Papers that come chunk by chunk (tus 1.0): from where the line broke, for their own session alone, once."""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from channels.portal.requests.upload_calls import CHUNK_TYPE, MAX_CHUNK_BYTES
from channels.web.session import CSRF_HEADER
from domain.actions.drafts.uploads import UPLOAD_LIFETIME, forget_expired_uploads
from tests.channels.portal.requests.test_form_pages import csrf_of
from tests.channels.portal.requests.test_paper_pages import draft_file_names, portal_rows, reach_papers, upload
from tests.support.demo_site import DemoSite, build_desk, demo_site
from tests.support.portal_citizen import PortalCitizen, portal_citizen
from tests.support.scenarios.sample_files import FilesCleanedHere, draw_bomb, take_photo

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
    """What the script of the page of papers does."""

    def __init__(self, citizen: PortalCitizen, papers: str, csrf_token: str) -> None:
        self.citizen = citizen
        self.papers = papers
        self.headers = {"Tus-Resumable": "1.0.0", CSRF_HEADER: csrf_token}

    async def call(self, method: str, address: str, data: bytes = b"", **headers: str) -> ClientResponse:
        """Send a call; headers are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.citizen.client.request(method, address, data=data, headers={**self.headers, **named})

    async def create(self, size: int = len(PHOTO), name: str = "سند.jpg") -> ClientResponse:
        """Begin an upload."""
        metadata = f"filename {b64encode(name.encode()).decode()}"
        address = self.papers.replace("papers", "uploads")
        return await self.call("POST", address, Upload_Length=str(size), Upload_Metadata=metadata)

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


@pytest.fixture
async def script(citizen: PortalCitizen) -> UploadScript:
    """The script on the page of papers of a form."""
    papers = await reach_papers(citizen)
    return UploadScript(citizen, papers, await csrf_of(citizen))


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
    for _ in range(2):
        named = await upload(script.citizen, script.papers, add="yes", **{"upload-deed": upload_id(address)})
        assert named == (303, script.papers)
    assert await draft_file_names(portal) == ["سند.jpg"]
    assert await portal_rows(portal, "SELECT position FROM upload_parts") == []


async def test_what_the_protocol_asks_for(script: UploadScript) -> None:
    address, uploads = await script.begin(), script.papers.replace("papers", "uploads")
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


async def test_an_upload_is_there_for_its_own_session_and_page_alone(portal: DemoSite, script: UploadScript) -> None:
    address = await script.begin()
    async with portal_citizen(portal) as stranger:
        theirs = await reach_papers(stranger)
        intruder = UploadScript(stranger, theirs, await csrf_of(stranger))
        for other in (address, f"{theirs.replace('papers', 'uploads')}/{upload_id(address)}"):
            assert (await intruder.ask(other))[0] == (await intruder.send(other, 0, PHOTO))[0] == 404
        assert (await intruder.call("DELETE", address)).status == 404
        assert (await upload(stranger, theirs, **{"upload-deed": upload_id(address)}))[0] == 404
    script.headers[CSRF_HEADER] = "0" * 32
    assert (await script.send(address, 0, PHOTO))[0] == (await script.create()).status == 409
    assert await script.ask(address) == (200, "0")


async def test_uploads_end_with_their_day_and_with_their_draft(portal: DemoSite, script: UploadScript) -> None:
    address = await script.begin()
    await script.send(address, 0, PHOTO)
    portal.clock.at += UPLOAD_LIFETIME - timedelta(minutes=1)
    assert (await script.ask(address))[0] == 200
    portal.clock.at += timedelta(minutes=1)
    assert (await script.ask(address))[0] == (await script.send(address, len(PHOTO), b""))[0] == 404
    assert await forget_expired_uploads(portal.desk, portal.store) == 1
    other = await script.begin()
    await script.send(other, 0, PHOTO[:HALF])
    await script.citizen.get("/drafts")
    await script.citizen.post(script.papers.replace("papers", "delete"), 303)
    for table in ("uploads", "upload_parts"):
        assert await portal_rows(portal, f"SELECT * FROM {table}") == []  # noqa: S608 - a name of this test


async def test_what_comes_by_an_upload_is_looked_at_as_any_file(portal: DemoSite, script: UploadScript) -> None:
    bomb = draw_bomb()
    address = await script.begin(len(bomb))
    assert (await script.send(address, 0, bomb))[0] == 204
    status, page = await upload(script.citizen, script.papers, **{"upload-deed": upload_id(address)})
    assert (status, "«سند.jpg»" in page, "مگاپیکسل" in page) == (422, True, True)
    assert (await script.ask(address))[0] == 404
    assert await draft_file_names(portal) == []


async def test_uploads_of_a_draft_are_bounded(script: UploadScript) -> None:
    for _ in range(4):
        await script.begin(7 * 1024 * 1024)
    assert (await script.create(7 * 1024 * 1024)).status == 413
    for _ in range(16):
        await script.begin(1)
    assert (await script.create(1)).status == 413
