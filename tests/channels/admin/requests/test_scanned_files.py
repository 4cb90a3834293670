"""Files that the staff add are scanned for malware first."""

from tests.channels.admin.requests.test_request_pages import PNG, expert_request, opened, paper
from tests.fakes.suspicious_scanner import MALWARE, SuspiciousScanner
from tests.support.staff_site import StaffSite, Visitor


async def test_malware_is_refused_and_not_kept(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    scanner = site.demo.desk.malware_scanner = SuspiciousScanner(site.store)
    path = f"/staff/requests/{request.code}/documents"
    page = await opened(inside, "expert", request)

    async def add(content: bytes) -> tuple[int, str]:
        form = paper(inside, page, content, "a.png")
        response = await inside.client.post(path, data=form, headers=inside.headers, allow_redirects=False)
        return response.status, await response.text()

    status, refused = await add(PNG + MALWARE)
    assert (status, "بدافزار پیدا شد" in refused) == (422, True)
    scanner.is_away = True
    status, refused = await add(PNG)
    assert (status, "فعلاً نمی‌شود فایل گرفت" in refused) == (503, True)
    async with site.store.open_unit(write=False) as uow:
        assert await uow.documents.list_of_request(request.id) == []
    scanner.is_away = False
    assert (await add(PNG))[0] == 303
