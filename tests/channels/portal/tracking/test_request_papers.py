"""Papers that are added to a sent request: several at once, each good one, the same file once; by nobody else, and not
after its end.
"""

from domain.values.tracking_codes import parse_code
from tests.channels.portal.requests.test_paper_pages import upload
from tests.support.demo_site import DemoSite
from tests.support.portal_citizen import PortalCitizen, portal_citizen
from tests.support.scenarios.expert_unit import PHOTO
from tests.support.scenarios.portal_requests import EXPERT, OTHER_MOBILE, completed, submitted
from tests.support.scenarios.sample_files import CountingCleaner, take_photo

OTHER_PHOTO = PHOTO[:-2] + b"\x00\xff\xd9"
SCRIPT = b"<script>alert(1)</script>"


async def list_papers(portal: DemoSite, code: str) -> list[tuple[str, str]]:
    """Return the files of a request: as which paper, and what each is called."""
    async with portal.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        return [(document.field, document.name) for document in await uow.documents.list_of_request(request.id)]


async def reach_papers(citizen: PortalCitizen, code: str) -> str:
    """Open the page of papers from that of the request; return its address."""
    address = f"/requests/{code}/papers"
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{code}")
    assert f'href="{address}" role="button"' in await citizen.get(f"/requests/{code}")
    await citizen.get(address)
    return address


async def test_papers_are_added_at_once_and_the_same_file_not_twice(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal, "expert", EXPERT)
    address, own_page = await reach_papers(citizen, request.code), f"/requests/{request.code}"
    assert 'enctype="multipart/form-data"' in citizen.page
    assert 'id="offline"' not in citizen.page, "nothing is kept in the browser"
    files = ("file-deed", "سند.jpg", PHOTO), ("file-deed", "پشت.jpg", OTHER_PHOTO), ("camera-plan", "نقشه.jpg", PHOTO)
    for done in ("document", "same_document"):
        assert await upload(citizen, address, *files) == (303, f"{own_page}?done={done}")
    assert await list_papers(portal, request.code) == [("deed", "سند.jpg"), ("deed", "پشت.jpg"), ("plan", "نقشه.jpg")]
    assert "دوباره ثبت نشد" in await citizen.get(f"{own_page}?done=same_document")
    assert citizen.page.count(f'href="{own_page}/documents/') == 3
    assert (await citizen.get(address)).count(f'href="{own_page}/documents/') == 3
    assert 'name="remove"' not in citizen.page, "what was sent stays"


async def test_a_file_that_is_there_already_is_not_opened_again(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal, "expert", EXPERT)
    address, cleaner = await reach_papers(citizen, request.code), CountingCleaner()
    portal.desk.file_cleaner = cleaner
    for _ in range(2):
        await upload(citizen, address, ("file-deed", "سند.jpg", take_photo()))
    assert cleaner.opened == 1


async def test_what_is_refused_is_said_beside_its_paper_and_the_rest_is_kept(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    request = await submitted(portal, "expert", EXPERT)
    address = await reach_papers(citizen, request.code)
    status, page = await upload(citizen, address, ("file-plan", "بد.jpg", SCRIPT), ("file-deed", "سند.jpg", PHOTO))
    assert (status, 'href="#file-plan"' in page, "«بد.jpg»" in page) == (422, True, True)
    assert 'aria-describedby="file-plan-problem"' in page
    assert page.count(f'href="/requests/{request.code}/documents/') == 1, "the good one is there"
    for files in (
        (),
        (("file-deed", "", b""),),
        (("file-visit_photo", "a.jpg", PHOTO),),
        (("file-x", "a.jpg", PHOTO),),
    ):
        status, page = await upload(citizen, address, *files)
        assert (status, 'role="alert"' in page) == (422, True)
    status, page = await upload(citizen, address, ("file-deed", "بزرگ.jpg", bytes(22 * 1024 * 1024)))
    assert (status, "یکی‌یکی" in page) == (413, True)
    assert await list_papers(portal, request.code) == [("deed", "سند.jpg")]


async def test_papers_are_for_whose_request_it_is_and_until_its_end(portal: DemoSite, citizen: PortalCitizen) -> None:
    request, ended = await submitted(portal, "expert", EXPERT), await completed(portal)
    address = f"/requests/{request.code}/papers"
    assert (await citizen.get(address, 303)).startswith("/mobile?")
    await reach_papers(citizen, request.code)
    async with portal_citizen(portal) as stranger:
        await stranger.prove_mobile(mobile=OTHER_MOBILE)
        await stranger.get("/session/end")
        assert (await upload(stranger, address, ("file-deed", "سند.jpg", PHOTO)))[0] == 404
        await stranger.get(address, 404)
    other = f"/requests/{ended.code}"
    assert await citizen.get(f"{other}/papers", 303) == other, "there is nothing to be added"
    await citizen.get(address)
    status, page = await upload(citizen, f"{other}/papers", ("file-deed", "سند.jpg", PHOTO))
    assert (status, 'role="alert"' in page) == (409, True)
    assert await list_papers(portal, request.code) == await list_papers(portal, ended.code) == []
