"""Offers of steps: which stand open, what an empty box means, and what is told once one was taken."""

import re

from domain.services import SERVICES
from domain.values.actors import Role
from domain.values.text import group_digits
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.channels.admin.requests.test_refused_steps import assigned
from tests.channels.admin.requests.test_request_pages import opened, told
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor


def offered(page: str) -> dict[str, tuple[bool, bool]]:
    """The steps of a page: does each stand open, and is it told apart as one that gives something up?"""
    folds = [one.split("</details>")[0] for one in page.split('<details name="step" id="step-')[1:]]
    return {one.split('"')[0]: (" open>" in one, 'class="ends"' in one and 'class="secondary"' in one) for one in folds}


def proposed_end(page: str, step: str) -> dict[str, str]:
    """The end as a step's form proposes it, as a browser would post it untouched; empty where its box is."""
    form = page.split(f'id="step-{step}"')[1].split("</form>", maxsplit=1)[0]
    [shown] = re.findall(r'<input[^>]* name="end"[^>]*>', form)
    [value] = re.findall(r' value="([^"]*)"', shown)
    repeated = re.findall(r'name="proposed-end" value="([^"]*)"', form)
    assert repeated == ([value] if value else [])
    return {"end": value, "proposed-end": value} if value else {}


async def test_a_lone_step_stands_open_unless_it_gives_something_up(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "accept", Role.CIVIL)
    assert offered(await opened(inside, "civil", request)) == {"cancel": (False, True)}
    assert offered(await opened(inside, "revenue", request)) == {"price": (True, False)}
    await site.demo.act(request.code, "price", Role.REVENUE)
    assert offered(await opened(inside, "revenue", request)) == {"waive": (False, True)}
    visit = await assigned(site)
    await site.demo.act(visit.code, "visit", Role.EXPERT, {"report": "بی‌معارض"})
    assert offered(await opened(inside, "expert", visit)) == {"reject": (False, True)}


