"""From a list to a request, and on: the filter goes along, the next request is offered, a bill is sent again."""

import re

from domain.values.actors import Role
from tests.channels.admin.requests.test_request_pages import opened
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import StaffSite, Visitor


async def test_the_list_comes_along_to_the_next_request_and_back(site: StaffSite, inside: Visitor) -> None:
    first, second, other = [await site.submitted(full_name=name) for name in ("یوسف گری", "یوسف گری", "طوبی آق‌آتابای")]
    await inside.sign_in("civil")
    listed = await inside.get("/staff?queue=unit&unit=civil&order=newest&search=یوسف")
    links = re.findall(r'href="(/staff/requests/[0-9]+\?list=[^"]+)"', listed)
    assert [link[16:25] for link in links] == [second.code, first.code]
    page = await inside.get(links[0])
    [action] = re.findall(r'action="([^"]*/act/accept[^"]*)"', page)
    page = await inside.get(await inside.post(action, version=read_version(page)))
    assert f'role="button" href="/staff/requests/{first.code}?list=' in page
    [back] = set(re.findall(r'href="(/staff\?[^"]+)"', page))
    assert "طوبی" not in (again := await inside.get(back.replace("&amp;", "&")))
    assert first.code in again
    assert other.code not in again


async def test_without_a_list_the_next_is_of_the_own_unit(site: StaffSite, inside: Visitor) -> None:
    first, second = await site.submitted(), await site.submitted()
    page = await opened(inside, "civil", first)
    assert "درخواست بعدی" not in page
    page = await inside.get(await inside.post(f"/staff/requests/{first.code}/act/accept", version=read_version(page)))
    assert f'role="button" href="/staff/requests/{second.code}"' in page
    page = await inside.get(f"/staff/requests/{second.code}?taken=accept&list=queue%3Dnone")
    assert "درخواست بعدی" not in page, "a list that nobody has"


async def test_before_it_is_accepted_the_page_says_what_is_free(site: StaffSite, inside: Visitor) -> None:
    held = await site.submitted()
    crowd = await site.submitted(items=[{"machine": "loader", "hours": 4, "count": 2}])
    page = await opened(inside, "civil", held)
    assert "در آن ساعت آزاد: لودر ۱" in page
    assert 'href="/staff/fleet?day=2026-11-26"' in page
    short = "۲ لودر خواسته شده و در آن ساعت تنها این آزاد است: لودر ۱"
    assert short in await inside.get(f"/staff/requests/{crowd.code}")
    await site.demo.act(held.code, "accept", Role.CIVIL)
    assert "در آن ساعت هیچ لودر آزاد نیست" in await inside.get(f"/staff/requests/{crowd.code}")


async def test_the_text_of_a_bill_is_sent_again_once(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    page = await opened(inside, "revenue", request)
    path = f"/staff/requests/{request.code}/resend"
    for said in ("دوباره فرستاده می‌شود", "همین چند دقیقه پیش"):
        assert said in await inside.get(await inside.post(path, version=read_version(page)))
    assert path not in await opened(inside, "auditor", request)
