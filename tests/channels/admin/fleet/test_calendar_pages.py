"""The calendars: what is booked when, an hour chosen for a request's step, and machines out of service."""

import re
from dataclasses import replace
from datetime import date, time
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.admin.fleet.calendar_view import build_day_heads
from domain.actions.bills.pay import record_payment
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.act import act_on_request
from domain.bills.bill import PaymentMethod
from domain.blocks.charging import list_request_bills
from domain.fleet.resources import ResourceStatus
from domain.people.person import Substitution
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code, parse_code
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import give, row, words
from tests.support.staff_site import StaffSite, Visitor, visitor

FLEET = "/staff/fleet"
DAY = "2026-11-26"
"""Day on which the loader is wanted, from eight for four hours."""


async def step(site: StaffSite, code: str, action: str, role: Role) -> None:
    """Take a step."""
    who = Actor(frozenset({role}), "staff", role.value, "cli")
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, who)
        await announce_outcome(
            context,
            await act_on_request(context, parse_code(code), action, {}),
        )


async def paid(site: StaffSite, **fields: Any) -> ServiceRequest:
    """A request that is paid and waits to be scheduled."""
    request = await site.submitted(**fields)
    await step(site, request.code, "accept", Role.CIVIL)
    await step(site, request.code, "price", Role.REVENUE)
    revenue = Actor(frozenset({Role.REVENUE}), "staff", "revenue", "cli")
    async with site.store.open_unit() as uow:
        (bill,) = await list_request_bills(uow.bills, request)
        ids = bill.bill_id, bill.payment_id
        settled = await record_payment(
            ActorContext(site.demo.desk, uow, revenue), ids, bill.amount, PaymentMethod.SLIP, request.code
        )
        assert settled.outcome
        await announce_outcome(ActorContext(site.demo.desk, uow, revenue), settled.outcome)
    return request


def links(page: str, kind: str) -> list[str]:
    """Links of the half hours of a kind, in order."""
    cells = re.findall(r'<td class="([^"]+)"[^>]*>(?:<small class="hours">[^<]*</small> )?<a href="([^"]+)"', page)
    return [unescape(address) for kinds, address in cells if kind in kinds.split()]


@pytest.fixture
async def civil(inside: Visitor) -> Visitor:
    """The civil works' browser."""
    await inside.sign_in("civil")
    return inside


def code_in_words(code: str) -> str:
    """Return a tracking code as `words` shows it."""
    return " ".join(display_code(code).split())


async def test_a_day_shows_what_is_held_and_booked_with_the_way_to_it(site: StaffSite, civil: Visitor) -> None:
    request = await site.submitted()
    assert links(await civil.get(f"{FLEET}?day={DAY}"), "held") == []
    await step(site, request.code, "accept", Role.CIVIL)
    page = await civil.get(f"{FLEET}?day={DAY}")
    assert links(page, "held") == [f"/staff/requests/{request.code}"]
    code = persian_digits(display_code(request.code))
    said = f"لودر ۱، ۸–۱۲، نگه‌داشته برای درخواست {code}، گل‌جمال توماج، خیابان امام، جنب پارک"
    assert f'aria-label="{said}"' in page
    assert "گل‌جمال توماج خیابان امام، جنب پارک" in words(page)
    assert 'class="held" colspan="8"' in page
    assert "نگه‌داشته، هنوز زمان‌بندی نشده" in words(page)
    assert "پنج‌شنبه ۵ آذر ۱۴۰۵" in words(page)


async def test_a_week_shows_the_hours(site: StaffSite, civil: Visitor) -> None:
    request = await paid(site)
    await step(site, request.code, "schedule", Role.CIVIL)
    page = words(await civil.get(f"{FLEET}?view=week&day={DAY}"))
    assert "۱۴۰۵/۰۸/۳۰ – ۱۴۰۵/۰۹/۰۶" in page
    assert page.count("۸–۱۲ گل‌جمال توماج خیابان امام، جنب پارک") == 2, "the machine and its operator"
    assert "پنج‌شنبه ۱۴۰۵/۰۹/۰۵ ۰ از ۱ ماشین آزاد ۰ از ۱ راننده آزاد" in page
    assert page.count("۱ از ۱ ماشین آزاد ۱ از ۱ راننده آزاد") == 5
    assert "جمعه ۱۴۰۵/۰۹/۰۶ تعطیل" in page
    assert "گل‌جمال توماج" not in words(await civil.get(f"{FLEET}?view=week&day=2026-11-28"))


