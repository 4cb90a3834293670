"""The log of texts at the staff's site: its filters, and sending one again by somebody's decision."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.values import tracking_codes
from domain.values.actors import Role
from domain.values.text import persian_digits
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor, visitor

MOBILE = "+989121234567"


async def sent(site: StaffSite, text: str, state: MessageState = MessageState.DELIVERED, **facts: object) -> int:
    """A text in that state."""
    desk, now = site.demo.desk, site.clock.now()
    made = OutboxMessage(
        id=desk.ids.new_id(),
        channel="sms",
        recipient=MOBILE,
        cls=MessageClass.NOTICE,
        key="sms.status",
        text=text,
        created_at=now,
        not_before=now,
        state=state,
        sent_at=now,
    )
    async with site.store.open_unit() as uow:
        await uow.outbox.add(replace(made, **facts))  # type: ignore[arg-type]
    return made.id


async def message(site: StaffSite, message_id: int) -> OutboxMessage:
    """The text as it is now."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.outbox.get(message_id)


async def test_texts_are_shown_with_what_became_of_them(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await sent(
        site,
        "متن <b>بلند</b>",
        MessageState.UNKNOWN,
        reason="timeout",
        provider="kavenegar",
        parts=3,
        cost=1250,
        attempts=2,
        request_id=request.id,
    )
    await sent(site, "دیگری", MessageState.FAILED, reason="status_499")
    await inside.sign_in("manager")
    page = await inside.get("/staff/messages")
    for shown in ("متن &lt;b&gt;بلند&lt;/b&gt;", "سرویس پیام پاسخ نداد", "کاوه‌نگار", "۱٬۲۵۰", "status_499"):
        assert shown in page
    assert f"/staff/requests/{request.code}" in page
    assert " ".join(persian_digits(tracking_codes.display_code(request.code)).split()) in words(page)


async def test_who_sees_no_request_reads_no_text_and_sends_again(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    lost = await sent(site, "متن یک", MessageState.FAILED, reason="timeout", request_id=request.id)
    await sent(site, "متن دو", MessageState.FAILED, reason="status_499")
    await inside.sign_in("admin")
    page = await inside.get("/staff/messages")
    assert ("متن یک" in page, "متن دو" in page, request.code in page) == (False, False, False)
    assert " ".join(persian_digits(tracking_codes.display_code(request.code)).split()) not in words(page)
    for shown in ("تنها همکارانی می‌بینند", "سرویس پیام پاسخ نداد", "status_499", f"/staff/messages/{lost}/retry"):
        assert shown in page
    page = await inside.get(f"/staff/messages?code={request.code}", 404)
    assert f"{lost}/retry" not in page, "who may not see a request is not told that there is one"
    await inside.post(f"/staff/messages/{lost}/retry", reason="شماره درست بود")
    async with site.store.open_unit() as uow:
        kept = await uow.people.find_staff("admin")
        assert kept
        await uow.people.save_staff(replace(kept, roles=kept.roles | {Role.CIVIL}))
    page = await inside.get("/staff/messages")
    assert ("متن یک" in page, "متن دو" in page) == (True, False), "of the own unit's requests"


async def test_filters_leave_what_they_name(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await sent(site, "نرسیده", MessageState.UNDELIVERED)
    await sent(site, "دربارهٔ درخواست", request_id=request.id)
    await sent(site, "به دیگری", recipient="+989351112222")
    await sent(site, "دیروزی", created_at=site.clock.at - timedelta(days=1))
    await inside.sign_in("manager")
    for query, found in {
        "state=undelivered": {"نرسیده"},
        f"code={request.code}": {"دربارهٔ درخواست"},
        "recipient=۰۹۳۵ ۱۱۱ ۲۲۲۲": {"به دیگری"},
        "day=1405/09/02": {"دیروزی"},
        "day=1405/09/03": {"نرسیده", "دربارهٔ درخواست", "به دیگری"},
        "day=1405/01/01": set(),
        "": {"نرسیده", "دربارهٔ درخواست", "به دیگری", "دیروزی"},
    }.items():
        page = await inside.get(f"/staff/messages?{query}")
        assert {one for one in ("نرسیده", "دربارهٔ درخواست", "به دیگری", "دیروزی") if f">{one}</p>" in page} == found


@pytest.mark.parametrize("query", ["recipient=12", "day=چلشنبه", "code=123456789", "state=lost", "code=999999994"])
async def test_a_filter_that_cannot_be_is_told_at_its_field(inside: Visitor, query: str) -> None:
    await inside.sign_in("manager")
    response = await inside.client.get(f"/staff/messages?{query}", headers=inside.headers)
    page = await response.text()
    assert response.status in {404, 422}
    assert 'aria-invalid="true"' in page or 'role="alert"' in page


async def test_the_log_is_paged(site: StaffSite, inside: Visitor) -> None:
    for number in range(51):
        await sent(site, f"پیام {number}.")
    await inside.sign_in("manager")
    page = await inside.get("/staff/messages?state=delivered")
    assert ("پیام 50." in page, "پیام 0." in page) == (True, False)
    older = page.partition('class="older"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    page = await inside.get(older)
    assert ("پیام 50." in page, "پیام 0." in page) == (False, True)


async def test_a_text_is_sent_again_with_a_reason(site: StaffSite, inside: Visitor) -> None:
    lost, done = await sent(site, "گم‌شده", MessageState.FAILED, reason="recipient"), await sent(site, "رسیده")
    await inside.sign_in("manager")
    page = await inside.get("/staff/messages")
    assert f"/staff/messages/{lost}/retry" in page
    assert f"/staff/messages/{done}/retry" not in page
    assert "problem" in await inside.post(f"/staff/messages/{lost}/retry", 422, reason="")
    assert (await message(site, lost)).state is MessageState.FAILED
    way = await inside.post(f"/staff/messages/{lost}/retry?state=failed", reason="شماره درست بود")
    assert way == "/staff/messages?state=failed&done=message_retried"
    again = await message(site, lost)  # queued, or already on its way: the site's relay looks for it at once
    assert again.state in {MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED}
    page = await inside.post(f"/staff/messages/{done}/retry", 409, reason="باز هم")
    assert page.count('role="alert"') == page.count('value="باز هم"') == 1, "beside its text, with what was typed"
    page = await inside.post(f"/staff/messages/{done}/retry?state=failed", 409, reason="باز هم")
    assert page.count('role="alert"') == 1, "above everything where the text is not listed"
    await inside.post("/staff/messages/1/retry", 404, reason="باز هم")


async def test_the_auditor_reads_and_sends_nothing(site: StaffSite, inside: Visitor) -> None:
    lost = await sent(site, "گم‌شده", MessageState.FAILED)
    await inside.sign_in("auditor")
    assert "/retry" not in await inside.get("/staff/messages")
    await inside.post(f"/staff/messages/{lost}/retry", 403, reason="کنجکاوی")


async def test_what_codes_cost_within_a_day_stands_beside_what_they_may(site: StaffSite, inside: Visitor) -> None:
    await sent(site, "کد ۱۲۳۴۵۶", cls=MessageClass.SECURITY, cost=1700)
    await sent(site, "کد ۱۲۳۴۵۶", cls=MessageClass.SECURITY, cost=1700, created_at=site.clock.now() - timedelta(days=1))
    await inside.sign_in("manager")
    assert "در ۲۴ ساعت گذشته: ۱٬۷۰۰ از ۲٬۰۰۰٬۰۰۰ ریال" in words(await inside.get("/staff/messages"))


async def test_what_failed_lately_stands_first_and_is_counted_in_the_navigation(
    site: StaffSite, inside: Visitor
) -> None:
    long_ago = {"created_at": site.clock.at - timedelta(days=8)}
    await sent(site, "کهنه.", MessageState.FAILED, **long_ago)
    await sent(site, "نرفته.", MessageState.FAILED, reason="credit")
    await sent(site, "نامعلوم.", MessageState.UNKNOWN)
    await sent(site, "رسیده.")
    await inside.sign_in("manager")
    page = await inside.get("/staff/messages")
    assert page.index("نامعلوم.") < page.index("نرفته.") < page.index("رسیده.") < page.index("کهنه.")
    assert page.count(">نرفته.</p>") == 1
    assert "هفت روز گذشته (۲)" in words(page)
    assert re.search(r'href="/staff/messages"[^>]*>پیام‌ها <strong>\(۲\)</strong>', await inside.get("/staff/ledger"))
    async with visitor(site) as civil:
        await civil.sign_in("civil")
        assert "<strong>(" not in await civil.get("/staff/account")


async def test_of_many_that_failed_the_first_are_listed_and_the_others_said(site: StaffSite, inside: Visitor) -> None:
    await sent(site, "رسیده.")
    for number in range(60):
        await sent(site, f"نرفته {number}.", MessageState.FAILED)
    await inside.sign_in("manager")
    page = await inside.get("/staff/messages")
    assert "هفت روز گذشته (۲۰+)" in words(page)
    assert 'href="/staff/messages?state=failed"' in page
    older = page.partition('class="older"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "هفت روز گذشته" not in words(await inside.get(older)), "they stand on the first page"


async def test_a_page_of_texts_takes_as_many_queries_for_many_requests_as_for_one(
    site: StaffSite, inside: Visitor, statements: list[str]
) -> None:
    await inside.sign_in("manager")
    counts = []
    for _ in range(2):
        for number in range(4):
            request = await site.submitted()
            await sent(site, f"دربارهٔ {number}", request_id=request.id)
        await inside.get("/staff/messages")
        statements.clear()
        await inside.get("/staff/messages")
        counts.append(len(statements))
    assert counts[0] == counts[1]