async def test_the_price_is_seen_before_it_is_set(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    assert "تعرفهٔ امروز" not in await opened(inside, "civil", request)
    await site.demo.act(request.code, "accept", Role.CIVIL)
    page = await opened(inside, "revenue", request)
    before = await site.request(request.code)
    assert "quote" not in before.data
    await inside.post(f"/staff/requests/{request.code}/act/price", version=read_version(page))
    total = (await site.request(request.code)).data["quote"]["total"]
    assert f"از روی تعرفهٔ امروز: {group_digits(total)} ریال با مالیات" in page


async def test_a_step_that_was_taken_is_told_with_what_is_waited_for(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    way = await inside.post(f"/staff/requests/{request.code}/act/accept", version=read_version(page))
    page = await inside.get(way)
    assert "پذیرش انجام شد؛ اکنون: پذیرفته شده، در حال تعیین هزینه." in words(page)
    for name in ("nothing", "pay"):  # no step, and one of the system
        assert 'role="status"' not in await inside.get(f"/staff/requests/{request.code}?taken={name}")


async def test_a_refused_step_is_told_under_the_head_with_the_way_to_it(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    path = f"/staff/requests/{request.code}/act/reject"
    page = await inside.post(path, 422, version=read_version(page))
    assert 'href="#step-reject"' in told(page)
    await site.demo.act(request.code, "accept", Role.CIVIL)
    page = await inside.post(path, 409, version=read_version(page), reason="راه نیست")
    assert "همکار دیگری" in told(page)
    assert "href" not in told(page), "the step is not there any more"


async def test_a_box_holds_what_is_in_force_or_says_what_its_emptiness_means(site: StaffSite, inside: Visitor) -> None:
    page = await opened(inside, "civil", await site.submitted())
    boxes = [one.split("</form>")[0] for one in page.split('<div class="field">')[1:]]
    optional = [one for one in boxes if 'class="optional"' in one]
    values = [re.findall(r'<input type="text"[^>]* value="([^"]*)"', one) for one in optional]
    assert values == [["۴"], ["۱۴۰۵/۰۹/۰۵"], ["۸:۰۰"], [], []]
    assert ["خالی: " in one for one in optional] == [False, False, False, True, True]


async def test_the_end_of_a_booking_follows_its_start_unless_it_is_changed(site: StaffSite, inside: Visitor) -> None:
    request = await paid(site)
    path = f"/staff/requests/{request.code}"
    page = await opened(inside, "civil", request)
    form = proposed_end(page, "schedule")
    assert form["end"] == "۱۴۰۵/۰۹/۰۵ ۱۲:۰۰"
    form |= {"start": "۱۴۰۵/۰۹/۰۷ ۹:۰۰", "end": "۱۴۰۵/۰۹/۰۷ ۱۵:۰۰"}
    await inside.post(f"{path}/act/schedule", version=read_version(page), **form)
    page = await inside.get(path)
    form = proposed_end(page, "reschedule")
    assert form["end"] == "۱۴۰۵/۰۹/۰۷ ۱۵:۰۰"
    await inside.post(f"{path}/act/reschedule", version=read_version(page), start="۱۴۰۵/۰۹/۰۸ ۸:۰۰", **form)
    form = proposed_end(await inside.get(path), "reschedule")
    assert form["end"] == "۱۴۰۵/۰۹/۰۸ ۱۴:۰۰", "as long as before"


async def test_a_start_that_was_chosen_takes_its_end_along(site: StaffSite, inside: Visitor) -> None:
    request = await paid(site)
    path = f"/staff/requests/{request.code}"
    page = await opened(inside, "civil", request)
    form = proposed_end(page, "schedule") | {"start": "۱۴۰۴/۰۱/۰۱ ۹:۰۰"}
    page = await inside.post(f"{path}/act/schedule", 422, version=read_version(page), **form)
    assert proposed_end(page, "schedule") == {}, "that of another start says nothing"
    page = await inside.get(f"{path}?step=schedule&start=۱۴۰۵/۰۹/۰۷+۹:۰۰")
    assert proposed_end(page, "schedule") == {}, "nor where it was chosen in the calendar"


async def test_what_a_form_holds_at_first_changes_nothing(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    form = {"hours": "۴", "date": "۱۴۰۵/۰۹/۰۵", "start": "۸:۰۰"}
    await inside.post(f"/staff/requests/{request.code}/act/accept", version=read_version(page), **form)
    accepted = await site.request(request.code)
    assert (accepted.state, accepted.fields) == ("accepted", request.fields)
    assert "با این تغییر پذیرفته شد" not in await inside.get(f"/staff/requests/{request.code}")
    visit = await assigned(site)
    page = await opened(inside, "secretariat", visit)
    path = f"/staff/requests/{visit.code}/act/reassign"
    held = {"officer": "expert", "visit": "۱۴۰۵/۰۹/۰۳ ۱۱:۰۰"}
    assert 'value="۱۴۰۵/۰۹/۰۳ ۱۱:۰۰"' in page
    await inside.post(path, 422, version=read_version(page), **held)
    await inside.post(path, version=read_version(page), **held | {"officer": "sara"})


async def test_the_step_that_is_waited_for_comes_first_and_what_gives_up_last(site: StaffSite, inside: Visitor) -> None:
    page = await opened(inside, "civil", await site.submitted())
    assert list(offered(page)) == ["accept", "ask", "reject", "cancel"]
    assert page.count("<button>") == 1, "one of them is filled"
    beside, more = page.split('<details class="more">')
    assert "step-ask" in beside
    assert "step-reject" in more


def test_no_step_has_a_box_of_which_nothing_is_said(site: StaffSite) -> None:
    catalogue = site.demo.desk.catalogue
    steps = [(of.key, one) for of in SERVICES for one in of.transitions]
    boxes = {f"services.{key}.blank.{one.name}.{x.name}" for key, one in steps for x in one.inputs if not x.required}
    assert {key for key in catalogue.list_keys("services.") if ".blank." in key} == boxes


async def test_a_day_stands_before_its_hour_wherever_it_is_shown(site: StaffSite, inside: Visitor) -> None:
    visit = await assigned(site)
    page = await opened(inside, "expert", visit)
    directions = {value: way for way, value in re.findall(r'<bdi dir="(auto|rtl)">([^<]*)</bdi>', page)}
    assert directions["۱۴۰۵/۰۹/۰۳ ۱۱:۰۰"] == "rtl"
    assert directions["ارزیابی خانه"] == "auto"