def opening(page: str) -> list[str]:
    """The heads of a day's hours that its page is opened at."""
    return re.findall(r'id="opening">([^<]*)<', page)


async def test_a_day_opens_where_one_works_or_where_the_request_is(site: StaffSite, civil: Visitor) -> None:
    page = await civil.get(f"{FLEET}?day={DAY}")
    assert opening(page) == ["۷"], "the office opens at half past seven"
    for way in ("day=2026-11-25", "day=2026-11-27", f"view=day&amp;day={DAY}"):
        assert f'href="{FLEET}?{way}#opening"' in page
    request = await paid(site, start="14:00")
    assert opening(await civil.get(f"{FLEET}?for={request.code}&step=schedule")) == ["۱۴"]
    week = await civil.get(f"{FLEET}?view=week&day={DAY}")
    assert opening(week) == []
    assert f'href="{FLEET}?day={DAY}#opening"' in week
    assert f'href="{FLEET}?view=week&amp;day=2026-12-03"' not in week
    assert f'href="{FLEET}?view=week&amp;day=2026-11-28"' in week


@pytest.mark.parametrize(
    ("hours", "at", "heads", "opens"),
    [
        (range(12, 16), time(7, 30), ["۶", "۷"], "۷"),
        (range(13, 18), time(5), ["۶", "۷", "۸"], "۶"),
        (range(11, 16), time(5, 30), ["۵", "۶", "۷"], "۵"),
        (range(12, 15), time(22), ["۶", "۷"], "۷"),
    ],
)
def test_the_head_of_the_hour_at_which_a_day_opens(hours: range, at: time, heads: list[str], opens: str) -> None:
    found = build_day_heads(hours, at)
    assert [one["text"] for one in found] == heads
    assert [one["text"] for one in found if one["is_opening_hour"]] == [opens]


async def test_an_hour_is_chosen_for_the_step_of_a_request(site: StaffSite, civil: Visitor) -> None:
    request = await paid(site)
    page = await civil.get(f"/staff/requests/{request.code}")
    assert f'href="{FLEET}?for={request.code}&amp;step=schedule"' in page
    page = await civil.get(f"{FLEET}?for={request.code}&step=schedule")
    assert f"ساعت آغاز «زمان‌بندی» برای درخواست {persian_digits(code_in_words(request.code))}" in words(page)
    assert "مدت ۴ ساعت زمان خواسته‌شده پنج‌شنبه ۵ آذر ۱۴۰۵، ساعت ۸:۰۰ انتخاب همین زمان" in words(page)
    assert "راننده‌های آزاد در این زمان: رحیم" in words(page)
    free = links(page, "free")
    at_ten = next(one for one in free if "۱۰:۰۰" in parse_qs(urlsplit(one).query)["start"][0])
    page = await civil.get(at_ten.partition("#")[0])
    assert 'value="۱۴۰۵/۰۹/۰۵ ۱۰:۰۰"' in page
    assert 'value="L1" checked' in page
    assert 'id="step-schedule" open' in page
    given = {"machine": "L1", "start": "۱۴۰۵/۰۹/۰۵ ۱۰:۰۰", "version": read_version(page)}
    await civil.post(f"/staff/requests/{request.code}/act/schedule", **given)
    assert (await site.request(request.code)).data["booked_start"] == "2026-11-26T06:30:00+00:00"


