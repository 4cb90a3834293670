"""The log of texts that came in, at the staff's site: what became of each, for whom, and what is left to do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.admin.messages.inbound_pages import inbound_outcome
from domain.actions.conversations import receive as receiving
from domain.messages.carriers import ReceivedSms
from domain.messages.records import InboundMessage, InboundState
from domain.values import tracking_codes
from domain.values.actors import Role
from domain.values.text import persian_digits
from tests.support.demo_site import LINE
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor

MOBILE = "+989121234567"
LOG = "/staff/messages/received"


async def came(site: StaffSite, text: str, state: InboundState = InboundState.ANSWERED, **facts: object) -> int:
    """A text of which that became."""
    desk = site.demo.desk
    number = desk.ids.new_id()
    made = InboundMessage(
        id=number,
        channel="sms",
        provider="kavenegar",
        provider_id=str(number),
        fingerprint=str(number),
        sender=MOBILE,
        mobile=MOBILE,
        recipient=LINE,
        text=text,
        received_at=desk.clock.now(),
        state=state,
    )
    async with site.store.open_unit() as uow:
        await uow.inbox.add(replace(made, **facts))  # type: ignore[arg-type]
    return number


async def test_texts_are_shown_with_what_became_of_them(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await came(site, "لودر <b>فردا</b>", request_id=request.id)
    await came(site, "سلام", intent="unknown")
    await came(site, "تخفیف ویژه", InboundState.NOT_A_MOBILE, sender="BankMelli", mobile=None)
    await came(site, "تکرار", InboundState.SILENT, intent="unknown", reason="loop")
    await inside.sign_in("manager")
    page = await inside.get(LOG)
    for shown in (
        "لودر &lt;b&gt;فردا&lt;/b&gt;",
        "kavenegar",
        "۳۰۰۰۱۴۰۵",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "BankMelli",
        "پاسخ داده شد",
        "برنامه این پیام را نفهمید",
        "فرستنده همراه نیست",
        "چند پیام نامفهوم",
    ):
        assert shown in page
    assert f"/staff/requests/{request.code}" in page
    assert " ".join(persian_digits(tracking_codes.display_code(request.code)).split()) in words(page)
    assert page.index("تکرار") < page.index("تخفیف ویژه") < page.index("سلام") < page.index("لودر"), "newest first"
    assert f'href="{LOG}" aria-current="page"' in page
    assert f'href="{LOG}"' in await inside.get("/staff/messages")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"state": InboundState.SILENT, "intent": "stopped"}, "stopped"),
        ({"state": InboundState.SILENT, "intent": "resumed"}, "resumed"),
        ({"state": InboundState.SILENT, "reason": "twice"}, "twice"),
        ({"state": InboundState.SILENT, "intent": "unknown", "reason": "loop"}, "loop"),
        ({"state": InboundState.SILENT, "intent": "page"}, "silent"),
        ({"state": InboundState.ANSWERED, "intent": "unknown"}, "not_understood"),
        ({"state": InboundState.ANSWERED, "intent": "track"}, "answered"),
        *(({"state": one}, one.value) for one in InboundState),
    ],
)
async def test_what_became_of_a_text_has_words(
    site: StaffSite, inside: Visitor, facts: dict[str, Any], word: str
) -> None:
    await came(site, "متن", **facts)
    async with site.store.open_unit(write=False) as uow:
        [message] = await uow.inbox.list_recent()
    assert inbound_outcome(message) == word
    await inside.sign_in("manager")
    page = await inside.get(LOG)
    assert site.demo.desk.catalogue.text(f"admin.received.states.{message.state}") in page
    told = f"admin.received.became.{word}"
    assert word == "answered" or site.demo.desk.catalogue.text(told) in page


async def test_of_a_failed_text_the_officer_is_told_what_to_do(site: StaffSite, inside: Visitor) -> None:
    failed = await came(site, "سه لودر برای فردا", InboundState.FAILED, reason="KeyError")
    await inside.sign_in("manager")
    page = await inside.get(f"{LOG}?state=failed")
    for shown in ("چیزی از این پیام ثبت نشد", "با او تماس بگیرید", '<a href="/staff/walk-in">', f"{failed} KeyError"):
        assert shown in page
    assert "بررسی می‌شود" not in page, "nobody told the sender so"
    await inside.post("/staff/sign-out")
    await inside.sign_in("auditor")
    assert '<a href="/staff/walk-in">' not in await inside.get(LOG)


async def test_who_sees_no_request_reads_no_text(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await came(site, "متن یک", request_id=request.id)
    await came(site, "متن دو", InboundState.FAILED, reason="KeyError")
    await inside.sign_in("admin")
    page = await inside.get(LOG)
    assert ("متن یک" in page, "متن دو" in page, request.code in page) == (False, False, False)
    for shown in ("تنها همکارانی می‌بینند", "۰۹۱۲۱۲۳۴۵۶۷", "KeyError"):
        assert shown in page
    assert "تماس بگیرید" not in page
    async with site.store.open_unit() as uow:
        kept = await uow.people.find_staff("admin")
        assert kept
        await uow.people.save_staff(replace(kept, roles=kept.roles | {Role.CIVIL}))
    page = await inside.get(LOG)
    assert ("متن یک" in page, "متن دو" in page) == (True, False), "of the own unit's requests"


async def test_filters_leave_what_they_name(site: StaffSite, inside: Visitor) -> None:
    await came(site, "رسیده")
    await came(site, "گیرکرده", InboundState.FAILED)
    await came(site, "از بله", channel="bale", provider="bale", sender="77", mobile="+989351112222")
    await came(site, "از دیگری", sender="+989351112222", mobile="+989351112222")
    await inside.sign_in("auditor")
    for query, found in {
        "state=failed": {"گیرکرده"},
        "mobile=۰۹۳۵ ۱۱۱ ۲۲۲۲": {"از بله", "از دیگری"},
        "mobile=0935-111-2222": {"از بله", "از دیگری"},
        "mobile=٠٩٣٥١١١٢٢٢٢&state=failed": set(),
        "": {"رسیده", "گیرکرده", "از بله", "از دیگری"},
    }.items():
        page = await inside.get(f"{LOG}?{query}")
        assert {one for one in ("رسیده", "گیرکرده", "از بله", "از دیگری") if f">{one}</p>" in page} == found


@pytest.mark.parametrize("query", ["mobile=12", "state=lost", "before=x"])
async def test_a_filter_that_cannot_be_is_told(inside: Visitor, query: str) -> None:
    await inside.sign_in("manager")
    response = await inside.client.get(f"{LOG}?{query}", headers=inside.headers)
    assert response.status in {404, 422}
    assert response.status == 404 or 'aria-invalid="true"' in await response.text()


async def test_the_log_is_paged(site: StaffSite, inside: Visitor) -> None:
    for number in range(51):
        await came(site, f"پیام {number}.")
    await inside.sign_in("manager")
    page = await inside.get(f"{LOG}?state=answered&mobile=09121234567")
    assert ("پیام 50." in page, "پیام 0." in page) == (True, False)
    older = page.partition('class="older"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    page = await inside.get(older)
    assert ("پیام 50." in page, "پیام 0." in page, 'class="older"' in page) == (False, True, False)


async def test_what_was_erased_is_gone_from_the_log(site: StaffSite, inside: Visitor) -> None:
    await came(site, "نشانی من")
    async with site.store.open_unit() as uow:
        assert await uow.personal_data.erase_line(MOBILE, site.clock.now() + timedelta(days=1))
    await inside.sign_in("manager")
    page = await inside.get(LOG)
    assert ("نشانی من" in page, "۰۹۱۲۱۲۳۴۵۶۷" in page) == (False, False)
    assert "پاک شده است" in page
    assert "پاک شده است" not in await inside.get(f"{LOG}?mobile=09121234567")


async def test_who_may_not_see_messages_is_refused(inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get(LOG, 403)


async def test_what_really_fails_is_there_with_its_answer(
    site: StaffSite, inside: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(receiving, "converse", broken)
    await receiving.receive_sms(site.demo.desk, site.store, "simulator", ReceivedSms("7", MOBILE, LINE, "لودر فردا"))
    await inside.sign_in("manager")
    page = await inside.get(f"{LOG}?state=failed")
    for shown in ("لودر فردا", "به فرستنده گفته شده است", "RuntimeError"):
        assert shown in page
