"""The queues on the staff's site: what each role sees first, search in any spelling, views, foreign queues."""

import re
from datetime import date
from html import unescape

import pytest

from domain.papers.issued import IssuedPaper
from domain.values.actors import Role
from tests.channels.admin.audit_reader import count_denials
from tests.support.scenarios.expert_opinions import answered_opinion, price_opinions
from tests.support.staff_site import StaffSite, Visitor, visitor


def listed(page: str) -> list[str]:
    """The tracking codes of a list."""
    return re.findall(r'<td><a href="/staff/requests/([0-9]{9})["?]', page)


def queues(page: str) -> dict[str, str]:
    """Title → how many, as the list of queues says."""
    found = re.findall(r'<li><a href="/staff\?[^"]*"[^>]*>(.*?) <span class="count">(.*?)</span>', page)
    return dict(found)


async def test_each_unit_sees_its_own_queue_first(site: StaffSite, inside: Visitor) -> None:
    first, second = await site.submitted(), await site.submitted()
    await site.demo.act(second.code, "accept", Role.CIVIL)
    for role, codes in (("civil", [first.code]), ("revenue", [second.code])):
        await inside.sign_in(role)
        page = await inside.get("/staff")
        assert listed(page) == codes
        assert queues(page)["همهٔ در جریان"] == "۲"
    await inside.sign_in("admin")
    page = await inside.get("/staff")
    assert listed(page) == []
    assert "شما درخواستی در نوبت ندارید" in page


async def test_letters_that_nobody_has_collected_are_a_queue(site: StaffSite, inside: Visitor) -> None:
    await price_opinions(site)
    letter = await answered_opinion(site)
    await inside.sign_in("secretariat")
    page = await inside.get("/staff?queue=hand_over")
    assert listed(page) == [letter.code]
    assert (queues(page)["آمادهٔ تحویل"], queues(page)["همهٔ در جریان"]) == ("۱", "۰")
    assert listed(await inside.get("/staff?queue=finished")) == [letter.code]
    await site.demo.act(letter.code, "close", Role.SECRETARIAT)
    assert listed(await inside.get("/staff?queue=hand_over")) == []
    assert listed(await inside.get("/staff?queue=finished")) == [letter.code]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("گل جمال", 1),
        ("گلجمال توماج", 1),
        ("توماج", 1),
        ("گل‌جمال تو", 1),
        ("توماج گل", 1),
        ("۰۴۹۹۳۷۰۸۹۹", 1),
        ("09121234567", 2),
        ("۰۹۱۲ ۱۲۳ ۴۵۶۷", 2),
        ("+98 912 123 4567", 2),
    ],
)
async def test_a_request_is_found_as_people_type(site: StaffSite, inside: Visitor, typed: str, found: int) -> None:
    request = await site.submitted()
    await site.submitted(full_name="یوسف گری", national_code="0790419904")
    await inside.sign_in("civil")
    page = await read(inside, {"q": typed})
    assert request.code in listed(page)
    assert len(listed(page)) == found


@pytest.mark.parametrize(
    ("typed", "found_by"),
    [
        ("گل جمال", "نام"),
        ("کوچه ۱۲ مسجد", "نشانی"),
        ("12 جامع", "نشانی"),
        ("۴۵۶۷", "رقم‌های آخر کد رهگیری یا همراه"),
        ("0499", "رقم‌های اول کد ملی"),
        ("۰۹۱۲۱۲۳۴۵۶۷", "شمارهٔ همراه"),
        ("1405/م/۷", "شمارهٔ نامه"),
    ],
)
async def test_a_search_says_what_it_found_by(site: StaffSite, inside: Visitor, typed: str, found_by: str) -> None:
    request = await site.submitted(place="خیابان امام، کوچه ۱۲، جنب مسجد جامع")
    async with site.store.open_unit() as uow:
        paper = IssuedPaper("a-token", request.id, "letter", "1405/م/7", date(2026, 11, 24))
        await uow.issued_papers.add(paper)
    await inside.sign_in("civil")
    page = await read(inside, {"q": typed})
    assert listed(page) == [request.code]
    assert f"یافته با {found_by}" in page
    async with visitor(site) as other:
        await other.sign_in("taxi_officer")
        assert listed(await read(other, {"q": typed})) == []


