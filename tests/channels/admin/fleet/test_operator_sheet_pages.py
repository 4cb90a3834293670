"""The day sheet of operators: what they say by telephone is entered for them, once however often it is sent."""

import re
from datetime import timedelta

from domain.blocks.operator_reports import find_report
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.staff_site import StaffSite, Visitor

SHEET = "/staff/operator-sheet"


async def booked_today(site: StaffSite) -> str:
    """Book the loader and its operator for today; return the code of the request."""
    request = await paid(site, date="2026-11-24", start="14:00")
    await site.demo.act(request.code, "schedule", Role.CIVIL)
    return request.code


async def test_the_unit_enters_what_operators_report(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    page = await inside.get(SHEET)
    (operator,) = re.findall(r'name="operator" value="([^"]+)"', page)
    report = {"code": code, "operator": operator}

    async def list_events() -> list[tuple[str, str]]:
        async with site.store.open_unit(write=False) as uow:
            request = await uow.requests.get_by_code(parse_code(code))
            events = await uow.history.list_of_request(request.id)
        return [(event.event, event.actor or "") for event in events if event.event.startswith("operator_")]

    for _ in range(2):
        await inside.post(SHEET, stage="began", **report)
    await inside.post(SHEET, stage="ended", hours="۳٫۵", **report)
    assert [event for event, _ in await list_events()] == ["operator_began", "operator_ended", "operator_hours"]
    assert {"civil" in actor for _, actor in await list_events()} == {True}, "the history keeps who entered it"
    assert find_report(await site.request(code), operator).hours == 3.5
    await inside.post(SHEET, 404, stage="began", code=code, operator="nobody")


async def test_a_report_that_is_refused_keeps_what_was_entered(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    await inside.get(SHEET)
    report = {"code": code, "operator": "O1", "stage": "began"}
    refused = await inside.post(SHEET, 422, hours="سی", **report)
    assert 'id="refusal"' in refused
    assert 'value="سی" aria-invalid="true"' in refused
    assert 'value="began" checked' in refused
    assert 'value="ended" checked' not in refused
    assert find_report(await site.request(code), "O1").began is None


async def test_hours_between_beginning_and_end_are_shown_and_not_kept(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    await inside.get(SHEET)
    report = {"code": code, "operator": "O1"}
    await inside.post(SHEET, stage="began", **report)
    site.clock.at += timedelta(minutes=20)
    await inside.post(SHEET, stage="ended", hours="", **report)
    page = await inside.get(SHEET)
    assert "از آغاز تا پایان: ۰٫۵ ساعت" in page
    (box,) = re.findall(r'<input name="hours"[^>]*value="([^"]*)"', page)
    await inside.post(SHEET, hours=box, **report)
    assert find_report(await site.request(code), "O1").hours is None
