"""Receipts without a bill: the list, matching one to a bill, sending it back with a second person's word, refusals."""

import asyncio

import pytest

from domain.actions.context import ActorContext
from domain.actions.registries.charges import bill_and_notify
from domain.bills.bill import Bill, BillState
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.registries.declarations import DUTY
from domain.values.actors import Role
from tests.channels.admin.audit_reader import list_audited
from tests.support.municipality import actor
from tests.support.scenarios.held_receipts import LARGE, held
from tests.support.scenarios.refunds_due import IBAN
from tests.support.scenarios.site_registries import furnish, give, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

LIST = "/staff/suspense"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def a_bill(site: StaffSite, amount: int = 500_000) -> Bill:
    """The open bill of a duty."""
    await furnish(site)
    (row,) = await give(site, "duty", {"vehicle": PLATE, "year": 1405, "amount": amount})
    async with site.store.open_unit() as uow:
        return await bill_and_notify(ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), DUTY, row.id)


async def now(site: StaffSite, receipt: SuspenseReceipt) -> SuspenseReceipt:
    """The receipt as it is now."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.suspense.get(receipt.id)


def at(receipt: SuspenseReceipt, action: str) -> str:
    """Address of a form."""
    return f"{LIST}/{receipt.id}/{action}"


async def test_what_fits_no_bill_is_listed_and_matched(site: StaffSite, revenue: Visitor) -> None:
    assert "واریزی نامشخصی نیست" in words(await revenue.get(LIST))
    receipt, bill = await held(site), await a_bill(site)
    page = words(await revenue.get(LIST))
    for part in (
        "۱ واریزی، روی هم ۵۰۰٬۰۰۰ ریال",
        "پرداخت الکترونیک سامان",
        "saman/71",
        "مبلغ خواسته‌شده (ریال) ۵۰۱٬۰۰۰",
    ):
        assert part in page
    form = {"bill_id": bill.bill_id, "payment_id": bill.payment_id, "reason": "پیامک بانک", "version": "0"}
    assert await revenue.post(at(receipt, "match"), **form) == f"{LIST}?done=slip"
    async with site.store.open_unit(write=False) as uow:
        assert (await uow.bills.get(bill.id)).state is BillState.PAID
        assert await uow.ledger.list_differences(5) == []
    assert (await now(site, receipt)).state is SuspenseState.MATCHED
    assert ("staff:revenue", "suspense_matched") in await list_audited(site)
    assert "پرداخت ثبت شد" in words(await revenue.get(f"{LIST}?done=slip"))


async def test_a_refused_form_keeps_what_was_typed(site: StaffSite, revenue: Visitor) -> None:
    receipt, bill = await held(site), await a_bill(site, 700_000)
    await revenue.get(LIST)
    form = {"bill_id": bill.bill_id, "payment_id": bill.payment_id, "reason": "پیامک بانک", "version": "0"}
    page = await revenue.post(at(receipt, "match"), 422, **form)
    assert bill.bill_id in page
    assert (page.count("<details open>"), "پیامک بانک" in page) == (1, True)
    await revenue.post(at(receipt, "match"), 409, **form | {"version": "7"})
    await revenue.post(at(receipt, "match"), 409, **{name: form[name] for name in form if name != "version"})
    page = await revenue.post(at(receipt, "return"), 422, iban="IR1", reference="9", reason="x", version="0")
    assert 'value="IR1" dir="ltr" aria-invalid="true"' in page
    assert (await now(site, receipt)).state is SuspenseState.OPEN
    back = {"iban": IBAN, "reference": "9", "reason": "صاحب آن پیدا شد", "version": "0"}
    assert await revenue.post(at(receipt, "return"), **back) == f"{LIST}?done=suspense_returned"
    assert "پیش‌تر انجام شده است" in await revenue.post(at(receipt, "match"), 409, **form)
    await revenue.post(f"{LIST}/1/match", 404, **form)


async def test_a_large_receipt_goes_back_with_a_second_person(site: StaffSite, revenue: Visitor) -> None:
    receipt = await held(site, LARGE)
    page = await revenue.get(LIST)
    assert at(receipt, "return") not in page
    back = {"iban": IBAN, "reference": "9", "reason": "صاحب آن پیدا شد", "version": "0"}
    await revenue.post(at(receipt, "return"), 409, **back)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        page = await manager.get(LIST)
        assert at(receipt, "match") not in page
        agreed = {"iban": IBAN, "version": "0"}
        assert await manager.post(at(receipt, "approve"), **agreed) == f"{LIST}?done=refund_approved"
        await manager.post(at(receipt, "return"), 403, **back)
    page = await revenue.get(LIST)
    assert f"برگشت این پول به شبای {IBAN} را تأیید کرده است" in words(page)
    await revenue.post(at(receipt, "return"), 409, **back)
    await revenue.post(at(receipt, "return"), **back | {"version": "1"})
    assert (await now(site, receipt)).state is SuspenseState.RETURNED


async def test_who_reads_and_who_does_not(site: StaffSite) -> None:
    receipt = await held(site)
    async with visitor(site) as auditor:
        await auditor.sign_in("auditor")
        page = await auditor.get(LIST)
        assert receipt.reference in page
        assert 'method="post"' not in page.split("<main")[1]
    async with visitor(site) as civil:
        await civil.sign_in("civil")
        assert f'href="{LIST}"' not in await civil.get("/staff")
        await civil.get(LIST, 403)


async def test_a_long_list_is_read_page_by_page(site: StaffSite, revenue: Visitor) -> None:
    for number in range(27):
        await held(site, reference=f"saman/{number}")
    page = await revenue.get(LIST)
    assert page.count("<article") == 25
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert (await revenue.get(following)).count("<article") == 2
    await revenue.get(f"{LIST}?page=x", 422)


async def test_of_two_at_once_one_is_told(site: StaffSite) -> None:
    receipt = await held(site)

    async def gives(who: Visitor, number: str) -> int:
        form = {"csrf": who.csrf, "iban": IBAN, "reference": number, "reason": "x", "version": "0"}
        answer = await who.client.post(at(receipt, "return"), data=form, headers=who.headers, allow_redirects=False)
        return answer.status

    async with visitor(site) as one, visitor(site) as other:
        for who in (one, other):
            await who.sign_in("revenue")
            await who.get(LIST)
        assert sorted(await asyncio.gather(gives(one, "1"), gives(other, "2"))) == [303, 409]
