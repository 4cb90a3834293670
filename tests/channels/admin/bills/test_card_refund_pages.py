"""Money goes back to the card that paid, from the list and the request's page: chosen, approved, followed, refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.bills.bill import Bill, BillState, PaymentOutcome
from domain.gateways.refund_attempt import RefundAttemptState
from domain.values.text import group_digits, persian_digits
from tests.channels.admin.audit_reader import list_audited
from tests.channels.admin.bills.test_refund_pages import GIVE, LIST, back, bill_of, returned
from tests.support.refunding_bank import DENIED_BY_BANK, REFUSED, SILENT, RefundingBank
from tests.support.scenarios.card_refunds import (
    cancel_paid_online,
    load_last_refund,
    open_refunding_bank,
    send_back,
    send_due,
)
from tests.support.scenarios.refunds_due import cancelled
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor, visitor

CARD = "۶۰۳۷۹۹******۷۸۹۳"
SEND = "برگرداندن به همان کارت"
DENY = "پایان بده: بانک گفته برنگشته است"
REASON = "بانک تلفنی گفت چنین برگشتی ندارد"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


@pytest.fixture
def bank(site: StaffSite) -> RefundingBank:
    return open_refunding_bank(site)


async def send(visitor_: Visitor, bill: Bill, address: str = LIST) -> str:
    """Press the button for the card."""
    form = {"bill_id": bill.bill_id, "target": "card", "amount": group_digits(bill.amount)}
    return await visitor_.post(f"{address}/refund", **form)


async def test_the_card_is_offered_first(site: StaffSite, revenue: Visitor, bank: RefundingBank) -> None:
    _, bill = await cancel_paid_online(site, bank)
    page = await revenue.get(LIST)
    assert page.index(SEND) < page.index("ثبت واریز به شبا")
    form = page.split('name="target" value="card"')[0].rsplit("<details", 1)[1]
    assert form.startswith(" open>")
    assert f"{group_digits(bill.amount)} ریال به همان کارتی که پرداخت با آن انجام شده است" in words(page)
    assert CARD in page


async def test_its_state_is_followed_until_the_bank_is_asked_again(
    site: StaffSite, revenue: Visitor, bank: RefundingBank
) -> None:
    request, bill = await cancel_paid_online(site, bank)
    bank.refund_answers.extend([SILENT] * 9)
    await revenue.get(LIST)
    assert await send(revenue, bill) == f"{LIST}?done=card_refund"
    assert "به بانک سپرده می‌شود" in words(await revenue.get(f"{LIST}?done=card_refund"))
    await send_due(site)
    refund = await load_last_refund(site, bill)
    for address in (LIST, f"/staff/requests/{request.code}"):
        page = await revenue.get(address)
        assert "نتیجه نامعلوم؛ از بانک پرسیده می‌شود" in page
        assert persian_digits(refund.refund_number) in page
        assert ('value="card"' in page, 'name="iban"' in page) == (False, False)
    assert "در راه بازگشت به کارت (۱)" in await revenue.get(LIST)
    assert "در راه بازگشت به کارت است" in await revenue.post(GIVE, 409, **back(bill, "1"))
    bank.refund_answers.clear()
    ask = f"{LIST}/card/{refund.id}/ask"
    assert await revenue.post(ask) == f"{LIST}?done=card_refund_asked"
    assert (await load_last_refund(site, bill)).state is RefundAttemptState.DONE
    assert (bank.calls.count("refund"), bank.calls[-1]) == (1, "inquire_refund")
    assert "نتیجهٔ این برگشت معلوم شده است" in await revenue.post(ask, 409)
    await revenue.post(f"{LIST}/card/{refund.id + 1}/ask", 404)


async def test_what_went_to_the_card_is_in_the_books(site: StaffSite, revenue: Visitor, bank: RefundingBank) -> None:
    request, bill = await cancel_paid_online(site, bank)
    await revenue.get(LIST)
    await send(revenue, bill)
    await send_due(site)
    assert (await bill_of(site, bill)).state is BillState.REFUNDED
    assert "برگشت به همان کارت" in await revenue.get(f"/staff/requests/{request.code}")
    assert "وجهی برای استرداد نیست" in words(await revenue.get(LIST))
    assert ("staff:revenue", "card_refund_requested") in await list_audited(site)


async def test_from_the_page_of_the_request(site: StaffSite, revenue: Visitor, bank: RefundingBank) -> None:
    request, bill = await cancel_paid_online(site, bank)
    address = f"/staff/requests/{request.code}"
    assert SEND in await revenue.get(address)
    form = {"bill_id": bill.bill_id, "target": "card", "amount": str(bill.amount)}
    refused = await revenue.post(f"{address}/refund", 422, **form | {"amount": "1"})
    assert "یکی نیست" in refused
    assert await revenue.post(f"{address}/refund", **form) == f"{address}?done=card_refund"
    await send_due(site)
    [payment] = await returned(site, bill)
    assert (payment.recorded_by, payment.gateway) == ("staff:revenue", "behpardakht")


async def test_what_the_bank_refused_says_why_and_goes_to_an_iban(
    site: StaffSite, revenue: Visitor, bank: RefundingBank
) -> None:
    _, bill = await cancel_paid_online(site, bank)
    bank.refund_answers.append(REFUSED)
    await revenue.get(LIST)
    await revenue.post(GIVE, bill_id=bill.bill_id, target="card", amount=str(bill.amount))
    await send_due(site)
    page = words(await revenue.get(LIST))
    assert "بانک این پول را به کارت برنگرداند" in page
    assert "موجودی" in page or "اعتبار" in page, "the bank's reason"
    assert await revenue.post(GIVE, **back(bill, "حواله ۱")) == f"{LIST}?done=refund"
    assert [one.outcome for one in await returned(site, bill)] == [PaymentOutcome.RETURNED]


async def test_what_the_bank_denies_for_ever_is_ended_with_a_reason_and_a_fresh_proof(
    site: StaffSite, revenue: Visitor, bank: RefundingBank
) -> None:
    _, bill = await cancel_paid_online(site, bank)
    bank.refund_answers.extend([DENIED_BY_BANK] * 9)
    await revenue.get(LIST)
    await send(revenue, bill)
    await send_due(site)
    assert DENY not in await revenue.get(LIST), "it may still arrive"
    site.clock.at += timedelta(minutes=11)
    refund = await load_last_refund(site, bill)
    deny = f"{LIST}/card/{refund.id}/deny"
    assert DENY in await revenue.get(LIST)
    assert 'name="reason"' in await revenue.post(deny, 401, reason=REASON), "a fresh proof"
    await revenue.sign_in("revenue")
    await revenue.get(LIST)
    refused = await revenue.post(deny, 422, reason=" ")
    assert f'id="denied-{refund.id}"' in refused
    assert await revenue.post(deny, reason=REASON) == f"{LIST}?done=card_refund_denied"
    assert (await load_last_refund(site, bill)).state is RefundAttemptState.DENIED
    assert ("staff:revenue", "card_refund_denied") in await list_audited(site)
    page = await revenue.get(f"{LIST}?done=card_refund_denied")
    assert REASON in page
    assert SEND in page, "its money is due again"
    assert "نتیجهٔ این برگشت معلوم شده است" in await revenue.post(deny, 409, reason=REASON)


async def test_a_discount_of_the_banks_is_shown_and_the_card_not_offered(
    site: StaffSite, revenue: Visitor, bank: RefundingBank
) -> None:
    request, bill = await cancel_paid_online(site, bank, paid_amount=1000)
    for address in (LIST, f"/staff/requests/{request.code}"):
        page = await revenue.get(address)
        assert f"بانک {group_digits(bill.amount - 1000)} ریال تخفیف داده و از کارت ۱٬۰۰۰ ریال برداشت شده است" in page
        assert 'value="card"' not in page
        assert 'name="iban"' in page


async def test_who_may_ask_a_bank_may_not_end_it(site: StaffSite, bank: RefundingBank) -> None:
    _, bill = await cancel_paid_online(site, bank)
    await send_back(site, bank, bill, *[DENIED_BY_BANK] * 9)
    site.clock.at += timedelta(minutes=11)
    refund = await load_last_refund(site, bill)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        assert DENY not in await manager.get(LIST)
        await manager.post(f"{LIST}/card/{refund.id}/deny", 403, reason=REASON)


async def test_the_second_person_sees_the_card(site: StaffSite, bank: RefundingBank) -> None:
    _, bill = await cancel_paid_online(site, bank)
    desk = site.demo.desk
    desk.engine = replace(desk.engine, policy=replace(desk.policy, refund_limit=1000))
    form = {"bill_id": bill.bill_id, "target": "card", "amount": str(bill.amount)}
    async with visitor(site) as cashier, visitor(site) as manager:
        await cashier.sign_in("revenue")
        page = await cashier.get(LIST)
        assert "باید اول نفر دومی تأیید کند" in page
        assert "اول نفر دومی" in await cashier.post(GIVE, 409, **form)
        await manager.sign_in("manager")
        page = words(await manager.get(LIST))
        assert "تأیید برگشت به همان کارت" in page
        assert CARD in page
        assert await manager.post(f"{LIST}/approve", **form) == f"{LIST}?done=refund_approved"
        assert "برگشت این پول به همان کارت را تأیید کرده است" in await cashier.get(LIST)
        assert await cashier.post(GIVE, **form) == f"{LIST}?done=card_refund"
    await send_due(site)
    assert (await bill_of(site, bill)).state is BillState.REFUNDED


async def test_a_fresh_proof_is_asked_for(site: StaffSite, revenue: Visitor, bank: RefundingBank) -> None:
    _, bill = await cancel_paid_online(site, bank)
    await revenue.get(LIST)
    site.clock.at += timedelta(minutes=11)
    asked = await revenue.post(GIVE, 401, bill_id=bill.bill_id, target="card", amount=str(bill.amount))
    assert 'name="target" value="card"' in asked
    async with site.store.open_unit(write=False) as uow:
        assert await uow.card_refunds.list_of_bill(bill.id) == []


async def test_who_reads_money_sees_it_and_does_nothing(site: StaffSite, bank: RefundingBank) -> None:
    _, bill = await cancel_paid_online(site, bank)
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        page = await auditor.get(LIST)
        assert persian_digits(bill.bill_id) in page
        assert 'value="card"' not in page
        await auditor.post(GIVE, 403, bill_id=bill.bill_id, target="card", amount=str(bill.amount))


async def test_what_came_by_slip_offers_no_card(site: StaffSite, revenue: Visitor, bank: RefundingBank) -> None:
    _, bill = await cancelled(site)
    assert 'value="card"' not in await revenue.get(LIST)
    refused = await revenue.post(GIVE, 409, bill_id=bill.bill_id, target="card", amount=str(bill.amount))
    assert "نمی‌توان به کارت برگرداند" in refused
    assert bank.calls == []
