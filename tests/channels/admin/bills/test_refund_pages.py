"""Refunds due to citizens: the list, giving it back from there and from a duty's or fine's page, refusals."""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.actions.refunds.accounts import ask_for_ibans
from domain.bills.bill import Bill, BillState, Payment, PaymentOutcome
from domain.messages.records import OutboxMessage
from domain.values import bill_ids
from domain.values.identifiers import display_plate
from domain.values.text import group_digits, persian_digits
from tests.channels.admin.audit_reader import list_audited
from tests.support.demo_site import MORNING
from tests.support.factories import a_bill, a_refund
from tests.support.scenarios.refunds_due import IBAN, cancelled, give_account, paid_twice, pay
from tests.support.scenarios.site_registries import furnish, give, words
from tests.support.scenarios.taxi_registries import DRIVER_CODE, DRIVER_MOBILE, OWNER_MOBILE, PLATE
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, visitor

LIST, GIVE = "/staff/refunds", "/staff/refunds/refund"
FINE = {"driver": DRIVER_CODE, "date": "2026-11-20", "kind": "overcharge", "fine": 500_000}
DUTY = {"vehicle": PLATE, "year": 1405, "amount": 2_500_000}
NOBODYS = bill_ids.make_ids(99_999_998, "123", 6, 1000, 1405, 1).bill_id


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def a_fine(site: StaffSite) -> tuple[str, Bill]:
    """The page of a fine that was paid twice, and its bill."""
    await furnish(site)
    (row,) = await give(site, "violation", FINE)
    return f"/staff/registries/violation/{row.id}", await paid_twice(site, "violation", row.id)


async def a_duty(site: StaffSite) -> tuple[str, Bill]:
    """The same of a duty; the taxis are there."""
    (row,) = await give(site, "duty", DUTY)
    return f"/staff/registries/duty/{row.id}", await paid_twice(site, "duty", row.id)


def back(bill: Bill, reference: str, **changed: str) -> dict[str, str]:
    """Form values for giving all of a bill back."""
    return {"bill_id": bill.bill_id, "amount": str(bill.amount), "iban": IBAN, "reference": reference} | changed


