"""Taking back what was recorded wrongly, and a second person's word on refunds, on the pages."""

from datetime import timedelta

import pytest

from domain.bills.bill import BillState
from domain.blocks.charging import REQUEST_SUBJECT as REQUEST
from domain.registries.rules import ChargeState
from domain.values.actors import Role
from tests.channels.admin.bills.test_recorded_payments import ledger
from tests.channels.admin.bills.test_refund_pages import GIVE, LIST, a_fine, back, bill_of
from tests.channels.admin.requests.test_request_pages import small_form, told
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.refunds_due import IBAN, cancelled, pay
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import PASSWORD, StaffSite, Visitor, visitor

APPROVE = f"{LIST}/approve"


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def paid(site: StaffSite, revenue: Visitor, *steps: tuple[str, Role]) -> tuple[str, dict[str, str]]:
    """The page of a request that was paid and went on, opened, and what names its payment in a form."""
    request = await site.submitted()
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await uow.bills.list_of_subject(REQUEST, request.id)
    await pay(site, bill)
    for step, role in steps:
        await site.demo.act(request.code, step, role)
    async with site.store.open_unit(write=False) as uow:
        (payment,) = await uow.bills.list_payments(bill.id)
    await revenue.get(f"/staff/requests/{request.code}")
    return f"/staff/requests/{request.code}", {"bill_id": bill.bill_id, "payment": str(payment.id)}


async def test_a_payment_is_taken_back_from_the_page_of_its_request(site: StaffSite, revenue: Visitor) -> None:
    path, form = await paid(site, revenue)
    refused = await revenue.post(f"{path}/reverse", 422, reason=" ", **form)
    assert 'aria-invalid="true"' in small_form(refused, f"{path}/reverse")
    done = await revenue.post(f"{path}/reverse", reason="فیش <b>قبض دیگری</b> بود", **form)
    assert done == f"{path}?done=reversed_waiting"
    page = await revenue.get(done)
    assert "دوباره در انتظار پرداخت است" in words(page)
    (line,) = ledger(page)
    assert "باطل شد:" in line
    assert "کارمند revenue، «فیش &lt;b&gt;قبض دیگری&lt;/b&gt; بود»" in page
    assert f'action="{path}/reverse"' not in page
    again = await revenue.post(f"{path}/reverse", 409, reason="دوباره", **form)
    assert "پیش‌تر باطل شده" in told(again)
    assert (await site.request(path[-9:])).state == "awaiting_payment"


async def test_what_follows_is_told(site: StaffSite, revenue: Visitor) -> None:
    given_up, form = await paid(site, revenue, ("cancel", Role.CIVIL))
    assert await revenue.post(f"{given_up}/reverse", reason="اشتباه", **form) == f"{given_up}?done=reversed_ended"
    booked, form = await paid(site, revenue, ("schedule", Role.CIVIL))
    assert await revenue.post(f"{booked}/reverse", reason="اشتباه", **form) == f"{booked}?done=reversed_owed"
    assert "وجهی برای استرداد نیست" in words(await revenue.get(LIST))


async def test_who_takes_back_proves_anew_who_it_is(site: StaffSite, revenue: Visitor) -> None:
    path, form = await paid(site, revenue)
    site.clock.at += timedelta(minutes=11)
    page = await revenue.post(f"{path}/reverse", 401, reason="اشتباه", **form)
    assert 'name="proof_password"' in page
    assert 'name="reason" value="اشتباه"' in page
    assert (await site.request(path[-9:])).state == "paid"
    done = await revenue.post(f"{path}/reverse", reason="اشتباه", proof_password=PASSWORD, **form)
    assert done == f"{path}?done=reversed_waiting"


@pytest.mark.parametrize("row", ["", "x", "-1", "9" * 30, "۱۲", "1"])
async def test_what_names_no_payment(site: StaffSite, revenue: Visitor, row: str) -> None:
    path, form = await paid(site, revenue)
    await revenue.post(f"{path}/reverse", 404 if row == "1" else 422, reason="اشتباه", **form | {"payment": row})


async def test_a_fine_is_owed_again(site: StaffSite, revenue: Visitor) -> None:
    fine, bill = await a_fine(site)
    async with site.store.open_unit(write=False) as uow:
        first, second = await uow.bills.list_payments(bill.id)
    form = {"bill_id": bill.bill_id, "reason": "اشتباه", "version": read_version(await revenue.get(fine))}
    refused = await revenue.post(f"{fine}/reverse", 409, payment=str(first.id), **form)
    assert "اول آن را باطل کنید" in told(refused)
    done = await revenue.post(f"{fine}/reverse", payment=str(second.id), **form)
    assert done == f"{fine}?done=reversed_not_due"
    assert await revenue.post(f"{fine}/reverse", payment=str(first.id), **form) == f"{fine}?done=reversed_owed"
    assert (await bill_of(site, bill)).state is BillState.OPEN
    async with site.store.open_unit(write=False) as uow:
        assert (await uow.registries.get_row("violation", bill.subject_id)).values["state"] == ChargeState.BILLED


async def test_a_second_person_says_where_money_goes(site: StaffSite, revenue: Visitor) -> None:
    """An amount above the limit stands in the list without its form, until somebody else has agreed."""
    _, bill = await cancelled(site)
    for _ in range(3):
        await pay(site, bill)
    due = back(bill, "1", amount=str(4 * bill.amount))
    page = await revenue.get(LIST)
    assert (f'action="{GIVE}"' in page, f'action="{APPROVE}"' in page) == (False, True)
    assert "باید اول نفر دومی تأیید کند" in words(await revenue.post(GIVE, 409, **due))
    word = {name: due[name] for name in ("bill_id", "amount", "iban")}
    assert await revenue.post(APPROVE, **word) == f"{LIST}?done=refund_approved"
    assert "باید اول نفر دومی" in words(await revenue.post(GIVE, 409, **due)), "one person is not two"
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        page = await manager.get(LIST)
        assert f"کارمند revenue برگشت این پول به شبای {IBAN} را تأیید کرده است" in page
        assert f'action="{APPROVE}"' not in page
        refused = await manager.post(APPROVE, 422, **word | {"iban": "IR00"})
        assert "شماره شبا درست نیست" in words(refused)
        await manager.post(APPROVE, **word)
    assert f'action="{GIVE}"' in await revenue.get(LIST)
    assert await revenue.post(GIVE, **due) == f"{LIST}?done=refund"
    for name in ("auditor", "civil"):
        async with visitor(site) as other:
            await other.sign_in(name)
            await other.post(APPROVE, 403, **word)
