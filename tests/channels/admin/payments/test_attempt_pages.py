"""Attempts to pay online: on the page of what they pay and on the list, the bank asked again, one ended, refusals."""

import re
from inspect import getfile
from pathlib import Path

import pytest

from domain.bills.bill import Bill, BillState
from domain.gateways.attempt import AttemptAlert, AttemptState, GatewayCall
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import TIMED_OUT, GatewayAnswer, SaleState
from domain.messages.catalogue import Catalogue
from tests.channels.admin.audit_reader import list_audited
from tests.support.scenarios.online_attempts import (
    NOT_FOUND,
    advance,
    come_back,
    issue_row_bill,
    leave,
    leave_unknown,
    load_attempt,
    open_bank,
    settle,
)
from tests.support.scenarios.site_registries import furnish, give, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.scripted_bank import ScriptedBank, answer
from tests.support.staff_site import StaffSite, Visitor, visitor

LIST = "/staff/payments"
COUNTED = "پرداخت اینترنتی <strong>(۱)</strong>"
REASON = "از به‌پرداخت پرسیدم؛ چنین تراکنشی ندارند."


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


@pytest.fixture
def bank(site: StaffSite) -> ScriptedBank:
    """The bank that the site asks."""
    return open_bank(site)


async def a_duty(site: StaffSite) -> tuple[str, Bill]:
    """The page of a duty, and its open bill."""
    await furnish(site)
    (row,) = await give(site, "duty", {"vehicle": PLATE, "year": 1405, "amount": 500_000})
    return f"/staff/registries/duty/{row.id}", await issue_row_bill(site, "duty", row.id)


async def bill_state(site: StaffSite, bill: Bill) -> BillState:
    """State of the bill."""
    async with site.store.open_unit(write=False) as uow:
        return (await uow.bills.get(bill.id)).state


async def test_what_the_bank_said_is_on_the_page_of_the_bill(
    site: StaffSite, revenue: Visitor, bank: ScriptedBank
) -> None:
    address, bill = await a_duty(site)
    attempt = await settle(site, bank, bill)
    for page in (words(await revenue.get(address)), words(await revenue.get(f"{LIST}/{attempt.id}"))):
        for part in (
            "به‌پرداخت ملت",
            "پرداخت شد",
            "۶۰۳۷۹۹******۷۸۹۳",
            "۹۰۰۰۰۰۱",
            "۵۰۰٬۰۰۰",
            "بانک تأیید کرد",
            "پول به حساب شهرداری نشست",
            "کد ۰",
        ):
            assert part in page, part
    assert "پرداخت اینترنتی‌ای نیست" in words(await revenue.get(LIST))


async def test_an_unknown_one_is_listed_and_counted_until_the_bank_says_more(
    site: StaffSite, revenue: Visitor, bank: ScriptedBank
) -> None:
    address, bill = await a_duty(site)
    attempt = await leave_unknown(site, bank, bill)
    assert COUNTED in await revenue.get("/staff")
    page = words(await revenue.get(LIST))
    for part in ("۱ پرداخت", "نامعلوم", "کد ۴۲"):
        assert part in page, part
    assert f'action="{LIST}/{attempt.id}/ask"' in await revenue.get(address)
    bank.script(answer(SaleState.VERIFIED))
    assert await revenue.post(f"{LIST}/{attempt.id}/ask") == f"{LIST}/{attempt.id}?done=bank_asked"
    assert (await load_attempt(site, attempt)).state is AttemptState.VERIFIED
    assert "از بانک پرسیده شد" in words(await revenue.get(f"{LIST}/{attempt.id}?done=bank_asked"))
    assert ("staff:revenue", "payment_inquired") in await list_audited(site)
    assert COUNTED not in await revenue.get(LIST)