async def bill_of(site: StaffSite, bill: Bill) -> Bill:
    """The bill as it is now."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.bills.get(bill.id)


async def returned(site: StaffSite, bill: Bill) -> list[Payment]:
    """Amount given back of a bill."""
    async with site.store.open_unit(write=False) as uow:
        payments = await uow.bills.list_payments(bill.id)
    return [one for one in payments if one.outcome is PaymentOutcome.RETURNED]


async def told(site: StaffSite, mobile: str) -> Sequence[OutboxMessage]:
    """The texts about money that went back."""
    async with site.store.open_unit(write=False) as uow:
        return [one for one in await uow.outbox.list_recent(recipient=mobile) if one.key == "sms.refunded"]


async def test_all_that_is_due_back_is_listed_oldest_first(site: StaffSite, revenue: Visitor) -> None:
    assert "وجهی برای استرداد نیست" in words(await revenue.get(LIST))
    request, bill = await cancelled(site)
    fine, of_fine = await a_fine(site)
    duty, of_duty = await a_duty(site)
    page = await revenue.get(LIST)
    hrefs = [f"/staff/requests/{request.code}", fine, duty]
    assert re.findall(r'<a href="(/staff/(?:requests|registries)/[a-z0-9/]+)"><bdi>', page) == hrefs
    first, second, third = (words(f"<main{one}") for one in page.split("<article")[1:])
    for part in (
        site.demo.desk.wording.service_title("machinery"),
        *("گل‌جمال توماج", "۰۹۱۲۱۲۳۴۵۶۷", "لغو درخواست", "۱۴۰۵/۰۹/۰"),
        *map(persian_digits, (bill.bill_id, bill.payment_id)),
    ):
        assert part in first
    assert "قابل استرداد (ریال) ۵۰۰٬۰۰۰ پرداخت‌شده (ریال) ۱٬۰۰۰٬۰۰۰ مبلغ قبض (ریال) ۵۰۰٬۰۰۰" in second
    for part in ("جریمه تخلف تاکسی", "۰۹۱۲۱۰۰۰۰۰۲", "پرداخت دوباره", persian_digits(of_fine.bill_id)):
        assert part in second
    plate = " ".join(display_plate("12ت345-59").split())
    for part in ("عوارض تاکسی", plate, "۰۹۱۲۱۰۰۰۰۰۱", persian_digits(of_duty.bill_id)):
        assert part in third
    whole = bill.amount + of_fine.amount + of_duty.amount
    assert f"۳ قبض، روی هم {group_digits(whole)} ریال" in words(page)


async def test_a_request_a_duty_and_a_fine_are_paid_back(site: StaffSite, revenue: Visitor) -> None:
    request, bill = await cancelled(site)
    (fine, of_fine), (duty, of_duty) = await a_fine(site), await a_duty(site)
    for number, (one, mobile) in enumerate(
        [(bill, "+989121234567"), (of_fine, DRIVER_MOBILE), (of_duty, OWNER_MOBILE)]
    ):
        page = await revenue.get(LIST)
        assert f'value="{one.bill_id}"' in page
        assert await revenue.post(GIVE, **back(one, f"حواله {number}")) == f"{LIST}?done=refund"
        assert f'value="{one.bill_id}"' not in await revenue.get(f"{LIST}?done=refund")
        (payment,) = await returned(site, one)
        assert (payment.amount, payment.recorded_by) == (one.amount, "staff:revenue")
        (text,) = await told(site, mobile)
        assert "۰۰۰۱" in text.staff_text
    assert (await bill_of(site, bill)).state is BillState.REFUNDED
    assert (await bill_of(site, of_duty)).state is BillState.PAID, "of the two payments one stays"
    assert "وجهی برای استرداد نیست" in words(await revenue.get(LIST))
    assert "استرداد وجه" in words(await revenue.get(f"/staff/requests/{request.code}"))
    assert (await list_audited(site)).count(("staff:revenue", "refund")) == 2, "a request has a history of its own"
    for address in (fine, duty):
        assert f'action="{address}/refund"' not in await revenue.get(address)


async def test_a_fine_is_paid_back_on_its_own_page(site: StaffSite, revenue: Visitor) -> None:
    fine, bill = await a_fine(site)
    page = await revenue.get(fine)
    assert "۵۰۰٬۰۰۰ ریال باید به شهروند برگردد" in words(page)
    refused = await revenue.post(f"{fine}/refund", 422, **back(bill, "7", iban="IR00"))
    form = refused.split(f'action="{fine}/refund"')[1].split("</form>")[0]
    assert 'value="IR00" dir="ltr" aria-invalid="true"' in form
    assert 'value="7"' in form
    assert (refused.count('role="alert"'), refused.count("<details open>")) == (1, 1)
    assert await revenue.post(f"{fine}/refund", **back(bill, "7")) == f"{fine}?done=refund"
    assert "باید به شهروند برگردد" not in await revenue.get(fine)
    again = await revenue.post(f"{fine}/refund", 409, **back(bill, "8"))
    assert "پیش‌تر برگشت داده شده است" in again
    assert again.index('role="alert"') < again.index('class="columns')
    async with visitor(site) as officer:
        await officer.sign_in("taxi_officer")
        await officer.get(fine)
        await officer.post(f"{fine}/refund", 403, **back(bill, "9"))
    assert len(await returned(site, bill)) == 1


async def test_who_may_see_money_reads_and_the_revenue_unit_alone_pays(site: StaffSite) -> None:
    _, bill = await cancelled(site)
    for role in ("manager", "auditor"):
        async with visitor(site) as reader:
            await reader.sign_in(role)
            page = await reader.get(LIST)
            assert persian_digits(bill.bill_id) in page
            assert GIVE not in page
            await reader.post(GIVE, 403, **back(bill, "1"))
    async with visitor(site) as civil:
        await civil.sign_in("civil")
        assert f'href="{LIST}"' not in await civil.get("/staff")
        await civil.get(LIST, 403)
        await civil.post(GIVE, 403, **back(bill, "1"))
    assert await returned(site, bill) == []


async def test_from_outside_the_second_factor_comes_first(site: StaffSite) -> None:
    _, bill = await cancelled(site)
    secret = await site.enrolled("revenue")
    async with visitor(site, OUTSIDE) as away:
        await away.sign_in("revenue")
        await away.get("/staff/second-factor")
        asked = await away.post(GIVE, 401, **back(bill, "1"))
        assert f'name="bill_id" value="{bill.bill_id}"' in asked, "what was typed goes on with the code"
        assert await returned(site, bill) == []
        await away.post("/staff/second-factor", code=site.code_of(secret))
        await away.get(LIST)
        await away.post(GIVE, **back(bill, "1"))
    assert len(await returned(site, bill)) == 1


async def test_an_old_proof_is_renewed_and_what_was_typed_goes_on(site: StaffSite, revenue: Visitor) -> None:
    _, bill = await cancelled(site)
    await revenue.get(LIST)
    site.clock.at += timedelta(minutes=11)
    asked = await revenue.post(GIVE, 401, **back(bill, "حواله ۱"))
    assert 'name="reference" value="حواله ۱"' in asked
    assert await returned(site, bill) == []
    await revenue.post(GIVE, **back(bill, "حواله ۱", proof_password=PASSWORD))
    assert len(await returned(site, bill)) == 1


async def test_another_sum_than_what_is_due_is_refused(site: StaffSite, revenue: Visitor) -> None:
    fine, bill = await a_fine(site)
    await revenue.get(LIST)
    for amount in ("۵۰۰٬۰۰۱", "499999"):
        page = await revenue.post(GIVE, 422, **back(bill, "1", amount=amount))
        assert "با آنچه اکنون باید برگردد (۵۰۰٬۰۰۰ ریال) یکی نیست" in page
        assert f'value="{amount}"' in page
    for wrong in ({"amount": ""}, {"amount": "پانصد تومان"}, {"reference": " "}, {"iban": ""}):
        await revenue.post(GIVE, 422, **back(bill, "1") | wrong)
    await pay(site, bill)
    page = await revenue.post(f"{fine}/refund", 422, **back(bill, "1"))
    assert "(۱٬۰۰۰٬۰۰۰ ریال) یکی نیست" in page, "more became due since the page was made"
    assert await returned(site, bill) == []
    await revenue.post(GIVE, **back(bill, "1", amount="۱٬۰۰۰٬۰۰۰"))
    assert [one.amount for one in await returned(site, bill)] == [1_000_000]


async def test_one_transfer_counts_once_and_for_one_bill(site: StaffSite, revenue: Visitor) -> None:
    (_, of_fine), (_, bill) = await a_fine(site), await cancelled(site)
    await revenue.get(LIST)
    for _ in range(2):
        await revenue.post(GIVE, **back(bill, "1"))
    assert len(await returned(site, bill)) == len(await told(site, "+989121234567")) == 1
    for other in (back(bill, "1", amount="7"), back(of_fine, "1")):
        assert "پیش‌تر برای پرداخت دیگری ثبت شده" in await revenue.post(GIVE, 409, **other)
    page = await revenue.post(GIVE, 409, **back(bill, "2"))
    assert "پول این قبض پیش‌تر برگشت داده شده است" in page
    assert page.index('role="alert"') < page.index("<article")
    await revenue.post(GIVE, 404, **back(bill, "3", bill_id=NOBODYS))
    assert await returned(site, of_fine) == []


async def test_of_two_officers_at_once_the_second_is_told(site: StaffSite) -> None:
    _, bill = await cancelled(site)

    async def gives(who: Visitor, reference: str) -> int:
        form = {"csrf": who.csrf, **back(bill, reference)}
        answer = await who.client.post(GIVE, data=form, headers=who.headers, allow_redirects=False)
        return answer.status

    async with visitor(site) as one, visitor(site) as other:
        for who in (one, other):
            await who.sign_in("revenue")
            await who.get(LIST)
        assert sorted(await asyncio.gather(gives(one, "1"), gives(other, "2"))) == [303, 409]
    assert len(await returned(site, bill)) == 1


async def test_a_long_list_has_pages(site: StaffSite, revenue: Visitor) -> None:
    request, _ = await cancelled(site)
    bills = [a_bill(subject_id=request.id, file_number=90_000 + number) for number in range(30)]
    async with site.store.open_unit() as uow:
        for number, bill in enumerate(bills):
            await uow.bills.add(bill)
            await uow.bills.add_refund(a_refund(bill, created_at=MORNING - timedelta(days=30 - number)))
    first = await revenue.get(LIST)
    further = re.search(r'href="(/staff/refunds\?page=[^"]+)" rel="next"', first)
    assert further
    second = await revenue.get(further[1].replace("&amp;", "&"))
    listed = [[*dict.fromkeys(re.findall(r'name="bill_id" value="([0-9]+)"', page))] for page in (first, second)]
    assert [len(one) for one in listed] == [25, 6]
    assert [*listed[0], *listed[1]][:30] == [one.bill_id for one in bills]
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert f'action="{GIVE}?page=' in second, "one stays on the page"
    wrong = words(await revenue.get(f"{LIST}?page=5", 422))
    assert "نشانی این صفحه درست نیست" in wrong


async def test_a_day_s_transfers_are_one_file_and_each_is_recorded_there(site: StaffSite, revenue: Visitor) -> None:
    request, bill = await cancelled(site)
    await ask_for_ibans(site.demo.desk, site.store)
    page = words(await revenue.get(LIST))
    assert "نرسیده؛ خواسته شد" in page
    assert await revenue.post(f"{LIST}/accounts/{bill.id}/remind") == f"{LIST}?done=iban_asked"
    assert "چیزی برای واریز نیست" in words(await revenue.post(f"{LIST}/files", 409))
    await give_account(site, bill)
    listed = await revenue.get(LIST)
    assert f'<data dir="ltr" value="{IBAN}">IR۹۱ ۰۱۲۰ ۰۰۰۰ ۰۰۱۰ ۰۳۲۴ ۲۰۰۰ ۰۱</data>' in listed
    address = (await revenue.post(f"{LIST}/files")).partition("?")[0]
    assert (await revenue.post(f"{LIST}/files")).partition("?")[0] == address, "a day has one file"
    sheet = await revenue.get(f"{address}.csv")
    assert f"{IBAN},{bill.amount},گل‌جمال توماج" in sheet
    assert "در فایل واریزهاست" in words(await revenue.get(LIST))
    transfer = re.findall(r'name="transfer" value="(\d+)"', await revenue.get(address))[0]
    assert "شمارهٔ پیگیری" in words(await revenue.post(f"{address}/done", 422, transfer=transfer, reference=" "))
    done = {"transfer": transfer, "reference": "9001"}
    assert await revenue.post(f"{address}/done", **done) == f"{address}?done=refund"
    assert await revenue.post(f"{address}/done", **done) == f"{address}?done=refund"
    assert len(await returned(site, bill)) == 1
    assert "واریز شد" in words(await revenue.get(address))
    assert request.code not in await revenue.get(LIST)
