"""The till of a counter office at the staff's site: a day is closed, closed again, and shown beside what came in."""

import re
from datetime import date

import pytest

from domain.bills.bill import Bill
from domain.offices.tills import TillClosing
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.counter_tills import a_bill_to_pay, open_office, report
from tests.support.staff_site import StaffSite, Visitor, visitor

TILL = "/staff/offices/one/1001/till"
TODAY = "۱۴۰۵/۰۹/۰۳"


@pytest.fixture
async def bill(site: StaffSite) -> Bill:
    """A bill that the office reported as paid, today."""
    await open_office(site)
    made = await a_bill_to_pay(site)
    await report(site, made, "1")
    return made


@pytest.fixture
async def revenue(inside: Visitor, bill: Bill) -> Visitor:
    """A member of the revenue unit who looks at the till."""
    await inside.sign_in("revenue")
    await inside.get(TILL)
    return inside


async def closings(site: StaffSite) -> list[TillClosing]:
    """Every closing of the office."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.office_tills.list_closings("1001", date(2026, 1, 1), date(2027, 1, 1))


def cells(page: str, day: str = TODAY) -> list[str]:
    """Cells of the row of a day, without marks."""
    found = re.search(rf'<th scope="row">{day}</th>(.*?)</tr>', page, re.DOTALL)
    assert found, page
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", found[1], re.DOTALL)]


def grouped(amount: int) -> str:
    """An amount as a page has it."""
    return f"{amount:,}".translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬"))


async def test_a_day_is_closed(site: StaffSite, revenue: Visitor, bill: Bill) -> None:
    page = await revenue.get(TILL)
    assert cells(page)[:4] == ["۱", grouped(bill.amount), "", ""]
    assert cells(page)[4].startswith("باز")
    assert "هیچ روزی" in page
    where = re.findall(r'<a href="([^"]+)#close">', page)[0].replace("&amp;", "&")
    page = await revenue.get(where)
    assert f'name="day" value="{TODAY}"' in page
    assert '<details class="card" id="close" open>' in page
    await revenue.post(TILL, day=TODAY, amount=grouped(bill.amount), version=read_version(page))
    page = await revenue.get(f"{TILL}?year=1405&month=9&done=till")
    assert "صندوق آن روز بسته شد." in page
    assert cells(page)[:4] == ["۱", grouped(bill.amount), grouped(bill.amount), "۰"]
    assert re.match(r"بسته \S.*، ۱۴۰۵/۰۹/۰۳ \d\d:\d\d بستن دوباره", cells(page)[4])
    (made,) = await closings(site)
    assert (made.closed_by, made.declared, made.payments) == ("staff:revenue", bill.amount, 1)


async def test_a_difference_asks_for_a_note_and_is_told_either_way(
    site: StaffSite, revenue: Visitor, bill: Bill
) -> None:
    page = await revenue.post(TILL, 422, day=TODAY, amount=str(bill.amount - 500), version="0")
    assert grouped(bill.amount) in page
    assert f'value="{bill.amount - 500}"' in page
    assert 'id="close-note-problem"' in page
    assert await closings(site) == []
    await revenue.post(TILL, day=TODAY, amount=str(bill.amount - 500), note="یک <رسید> گم شد", version="0")
    page = await revenue.get(TILL)
    assert cells(page)[3] == "۵۰۰ کمتر"
    assert "یک &lt;رسید&gt; گم شد" in page
    assert "جمع اختلاف‌ها: ۵۰۰ کمتر." in page
    await revenue.post(TILL, day=TODAY, amount=str(bill.amount + 70), note="دو بار کشید", version=read_version(page))
    page = await revenue.get(TILL)
    assert cells(page)[3] == "۷۰ بیشتر"
    assert "بستن‌های پیشین" in page
    assert "۵۰۰ کمتر؛" in page
    assert "جمع اختلاف‌ها: ۷۰ بیشتر." in page


async def test_a_day_that_changed_after_it_was_closed_says_so(site: StaffSite, revenue: Visitor, bill: Bill) -> None:
    await revenue.post(TILL, day="امروز", amount=str(bill.amount), version="0")
    assert "تغییر کرده" not in await revenue.get(TILL)
    await report(site, bill, "2")
    page = await revenue.get(TILL)
    assert cells(page)[:2] == ["۲", grouped(2 * bill.amount)]
    assert f"پس از بستن تغییر کرده هنگام بستن: ۱ پرداخت، {grouped(bill.amount)} ریال" in cells(page)[4]
    statement = await revenue.get("/staff/offices/one/1001/statement?year=1405&month=9")
    assert "۱ روز این دوره بسته شده است؛ جمع اختلاف‌ها: ۰. ۱ روز پس از بستن تغییر کرده است." in statement
    assert "/staff/offices/one/1001/till?year=1405&amp;month=9" in statement


async def test_what_cannot_be_closed_is_told_beside_its_field(site: StaffSite, revenue: Visitor) -> None:
    for field, wrong in (
        ("day", {"day": "فردا"}),
        ("day", {"day": "نامعلوم"}),
        ("day", {"day": ""}),
        ("amount", {"amount": "چند"}),
        ("amount", {"amount": "-5"}),
        ("amount", {"amount": "9" * 30}),
        ("note", {"note": "ن" * 301}),
    ):
        page = await revenue.post(TILL, 422, **{"day": TODAY, "amount": "0", "version": "0", **wrong})
        assert f'id="close-{field}-problem"' in page, wrong
        assert "چیزی ثبت نشد." in page
    assert await closings(site) == []
    await revenue.get("/staff/offices/one/9999/till", 404)
    assert 'aria-invalid="true"' in await revenue.get(f"{TILL}?year=12", 422)


async def test_whoever_comes_second_is_told(site: StaffSite, revenue: Visitor, bill: Bill) -> None:
    seen = read_version(await revenue.get(TILL))
    async with visitor(site) as other:
        await other.sign_in("revenue")
        await other.get(TILL)
        await other.post(TILL, day="1405/09/02", amount="0", version=seen)
        await other.post(TILL, day=TODAY, amount=str(bill.amount), version=seen)
    page = await revenue.post(TILL, 409, day=TODAY, amount="1", note="شمارش من", version=seen)
    assert "همکار دیگری صندوق همین روز را بست" in page
    assert "شمارش من" in page
    assert cells(page)[2] == grouped(bill.amount)
    assert len(await closings(site)) == 2
    await revenue.post(TILL, day=TODAY, amount="1", note="شمارش من", version=read_version(page))
    assert [one.number for one in await closings(site)] == [1, 2, 3]


async def test_others_read_and_close_nothing(site: StaffSite, revenue: Visitor) -> None:
    for role in ("auditor", "manager", "admin"):
        await revenue.sign_in(role)
        page = await revenue.get(TILL)
        assert 'method="post" action="/staff/offices' not in page
        assert "#close" not in page
        assert "/till" in await revenue.get("/staff/offices/one/1001")
        await revenue.post(TILL, 403, day=TODAY, amount="0")
    assert await closings(site) == []


async def test_a_closing_is_in_the_audit(site: StaffSite, revenue: Visitor, bill: Bill) -> None:
    await revenue.post(TILL, day=TODAY, amount=str(bill.amount), version="0")
    await revenue.sign_in("auditor")
    page = await revenue.get("/staff/audit?what=till_closed")
    assert TODAY in page
    assert grouped(bill.amount) in page
