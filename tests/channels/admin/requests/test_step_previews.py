"""Steps that would be refused are not offered: papers that are missing, a day that has not come, hours in which nobody
visits, a fine on praise; and a form says all that is wrong with it at once."""

import re
from urllib.parse import parse_qs, urlsplit

from domain.actions.context import ActionContext
from domain.actions.fleet.operator_work import find_operators, note_hours
from domain.values.actors import Role
from domain.values.text import persian_digits
from tests.channels.admin.fleet.test_calendar_pages import links, paid
from tests.channels.admin.requests.test_refused_steps import assigned
from tests.channels.admin.requests.test_request_pages import expert_request, opened, steps
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import words
from tests.support.scenarios.taxi_requests import complained
from tests.support.staff_site import StaffSite, Visitor, visitor

TOMORROW = "1405/09/04 10:00"


async def test_a_visit_is_not_reported_before_its_day(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    await site.demo.act(request.code, "assign", Role.SECRETARIAT, {"officer": "expert", "visit": TOMORROW})
    page = await opened(inside, "expert", request)
    assert steps(page) == ["reassign"]
    assert "روز این بازدید (چهارشنبه ۴ آذر) نرسیده است." in words(page)


async def test_no_price_while_papers_are_missing(site: StaffSite, inside: Visitor) -> None:
    request = await assigned(site)
    await site.demo.act(request.code, "visit", Role.EXPERT, {"report": "بی‌معارض"})
    page = await opened(inside, "revenue", request)
    assert steps(page) == []
    assert "این مدارک هنوز نرسیده است" in words(page)


async def test_no_price_where_the_tariff_has_none(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted(items=[{"machine": "crane", "hours": 2}])
    async with site.store.open_unit() as uow:
        found = await uow.requests.get_by_code(request.code, lock=True)
        found.state, found.turn = "accepted", Role.REVENUE.value
        await uow.requests.save(found)
    page = await opened(inside, "revenue", request)
    assert steps(page) == []
    assert "تعرفه‌ای تعیین نکرده است" in words(page)


async def test_the_calendar_of_visits_offers_hours_of_visits_alone(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    await inside.sign_in("secretariat")
    for day, offered in (("2026-11-26", True), ("2026-11-27", False)):  # a Thursday, and the Friday after it
        page = await inside.get(f"/staff/visits?for={request.code}&step=assign&day={day}")
        starts = {parse_qs(urlsplit(one).query)["visit"][0].split()[1] for one in links(page, "free")}
        assert bool(starts) is offered
        assert starts <= {persian_digits(f"{hour:02}:{half}") for hour in range(7, 18) for half in ("00", "30")}


async def test_praise_is_not_fined(site: StaffSite, inside: Visitor) -> None:
    for kind, fined in (("reward", False), ("violation", True)):
        request = await complained(site, kind=kind)
        await site.demo.act(request.code, "take", Role.TAXI_OFFICER)
        page = await opened(inside, "taxi_officer", request)
        assert ('id="record-fine"' in page) is fined
        assert ("تشویق جریمه ندارد" in page) is not fined


async def test_a_machine_handed_over_early_is_asked_about_and_its_booking_moves(
    site: StaffSite, inside: Visitor
) -> None:
    request = await paid(site)
    await site.demo.act(request.code, "schedule", Role.CIVIL)
    path = f"/staff/requests/{request.code}/act/hand_over"
    page = await opened(inside, "civil", request)
    assert 'id="hand_over-early"' in page
    page = await inside.post(path, 422, version=read_version(page))
    assert "برای پنج‌شنبه ۵ آذر رزرو شده است" in words(page)
    await inside.post(path, version=read_version(page), early="yes")
    data = (await site.request(request.code)).data
    assert data["booked_start"] == "2026-11-24T06:30:00+00:00", "at ten in Tehran, which it is now"
    async with site.store.open_unit(write=False) as uow:
        assert {one.start.isoformat() for one, _ in await uow.fleet.list_of_request(request.id)} == {
            data["booked_start"]
        }


async def test_a_machine_that_is_out_today_is_not_handed_over_early(site: StaffSite, inside: Visitor) -> None:
    requests = [await paid(site), await paid(site, start="۱۴:۰۰")]
    for one in requests:
        await site.demo.act(one.code, "schedule", Role.CIVIL)
    await site.demo.act(requests[0].code, "hand_over", Role.CIVIL, {"early": "yes"})
    page = await opened(inside, "civil", requests[1])
    page = await inside.post(
        f"/staff/requests/{requests[1].code}/act/hand_over", 409, version=read_version(page), early="yes"
    )
    assert "آزاد نیست" in words(page)
    assert (await site.request(requests[1].code)).state == "scheduled"


async def test_a_walk_in_form_says_all_that_is_wrong_at_once(site: StaffSite) -> None:
    typed = {"citizen_mobile": "0912", "full_name": "", "national_code": "1234567890", "date": "هرگز", "place": "بازار"}
    async with visitor(site) as clerk:
        await clerk.sign_in("civil")
        await clerk.get("/staff/walk-in/machinery")
        page = await clerk.post("/staff/walk-in/machinery", 422, **typed)
        wrong = set(re.findall(r'id="([a-z_]+)-problem"', page))
        assert wrong == {"mobile", "national_code", "date", "start", "items"}, "what the mobile may bring is not"
        page = await clerk.post("/staff/walk-in/machinery", 422, **typed | {"citizen_mobile": "09121112233"})
        assert set(re.findall(r'id="([a-z_]+)-problem"', page)) == wrong - {"mobile"} | {"full_name"}


async def test_the_hours_that_the_operator_reported_stand_in_the_form_that_ends_the_work(
    site: StaffSite, inside: Visitor
) -> None:
    request = await paid(site)
    await site.demo.act(request.code, "schedule", Role.CIVIL)
    await site.demo.act(request.code, "hand_over", Role.CIVIL, {"early": "yes"})
    box = re.compile(r'<input[^>]*id="complete-hours"[^>]*>')
    assert 'value="۴"' in box.findall(await opened(inside, "civil", request))[0], "until then those that were priced"
    async with site.store.open_unit() as uow:
        operators = await find_operators(uow.fleet, "+989113334455", "telegram")
        await note_hours(ActionContext(site.demo.desk, uow), request.code, 3.5, operators)
    page = await opened(inside, "civil", request)
    assert "۳٫۵" in box.findall(page)[0]
    assert "گزارش راننده: ساعت کار" in words(page)
    assert "راننده ماشین (O۱)" in words(page)