async def test_a_corrected_mobile_is_found_by_its_last_digits(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    await inside.get(f"/staff/requests/{request.code}")
    await inside.post(
        f"/staff/requests/{request.code}/mobile", mobile="09351112222", proof="کارت ملی", version=request.revision
    )
    assert listed(await read(inside, {"q": "2222"})) == [request.code]
    assert listed(await read(inside, {"q": "4567"})) == []


async def read(visitor: Visitor, query: dict[str, str], status: int = 200) -> str:
    """The page that a search leads to."""
    response = await visitor.client.get("/staff/requests", params=query, headers=visitor.headers)
    page = await response.text()
    assert response.status == status, page[-2000:]
    return page


async def test_a_tracking_code_leads_to_its_request(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    grouped = f"{request.code[:3]} {request.code[3:6]} {request.code[6:]}"
    assert "کارکرد ماشین‌آلات" in await read(inside, {"q": grouped})
    assert "کد رهگیری درست نیست" in await read(inside, {"q": "987654321"}, 422)
    assert "دست‌کم" in await read(inside, {"q": "آ"}, 422)


async def test_long_lists_have_pages_and_nothing_is_seen_twice(site: StaffSite, inside: Visitor) -> None:
    codes = [(await site.submitted()).code for _ in range(40)]
    await inside.sign_in("civil")
    page = await inside.get("/staff")
    first = listed(page)
    onward = re.search(r'<a href="(/staff\?[^"]*)" rel="next">', page)
    assert onward
    page = await inside.get(unescape(onward[1]))
    assert sorted(first + listed(page)) == sorted(codes)
    back = re.search(r'<a href="(/staff\?[^"]*)" rel="prev">', page)
    assert back
    assert listed(await inside.get(unescape(back[1]))) == first


async def test_a_view_is_kept_found_again_and_forgotten(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=open&service=machinery&phase=received")
    kept = dict(re.findall(r'<input type="hidden" name="(f-[a-z_]+)" value="([^"]*)">', page))
    way = await inside.post("/staff/views", name="تازه‌های ماشین‌آلات", **kept)
    page = await inside.get(way)
    assert "تازه‌های ماشین‌آلات" in page
    assert listed(page) == [request.code]
    async with visitor(site) as other:
        await other.sign_in("revenue")
        assert "تازه‌های ماشین‌آلات" not in await other.get("/staff")
    await inside.post("/staff/views/delete", name="تازه‌های ماشین‌آلات")
    assert "تازه‌های ماشین‌آلات" not in await inside.get("/staff")


@pytest.mark.parametrize(
    "query",
    [
        "queue=nothing",
        "service=nothing",
        "service=taxi_leave",
        "phase=x",
        "created_from=x",
        "page=x",
        "unit=revenue&queue=unit",
        "x=1",
    ],
)
async def test_an_address_that_means_nothing_is_told(site: StaffSite, inside: Visitor, query: str) -> None:
    await site.submitted()
    await inside.sign_in("civil")
    response = await inside.client.get(f"/staff?{query}", headers=inside.headers)
    page = await response.text()
    assert response.status in {403, 422}
    assert 'role="alert"' in page
    assert listed(page) == []


@pytest.mark.parametrize(
    ("query", "denied"), [("service=taxi_leave", 1), ("unit=revenue&queue=unit", 1), ("phase=x", 0), ("page=x", 0)]
)
async def test_a_foreign_queue_is_told_and_audited(site: StaffSite, inside: Visitor, query: str, denied: int) -> None:
    await inside.sign_in("civil")
    page = await inside.get(f"/staff?{query}", 403 if denied else 422)
    assert ("شما اجازه این کار را ندارید" in page) == bool(denied)
    assert await count_denials(site) == denied


@pytest.mark.parametrize(("role", "searches"), [("civil", True), ("auditor", True), ("admin", False)])
async def test_only_who_may_search_is_offered_it(inside: Visitor, role: str, searches: bool) -> None:
    await inside.sign_in(role)
    assert ('role="search"' in await inside.get("/staff")) == searches
    response = await inside.client.get("/staff/requests?q=توماج", headers=inside.headers)
    assert (response.status == 200) == searches
