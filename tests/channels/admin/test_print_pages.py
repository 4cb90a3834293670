"""Papers from the request's page: who gets which, as HTML in a place of its own and as a real PDF."""

import re

from domain.people import Role
from tests.support.staff_site import StaffSite, Visitor

HOSTILE = '"><script>alert(1)</script>'


async def handed_over(site: StaffSite, **fields: str) -> str:
    """The tracking code of a request whose machine was handed over."""
    request = await site.submitted(**fields)
    for step, role, inputs in (
        ("accept", Role.CIVIL, {}), ("price", Role.REVENUE, {}), ("waive", Role.REVENUE, {"reason": "کار عمومی"}),
        ("schedule", Role.CIVIL, {}), ("hand_over", Role.CIVIL, {}),
    ):  # fmt: skip
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
