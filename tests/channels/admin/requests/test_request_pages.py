"""A request's page: steps as the declaration has them, two officers at once, papers, money, what strangers wrote."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from aiohttp import FormData

from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.actors import SYSTEM, Actor, Role
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import StaffSite, Visitor, visitor

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
IBAN = "IR910120000000100324200001"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
WALK_IN_FORM = {
    "full_name": "عبدالرحمن قره‌جه",
    "national_code": "۰۴۹۹۳۷۰۸۹۹",
    "items-0-machine": "loader",
    "items-0-hours": "۴",
    "items-2-machine": "grader",
    "items-2-count": "۲",
    "items-2-hours": "سه",
    "date": "فردا",
    "start": "۸",
    "place": "میدان بسیج",
}
"""Form values of an officer for a citizen who came to the counter."""


def steps(page: str) -> list[str]:
    """The steps that a page offers, by name."""
    return re.findall(r'action="/staff/requests/[0-9]+/act/([a-z_]+)"', page)


async def opened(visitor: Visitor, username: str, request: ServiceRequest) -> str:
    """The request's page, read by a member of the staff."""
    await visitor.sign_in(username)
    return await visitor.get(f"/staff/requests/{request.code}")


async def test_exactly_the_steps_of_the_role_are_offered(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    assert steps(await opened(inside, "civil", request)) == ["accept", "ask", "reject", "cancel"]
    for other in ("revenue", "manager", "auditor"):
        assert steps(await opened(inside, other, request)) == []
    for stranger in ("secretariat", "taxi_officer", "expert", "admin"):
        await inside.sign_in(stranger)
        assert request.fields["full_name"] not in await inside.get(f"/staff/requests/{request.code}", 403)


async def test_a_request_runs_to_its_end(site: StaffSite) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    async with visitor(site) as civil, visitor(site) as revenue:
        page = await opened(civil, "civil", request)
        await civil.post(f"{path}/act/accept", version=read_version(page), hours="۳")
        assert "اکنون اقدامی در نوبت شما نیست" in await civil.get(path)
        page = await opened(revenue, "revenue", request)
        await revenue.post(f"{path}/act/price", version=read_version(page))
        page = await revenue.get(path)
        bill_id, payment_id, amount = (
            re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]  # a failure tells enough
            for name in ("bill_id", "payment_id", "amount")
        )
        assert "مهلت پرداخت" in page
        assert "۰۰:۰۰" not in page  # its last day is told, as it is to the citizen
        slip = {"bill_id": bill_id, "payment_id": payment_id, "reference": "1001", "version": read_version(page)}
        assert "مبلغ پرداختی با مبلغ قبض یکی نیست" in await revenue.post(f"{path}/slip", 422, amount="1000", **slip)
        await revenue.post(f"{path}/slip", amount=amount, **slip)
        await revenue.post(f"{path}/slip", amount=amount, **slip)  # a double click
        assert "پرداخت‌شده" in await civil.get(path)
        for step in ("schedule", "hand_over", "complete"):
            page = await civil.get(path)
            assert ("این کار برای" in page) is (step == "hand_over"), "who hands over sees for when it is booked"
            if step == "hand_over":
                assert "این کار برای" in await civil.post(f"{path}/act/{step}", 422, version=read_version(page))
            early = {"early": "yes"} if step == "hand_over" else {}
            await civil.post(f"{path}/act/{step}", version=read_version(page), **early)
        assert "انجام شده" in await civil.get(path)
    assert (await site.request(request.code)).state == "completed"


async def test_what_a_bank_did_is_told_as_people_say_it(site: StaffSite, inside: Visitor) -> None:
    code = (await site.submitted()).code
    async with site.store.open_unit() as uow:
        request = await uow.requests.get_by_code(code, lock=True)
        bank = replace(SYSTEM, identifier="sandbox", channel="gateway")
        await site.demo.desk.engine.record_event(uow, request, "attach", bank, {})
    page = await opened(inside, "manager", request)
    assert "سامانه</bdi>، درگاه بانک" in page
    assert "gateway" not in page


