"""Steps that are refused: what was typed stays, mistakes are no denials, and nobody is offered what is another's."""

import re

from domain.bills.bill import PaymentMethod
from domain.people.person import StaffMember
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from domain.values.text import group_digits
from tests.channels.admin.audit_reader import count_denials
from tests.channels.admin.requests.test_request_pages import expert_request, opened, small_form, steps
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import HASH, StaffSite, Visitor, visitor

TODAY = "1405/09/03 11:00"
REPORT = "خاک رس و دیوار ترک‌خورده. " * 70


def step_form(page: str, step: str) -> str:
    """The form of a step that stands open."""
    return page.split(f'id="step-{step}" open')[1].split("</form>", maxsplit=1)[0]


async def assigned(site: StaffSite) -> ServiceRequest:
    """An opinion whose visit is `expert`'s, today; `sara` is an expert too."""
    sara = StaffMember("sara", frozenset({Role.EXPERT}), "سارا", None, HASH, True, site.clock.now())
    async with site.store.open_unit() as uow:
        await uow.people.save_staff(sara)
    request = await expert_request(site)
    await site.demo.act(request.code, "assign", Role.SECRETARIAT, {"officer": "expert", "visit": TODAY})
    return request


async def test_steps_of_the_named_officer_are_offered_to_nobody_else(site: StaffSite, inside: Visitor) -> None:
    request = await assigned(site)
    for username, offered in {
        "expert": ["visit", "reassign"],
        "sara": [],
        "secretariat": ["reassign", "cancel"],
    }.items():
        assert steps(await opened(inside, username, request)) == offered, username


async def test_a_report_of_another_expert_is_not_lost(site: StaffSite, inside: Visitor) -> None:
    request = await assigned(site)
    page = await opened(inside, "sara", request)
    path = f"/staff/requests/{request.code}/act/visit"
    page = await inside.post(path, 403, version=read_version(page), report=REPORT)
    form = page.split('id="step-visit" open')[1].split("</details>")[0]
    assert REPORT.strip() in form
    assert "کارشناس این بازدید کس دیگری است" in form
    assert await count_denials(site) == 1
    assert (await site.request(request.code)).state == "assigned"


async def test_an_hour_that_is_not_the_officers_to_give_is_a_mistake(site: StaffSite, inside: Visitor) -> None:
    request = await assigned(site)
    page = await opened(inside, "expert", request)
    path = f"/staff/requests/{request.code}/act/reassign"
    wanted = {"visit": "1405/09/04 21:00", "outside_hours": "yes"}
    form = step_form(await inside.post(path, 403, version=read_version(page), **wanted), "reassign")
    assert 'value="1405/09/04 21:00"' in form
    assert 'id="reassign-outside_hours-problem">بازدید بیرون از روز و ساعت را تنها مدیر یا دبیرخانه' in form
    assert await count_denials(site) == 0


async def test_an_amount_without_a_reason_is_a_mistake(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "accept", Role.CIVIL)
    page = await opened(inside, "revenue", request)
    path = f"/staff/requests/{request.code}/act/price"
    form = step_form(await inside.post(path, 422, version=read_version(page), amount="۲٬۰۰۰٬۰۰۰"), "price")
    assert 'value="۲٬۰۰۰٬۰۰۰"' in form
    assert 'id="price-reason-problem">تغییر مبلغ دلیل می‌خواهد' in form
    assert await count_denials(site) == 0


async def test_money_at_the_own_terminal_is_recorded_as_that(site: StaffSite) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    async with visitor(site) as revenue:
        page = await opened(revenue, "revenue", request)
        assert re.findall(r'name="method" value="([a-z_]+)" required( checked)?', page) == [
            ("slip", " checked"),
            ("pos", ""),
        ]
        values = {
            **dict(re.findall(r'name="((?:bill|payment)_id)" value="([0-9]+)"', page)),
            **dict(re.findall(r'name="(amount)"[^>]* value="([۰-۹٬]+)"', page)),
            "version": read_version(page),
            "reference": "770012",
        }
        assert "در فهرست نیست" in await revenue.post(f"{path}/slip", 422, method="gateway", **values)
        page = await revenue.post(f"{path}/slip", 422, **values | {"method": "pos", "amount": "1000"})
        assert 'value="pos" required checked' in small_form(page, f"{path}/slip")
        await revenue.post(f"{path}/slip", method="pos", **values)
    async with site.store.open_unit(write=False) as uow:
        payment = await uow.bills.find_payment(PaymentMethod.POS, "770012")
    assert payment is not None
    assert (payment.office, group_digits(payment.amount)) == (None, values["amount"])


async def test_tables_that_are_scrolled_have_names(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    await inside.sign_in("revenue")
    for path in (f"/staff/requests/{request.code}", "/staff?queue=open"):
        page = await inside.get(path)
        (table,) = re.findall(r'<div class="wide" tabindex="0"( role="region" aria-label="[^"]+")?><table', page)
        assert table, path
        assert re.findall(r"<th(?: colspan=\"3\")?>", page) == [], path
