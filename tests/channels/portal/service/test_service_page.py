"""The page of a service over HTTP: comments of anybody, judged before they are shown; the way to a request's form."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from channels.portal.service.service_page import SERVICE_PATH, find_request_form
from domain.actions.context import ActionContext
from domain.actions.conversations.chats.deep_links import read_link_payload
from domain.actions.feedback import public_comments
from domain.actions.feedback.moderation import answer_comment, moderate_comment
from domain.actions.feedback.old_site import import_old_comments, import_old_views
from domain.actions.feedback.public_comments import LONGEST_COMMENT, MOST_COMMENTS
from domain.conversation.dialogue.turns import Conversation
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.values.actors import Role
from tests.support.demo_site import DemoSite
from tests.support.municipality import actor
from tests.support.pages.portal_reader import PortalReader

SERVICE = "/services/machinery"
COMMENTS = f"{SERVICE}/comments"


async def stored(portal: DemoSite) -> list[Comment]:
    """Every comment there is, the newest first."""
    async with portal.store.open_unit(write=False) as uow:
        return await uow.feedback.list_comments(CommentFilter())


async def test_a_comment_waits_until_it_was_judged(reader: PortalReader, portal: DemoSite) -> None:
    answer = await reader.send(COMMENTS, {"comment": "  صبح‌ها <b>زودتر</b> بیایید  ", "website": ""})
    assert (answer.status, answer.headers["Location"]) == (303, f"{SERVICE}?received=yes#your-comment")
    assert "نظر شما رسید" in await reader.read(answer.headers["Location"])
    [comment] = await stored(portal)
    assert (comment.text, comment.service, comment.channel) == ("صبح‌ها <b>زودتر</b> بیایید", "machinery", "portal")
    assert (comment.mobile, comment.request_id, comment.state) == (None, None, CommentState.PENDING)
    assert "زودتر" not in await reader.read(SERVICE)
    async with portal.store.open_unit() as uow:
        context = ActionContext(portal.desk, uow)
        await moderate_comment(context.acting_as(actor(Role.MANAGER)), comment.id, CommentState.PUBLISHED)
        await answer_comment(context.acting_as(actor(Role.MANAGER)), comment.id, "از شنبه ساعت ۷ می‌آییم.")
    page = await reader.read(SERVICE)
    assert "صبح‌ها &lt;b&gt;زودتر&lt;/b&gt; بیایید" in page
    assert "از شنبه ساعت ۷ می‌آییم." in page


async def import_rows(portal: DemoSite, import_sheet: Any, headings: Sequence[str], *rows: Sequence[str]) -> None:
    """Bring rows over from the site before."""
    numbered_rows = list(enumerate(rows, start=2))
    imported = await import_sheet(portal.desk, portal.store, headings, numbered_rows, actor(Role.MANAGER))
    assert (imported.tally.added, imported.faults) == (len(rows), [])


async def test_views_and_comments_of_the_old_site_are_shown_as_such(reader: PortalReader, portal: DemoSite) -> None:
    await import_rows(portal, import_old_views, ("خدمت", "بازدیدها"), ("machinery", "77039"))
    await import_rows(
        portal,
        import_old_comments,
        ("خدمت", "نام", "تاریخ", "متن", "منتشرشده"),
        ("machinery", "رضا", "1394/05/02", "<b>لودر</b> زود آمد", "بله"),
        ("machinery", "علی", "1394/05/03", "پنهان", "خیر"),
    )
    async with portal.store.open_unit() as uow:
        own = Comment(portal.desk.ids.new_id(), "machinery", None, None, "تازه", "portal", portal.clock.now())
        await uow.feedback.add_comment(replace(own, state=CommentState.PUBLISHED))
    page = await reader.read(SERVICE)
    assert "<dd>۷۷٬۰۴۰ <small>(۷۷٬۰۳۹ از سایت پیشین)</small></dd>" in page
    assert "<dt>نظرات</dt><dd>۲</dd>" in page
    comments = re.findall(r'<p class="who">(یک شهروند.*?)</p>\s*<p dir="auto">(.*?)</p>', page)
    assert comments == [
        ("یک شهروند · ۱۴۰۵/۰۹/۰۳", "تازه"),
        ("یک شهروند · ۱۳۹۴/۰۵/۰۲ · از سایت پیشین", "&lt;b&gt;لودر&lt;/b&gt; زود آمد"),
    ]
    assert ("پنهان" in page, "رضا" in page) == (False, False)


async def test_the_page_that_answers_a_comment_is_no_view(reader: PortalReader) -> None:
    assert "<dd>۱</dd>" in await reader.read(SERVICE)
    await reader.read(f"{SERVICE}?received=yes")
    assert "<dd>۲</dd>" in await reader.read(SERVICE)


@pytest.mark.parametrize(
    ("comment", "problem"),
    [("", "پاسخ این پرسش لازم است."), (" \n", "پاسخ این پرسش لازم است."), ("ن" * (LONGEST_COMMENT + 1), "بلندتر از")],
)
async def test_what_is_refused_is_shown_again_as_it_was_written(
    reader: PortalReader, portal: DemoSite, comment: str, problem: str
) -> None:
    answer = await reader.send(COMMENTS, {"comment": comment})
    page = await answer.text()
    assert answer.status == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert problem in page
    assert 'href="#comment"' in page
    assert f">{comment.strip()}</textarea>" in page
    assert await stored(portal) == []


async def test_an_address_that_writes_too_much_works_or_waits_some_seconds_and_at_last_an_hour(
    reader: PortalReader, portal: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_comments, "MOST_WORKED_COMMENTS", MOST_COMMENTS + 1)
    statuses = [(await reader.send(COMMENTS, {"comment": f"نظر {one}"})).status for one in range(MOST_COMMENTS + 1)]
    assert statuses == [303] * (MOST_COMMENTS + 1), "the last by its seconds"
    refused = await reader.send("/services/expert/comments", {"comment": "یکی دیگر"})
    assert refused.status == 429
    page = await refused.text()
    assert ">یکی دیگر</textarea>" in page
    assert "شاید از دیگران" in page
    assert len(await stored(portal)) == MOST_COMMENTS + 1
    portal.clock.at = portal.clock.at.replace(hour=portal.clock.at.hour + 2)
    assert (await reader.send(COMMENTS, {"comment": "دوباره"})).status == 303


async def test_what_fills_in_whatever_there_is_writes_nothing(reader: PortalReader, portal: DemoSite) -> None:
    answer = await reader.send(COMMENTS, {"comment": "buy", "website": "https://spam.example"})
    assert answer.status == 303
    assert await stored(portal) == []
    assert '<div class="trap" aria-hidden="true">' in await reader.read(SERVICE)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
async def test_a_form_of_another_site_is_refused(
    reader: PortalReader, portal: DemoSite, headers: dict[str, str]
) -> None:
    assert (await reader.send(COMMENTS, {"comment": "نظر"}, **headers)).status == 403
    assert await stored(portal) == []


async def test_comments_on_nothing_and_forms_that_are_too_large(reader: PortalReader) -> None:
    assert (await reader.send("/services/moon/comments", {"comment": "نظر"})).status == 404
    assert (await reader.send(COMMENTS, {"comment": "x" * 20_000})).status == 413
    page = await reader.read(COMMENTS, 405)
    assert f'href="{SERVICE}"' in page


async def show_form(request: web.Request) -> web.Response:
    """Stands for the form of a request."""
    return web.Response(text="form")


async def test_a_form_of_requests_is_found_by_the_table_of_routes() -> None:
    application = web.Application()
    request = make_mocked_request("GET", SERVICE, app=application)
    assert await find_request_form(request, "machinery") == ""
    application.router.add_get(f"{SERVICE_PATH}/request", show_form)
    assert await find_request_form(request, "machinery") == "/services/machinery/request"


async def test_the_button_leads_to_the_form_of_a_request(portal: DemoSite) -> None:
    if f"{SERVICE_PATH}/request" not in {one.canonical for one in portal.app.router.resources()}:
        portal.app.router.add_get(f"{SERVICE_PATH}/request", show_form)
    async with TestClient(TestServer(portal.app)) as client:
        page = await PortalReader(client).read(SERVICE)
    assert '<a role="button" class="accent" href="/services/machinery/request">ثبت درخواست</a>' in page


async def test_it_goes_on_in_the_bots(reader: PortalReader, portal: DemoSite) -> None:
    page = await reader.read(SERVICE)
    for name, address in (("تلگرام", "https://t.me/gomishan_bot"), ("بله", "https://ble.ir/gomishan_bot")):
        assert f'<a href="{address}?start=machinery">در {name} ادامه دهید</a>' in page
    conversation = Conversation(portal.desk.grammar, portal.desk.services, "telegram")
    assert all(
        read_link_payload(conversation, key) for key, service in portal.desk.services.items() if service.keywords
    )
