"""The day sheet of operators: what they say by telephone is entered for them, once however often it is sent."""

import re

from domain.blocks.operator_reports import find_report
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.staff_site import StaffSite, Visitor

SHEET = "/staff/operator-sheet"


async def test_the_unit_enters_what_operators_report(site: StaffSite, inside: Visitor) -> None:
    code = (await paid(site, date="2026-11-24", start="14:00")).code
    await site.demo.act(code, "schedule", Role.CIVIL)
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
    refused = await inside.post(SHEET, 422, hours="سی", **report)
    assert 'id="refusal"' in refused
    await inside.post(SHEET, 404, stage="began", code=code, operator="nobody")
