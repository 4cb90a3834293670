"""An owner's consent under the link of the text that asks for it: opened, answered once, answered again, too late."""

import re
from dataclasses import replace
from datetime import timedelta

from domain.requests.request import ServiceRequest
from domain.values.text import persian_digits
from tests.support.demo_site import SITE_ADDRESS, DemoSite
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen
from tests.support.scenarios.portal_requests import awaiting_owner
from tests.support.scenarios.taxi_registries import SECOND_PLATE

LINK = re.compile(rf"{re.escape(SITE_ADDRESS)}(/c/[a-z2-9]{{12}})$")


async def ask_owner(portal: DemoSite, site_address: str = SITE_ADDRESS) -> tuple[ServiceRequest, str]:
    """Return a leave whose owner is asked, and the newest text that the owner got."""
    desk = portal.desk
    desk.apply_settings(1, replace(desk.policy, site_address=site_address), desk.calendar, {})
    return await awaiting_owner(portal), (await texts_to_owner(portal))[0]


async def texts_to_owner(portal: DemoSite) -> list[str]:
    """Return what was texted to the owner, the newest first."""
    async with portal.store.open_unit(write=False) as uow:
        return [message.text for message in await uow.outbox.list_recent(recipient=OWN_MOBILE)]


async def describe_history(portal: DemoSite, leave: ServiceRequest) -> list[tuple[str, str | None, str]]:
    """Return what happened to a leave: event, who, by which channel."""
    async with portal.store.open_unit(write=False) as uow:
        events = await uow.history.list_of_request(leave.id)
    return [(event.event, event.actor, event.channel) for event in events]


def find_address(text: str) -> str:
    """Return where the link of a text leads."""
    link = LINK.search(text)
    assert link, text
    return link[1]


async def test_an_owner_agrees_under_the_link_once_and_opening_it_changes_nothing(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    leave, text = await ask_owner(portal)
    address, history = find_address(text), await describe_history(portal, leave)
    await citizen.get(f"{address}/refuse")
    page = await citizen.get(address)
    assert await describe_history(portal, leave) == history, "whoever only looks at the link answers nothing"
    assert "آیا با این درخواست موافقید؟" in page
    assert "تا جمعه ۶ آذر ۱۴۰۵، ساعت ۱۰:۰۰" in page, "until when, in words"
    for told, is_shown in (
        ("صفر ایری", True),
        (persian_digits(SECOND_PLATE), True),
        ("سفر", False),
        (OWN_MOBILE[3:], False),
    ):
        assert (told in page) is is_shown, told

    assert await citizen.post(address) == address
    page = await citizen.get(address)
    assert "با این درخواست موافقت شده است" in page
    owner = f"citizen:{OWN_MOBILE}", "portal"
    assert await describe_history(portal, leave) == [*history, ("answer_by_link", *owner), ("consent", *owner)]
    assert "رضایت شما" in (await texts_to_owner(portal))[0], "the answer is texted too: a page is gone with its window"

    assert await citizen.post(f"{address}/refuse") == address, "the second answer changes nothing"
    assert "با این درخواست موافقت شده است" in await citizen.get(address)
    assert len(await describe_history(portal, leave)) == len(history) + 2
    assert await citizen.get(f"/requests/{leave.code}", 303), "the link opens nothing else"
    assert citizen.session_token() == ""


async def test_a_refusal_is_asked_about_once_more(portal: DemoSite, citizen: PortalCitizen) -> None:
    leave, text = await ask_owner(portal)
    address = find_address(text)
    assert "با این درخواست مخالفید؟" in await citizen.get(f"{address}/refuse")
    assert await citizen.post(f"{address}/refuse") == address
    assert "با این درخواست مخالفت شده است" in await citizen.get(address)
    async with portal.store.open_unit(write=False) as uow:
        assert (await uow.requests.get(leave.id)).state == "rejected"


async def test_a_link_ends_with_its_question_and_nobody_guesses_one(portal: DemoSite, citizen: PortalCitizen) -> None:
    leave, text = await ask_owner(portal)
    address = find_address(text)
    portal.clock.at += timedelta(days=4)
    assert "مهلت پاسخ به این پرسش گذشته است" in await citizen.get(address)
    assert await citizen.post(address) == address
    async with portal.store.open_unit(write=False) as uow:
        assert (await uow.requests.get(leave.id)).state == "awaiting_owner", "too late is no answer"
    for path in ("/c/aaaaaaaaaaaa", "/c/x", f"{address[:-1]}%00"):
        assert "پرسشی با این پیوند نیست" in await citizen.get(path, 404)
    async with portal.store.open_unit(write=False) as uow:
        link = await uow.consent_links.find(address[3:])
    assert link is None, "what is stored is no token"


async def test_without_an_address_of_the_portal_the_text_bears_no_link(portal: DemoSite) -> None:
    _, text = await ask_owner(portal, "")
    assert "/c/" not in text
    assert "موافقید" in text
