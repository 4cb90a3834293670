"""Giving requests to people from the list and from a request's page: which, to whom, and what comes of it."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from aiohttp import FormData

from domain.actions.context import ActorContext
from domain.actions.queues.work import REQUESTS_PER_PAGE
from domain.actions.requests.assign import assign_request
from domain.people.person import StaffMember
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.tracking_codes import parse_code
from tests.channels.admin.audit_reader import list_denial_facts
from tests.channels.admin.requests.test_request_pages import expert_request, opened
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import COLLEAGUE, HASH, StaffSite, Visitor

PATH = "/staff/assign"


def ticks(page: str) -> dict[str, str]:
    """Tracking code → what its box sends, of the rows that have one."""
    return {one[:9]: one for one in re.findall(r'type="checkbox" name="code" value="([^"]*)"', page)}


def offered(page: str) -> dict[str, str]:
    """User name → name, of those to whom requests may be given."""
    found = re.search(r'<select id="(?:give|assignee)" name="assignee".*?</select>', page)
    return dict(re.findall(r'<option value="([a-z_]+)"[^>]*>([^<]*)<', found[0])) if found else {}


def way_back(page: str) -> str:
    """The address of the list, as the form says."""
    found = re.search(r'name="next" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


async def sent(who: Visitor, status: int, *ticked: str, **values: str) -> str:
    """Tick these and send the form; the page that answers, or where it leads."""
    form = FormData({"csrf": who.csrf, **values})
    for one in ticked:
        form.add_field("code", one)
    response = await who.client.post(PATH, data=form, headers=who.headers, allow_redirects=False)
    page = await response.text()
    assert response.status == status, page[-2000:]
    return response.headers["Location"] if status == 303 else page


async def hired(site: StaffSite, username: str, role: Role, *, active: bool = True) -> None:
    """Put somebody on the staff."""
    member = StaffMember(username, frozenset({role}), f"خانم {username}", None, HASH, active, site.clock.now())
    async with site.store.open_unit() as uow:
        await uow.people.save_staff(member)


async def given(site: StaffSite, code: str, username: str) -> None:
    """Let the manager give a request to somebody."""
    manager = Actor(frozenset({Role.MANAGER}), "staff", "manager", "cli")
    async with site.store.open_unit() as uow:
        await assign_request(ActorContext(site.demo.desk, uow, manager), parse_code(code), username)


async def ordered(site: StaffSite) -> tuple[ServiceRequest, ServiceRequest]:
    """Two requests: civil works' turn, and revenue's."""
    mine, theirs = await site.submitted(), await site.submitted()
    await site.demo.act(theirs.code, "accept", Role.CIVIL)
    return mine, theirs


async def test_several_requests_are_given_at_once(site: StaffSite, inside: Visitor) -> None:
    mine, theirs = await ordered(site)
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=open")
    await inside.post(PATH, 422, assignee="civil")
    foreign = f"{theirs.code}:{(await site.request(theirs.code)).revision}"
    page = await sent(inside, 409, ticks(page)[mine.code], foreign, assignee="civil", next=way_back(page))
    assert "برای ۱ درخواست انجام شد" in page
    assert "اجازه این کار را ندارید" in page
    assert f'<a href="/staff/requests/{theirs.code}">' in page
    assert '<a href="/staff?queue=open">' in page
    assert (await site.request(mine.code)).assignee == "civil"
    assert (await site.request(theirs.code)).assignee is None
    [denial] = await list_denial_facts(site)
    assert (denial["about"], denial["path"], denial["address"]) == (theirs.code, PATH, COLLEAGUE)


async def test_what_a_colleague_did_meanwhile_is_not_replaced(site: StaffSite, inside: Visitor) -> None:
    await hired(site, "sara", Role.CIVIL)
    taken, free = await site.submitted(), await site.submitted()
    await inside.sign_in("civil")
    page = await inside.get("/staff")
    await given(site, taken.code, "sara")
    page = await sent(inside, 409, *ticks(page).values(), assignee="civil")
    assert "برای ۱ درخواست انجام شد" in page
    assert "همکار دیگری" in page
    assert (await site.request(taken.code)).assignee == "sara"
    assert (await site.request(free.code)).assignee == "civil"


@pytest.mark.parametrize("tick", ["{code}", "{code}:", "{code}:x", "{code}:-1", "{code}:1:1", "{code}: 1", "1:1", ""])
async def test_what_no_box_sends_is_refused(site: StaffSite, inside: Visitor, tick: str) -> None:
    one, other = await site.submitted(), await site.submitted()
    await inside.sign_in("civil")
    ticked = ticks(await inside.get("/staff"))
    wrong = tick.format(code=one.code)
    for boxes in ((wrong,), (ticked[other.code], wrong), (ticked[other.code], f"{other.code}:99")):
        assert "فهرست را تازه کنید" in await sent(inside, 422, *boxes, assignee="civil")
    assert (await site.request(other.code)).assignee is None


async def test_boxes_stand_only_where_one_may_give(site: StaffSite, inside: Visitor) -> None:
    mine, theirs = await ordered(site)
    for role, codes in {
        "civil": {mine.code},
        "revenue": {theirs.code},
        "manager": {mine.code, theirs.code},
        "auditor": set[str](),
    }.items():
        await inside.sign_in(role)
        page = await inside.get("/staff?queue=open")
        assert set(ticks(page)) == codes, role
        assert bool(offered(page)) == bool(codes), role
        for one in (mine, theirs):
            page = await inside.get(f"/staff/requests/{one.code}")
            assert bool(offered(page)) == (one.code in codes), role


async def test_a_manager_gives_to_the_unit_whose_turn_it_is(site: StaffSite, inside: Visitor) -> None:
    mine, theirs = await ordered(site)
    await hired(site, "sara", Role.CIVIL)
    await hired(site, "pari", Role.CIVIL, active=False)
    await inside.sign_in("manager")
    page = await inside.get("/staff?queue=open")
    assert set(offered(page)) == {"civil", "sara", "revenue", "manager"}
    assert offered(page)["sara"] == "خانم sara (واحد عمران)"
    told = await sent(inside, 409, *ticks(page).values(), assignee="sara")
    assert "این درخواست را به خانم sara نمی‌شود ارجاع داد؛ اکنون کار واحد درآمد است." in told
    assert (await site.request(mine.code)).assignee == "sara"
    assert (await site.request(theirs.code)).assignee is None
    page = await inside.get("/staff?queue=unit&unit=civil")
    assert offered(page) == {"civil": "کارمند civil", "manager": "کارمند manager", "sara": "خانم sara"}
    page = await inside.get(f"/staff/requests/{theirs.code}")
    assert set(offered(page)) == {"revenue", "manager"}
    await inside.sign_in("civil")
    assert set(offered(await inside.get("/staff?queue=open"))) == {"civil", "sara"}


async def test_one_comes_back_to_the_same_list(site: StaffSite, inside: Visitor) -> None:
    for _ in range(REQUESTS_PER_PAGE + 1):
        await site.submitted()
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=open&channel=sms&states=submitted&created_from=1405/09/01")
    onward = re.search(r'<a href="([^"]*)" rel="next">', page)
    assert onward
    page = await inside.get(unescape(onward[1]))
    assert way_back(page) == unescape(onward[1])
    (code,) = ticks(page)
    way = await sent(inside, 303, ticks(page)[code], assignee="civil", next=way_back(page))
    assert unquote(way) == unquote(f"{unescape(onward[1])}&done=assigned")
    page = await inside.get(way)
    assert "درخواست‌ها ارجاع شد." in page
    assert list(ticks(page)) == [code]
    assert way_back(page) == unescape(onward[1]), "and again"


@pytest.mark.parametrize("way", ["https://example.org/staff", "//example.org/staff", "/staff\\..", "/portal", "", "x"])
async def test_no_way_back_leads_elsewhere(site: StaffSite, inside: Visitor, way: str) -> None:
    await site.submitted()
    await inside.sign_in("civil")
    page = await inside.get("/staff")
    assert await sent(inside, 303, *ticks(page).values(), assignee="civil", next=way) == "/staff?done=assigned"


async def test_who_is_refused_is_chosen_again(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    await hired(site, "sara", Role.EXPERT)
    page = await opened(inside, "manager", request)
    path = f"/staff/requests/{request.code}/assign"
    page = await inside.post(path, 422, version=read_version(page), assignee="civil")
    told = "این درخواست را به کارمند civil نمی‌شود ارجاع داد؛ اکنون کار واحد کارشناسی است."
    assert told in page.split('id="who"')[1]
    assert page.count(told) == 2, "under the head, and beside the form: the step of that name is another thing"
    await given(site, request.code, "expert")
    page = await inside.post(path, 409, version=read_version(page), assignee="sara")
    assert '<option value="sara" selected>' in page
    await inside.post(path, version=read_version(page), assignee="sara")
    assert (await site.request(request.code)).assignee == "sara"


async def test_a_form_that_is_refused_leads_back_to_its_list(site: StaffSite, inside: Visitor) -> None:
    for _ in range(27):
        await site.submitted()
    await hired(site, "sara", Role.CIVIL)
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=open&service=machinery")
    onward = re.search(r'href="([^"]*)" rel="next"', page)
    assert onward
    page = await inside.get(unescape(onward[1]))
    back, shown = way_back(page), ticks(page)
    assert shown
    page = await sent(inside, 422, assignee="sara", next=back)
    assert "درخواستی انتخاب نشده است" in page
    assert (way_back(page), ticks(page)) == (back, shown)
    assert '<option value="sara" selected>' in page
    assert 'href="/staff" aria-current="page"' in page
    kept = dict(re.findall(r'<input type="hidden" name="(f-[a-z_]+)" value="([^"]*)">', page))
    name = "دراز " * 20
    page = await inside.post("/staff/views", 422, name=name, next=back, **kept)
    assert (way_back(page), ticks(page)) == (back, shown)
    assert f'value="{name.strip()}" aria-invalid="true" aria-describedby="problem"' in page
    assert '<details class="filter" open>' in page
    page = await inside.post("/staff/views/delete", 404, name="هیچ", next=back)
    assert (way_back(page), ticks(page)) == (back, shown)
