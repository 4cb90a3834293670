"""Outlook of the desk while a form is filled in: the citizen with the last requests, the price and the hours that are
free; and all that is wrong with the form at once."""

import re
from collections.abc import Mapping
from datetime import date

from domain.audit.read_events import ReadEventFilter, ReadKind
from domain.requests.request import RequestFilter
from domain.values.actors import Role
from domain.values.calendar import WorkingCalendar
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor

DESK = "/staff/walk-in"
MACHINERY = f"{DESK}/machinery"
KNOWN = "?citizen_mobile=09121234567"
MACHINE: Mapping[str, str] = {"items-0-machine": "loader", "items-0-hours": "۲"}
BEGUN: Mapping[str, str] = {
    "citizen_mobile": "09121234567",
    **MACHINE,
    "date": "۱۴۰۵/۰۹/۰۵",
}


def free_hours(page: str) -> list[str]:
    """The hours that can be chosen beside the form."""
    return re.findall(r'name="hour" value="([0-9:]+)"', page)


async def test_a_known_citizen_is_there_before_the_form(site: StaffSite, inside: Visitor) -> None:
    done, opened = await site.submitted(), await site.submitted(date="2026-11-29")
    await site.demo.act(done.code, "reject", Role.CIVIL, {"reason": "راه نیست"})
    await inside.sign_in("civil")
    page = await inside.get(f"{DESK}{KNOWN}")
    codes = re.findall(r'<a href="/staff/requests/([0-9]+)"', page)
    assert codes == [opened.code, done.code], "the open one first"
    assert "گل‌جمال توماج ۰۹۱۲۱۲۳۴۵۶۷" in words(page)
    assert f'href="{MACHINERY}?citizen_mobile=09121234567"' in page
    page = await inside.get(f"{MACHINERY}{KNOWN}")
    assert re.findall(r'id="full_name" [^>]*value="([^"]*)"', page) == ["گل‌جمال توماج"]
    assert re.findall(r'id="national_code" [^>]*value="([^"]*)"', page) == ["0499370899"]


