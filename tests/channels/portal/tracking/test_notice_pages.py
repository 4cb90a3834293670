"""Channels for notices, chosen on the portal: only chats that proved this very number, and one choice for bot and
page."""

from datetime import UTC, datetime

from domain.actions.context import ActionContext
from domain.actions.messages.notify import queue_message
from domain.chats.chat import BALE, TELEGRAM, Chat, ChatState
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from tests.support.demo_site import DemoSite
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen
from tests.support.scenarios.portal_requests import OTHER_MOBILE

NOTICES = "/my-requests/notices"
TO_NOTICES = f"/mobile?for=my-requests&next={NOTICES}"
NOON = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


async def link_chat(portal: DemoSite, messenger: str, mobile: str, state: ChatState = ChatState.ACTIVE) -> None:
    """Prove a mobile in a chat, or let the bot be blocked there."""
    async with portal.store.open_unit() as uow:
        await uow.chats.save(Chat(messenger, f"chat-{mobile}", mobile, "مریم", state, NOON, NOON))


async def find_channel_of_notice(portal: DemoSite) -> str:
    """Send a notice to the own mobile; return by which channel it goes."""
    message = RenderedMessage("sms.portal_code", MessageClass.NOTICE, "خبری")
    async with portal.store.open_unit() as uow:
        queued = await queue_message(ActionContext(portal.desk, uow), OWN_MOBILE, message)
    assert queued
    return queued.channel


async def test_notices_go_where_the_citizen_wants_them(portal: DemoSite, citizen: PortalCitizen) -> None:
    await link_chat(portal, BALE, OWN_MOBILE)
    await link_chat(portal, TELEGRAM, OTHER_MOBILE)
    assert await citizen.get(NOTICES, 303) == TO_NOTICES
    assert await citizen.prove_mobile(TO_NOTICES) == NOTICES
    page = await citizen.get(NOTICES)
    assert 'value="each" checked' in page
    assert 'value="bale"' in page
    assert 'value="telegram"' not in page, "another number's chat is none of theirs"
    assert "https://t.me/gomishan_bot" in page, "how one connects it is said"
    assert "https://ble.ir/gomishan_bot" not in page

    assert await citizen.post(NOTICES, channel="bale") == "/my-requests?done=notices"
    assert await find_channel_of_notice(portal) == BALE
    assert 'value="bale" checked' in await citizen.get(NOTICES)
    for refused, message in (("telegram", "telegram"), ("", "یکی از راه‌ها را برگزینید")):
        assert message in await citizen.post(NOTICES, 422, channel=refused)
    assert await find_channel_of_notice(portal) == BALE

    await link_chat(portal, BALE, OWN_MOBILE, ChatState.BLOCKED)
    assert "گفت‌وگوی آن دیگر باز نیست" in await citizen.get(NOTICES)
    assert await find_channel_of_notice(portal) == "sms"
