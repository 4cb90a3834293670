"""The last step of a request on its page: taken back after one look at what that does, or with the reason why not."""

import re

from domain.values.actors import Role
from tests.channels.admin.requests.test_request_pages import opened
from tests.support.staff_site import StaffSite, Visitor

TITLE = "بازگرداندن «پذیرش»"


async def test_a_step_is_taken_back_on_its_page(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    assert "بازگرداندن" not in await opened(inside, "civil", request), "nothing of the staff is to be taken back"
    await site.demo.act(request.code, "accept", Role.CIVIL)
    page = await opened(inside, "civil", request)
    assert TITLE in page
    assert "رزروها همان می‌شود که پیش از این اقدام بود." in page
    [(action, seq)] = re.findall(r'action="([^"]*/step_back)">.*?name="seq" value="(\d+)"', page, re.DOTALL)
    for _ in range(2):
        page = await inside.get(await inside.post(action, seq=seq))
        assert "آخرین اقدام بازگردانده شد." in page
    assert (await site.request(request.code)).state == "submitted"
    assert "بازگرداندن اقدام" in page, "the history says so"
    await site.demo.act(request.code, "accept", Role.CIVIL)
    assert TITLE not in await opened(inside, "revenue", request)


async def test_what_cannot_be_taken_back_says_why(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "reject", Role.CIVIL, {"reason": "ماشین نداریم"})
    page = await opened(inside, "civil", request)
    assert "پایان‌یافته به همان حال می‌ماند" in page
    assert "/step_back" not in page