async def test_requests_of_other_units_are_counted_and_not_shown(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("expert")
    page = await inside.get(f"{DESK}{KNOWN}")
    assert "و ۱ درخواست نزد واحدهای دیگر" in words(page)
    assert persian_digits(display_code(request.code)) not in page
    page = await inside.get(f"/staff/walk-in/expert{KNOWN}")
    assert re.findall(r'id="full_name" [^>]*value="([^"]*)"', page) == ["گل‌جمال توماج"]
    assert "0499370899" not in page, "a mobile alone opens nobody's national code"
    assert "این شماره هنوز شناخته نیست" in words(await inside.get(f"{DESK}?citizen_mobile=09350000000"))
    given = {"citizen_mobile": "09121234567", "date": "۱۴۰۵/۰۹/۰۷", "start": "۸", "place": "میدان", **MACHINE}
    page = await inside.post(MACHINERY, 422, **given)
    assert 'id="national_code-problem"' in page, "nor is it taken from there"
    page = await inside.post(MACHINERY, 200, national_code="0013542419", **given)
    assert "0499370899" not in page
    await inside.sign_in("taxi_officer")
    await inside.get("/staff/walk-in/expert")
    asked = {"kind": "tree_felling", "postal_code": "4947113456", "address": "خیابان امام", "text": "درخت حیاط"}
    page = await inside.post("/staff/walk-in/expert", 422, citizen_mobile="09121234567", **asked)
    assert 'id="national_code-problem"' in page, "nor by what the service fills in of itself"
    assert 'id="mobile-problem"' in await inside.get(f"{DESK}?citizen_mobile=12", 422)
    assert 'id="mobile-problem"' not in await inside.get(DESK)


async def test_price_and_free_hours_are_known_before_all_is_filled_in(site: StaffSite, inside: Visitor) -> None:
    other = await paid(site, start="09:00")
    await site.demo.act(other.code, "schedule", Role.CIVIL)
    await inside.sign_in("civil")
    assert free_hours(await inside.get(MACHINERY)) == []
    page = await inside.post(MACHINERY, 200, review="yes", **BEGUN)
    assert "قابل پرداخت" in words(page)
    assert "ساعت‌های آزاد پنج‌شنبه ۵ آذر ۱۴۰۵" in words(page)
    assert free_hours(page) == [], "the office stays closed on Thursdays"
    page = await inside.post(MACHINERY, 200, review="yes", **{**BEGUN, "date": "۱۴۰۵/۰۹/۰۷"})
    assert (free_hours(page)[0], free_hours(page)[-1], len(free_hours(page))) == ("07:30", "14:00", 14)
    assert 'aria-invalid="true"' not in page
    page = await inside.post(MACHINERY, 200, hour="10:30", **BEGUN)
    assert re.findall(r'id="start" [^>]*value="([^"]*)"', page) == ["۱۰:۳۰"]
    async with site.store.open_unit(write=False) as uow:
        assert len(await uow.requests.list_requests(RequestFilter())) == 1, "nothing was entered"


async def test_a_public_holiday_is_named_before_it_is_entered(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get(MACHINERY)
    assert "تعطیل است" not in words(await inside.post(MACHINERY, 200, review="yes", **BEGUN))
    closed = WorkingCalendar(overrides={date(2026, 11, 26): False})
    site.demo.desk.apply_settings(1, site.demo.desk.policy, closed, {})
    assert "پنج‌شنبه ۵ آذر ۱۴۰۵ تعطیل است" in words(await inside.post(MACHINERY, 200, review="yes", **BEGUN))


async def test_hours_that_somebody_has_are_not_offered(site: StaffSite, inside: Visitor) -> None:
    other = await paid(site, start="09:00", date="2026-11-28")
    await site.demo.act(other.code, "schedule", Role.CIVIL)
    await inside.sign_in("civil")
    await inside.get(MACHINERY)
    page = await inside.post(MACHINERY, 200, review="yes", **{**BEGUN, "date": "۱۴۰۵/۰۹/۰۷"})
    assert free_hours(page) == ["13:00", "13:30", "14:00"]


async def test_all_that_is_wrong_is_told_at_once(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get(MACHINERY)
    wrong = {"citizen_mobile": "0912", "national_code": "123", "date": "۱۴۰۸/۰۱/۰۵", "items-0-hours": "۲۰۰"}
    page = await inside.post(MACHINERY, 422, **{**BEGUN, **wrong})
    problems = set(re.findall(r'id="([a-z_]+)-problem"', page))
    assert problems == {"mobile", "national_code", "items", "date", "start", "place"}
    page = await inside.post(MACHINERY, 422, **{**BEGUN, **wrong, "citizen_mobile": "09121234567"})
    assert "full_name" in set(re.findall(r'id="([a-z_]+)-problem"', page)), "nobody is known by that number"


async def test_the_citizen_beside_the_form_is_of_the_number_that_stands_in_it(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    shown = f'<a href="/staff/requests/{request.code}"'
    assert shown in await inside.get(f"{MACHINERY}{KNOWN}")
    other = {**BEGUN, "citizen_mobile": "09350000000"}
    page = await inside.post(f"{MACHINERY}{KNOWN}", 200, review="yes", **other)
    assert shown not in page
    assert "این شماره هنوز شناخته نیست" in words(page)
    assert shown in await inside.post(f"{MACHINERY}?citizen_mobile=09350000000", 200, review="yes", **BEGUN)
    async with site.store.open_unit(write=False) as uow:
        events = await uow.audit.list_read_events(ReadEventFilter(kind=ReadKind.SEARCH))
    assert {event.subject for event in events} == {"citizen_mobile=0912…67", "citizen_mobile=0935…00"}