async def test_what_was_typed_stays_when_it_is_refused(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    path = f"/staff/requests/{request.code}/act/accept"
    page = await inside.post(path, 422, version=read_version(page), hours="زیاد", date="فردا")
    assert "ساعت کار «زیاد» خوانده نشد" in page
    assert 'value="زیاد"' in page
    assert 'value="فردا"' in page
    assert 'aria-describedby="accept-hours-problem accept-hours-hint"' in page
    assert (await site.request(request.code)).state == "submitted"


@pytest.mark.parametrize(("amount", "reason"), [("زیاد", "نهاد عمومی"), ("1000", "ب" * 301)])
async def test_a_price_of_ones_own_stays_when_it_is_refused(
    site: StaffSite, inside: Visitor, amount: str, reason: str
) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "accept", Role.CIVIL)
    page = await opened(inside, "revenue", request)
    path = f"/staff/requests/{request.code}/act/price"
    page = await inside.post(path, 422, version=read_version(page), amount=amount, reason=reason)
    form = page.split('id="step-price" open')[1].split("</form>")[0]
    assert f'value="{amount}"' in form
    assert reason in form
    assert 'class="problem"' in form


async def test_the_second_of_two_officers_is_told(site: StaffSite) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    async with visitor(site) as first, visitor(site) as second:
        seen = [read_version(await opened(one, "civil", request)) for one in (first, second)]
        await first.post(f"{path}/act/accept", version=seen[0])
        page = await second.post(f"{path}/act/reject", 409, version=seen[1], reason="راه باز نیست")
        assert "همکار دیگری" in page
        for work in ("assign", "mobile"):
            values = {"assignee": "civil", "mobile": "09121112233", "proof": "کارت ملی"}
            assert "همکار دیگری" in await second.post(f"{path}/{work}", 409, version=seen[1], **values)
    after = await site.request(request.code)
    assert (after.state, after.assignee, after.mobile) == ("accepted", None, "+989121234567")


async def test_a_step_of_another_role_is_refused_and_audited(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("revenue")
    await inside.get("/staff/account")
    path = f"/staff/requests/{request.code}/act/accept"
    assert "اجازه این کار را ندارید" in await inside.post(path, 403, version=str(request.revision))
    assert (await site.request(request.code)).state == "submitted"


async def test_it_is_assigned_and_its_mobile_corrected(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    page = await opened(inside, "civil", request)
    await inside.post(f"{path}/assign", version=read_version(page), assignee="civil")
    page = await inside.get(path)
    wrong = await inside.post(f"{path}/mobile", 422, version=read_version(page), mobile="12", proof="کارت ملی")
    assert "شماره همراه درست نیست" in wrong
    await inside.post(f"{path}/mobile", version=read_version(page), mobile="۰۹۱۲۱۱۱۲۲۳۳", proof="کارت ملی")
    after = await site.request(request.code)
    assert (after.assignee, after.mobile) == ("civil", "+989121112233")
    assert "<strong>ارجاع</strong>" in await inside.get(path)


async def expert_request(site: StaffSite, **fields: str) -> ServiceRequest:
    """An expert opinion asked for, which has papers."""
    values = {
        "kind": "valuation",
        "full_name": "یوسف گری",
        "national_code": "0499370899",
        "postal_code": "4933164859",
        "address": "خیابان امام",
        "text": "ارزیابی خانه",
    }
    citizen = Actor(frozenset({Role.CITIZEN}), "citizen", "+989121234567", "portal")
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, citizen)
        outcome = await submit_request(context, "expert", values | fields, citizen.identifier)
        await announce_outcome(context, outcome)
    return outcome.request


def paper(visitor: Visitor, page: str, content: bytes, name: str) -> FormData:
    """A form with a file."""
    form = FormData()
    choices = page.split('id="paper"')[1].split("</select>", maxsplit=1)[0]
    field = re.findall(r'<option value="([a-z_]+)">', choices)[0]
    for key, value in {"csrf": visitor.csrf, "version": read_version(page), "field": field}.items():
        form.add_field(key, value)
    form.add_field("file", BytesIO(content), filename=name, content_type="image/png")
    return form


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (PNG, "سند.png", 303),
        (PNG, f"../../../etc/{HOSTILE}.png", 303),
        (b"<html><script>alert(1)</script>", "photo.png", 422),
        (b"MZ" + bytes(100), "photo.jpg", 422),
        (PNG + bytes(7 * 1024 * 1024), "large.png", 413),
    ],
    ids=["photo", "path", "page", "program", "large"],
)
async def test_papers_are_taken_by_their_own_bytes(
    site: StaffSite, inside: Visitor, content: bytes, name: str, status: int
) -> None:
    request = await expert_request(site)
    path = f"/staff/requests/{request.code}"
    page = await opened(inside, "expert", request)
    form = paper(inside, page, content, name)
    response = await inside.client.post(f"{path}/documents", data=form, headers=inside.headers, allow_redirects=False)
    assert response.status == status, await response.text()
    page = await inside.get(path)
    links = re.findall(rf'{path}/documents/([0-9]+)"', page)
    assert len(links) == (status == 303)
    assert "<script" not in page.replace('<script src="/static', "")
    for link in links:
        response = await inside.client.get(f"{path}/documents/{link}")
        assert await response.read() == content
        assert response.content_type == "image/png"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "etc" not in response.headers["Content-Disposition"]


