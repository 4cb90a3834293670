"""The first page of whoever oversees all units: counts that lead to their queues, the week beside the one before, and
what goes wrong.
"""

import re
from datetime import timedelta

import pytest

from domain.actions.reports.overview import WEEK_FIGURES
from domain.messages.records import MessageClass, MessageState
from domain.values.actors import Role
from tests.channels.admin.requests.test_request_pages import expert_request
from tests.support.factories import a_message
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor

TILE = re.compile(r'<a href="([^"]*)"><span>([^<]*)</span><strong>([^<]*)</strong>')


def counts(page: str) -> dict[str, tuple[str, str]]:
    """Title → count and address of each tile."""
    return {title: (count, address.replace("&amp;", "&")) for address, title, count in TILE.findall(page)}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
async def test_each_count_leads_to_what_it_counts(site: StaffSite, inside: Visitor, role: Role) -> None:
    request = await expert_request(site)
    await inside.sign_in(role)
    page = await inside.get("/staff")
    shown = counts(page)
    assert shown["همهٔ در جریان"][0] == "۱"
    assert shown["استرداد وجه مانده"] == ("۰", "/staff/refunds")
    unit_count, unit_address = shown["واحد کارشناسی"]
    assert unit_count == "۱"
    assert request.code in await inside.get(unit_address)
    assert "دریافت شده ۱ ۰" in words(page), "one this week, none in the one before"
    week_rows = re.findall(r'<th scope="row"><a href="([^"]*)">([^<]*)</a></th>', page)
    assert len(week_rows) == len(WEEK_FIGURES)
    for address in (*(one for _, one in shown.values()), *(one.replace("&amp;", "&") for one, _ in week_rows)):
        await inside.get(address)


async def test_that_no_text_leaves_is_seen_at_once(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in(Role.MANAGER)
    assert counts(await inside.get("/staff"))["سامانهٔ پیامک از کار افتاده"][0] == "۰"
    async with site.store.open_unit() as uow:
        unsent = {"cls": MessageClass.SECURITY, "state": MessageState.EXPIRED, "created_at": site.clock.at}
        await uow.outbox.add(a_message(**unsent))
    site.clock.at += timedelta(minutes=2)
    count, address = counts(await inside.get("/staff"))["سامانهٔ پیامک از کار افتاده"]
    assert (count, address) == ("۱", "/staff/messages?state=queued")


async def test_units_begin_with_their_queue(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    await inside.sign_in(Role.EXPERT)
    page = await inside.get("/staff")
    assert request.code in page
    assert counts(page) == {}
