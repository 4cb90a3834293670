"""Steps for ticked rows: each as on its own page, wholly or not at all, a line of result each, never twice."""

import re

import pytest
from aiohttp import FormData

from domain.audit.read_events import ReadEventFilter, ReadKind
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from tests.channels.admin.queues.test_assignment import ticks
from tests.support.printed_papers import pages_of
from tests.support.scenarios.expert_opinions import answered_opinion, asked_opinion, price_opinions
from tests.support.staff_site import StaffSite, Visitor

PRICED = 13_200_000
"""Rials of four hours of a loader."""


async def accepted(site: StaffSite, date: str = "2026-11-26") -> ServiceRequest:
    """A request that waits for its price; there is one loader a day."""
    request = await site.submitted(date=date)
    await site.demo.act(request.code, "accept", Role.CIVIL)
    return request


async def send(who: Visitor, path: str, status: int, *ticked: str, **values: str) -> str:
    """Send the form around the rows; the page that answers, or where it leads."""
    form = FormData({"csrf": who.csrf, "next": "/staff?queue=open", **values})
    for one in ticked:
        form.add_field("code", one)
    response = await who.client.post(path, data=form, headers=who.headers, allow_redirects=False)
    page = await response.text()
    assert response.status == status, page[-2000:]
    return response.headers["Location"] if status == 303 else page


def result_lines(page: str) -> dict[str, str]:
    """Tracking code → what became of it."""
    return dict(re.findall(r'<li><a href="/staff/requests/([0-9]{9})">.*?</a>: (.*?)</li>', page))


async def test_revenue_prices_a_page_by_the_tariff(site: StaffSite, inside: Visitor) -> None:
    requests = [await accepted(site, f"2026-11-{day}") for day in (26, 28, 29)]
    await inside.sign_in("revenue")
    page = await inside.get("/staff")
    assert {one.partition("-")[2] for one in ticks(page).values()} == {str(PRICED)}
    [everything] = re.findall(r'name="all" value="([^"]*)"', page)
    assert sorted(everything.split()) == sorted(ticks(page).values())
    told = await send(inside, "/staff/steps", 303, all=everything, action="price")
    assert told == "/staff?queue=open&done=steps_taken"
    states = [(await site.request(one.code)).state for one in requests]
    assert states == ["awaiting_payment"] * 3
    page = await send(inside, "/staff/steps", 409, all=everything, action="price")
    assert set(result_lines(page)) == {one.code for one in requests}
    assert "همکار دیگری" in page
    async with site.store.open_unit(write=False) as uow:
        bills = [await uow.bills.list_of_subject("request", one.id) for one in requests]
    assert [[bill.amount for bill in of_one] for of_one in bills] == [[PRICED]] * 3


async def test_one_that_cannot_be_priced_keeps_no_other_from_it(site: StaffSite, inside: Visitor) -> None:
    priced, moved, other = await accepted(site), await accepted(site, "2026-11-28"), await site.submitted()
    await inside.sign_in("revenue")
    ticked = ticks(await inside.get("/staff"))
    wrong = ticked[moved.code].replace(str(PRICED), "1000")
    page = await send(
        inside, "/staff/steps", 409, ticked[priced.code], wrong, f"{other.code}:{other.revision}", action="price"
    )
    lines = result_lines(page)
    assert lines[priced.code] == "انجام شد."
    assert "۱۳٬۲۰۰٬۰۰۰" in lines[moved.code]
    assert (await site.request(moved.code)).state == "accepted"
    assert (await site.request(other.code)).state == "submitted"


@pytest.mark.parametrize("action", ["reject", "complete", "waive", "unknown", ""])
async def test_what_is_for_one_at_a_time_is_not_done_to_several(site: StaffSite, inside: Visitor, action: str) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    [tick] = ticks(await inside.get("/staff")).values()
    await send(inside, "/staff/steps", 409, tick, action=action, reason="x")
    assert (await site.request(request.code)).state == "submitted"


async def test_citizens_are_reminded_of_bills_once(site: StaffSite, inside: Visitor) -> None:
    owing, other = await accepted(site), await accepted(site, "2026-11-28")
    await site.demo.act(owing.code, "price", Role.REVENUE)
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=open")
    assert set(ticks(page)) == {owing.code}
    for _ in range(2):
        await send(inside, "/staff/reminders", 303, *ticks(page).values())
    page = await send(inside, "/staff/reminders", 409, f"{other.code}:{other.revision}")
    assert set(result_lines(page)) == {other.code}
    async with site.store.open_unit(write=False) as uow:
        events = [event.event for event in await uow.history.list_of_request(owing.id)]
    assert events.count("resend_bill") == 1


async def test_citizens_are_reminded_of_questions(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "ask", Role.CIVIL, {"question": "کدام کوچه؟"})
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=needs_citizen")
    await send(inside, "/staff/reminders", 303, *ticks(page).values())
    async with site.store.open_unit(write=False) as uow:
        events = [event.event for event in await uow.history.list_of_request(request.id)]
        texts = [message.text for message in await uow.outbox.list_recent(request_id=request.id)]
    assert events.count("resend_question") == 1
    assert sum("کدام کوچه؟" in text for text in texts) == 2


async def test_papers_of_several_are_one_pdf(site: StaffSite, inside: Visitor) -> None:
    await price_opinions(site)
    letters, other = [await answered_opinion(site) for _ in range(2)], await site.submitted()
    await inside.sign_in("secretariat")
    page = await inside.get("/staff?queue=hand_over")
    assert '<select name="paper" aria-label="برگه"><option value="letter">' in page
    form = FormData({"csrf": inside.csrf, "paper": "letter"})
    for tick in ticks(page).values():
        form.add_field("code", tick)
    response = await inside.client.post("/staff/papers", data=form, headers=inside.headers)
    assert (response.status, response.content_type) == (200, "application/pdf")
    assert len(pages_of(await response.read())) == len(letters)
    async with site.store.open_unit(write=False) as uow:
        events = await uow.audit.list_read_events(ReadEventFilter(kind=ReadKind.PAPER))
    assert {event.subject for event in events} == {f"{letter.code}/letter" for letter in letters}
    await send(inside, "/staff/papers", 404, *ticks(page).values(), paper="delivery_form")
    await send(inside, "/staff/papers", 403, f"{other.code}:0", paper="letter")


async def test_those_that_have_no_such_paper_are_named_before_the_others_are_printed(
    site: StaffSite, inside: Visitor
) -> None:
    await price_opinions(site)
    letter, other = await answered_opinion(site), await asked_opinion(site)
    await inside.sign_in("secretariat")
    [tick] = ticks(await inside.get("/staff?queue=hand_over")).values()
    page = await send(inside, "/staff/papers", 409, tick, f"{other.code}:{other.revision}", paper="letter")
    assert f"/staff/requests/{other.code}" in page
    assert f"/staff/requests/{letter.code}" not in page
    assert re.findall('name="code" value="([^"]*)"', page) == [tick]