async def test_what_the_bank_denies_is_ended_and_a_later_true_sale_counts(
    site: StaffSite, revenue: Visitor, bank: ScriptedBank
) -> None:
    _, bill = await a_duty(site)
    attempt = await leave_unknown(site, bank, bill)
    one = f"{LIST}/{attempt.id}"
    await revenue.get(one)
    await revenue.post(f"{one}/deny", 422, reason=" ")
    bank.script(GatewayAnswer(sale_state=None, code=TIMED_OUT))
    page = await revenue.post(f"{one}/deny", 503, reason=REASON)
    assert "بانک اکنون پاسخ نداد" in words(page)
    assert REASON in page
    assert await bill_state(site, bill) is BillState.PAYING
    calls = len(bank.calls)
    bank.script(NOT_FOUND)
    assert await revenue.post(f"{one}/deny", reason=REASON) == f"{one}?done=payment_denied"
    assert bank.calls[calls:] == ["inquire"]
    assert (await load_attempt(site, attempt)).state is AttemptState.FAILED
    assert await bill_state(site, bill) is BillState.OPEN
    assert ("staff:revenue", "payment_denied") in await list_audited(site)
    assert REASON in await revenue.get(one)
    await revenue.post(f"{one}/deny", 409, reason=REASON)
    await come_back(site, bank, attempt)
    bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await advance(site, seconds=1)
    await advance(site, seconds=1)
    assert (await load_attempt(site, attempt)).state is AttemptState.SETTLED
    assert await bill_state(site, bill) is BillState.PAID


async def test_what_the_bank_confirms_at_the_last_look_is_not_ended(
    site: StaffSite, revenue: Visitor, bank: ScriptedBank
) -> None:
    _, bill = await a_duty(site)
    attempt = await leave_unknown(site, bank, bill)
    await revenue.get(f"{LIST}/{attempt.id}")
    bank.script(answer(SaleState.VERIFIED))
    await revenue.post(f"{LIST}/{attempt.id}/deny", 409, reason=REASON)
    assert (await load_attempt(site, attempt)).state is AttemptState.VERIFIED
    assert await bill_state(site, bill) is BillState.PAYING


async def test_an_alert_is_resolved_with_a_reason(site: StaffSite, revenue: Visitor, bank: ScriptedBank) -> None:
    _, bill = await a_duty(site)
    attempt = await leave(site, bank, bill)
    await come_back(site, bank, attempt)
    await come_back(site, bank, attempt, "6666")
    assert (await load_attempt(site, attempt)).alert is AttemptAlert.FOREIGN_CALLBACK
    one = f"{LIST}/{attempt.id}"
    assert "شاید ساختگی باشد" in words(await revenue.get(one))
    await revenue.post(f"{one}/resolve", 422, reason="")
    assert await revenue.post(f"{one}/resolve", reason="ساختگی بود") == f"{one}?done=alert_resolved"
    assert (await load_attempt(site, attempt)).alert is None
    await revenue.post(f"{one}/resolve", 409, reason="ساختگی بود")


async def test_who_reads_and_who_does_not(site: StaffSite, bank: ScriptedBank) -> None:
    _, bill = await a_duty(site)
    attempt = await leave_unknown(site, bank, bill)
    one = f"{LIST}/{attempt.id}"
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        for address in (LIST, one):
            assert 'method="post"' not in (await auditor.get(address)).split("<main")[1]
        await auditor.post(f"{one}/ask", 403)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        assert f"{one}/deny" not in await manager.get(one)
        await manager.post(f"{one}/deny", 403, reason=REASON)
    async with visitor(site) as taxi_officer:
        await taxi_officer.sign_in("taxi_officer")
        assert f'href="{LIST}"' not in await taxi_officer.get("/staff")
        await taxi_officer.get(LIST, 403)


async def test_a_gateway_that_is_used_no_more_and_a_number_of_none(
    site: StaffSite, revenue: Visitor, bank: ScriptedBank
) -> None:
    _, bill = await a_duty(site)
    attempt = await leave_unknown(site, bank, bill)
    site.gateways.clear()
    await revenue.get(LIST)
    for name in ("ask", "deny"):
        page = await revenue.post(f"{LIST}/{attempt.id}/{name}", 503, reason=REASON)
        assert "این درگاه دیگر به کار نمی‌رود" in words(page)
    await revenue.get(f"{LIST}/1", 404)


def test_every_event_state_and_alert_has_words() -> None:
    catalogue = Catalogue.load()
    source = "".join(Path(getfile(one)).read_text("utf-8") for one in AttemptMachine.__mro__ if one is not object)
    events = set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', source)) | {"created", "alert_resolved"}
    assert len(events) > 25
    keys = [
        *(f"events.{event}" for event in events),
        *(f"states.{state}" for state in AttemptState),
        *(f"alerts.{alert}" for alert in AttemptAlert),
        *(f"calls.{call}" for call in GatewayCall),
        *(f"answers.{answered}" for answered in (*SaleState, "none")),
    ]
    assert [key for key in keys if f"admin.attempts.{key}" not in catalogue] == []
