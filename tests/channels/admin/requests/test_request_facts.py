"""Facts of a request's page beside the form: whose taxi it is, what a further service keeps, a price that adds up; and
what is still done when a request has ended."""

import re
from functools import partial
from pathlib import Path

from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.actions.tariffs.price_changes import add_tariff
from domain.requests.request import RequestFilter, ServiceRequest
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from tests.support.demo_site import build_desk
from tests.support.municipality import CITIZEN, actor
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.further_service import TREES, WORDS
from tests.support.scenarios.site_registries import furnish
from tests.support.scenarios.taxi_registries import DRIVER_CODE, PLATE
from tests.support.scenarios.taxi_requests import asked_leave, complained
from tests.support.staff_site import StaffSite, Visitor, staff_site, visitor


def facts(page: str) -> dict[str, str]:
    """Facts on the page: label and value of each fact."""
    found = re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", page)
    return {label: re.sub(r"<[^>]*>", "", value) for label, value in found}


async def opened(visitor: Visitor, username: str, request: ServiceRequest) -> str:
    """The request's page, read by a member of the staff."""
    await visitor.sign_in(username)
    return await visitor.get(f"/staff/requests/{request.code}")


async def done(site: StaffSite, *steps: tuple[str, Role]) -> ServiceRequest:
    """An order of a machine, with these steps taken."""
    request = await site.submitted()
    for step, role in steps:
        await site.demo.act(request.code, step, role, {"reason": "راه باز نیست"} if step == "reject" else {})
    return request


def amount_box(page: str) -> str:
    """Value in the box for the price."""
    [amount] = re.findall(r'id="price-amount"[^>]* value="([^"]*)"', page)
    return str(amount)


async def priced(site: StaffSite, *, rate: int, vat_percent: int = 0) -> None:
    """Set another price of a loader's hour, from today on."""
    async with site.store.open_unit() as uow:
        await add_tariff(
            ActorContext(site.demo.desk, uow, actor(Role.REVENUE)),
            "machinery",
            {"machine": "loader"},
            rate=rate,
            unit="hour",
            vat_percent=vat_percent,
        )


async def test_a_leave_tells_whose_it_is_and_leads_to_their_rows(site: StaffSite, inside: Visitor) -> None:
    await furnish(site)
    leave, report = await asked_leave(site), await complained(site)
    page = await opened(inside, "taxi_officer", leave)
    told = facts(page)
    assert (told["راننده"], told["مالک"], told["همراه مالک"]) == ("عبدالله ایری", "آنه محمدی", "۰۹۱۲۱۰۰۰۰۰۱")
    assert told["درخواست‌کننده"] == "خود راننده"
    for registry, value in (("driver", DRIVER_CODE), ("vehicle", PLATE)):
        [link] = set(re.findall(rf'href="(/staff/registries/{registry}\?q=[^"]+)"', page))
        assert value.split("ت")[0] in link
        assert len(re.findall(rf"/staff/registries/{registry}/[0-9]+", await inside.get(link))) == 1
    assert "/staff/registries/vehicle?q=" in await inside.get(f"/staff/requests/{report.code}")


async def test_what_a_further_service_keeps_is_told(database: Path) -> None:
    desk_of = partial(build_desk, offered=(MACHINERY_WORK, TREES), texts=WORDS)
    async with staff_site(database, desk_of) as site, visitor(site) as civil:
        desk, citizen = site.demo.desk, actor(Role.CITIZEN)
        asked = {"trees": 3, "date": "2026-11-28", "place": "خیابان امام"}
        async with site.store.open_unit() as uow:
            await add_tariff(
                ActorContext(desk, uow, actor(Role.REVENUE)), TREES.key, {"work": "pruning"}, rate=0, unit="tree"
            )
            context = ActorContext(desk, uow, citizen)
            outcome = await submit_request(context, TREES.key, asked, CITIZEN)
            await announce_outcome(context, outcome)
        for step in ("accept", "prune"):
            await site.demo.act(outcome.request.code, step, Role.CIVIL)
        assert facts(await opened(civil, "civil", outcome.request))["هرس شد"].startswith("۱۴۰۵/۰۹/۰۳ ساعت ۱۰:")


