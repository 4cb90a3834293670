"""Texts sent in Telegram and Bale stay text: on every page of a running server that shows any of it, in its sheets, and
in the files themselves."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from domain.values.actors import Role
from tests.e2e.support.bot_office import BotOffice, bot_office
from tests.e2e.support.office import OPENING, OPENING_YEAR
from tests.support.hostile.chat_texts import DRIVER, HostileVisitor, send_hostile_chat_texts
from tests.support.hostile.pages import HITS, Inspection, inspected, telling
from tests.support.hostile.texts import MARKUP, find_formulas, read_cells
from tests.support.pages.page_visits import PageVisit
from tests.support.scenarios.expert_opinions import price_opinions
from tests.support.scenarios.site_registries import furnish
from tests.support.staff_site import staff_site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

WHO = (None, Role.CIVIL, Role.EXPERT, Role.TAXI_OFFICER, Role.MANAGER)
"""Nobody known, each unit with its steps, and who may open almost everything."""
BROWSERS = "127.0.0.1/32"
"""Addresses of the staff's browsers: inside, so that a password is enough there."""
STARTS = ("/staff", "/staff/comments?state=published")
TYPED = [
    f"/staff{path}={quote(MARKUP)}"
    for path in ("?search", "/requests?q", "/messages?code", "/audit?actor", "/registries/driver?q")
]
"""Addresses that somebody may have put a text into."""
SHOWN_ON = {
    "/services/machinery",
    "/staff",
    "/staff/list",
    "/staff/requests/…",
    "/staff/messages",
    "/staff/messages?before=…",
    "/staff/messages/received",
    "/staff/messages/received?before=…",
    "/staff/comments",
    "/staff/comments?state=published",
    "/staff/comments/ratings",
}
"""The pages that show what came from chats."""
NOT_SHOWN = {
    "first",
    "last",
    "user",
    "strange-first",
    "strange-last",
    "strange-user",
    "strange-phone",
    "card-first",
    "card-last",
    "card-phone",
    "vcard",
    "type",
    "edited",
    "z-national_code",
    "z-postal_code",
}
"""Facts told to nobody: names in the messenger, what was written over a text that had come before; and wrong answers
that are too short for their own names."""


@dataclass(slots=True)
class Supplied:
    """Texts sent, by the names that they bear, and the places where they were met; `papers` is a request with files."""

    names: set[str]
    papers: str
    seen: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bots(migrated: Path) -> AsyncIterator[BotOffice]:
    """An office with both bots, open."""
    async with bot_office(settings={"PISHKHAN_STAFF__INSIDE_NETWORKS": BROWSERS}) as opened:
        office = opened.office
        (database := office.home / "pishkhan.db").write_bytes(migrated.read_bytes())
        await furnished(database)
        await office.open()
        yield opened
        assert await office.close() == 0
        office.assert_clean_log()


async def furnished(database: Path) -> None:
    """Put staff, prices, machines and taxis into a database, which takes less time than by commands."""
    async with staff_site(database) as site:
        site.clock.at = OPENING
        await furnish(site)
        await price_opinions(site)
        async with site.store.open_unit() as uow:
            (manager,) = [one for one in await uow.people.list_staff() if one.username == Role.MANAGER]
            await uow.people.save_staff(replace(manager, mobile="+989125559003"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supplied(bots: BotOffice) -> Supplied:
    """Hostile texts from both messengers, some of which everybody may read by now."""
    telegram, bale = HostileVisitor(bots, bots.telegram, "09121112233"), HostileVisitor(bots, bots.bale, DRIVER)
    for supplier in (telegram, bale):  # one after the other: each lets time pass, in which a question of the other ends
        await send_hostile_chat_texts(supplier)
    for one in await bots.office.deed("list_comments", service="machinery"):
        if "own-comment" not in one["text"]:
            await bots.office.deed("publish_comment", by=Role.MANAGER, comment=one["id"])
    return Supplied(telegram.taken | bale.taken, telegram.codes["expert"])


async def looked_at(browser: Browser, bots: BotOffice, supplied: Supplied, role: Role | None) -> Inspection:
    """A window of somebody's, in which nothing was opened yet."""
    return await inspected(browser, bots.office, role, supplied.names, supplied.seen)


@pytest.mark.parametrize("role", WHO)
async def test_texts_stay_texts_on_every_page(
    browser: Browser, bots: BotOffice, supplied: Supplied, role: Role | None
) -> None:
    inspection = await looked_at(browser, bots, supplied, role)
    found = await telling(inspection.opened, *(STARTS if role else "/"))
    supplied.pages |= {re.sub("[0-9]+", "…", one) for one in found}
    for address in [*found, *(TYPED if role is Role.MANAGER else ())]:
        await inspection.look(PageVisit(address, role))
    inspection.assert_harmless()


async def test_every_text_was_to_be_seen_where_it_belongs(supplied: Supplied) -> None:
    assert {one.rpartition("-گ-")[0] or one.rpartition("-")[0] for one in supplied.names - supplied.seen} == NOT_SHOWN
    assert supplied.pages == SHOWN_ON


async def test_files_act_as_no_page_of_ours(browser: Browser, bots: BotOffice, supplied: Supplied) -> None:
    inspection = await looked_at(browser, bots, supplied, Role.EXPERT)
    page = await inspection.opened.open(f"/staff/requests/{supplied.papers}")
    papers = [await one.get_attribute("href") for one in await page.locator("a[href*='/documents/']").all()]
    kinds = []
    for address in papers:
        answer = await page.request.get(str(bots.office.make_url(address or "")))
        kinds.append(answer.headers["content-type"])
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "hit" not in answer.headers["content-disposition"]
        if kinds[-1] == "image/jpeg":
            await inspection.opened.open(address or "")
            assert await page.evaluate(HITS) == []
    assert sorted(kinds) == ["application/pdf", "image/jpeg"]


async def test_texts_stay_texts_in_sheets(browser: Browser, bots: BotOffice, supplied: Supplied) -> None:
    inspection = await looked_at(browser, bots, supplied, Role.MANAGER)
    for service, kind in (("machinery", "csv"), ("expert", "xlsx")):
        address = bots.office.make_url(f"/staff/reports/manager.{kind}?year={OPENING_YEAR}&service={service}")
        answer = await inspection.opened.page.request.get(str(address))
        rows = read_cells(await answer.body(), kind)
        assert find_formulas(rows) == []
        assert any(MARKUP in str(cell) for row in rows for cell in row), service
