"""The statement of an office at the staff's site, where it has many payments."""

import re

from channels.admin.offices.statement_pages import MAX_PAYMENTS
from domain.values.text import group_digits
from tests.support.scenarios.counter_tills import a_bill_to_pay, open_office, report
from tests.support.staff_site import StaffSite, Visitor

STATEMENT = "/staff/offices/one/1001/statement"


async def test_a_statement_shows_the_newest_payments_and_leads_to_all(site: StaffSite, inside: Visitor) -> None:
    await open_office(site)
    await inside.sign_in("revenue")
    bill = await a_bill_to_pay(site)
    await report(site, bill, *(f"r{number}" for number in range(MAX_PAYMENTS)))
    page = await inside.get(STATEMENT)
    assert (page.count(">r"), "پرداخت آخر از" in page) == (MAX_PAYMENTS, False)
    await report(site, bill, "newest")
    page = await inside.get(STATEMENT)
    assert re.findall(r">(r\d+|newest)<", page) == [
        "newest",
        *(f"r{number}" for number in range(MAX_PAYMENTS - 1, 0, -1)),
    ]
    assert "۲۰۰ پرداخت آخر از ۲۰۱ پرداخت این دوره" in page
    assert f'<td class="number">{group_digits(MAX_PAYMENTS * bill.amount)}</td>' in page, (
        "the sums are of all: one settled"
    )
    assert page.count("/statement/payments.csv?year=") == 2
    await inside.sign_in("revenue")
    sheet = await inside.client.get(f"{STATEMENT}/payments.csv", headers=inside.headers)
    assert len((await sheet.text()).splitlines()) == 1 + MAX_PAYMENTS + 1