async def test_a_price_adds_up_for_who_reads_it(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted(items=[{"machine": "loader", "hours": 1}])
    await site.demo.act(request.code, "accept", Role.CIVIL)
    own = {"amount": 5_000_000, "reason": "مصوبه شورا"}
    await site.demo.act(request.code, "price", Role.REVENUE, own)
    page = await opened(inside, "revenue", request)
    foot = page.split("<tfoot>")[1].split("</tfoot>", maxsplit=1)[0]
    rows = dict(re.findall(r'<th colspan="3" scope="row">([^<]*)</th><td>(?:<strong>)?([^<]*)<', foot))
    assert rows == {
        "مالیات بر ارزش افزوده": "۶۰۰٬۰۰۰",
        "جمع به تعرفه": "۶٬۶۰۰٬۰۰۰",
        "جمع": "۵٬۰۰۰٬۰۰۰",
    }
    assert "۲ × ۱ <small>(خواسته ۱، کمینه ۲)</small>" in page


async def test_what_rounding_takes_off_is_told(site: StaffSite, inside: Visitor) -> None:
    await priced(site, rate=1_000_333)
    request = await site.submitted(items=[{"machine": "loader", "hours": 1}])
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    assert "گرد کردن</th><td>− ۳۳۳</td>" in await opened(inside, "revenue", request)


async def test_a_price_that_moved_since_the_page_was_read_is_told(site: StaffSite, inside: Visitor) -> None:
    request = await done(site, ("accept", Role.CIVIL))
    page, path = await opened(inside, "revenue", request), f"/staff/requests/{request.code}/act/price"
    shown = re.search(r'name="seen-quote" value="([0-9]+)"', page)
    assert shown
    assert shown[1] == "13200000"
    await priced(site, rate=8_000_000, vat_percent=10)
    form = {"version": read_version(page), "seen-quote": shown[1], "amount": amount_box(page)}
    form["proposed-amount"] = form["amount"]
    assert form["amount"] == "۱۳٬۲۰۰٬۰۰۰", "the price in force stands in the box"
    page = await inside.post(path, 409, **form)
    assert "اکنون ۳۵٬۲۰۰٬۰۰۰ ریال است" in page
    form["amount"] = form["proposed-amount"] = amount_box(page)
    assert form["amount"] == "۳۵٬۲۰۰٬۰۰۰"
    assert (await site.request(request.code)).state == "accepted"
    for odd in ("بسیار", "9" * 5000):
        await inside.post(path, 422, **form | {"seen-quote": odd})
    await inside.post(path, **form | {"seen-quote": "35200000"})
    quote = (await site.request(request.code)).data["quote"]
    assert (quote["total"], quote["override"]) == (35_200_000, None), "left as it stood, it is the tariff's"


async def test_a_finished_request_is_taken_up_again(site: StaffSite, inside: Visitor) -> None:
    request = await done(site, ("reject", Role.CIVIL))
    path = f"/staff/requests/{request.code}"
    page = await opened(inside, "civil", request)
    assert f'action="{path}/reopen"' in page
    assert 'id="refusal"' in await inside.post(f"{path}/reopen", 422, version=read_version(page), reason=" ")
    led = await inside.post(f"{path}/reopen", version=read_version(page), reason="راه باز شد")
    async with site.store.open_unit(write=False) as uow:
        new = (await uow.requests.list_requests(RequestFilter()))[0]
    assert (led, new.parent_id) == (f"/staff/requests/{new.code}?done=reopened", request.id)
    old_page, new_page = await inside.get(path), await inside.get(f"/staff/requests/{new.code}")
    assert f'<dt>دوباره در جریان با کد</dt><dd><a href="/staff/requests/{new.code}">' in old_page
    assert f'<dt>دنبالهٔ درخواست</dt><dd><a href="{path}">' in new_page
    assert "/reopen" not in old_page + new_page
    await inside.post(f"{path}/reopen", 409, version=read_version(page), reason="راه باز شد")


async def test_who_may_not_take_it_up_is_not_offered_it(site: StaffSite, inside: Visitor) -> None:
    request = await done(site, ("reject", Role.CIVIL))
    assert "/reopen" not in await opened(inside, "auditor", request)
    await inside.post(f"/staff/requests/{request.code}/reopen", 403, reason="خواست شهروند")
    await inside.sign_in("expert")
    await inside.post(f"/staff/requests/{request.code}/reopen", 403, reason="خواست شهروند")


async def test_the_mobile_of_a_finished_request_is_corrected(site: StaffSite, inside: Visitor) -> None:
    request = await done(site, ("reject", Role.CIVIL))
    page, path = await opened(inside, "civil", request), f"/staff/requests/{request.code}/mobile"
    assert f'action="{path}"' in page
    await inside.post(path, version=read_version(page), mobile="09121112233", proof="کارت ملی")
    assert (await site.request(request.code)).mobile == "+989121112233"
