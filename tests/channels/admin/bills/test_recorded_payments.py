"""Movements on a bill stand under it, and a slip for one that was paid before is told to be a surplus."""

import re

import pytest

from domain.audit.entries import AuditFilter
from domain.bills.bill import Bill, PaymentOutcome
from domain.language.wording import day_and_hour_text
from domain.values.actors import Role
from domain.values.text import group_digits
from tests.channels.admin.bills.test_refund_pages import FINE, back
from tests.channels.admin.registries.test_import_pages import bring, keep, worked
from tests.channels.admin.requests.test_request_pages import opened, small_form, told
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.refunds_due import IBAN, RECORDER, cancelled, pay
from tests.support.scenarios.site_registries import furnish, give, words
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor, visitor

SAID = {"surplus": "yes"}
"""The box that says that money came for a bill which is not open."""


def ledger(page: str) -> list[str]:
    """Movements on the bills of a page, in words."""
    return [words(f"<main>{one}") for one in re.findall(r"<li>(.*?)</li>", "".join(ledgers(page)), re.DOTALL)]


def ledgers(page: str) -> list[str]:
    """The lists of what moved."""
    return [one.split("</ul>")[0] for one in page.split('<ul class="ledger">')[1:]]


async def outcomes(site: StaffSite, bill_id: str) -> list[PaymentOutcome]:
    """Outcomes of the payments of a bill."""
    async with site.store.open_unit(write=False) as uow:
        bill = await uow.bills.get_by_bill_id(bill_id)
        return [one.outcome for one in await uow.bills.list_payments(bill.id)]


@pytest.fixture
async def revenue(inside: Visitor) -> Visitor:
    """The revenue unit's browser."""
    await inside.sign_in("revenue")
    return inside


async def test_what_came_in_and_went_back_stands_under_its_bill(site: StaffSite, revenue: Visitor) -> None:
    site.clock.at = site.clock.at.replace(second=0)  # it goes on with each reading, and is to stay in one minute
    request, bill = await cancelled(site)
    path = f"/staff/requests/{request.code}"
    await revenue.get(path)
    now, amount = day_and_hour_text(site.clock.now()), f"{group_digits(bill.amount)} ریال"
    await revenue.post(f"{path}/refund", **back(bill, "حواله ۹"))
    came, went = ledger(await revenue.get(path))
    assert re.match(f"{now} · پرداخت با فیش بانکی · {amount} · پیگیری ۷[۰-۹]{{3}} · {RECORDER} ابطال این پرداخت", came)
    assert went == f"{now} · برگشت به شهروند · {amount} · {IBAN} · پیگیری حواله ۹ · کارمند revenue"


async def unpaid(site: StaffSite, revenue: Visitor) -> tuple[str, dict[str, str]]:
    """The page of a request that waits for its payment, and what its form for a slip says."""
    request = await site.submitted()
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    page = await revenue.get(f"/staff/requests/{request.code}")
    typed = dict(re.findall(r'name="(bill_id|payment_id|amount)"[^>]*value="([^"]+)"', page))
    return f"/staff/requests/{request.code}", {"version": read_version(page), **typed}


async def test_a_slip_from_a_stale_page_is_told_to_be_a_surplus(site: StaffSite, revenue: Visitor) -> None:
    path, form = await unpaid(site, revenue)
    assert await revenue.post(f"{path}/slip", reference="1", **form) == f"{path}?done=slip"
    page = await revenue.post(f"{path}/slip", 409, reference="2", **form)
    asked = small_form(page, f"{path}/slip")
    assert 'name="surplus" value="yes" required aria-invalid="true"' in asked, "a surplus is said, never guessed"
    assert 'value="2"' in asked
    assert "این قبض دیگر باز نیست" in told(page)
    assert await outcomes(site, form["bill_id"]) == [PaymentOutcome.SETTLED]
    for _ in range(2):  # a double click is told the same
        assert await revenue.post(f"{path}/slip", reference="2", **SAID, **form) == f"{path}?done=surplus"
    page = await revenue.get(f"{path}?done=surplus")
    assert "این قبض پیش‌تر پرداخت یا بسته شده بود" in words(page)
    assert ["پرداخت اضافه" in one for one in ledger(page)] == [False, True]
    assert await outcomes(site, form["bill_id"]) == [PaymentOutcome.SETTLED, PaymentOutcome.SURPLUS]


async def test_money_that_comes_once_more_is_recorded_from_a_form_of_its_own(site: StaffSite, revenue: Visitor) -> None:
    path, form = await unpaid(site, revenue)
    assert "ثبت پرداخت دوباره" not in await revenue.get(path)
    await revenue.post(f"{path}/slip", reference="1", **form)
    page = await revenue.get(path)
    (fold,) = [one for one in page.split("<details")[1:] if f'action="{path}/slip"' in one.split("</details>")[0]]
    assert fold.startswith(">"), "it is folded"
    assert "<summary>ثبت پرداخت دوباره</summary>" in fold
    page = await revenue.post(f"{path}/slip", 422, reference="2", **form | {"amount": "1000"})
    assert 'value="1000"' in small_form(page, f"{path}/slip")
    assert "یکی نیست" in told(page)
    async with visitor(site) as civil:
        assert f'action="{path}/slip"' not in await opened(civil, "civil", await site.request(path[-9:]))


async def test_money_for_a_bill_that_was_closed_unpaid_is_recorded_too(site: StaffSite, revenue: Visitor) -> None:
    path, form = await unpaid(site, revenue)
    await site.demo.act(path[-9:], "cancel", Role.CIVIL)
    assert "ثبت پرداختی که پس از بسته شدن قبض رسیده است" in await revenue.get(path)
    assert await revenue.post(f"{path}/slip", reference="5", **SAID, **form) == f"{path}?done=surplus"
    assert "باید به شهروند برگردد" in await revenue.get(path)


async def test_a_fine_that_was_paid_before_says_so_too(site: StaffSite, revenue: Visitor) -> None:
    await furnish(site)
    (row,) = await give(site, "violation", FINE)
    path = f"/staff/registries/violation/{row.id}"
    await revenue.post(f"{path}/bill", version=read_version(await revenue.get(path)))
    bill = await bill_of(site, row.id)
    form = {"bill_id": bill.bill_id, "payment_id": bill.payment_id, "amount": str(bill.amount)}
    await pay(site, bill)
    assert "ثبت پرداخت دوباره" in await revenue.get(path)
    assert await revenue.post(f"{path}/slip", reference="5", **SAID, **form) == f"{path}?done=surplus"
    assert len(ledger(await revenue.get(path))) == 2


async def bill_of(site: StaffSite, row: int) -> Bill:
    """The bill of a fine."""
    async with site.store.open_unit(write=False) as uow:
        (bill,) = await uow.bills.list_of_subject("violation", row)
    return bill


async def test_a_sheet_of_what_was_settled_elsewhere_leaves_a_trace_too(site: StaffSite, revenue: Visitor) -> None:
    await furnish(site)
    sheet = f"vehicle,year,kind,amount,state\n{PLATE},1404,yearly,5000000,waived\n{PLATE},1403,yearly,4000000,open\n"
    address = await bring(revenue, sheet, registry="duty")
    await worked(site, address)
    await keep(revenue, address)
    await worked(site, address)
    async with site.store.open_unit(write=False) as uow:
        [entry] = await uow.audit.list_entries(AuditFilter(what="charge_entered"))
    assert entry.actor == "staff:revenue"
    assert (entry.detail["state"], entry.detail["amount"]) == ("waived", 5_000_000)