async def test_who_can_drive_is_seen_where_the_hour_is_chosen(site: StaffSite, civil: Visitor) -> None:
    await give(
        site,
        "operators",
        {"code": "O2", "title": "نورمحمد", "skills": ["crane"]},
        {"code": "O3", "title": "آنه", "skills": []},
    )
    other, request = await paid(site, start="14:00"), await paid(site)
    await step(site, other.code, "schedule", Role.CIVIL)
    page = await civil.get(f"{FLEET}?for={request.code}&step=schedule&day={DAY}")
    said = words(page)
    assert ("رحیم" in said, "آنه" in said, "نورمحمد" in said) == (True, True, False)
    assert "راننده‌های آزاد در این زمان: رحیم، آنه" in said
    assert f'aria-label="رحیم، ۱۴–۱۸، درخواست {persian_digits(display_code(other.code))}، ' in page
    assert 'title="لودر ۱ از ساعت ۱۸، رانندهٔ آزاد: رحیم، آنه"' in page
    assert {parse_qs(urlsplit(one).query)["machine"][0] for one in links(page, "free")} == {"L1"}
    assert "نورمحمد" in words(await civil.get(f"{FLEET}?day={DAY}"))
    week = words(await civil.get(f"{FLEET}?for={request.code}&step=schedule&view=week&day={DAY}"))
    assert ("رحیم" in week, "نورمحمد" in week) == (True, False)


async def test_only_what_stays_free_to_the_end_can_be_chosen(site: StaffSite, civil: Visitor) -> None:
    other = await site.submitted(start="14:00")
    await step(site, other.code, "accept", Role.CIVIL)
    request = await paid(site)
    page = await civil.get(f"{FLEET}?for={request.code}&step=schedule")
    hours = [parse_qs(urlsplit(one).query)["start"][0][-5:] for one in links(page, "free")]
    assert sorted(hours) == [
        "۰۶:۰۰",
        "۰۶:۳۰",
        "۰۷:۰۰",
        "۰۷:۳۰",
        "۰۸:۰۰",
        "۰۸:۳۰",
        "۰۹:۰۰",
        "۰۹:۳۰",
        "۱۰:۰۰",
        "۱۸:۰۰",
        "۱۸:۳۰",
        "۱۹:۰۰",
        "۱۹:۳۰",
    ]


async def test_nothing_is_chosen_for_what_may_not_be_done(site: StaffSite, civil: Visitor) -> None:
    request = await site.submitted()
    page = await civil.get(f"{FLEET}?for={request.code}&step=schedule&day={DAY}")
    assert links(page, "free") == []
    await civil.get(f"{FLEET}?for=12&step=schedule", 422)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        page = await manager.get(f"{FLEET}?for={(await paid(site)).code}&step=schedule&day={DAY}")
        assert links(page, "free") == []


async def test_days_are_written_as_people_write_them(civil: Visitor) -> None:
    assert "جمعه ۶ آذر ۱۴۰۵ تعطیل" in words(await civil.get(f"{FLEET}?day=۱۴۰۵/۰۹/۰۶"))
    page = await civil.get(f"{FLEET}?day=سی‌ام", 422)
    assert 'id="day-problem"' in page
    assert "سه‌شنبه ۳ آذر ۱۴۰۵" in words(page), "today instead"
    page = await civil.get(f"{FLEET}?day={DAY}")
    assert f"{FLEET}?day=2026-11-25" in page
    assert f"{FLEET}?day=2026-11-27" in page


async def test_a_step_of_the_address_is_only_filled_in(site: StaffSite, civil: Visitor) -> None:
    request = await paid(site)
    page = await civil.get(f"/staff/requests/{request.code}?step=schedule&start=%22%3E%3Cscript%3E&machine=none")
    assert "<script>&" not in page
    assert 'value="&#34;&gt;&lt;script&gt;"' in page
    await civil.get(f"/staff/requests/{request.code}?step=no_such")
    assert (await site.request(request.code)).state == "paid"


