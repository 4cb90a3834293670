"""Papers from the page of a request or row: who gets which, as HTML in a place of its own and as a real PDF."""

import re

import pytest

from domain.actions.context import ActorContext
from domain.actions.registries.charges import waive_and_notify
from domain.registries.declarations import REGISTRIES
from domain.values.actors import STAFF_ROLES, Role
from tests.channels.admin.registries.test_charge_pages import VIOLATION
from tests.support.municipality import actor
from tests.support.scenarios.refunds_due import paid_twice
from tests.support.scenarios.site_registries import furnish, give
from tests.support.scenarios.taxi_registries import PLATE
from tests.support.staff_site import StaffSite, Visitor

HOSTILE = '"><script>alert(1)</script>'


async def handed_over(site: StaffSite, **fields: str) -> str:
    """The tracking code of a request whose machine was handed over."""
    request = await site.submitted(**fields)
    for step, role, inputs in (
        ("accept", Role.CIVIL, {}),
        ("price", Role.REVENUE, {}),
        ("waive", Role.REVENUE, {"reason": "کار عمومی"}),
        ("schedule", Role.CIVIL, {}),
        ("hand_over", Role.CIVIL, {"early": "yes"}),
    ):
        await site.demo.act(request.code, step, role, inputs)
    return request.code


async def test_the_delivery_form_is_offered_once_there_is_one(site: StaffSite, inside: Visitor) -> None:
    early = await site.submitted()
    code = await handed_over(site)
    await inside.sign_in("civil")
    assert "/print/" not in await inside.get(f"/staff/requests/{early.code}")
    page = await inside.get(f"/staff/requests/{code}")
    assert set(re.findall(r"/print/([a-z_]+\.[a-z]+)", page)) == {"delivery_form.pdf", "delivery_form.html"}
    await inside.get(f"/staff/requests/{early.code}/print/delivery_form.html", 404)
    await inside.get(f"/staff/requests/{code}/print/letter.html", 404)


async def test_a_pdf_is_made(site: StaffSite, inside: Visitor) -> None:
    code = await handed_over(site)
    await inside.sign_in("civil")
    response = await inside.client.get(f"/staff/requests/{code}/print/delivery_form.pdf", headers=inside.headers)
    assert response.content_type == "application/pdf"
    assert (await response.read()).startswith(b"%PDF-")
    assert f"delivery_form-{code}.pdf" in response.headers["Content-Disposition"]


async def test_what_a_citizen_wrote_stays_text_on_paper(site: StaffSite, inside: Visitor) -> None:
    code = await handed_over(site, place=HOSTILE)
    await inside.sign_in("civil")
    response = await inside.client.get(f"/staff/requests/{code}/print/delivery_form.html", headers=inside.headers)
    page = await response.text()
    assert "<script>alert" not in page
    assert "alert(1)" in page
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]  # default-src 'none' stands


async def test_a_paper_of_what_one_may_not_see_is_refused(site: StaffSite, inside: Visitor) -> None:
    code = await handed_over(site)
    for role, status in (("taxi_officer", 403), ("secretariat", 403), ("revenue", 403), ("manager", 200)):
        await inside.sign_in(role)
        await inside.get(f"/staff/requests/{code}/print/delivery_form.html", status)


async def a_charge(site: StaffSite, registry: str) -> tuple[str, int]:
    """The address of an open duty or of a fine, and the id of its row."""
    await furnish(site)
    values = {"duty": {"vehicle": PLATE, "year": 1405, "amount": 2_500_000}, "violation": VIOLATION}
    (row,) = await give(site, registry, values[registry])
    return f"/staff/registries/{registry}/{row.id}", row.id


@pytest.mark.parametrize("registry", ["duty", "violation"])
async def test_a_row_has_its_receipt_once_it_is_paid(site: StaffSite, inside: Visitor, registry: str) -> None:
    address, row = await a_charge(site, registry)
    await inside.sign_in("revenue")
    assert "/print/" not in await inside.get(address)
    assert "این سند هنوز صادر نشده است" in await inside.get(f"{address}/print/receipt.html", 404)
    await paid_twice(site, registry, row)
    links = re.findall(r'href="([^"]+/print/[^"]+)"', await inside.get(address))
    assert links == [f"{address}/print/receipt.pdf", f"{address}/print/receipt.html"]
    response = await inside.client.get(links[1], headers=inside.headers)
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "رسید پرداخت" in await response.text()
    response = await inside.client.get(links[0], headers=inside.headers)
    assert (await response.read()).startswith(b"%PDF-")
    assert f'"receipt-{registry}-{row}.pdf"' in response.headers["Content-Disposition"]


async def test_a_fine_that_was_waived_has_no_receipt(site: StaffSite, inside: Visitor) -> None:
    address, row = await a_charge(site, "violation")
    async with site.store.open_unit() as uow:
        await waive_and_notify(
            ActorContext(site.demo.desk, uow, actor(Role.REVENUE)), REGISTRIES["violation"], row, "نخستین بار"
        )
    await inside.sign_in("manager")
    assert "/print/" not in await inside.get(address)
    page = await inside.get(f"{address}/print/receipt.pdf", 404)
    assert 'lang="fa"' in page
    assert "این سند هنوز صادر نشده است" in page


async def test_the_receipt_of_a_row_is_of_those_who_may_see_the_row(site: StaffSite, inside: Visitor) -> None:
    address, row = await a_charge(site, "duty")
    await paid_twice(site, "duty", row)
    for role in sorted(STAFF_ROLES):
        await inside.sign_in(role)
        may = role in {Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR}
        await inside.get(f"{address}/print/receipt.html", 200 if may else 403)


async def test_a_row_that_is_not_there_has_no_receipt(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("revenue")
    assert 'lang="fa"' in await inside.get("/staff/registries/duty/7/print/receipt.html", 404)
    await inside.get("/staff/registries/vehicle/7/print/receipt.html", 404)