async def test_a_document_of_another_request_is_not_there(site: StaffSite, inside: Visitor) -> None:
    one, other = await expert_request(site), await expert_request(site)
    page = await opened(inside, "expert", one)
    await inside.client.post(
        f"/staff/requests/{one.code}/documents", data=paper(inside, page, PNG, "a.png"), headers=inside.headers
    )
    (link,) = re.findall(r"/documents/([0-9]+)", await inside.get(f"/staff/requests/{one.code}"))
    await inside.get(f"/staff/requests/{other.code}/documents/{link}", 404)


async def test_what_citizens_wrote_is_text_and_nothing_else(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted(full_name=HOSTILE[:80], place=HOSTILE, description=HOSTILE)
    page = await opened(inside, "civil", request)
    await inside.post(f"/staff/requests/{request.code}/act/ask", version=read_version(page), question=HOSTILE)
    for path in (f"/staff/requests/{request.code}", "/staff?queue=open"):
        page = await inside.get(path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "alert(1)" in unescape(page)


async def test_a_walk_in_citizen_is_entered(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/walk-in")
    page = await inside.get("/staff/walk-in/machinery")
    page = await inside.post("/staff/walk-in/machinery", 422, citizen_mobile="", **WALK_IN_FORM)
    assert "میدان بسیج</textarea>" in page
    assert re.search(r'<option value="grader" selected>', page)
    page = await inside.post(
        "/staff/walk-in/machinery", 422, citizen_mobile="09121112233", **WALK_IN_FORM | {"date": "دیروز"}
    )
    assert "date-problem" in page
    way = await inside.post("/staff/walk-in/machinery", citizen_mobile="09121112233", **WALK_IN_FORM)
    async with site.store.open_unit(write=False) as uow:
        (request,) = await uow.requests.list_requests(RequestFilter())
    assert way == f"/staff/requests/{request.code}?done=entered"
    assert (request.channel, request.mobile) == ("walk_in", "+989121112233")
    assert request.fields["items"] == [
        {"machine": "loader", "hours": 4, "count": 1},
        {"machine": "grader", "count": 2, "hours": 3},
    ]
    await inside.get("/staff/walk-in/nothing", 404)
    await inside.get("/staff/walk-in/taxi_duty", 404)


def small_form(page: str, path: str) -> str:
    """The open fold with the form that goes to an address."""
    folds = [one for one in page.split("<details")[1:] if f'action="{path}"' in one.split("</details>")[0]]
    (fold,) = [one.split("</details>")[0] for one in folds if one.startswith(" open")]
    return fold


def told(page: str) -> str:
    """Message above everything: nothing was done, and why; once on a page."""
    (alert,) = page.split('role="alert"')[1:]
    assert alert.index("چیزی ثبت نشد") < alert.index('class="columns')
    return alert.split("</p>")[0]


async def test_a_refused_mobile_stays_with_its_proof(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}/mobile"
    page = await opened(inside, "civil", request)
    page = await inside.post(path, 422, version=read_version(page), mobile="0912 111", proof='کارت "ملی"')
    form = small_form(page, path)
    assert 'value="0912 111" inputmode="tel" dir="ltr" aria-invalid="true" aria-describedby="refusal"' in form
    assert 'value="کارت &#34;ملی&#34;">' in form
    assert re.search(r'<p class="problem" id="refusal" tabindex="-1">شماره همراه درست نیست', form)
    assert "شماره همراه درست نیست" in told(page)
    assert 'href="#refusal"' in told(page)


async def agreed(site: StaffSite, path: str, **sum_: str) -> None:
    """The manager's word on a refund, as a second person."""
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        assert f'action="{path}/approve"' in await manager.get(path)
        assert await manager.post(f"{path}/approve", iban=IBAN, **sum_) == f"{path}?done=refund_approved"


async def test_a_refused_slip_and_refund_stay_beside_their_bill(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    page = await opened(inside, "revenue", request)
    ids = dict(re.findall(r'name="((?:bill|payment)_id)" value="([0-9]+)"', page))
    due = re.search(r'name="amount"[^>]* value="([۰-۹٬]+)"', page)
    assert due
    slip = {"version": read_version(page), "reference": "پیگیری ۷", **ids}
    for amount in ("ده میلیون", "1000"):
        page = await inside.post(f"{path}/slip", 422, amount=amount, **slip)
        form = small_form(page, f"{path}/slip")
        assert f'value="{amount}"' in form
        assert 'value="پیگیری ۷"' in form
        assert 'id="refusal"' in form
        assert 'href="#refusal"' in told(page)
    await inside.post(f"{path}/slip", amount=due[1], **slip)
    await site.demo.act(request.code, "cancel", Role.CIVIL)
    await agreed(site, path, bill_id=ids["bill_id"], amount=due[1])
    back = {"bill_id": ids["bill_id"], "amount": due[1], "iban": "IR00 12", "reference": "حواله ۲"}
    page = await inside.post(f"{path}/refund", 422, **back)
    form = small_form(page, f"{path}/refund")
    assert 'value="IR00 12" dir="ltr" aria-invalid="true"' in form
    assert 'value="حواله ۲"' in form
    assert "شماره شبا درست نیست" in form
    await inside.post(f"{path}/refund", **back | {"iban": IBAN})
    page = await inside.post(f"{path}/refund", 409, **back | {"iban": IBAN, "reference": "۳"})
    assert "پیش‌تر برگشت داده شده" in told(page)
    assert "href" not in told(page), "the form is not there any more"


async def test_the_kind_of_a_refused_paper_stays_chosen(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    path = f"/staff/requests/{request.code}/documents"
    page = await opened(inside, "expert", request)
    field = re.findall(r'<option value="([a-z_]+)">', page.split('id="paper"')[1].split("</select>")[0])[-1]
    form = small_form(await inside.post(path, 422, field=field), path)
    assert f'<option value="{field}" selected>' in form
    assert "فایلی انتخاب نشده است" in form


async def test_money_goes_back_once(site: StaffSite) -> None:
    request = await site.submitted()
    path = f"/staff/requests/{request.code}"
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await site.demo.act(request.code, step, role)
    async with visitor(site) as revenue:
        page = await opened(revenue, "revenue", request)
        values = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]  # as above
            for name in ("bill_id", "payment_id", "amount")
        }
        await revenue.post(f"{path}/slip", reference="1", version=read_version(page), **values)
        await site.demo.act(request.code, "cancel", Role.CIVIL)
        assert f'action="{path}/refund"' not in await revenue.get(path), "a second person comes first"
        await agreed(site, path, bill_id=values["bill_id"], amount=values["amount"])
        page = await revenue.get(path)
        assert "باید به شهروند برگردد" in page
        assert "کارمند manager برگشت این پول به شبای IR" in page
        back = {
            "bill_id": values["bill_id"],
            "version": read_version(page),
            "reference": "2",
            "amount": values["amount"],
        }
        assert "یکی نیست" in await revenue.post(f"{path}/refund", 422, iban=IBAN, **back | {"amount": "1000"})
        assert "شماره شبا درست نیست" in await revenue.post(f"{path}/refund", 422, iban="IR00", **back)
        await revenue.post(f"{path}/refund", iban=IBAN, **back)
        assert "برگشت داده شده" in await revenue.get(path)