async def test_a_machine_is_taken_out_of_service_and_put_back(site: StaffSite, civil: Visitor) -> None:
    machine = await row(site, "machines")
    address = f"{FLEET}/machines/{machine.id}"
    await civil.get(address)
    form = {"first": "۱۴۰۵/۰۹/۰۵", "last": "۱۴۰۵/۰۹/۰۶", "note": "تعویض لاستیک"}
    page = await civil.post(f"{address}/out", 422, **form | {"last": "۱۴۰۵/۰۹/۰۴"})
    assert 'id="out-last-problem"' in page
    assert 'value="تعویض لاستیک"' in page
    await civil.post(f"{address}/out", **form)
    page = await civil.get(address)
    assert "تعویض لاستیک" in page
    assert "تعویض لاستیک" in words(await civil.get(f"{FLEET}?day={DAY}"))
    request = await site.submitted()
    page = await civil.get(f"/staff/requests/{request.code}")
    refused = await civil.post(f"/staff/requests/{request.code}/act/accept", 409, version=read_version(page))
    assert "آزاد نیست" in refused
    back = re.search(r'action="([^"]+/back/[0-9]+)"', await civil.get(address))
    assert back
    await civil.post(back[1])
    again = words(await civil.post(back[1], 404))
    assert "چیزی ثبت نشد." in again
    assert "کارهای پیش رو" in again, "the machine's own page"
    page = await civil.get(f"/staff/requests/{request.code}")
    await civil.post(f"/staff/requests/{request.code}/act/accept", version=read_version(page))


async def test_a_machine_that_broke_names_its_work(site: StaffSite, civil: Visitor) -> None:
    request = await site.submitted()
    await step(site, request.code, "accept", Role.CIVIL)
    machine = await row(site, "machines")
    address = f"{FLEET}/machines/{machine.id}"
    await civil.get(address)
    await civil.post(f"{address}/out", first="۱۴۰۵/۰۹/۰۵", last="۱۴۰۵/۰۹/۰۶", note="تعویض لاستیک")
    page = words(await civil.get(address))
    assert "هنوز در زمان بیرون از سرویس رزرو است" in page
    assert persian_digits(code_in_words(request.code)) in page
    day = await civil.get(f"{FLEET}?day={DAY}")
    assert "تعویض لاستیک" in day
    assert f"/staff/requests/{request.code}" in day, "the work that lies in it is not hidden by it"


async def test_a_machine_with_work_before_it_is_not_retired(site: StaffSite, civil: Visitor) -> None:
    request = await site.submitted()
    await step(site, request.code, "accept", Role.CIVIL)
    machine = await row(site, "machines")
    address = f"{FLEET}/machines/{machine.id}"
    form = {"type": "loader", "title": "لودر ۱", "status": "retired", "capacity": ""}
    page = await civil.get(f"{address}/edit")
    refused = await civil.post(f"{address}/edit", 409, version=read_version(page), **form)
    assert code_in_words(request.code) in words(refused)
    await step(site, request.code, "cancel", Role.CIVIL)
    await civil.post(f"{address}/edit", version=read_version(page), **form)
    assert "لودر ۱" not in words(await civil.get(f"{FLEET}?day={DAY}"))


async def test_visits_are_seen_by_who_sends_and_who_goes(site: StaffSite) -> None:
    for role, status in (("expert", 200), ("secretariat", 200), ("manager", 200), ("civil", 403), ("revenue", 403)):
        async with visitor(site) as who:
            await who.sign_in(role)
            page = await who.get("/staff/visits?view=week", status)
            assert ("کارمند expert" in words(page)) == (status == 200)


async def test_who_is_not_there_is_not_counted_as_free(site: StaffSite, civil: Visitor) -> None:
    request = await paid(site)
    await step(site, request.code, "schedule", Role.CIVIL)
    async with site.store.open_unit() as uow:
        loader = await uow.fleet.get_resource("L1")
        await uow.fleet.save_resource(replace(loader, status=ResourceStatus.MAINTENANCE))
        days, now = (date(2026, 11, 24), date(2026, 11, 25)), site.clock.now()
        await uow.people.save_substitution(Substitution("expert", "manager", *days, "staff:x", now, by_admin=False))
    week = words(await civil.get(f"{FLEET}?view=week&day={DAY}"))
    assert week.count("۰ از ۱ ماشین آزاد") == 6
    assert "لودر، در تعمیر" in week
    async with visitor(site) as sender:
        await sender.sign_in("secretariat")
        week = words(await sender.get(f"/staff/visits?view=week&day={DAY}"))
        assert "مرخصی ۱۴۰۵/۰۹/۰۳ تا ۱۴۰۵/۰۹/۰۴" in week
        assert week.count("۰ از ۱ کارشناس آزاد") == 2
        assert "مرخصی" not in words(await sender.get("/staff/visits?day=2026-11-28"))
