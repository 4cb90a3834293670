"""`/pay/…` over HTTP: what whoever has the link is told, how one leaves for a bank, and what a callback does."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer, unused_port
from pydantic import SecretStr
from yarl import URL

from domain.actions.token_guessing import MOST_MISSES
from domain.bills.bill import Bill, RefundState
from domain.gateways.attempt import AttemptState
from domain.gateways.callback_tokens import CALLBACK_TOKEN_PARAMETER
from domain.gateways.gateway import DeclineReason, PaymentOrder, PaymentPage, StartRefusal
from domain.gateways.health import FAILURES_BEFORE_REST
from domain.values.text import persian_digits
from payments.bale import BaleInvoiceSettings
from payments.gateway_settings import BotAddress
from payments.sandbox.bank import BankBehaviour
from payments.sandbox.gateway import SandboxGateway, list_callback_values
from tests.support.callback_addresses import read_address_values
from tests.support.demo_site import CITIZENS, CONTACT, LINE
from tests.support.payment_site import PaymentSite, payment_site

Client = TestClient[web.Request, web.Application]
PEOPLE = {"Accept": "text/html"}
OTHER_SITE = {**PEOPLE, "Origin": "https://bank.example", "Sec-Fetch-Site": "cross-site"}
PORT = unused_port()
SITE = f"http://127.0.0.1:{PORT}"


@pytest.fixture
async def site(database: Path) -> AsyncIterator[PaymentSite]:
    """A site of the test's own; the test has the banks asked."""
    async with payment_site(database, SITE, asks_banks=False) as built:
        yield built


@pytest.fixture
async def client(site: PaymentSite) -> AsyncIterator[Client]:
    """A browser."""
    async with TestClient(TestServer(site.app, port=PORT)) as opened:
        yield opened


async def issue_two_bills(site: PaymentSite) -> list[Bill]:
    """Return a bill of each citizen."""
    days = ("فردا", "پس‌فردا")
    return [await site.issue_bill(citizen.mobile, day) for citizen, day in zip(CITIZENS, days, strict=True)]


async def shown(client: Client, path: str) -> str:
    """Return a page's words."""
    return unescape(await (await client.get(path, headers=PEOPLE)).text())


async def leave(client: Client, path: str, gateway: str = "sandbox") -> ClientResponse:
    return await client.post(f"{path}/start", data={"gateway": gateway}, headers=PEOPLE, allow_redirects=False)


async def leave_and_pay(
    site: PaymentSite, client: Client, path: str, card: str = "good", behaviour: BankBehaviour = BankBehaviour.PROMPT
) -> dict[str, str]:
    """Leave for the bank and pay there; return what it brings back."""
    page = await (await leave(client, path)).text()
    found = re.search(r'name="reference" value="(\w+)"', page)
    assert found
    sale = site.bank.pay(found[1], card, behaviour)
    return list_callback_values(sale) | read_address_values(sale.order.callback_url)


async def come_back(client: Client, values: dict[str, str], gateway: str = "sandbox") -> ClientResponse:
    """Bring a callback from the bank's site, without a cookie."""
    path = f"/pay/{gateway}/callback"
    return await client.post(path, data=values, headers=OTHER_SITE, allow_redirects=False)


async def test_whoever_has_the_link_sees_how_to_pay_and_nobodys_name(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    path = await site.link_to(bill)
    answer = await client.get(path, headers=PEOPLE)
    page = unescape(await answer.text())
    for words in ("۱۳٬۲۰۰٬۰۰۰", "کارکرد ماشین‌آلات", *map(persian_digits, (bill.bill_id, bill.payment_id)),
                  f'data-copy="{bill.payment_id}"', "تا پایان ۱۴۰۵/۰۹/۰۳", "شبانه‌روز",
                  "۰۱۷-۳۴۱۱۲۲۳۳", "پرداخت با بانک آزمایشی", "دفتر پیشخوان", "با ۵۶۷ تمام می‌شود"):  # fmt: skip
        assert words in page, words
    assert str(CITIZENS[0].full_name) not in page
    assert CITIZENS[0].mobile[3:] not in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


async def test_several_bills_are_paid_together(site: PaymentSite, client: Client) -> None:
    bills = await issue_two_bills(site)
    path = await site.link_to(*bills)
    page = await shown(client, path)
    assert "۲۶٬۴۰۰٬۰۰۰" in page
    assert "۲ قبض، با هم" in page
    assert all(words in page for bill in bills for words in (bill.bill_id, bill.payment_id, "کارکرد ماشین‌آلات"))
    await come_back(client, await leave_and_pay(site, client, path))
    await site.ask_banks()
    assert [await site.bill_state(bill) for bill in bills] == ["paid", "paid"]
    receipt = await shown(client, path)
    [attempt] = await site.list_attempts(bills[0])
    assert "مبلغ پرداخت‌شدهٔ ۲ قبض" in receipt
    assert receipt.count(persian_digits(attempt.order_number)) == 1
    assert all(persian_digits(bill.bill_id) in receipt for bill in bills)


async def test_tokens_that_there_are_not_are_counted_and_real_ones_told_all_the_same(
    site: PaymentSite, client: Client
) -> None:
    path = await site.link_to(await site.issue_bill())
    for _ in range(MOST_MISSES):
        assert (await client.get("/pay/aaaaaaaaaaaa", headers=PEOPLE)).status == 404
    assert (await client.get("/pay/aaaaaaaaaaab", headers=PEOPLE)).status == 429
    assert (await client.get("/pay/aaaaaaaaaaab/result/7", headers=PEOPLE)).status == 429
    assert (await client.get(path, headers=PEOPLE)).status == 200


async def test_a_link_that_leads_nowhere_offers_the_other_ways(client: Client) -> None:
    for number in range(MOST_MISSES + 1):
        answer = await client.get("/pay/aaaaaaaaaaaa", headers=PEOPLE)
        if number in {0, MOST_MISSES}:
            page = await answer.text()
            assert answer.status == (429 if number else 404)
            assert f'href="sms:{LINE}?body=' in page
            assert f'href="tel:{CONTACT.phone.replace(" ", "")}"' in page


@pytest.mark.parametrize("token", ["x", "%00", "<script>", "../x", "a" * 400, "۱۲۳"])
async def test_what_is_no_token_is_not_found(client: Client, token: str) -> None:
    assert (await client.get(f"/pay/{token}", headers=PEOPLE)).status == 404


async def test_the_page_that_leaves_has_a_policy_of_its_own(site: PaymentSite, client: Client) -> None:
    answer = await leave(client, await site.link_to(await site.issue_bill()))
    page = await answer.text()
    assert answer.status == 200
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    policy = answer.headers["Content-Security-Policy"]
    assert f"form-action {SITE}" in policy.split("; ")
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'action="{SITE}/sandbox-bank/start"' in page
    assert "127.0.0.1" in page


async def test_another_site_cannot_make_a_browser_leave(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    answer = await client.post(f"{await site.link_to(bill)}/start", data={"gateway": "sandbox"}, headers=OTHER_SITE)
    assert answer.status == 403
    assert await site.list_attempts(bill) == []


async def test_a_gateway_that_is_not_offered_leads_back(site: PaymentSite, client: Client) -> None:
    path = await site.link_to(await site.issue_bill())
    answer = await leave(client, path, "unknown")
    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert (await leave(client, "/pay/aaaaaaaaaaaa")).status == 404


async def test_a_payment_comes_back_and_is_settled_by_the_bank_alone(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    path = await site.link_to(bill)
    answer = await come_back(client, await leave_and_pay(site, client, path))
    result_path = answer.headers["Location"]
    assert answer.status == 303
    assert result_path.startswith(f"{path}/result/")
    assert not answer.cookies
    first = await client.get(result_path, headers=PEOPLE)
    assert "در حال گرفتن نتیجه از بانک" in await first.text()
    assert first.headers["Refresh"] == f"1; url={result_path}?look=1"
    assert await site.bill_state(bill) == "paying"
    assert "دوباره پرداخت نکنید" in await shown(client, path)
    assert "start" not in await shown(client, path)
    await site.ask_banks()
    settled = await client.get(result_path, headers=PEOPLE)
    page = await settled.text()
    assert "پرداخت شد" in page
    assert "<dt>بابت</dt><dd>کارکرد ماشین" in page, "what was paid for"
    assert "<dt>زمان پرداخت</dt><dd>۱۴۰" in page, "and when"
    assert "Refresh" not in settled.headers
    page = await shown(client, path)
    [attempt] = await site.list_attempts(bill)
    for words in ("پرداخت شد", "درگاه اینترنتی", "۹۹۹۹۹۰******۱۱۱۱", "۱۳٬۲۰۰٬۰۰۰ ریال", "کارکرد ماشین‌آلات",
                  persian_digits(attempt.order_number), persian_digits(str(attempt.sale_number)), attempt.reference,
                  "۱۴۰۵/۰۹/۰۳", *map(persian_digits, (bill.bill_id, bill.payment_id)), "شهرداری گمیشان",
                  "۰۱۷-۳۴۱۱۲۲۳۳"):  # fmt: skip
        assert str(words) in page, words
    assert "start" not in page


async def test_the_page_looks_again_a_few_times_and_then_stops(site: PaymentSite, client: Client) -> None:
    path = await site.link_to(await site.issue_bill())
    answer = await come_back(client, await leave_and_pay(site, client, path, behaviour=BankBehaviour.SILENT))
    address, looks = answer.headers["Location"], 0
    while refresh := (await client.get(address, headers=PEOPLE)).headers.get("Refresh"):
        address, looks = refresh.partition("url=")[2], looks + 1
    assert looks == 9
    assert "هنوز معلوم نیست؛ خبرتان می‌کنیم" in await shown(client, address)


async def test_a_decline_says_why_and_offers_to_pay_again(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    path = await site.link_to(bill)
    answer = await come_back(client, await leave_and_pay(site, client, path, "empty"))
    page = await shown(client, answer.headers["Location"])
    assert "پرداخت نشد" in page
    assert "موجودی کارت کافی نبود" in page
    assert "پرداخت دوباره" in page
    assert "نیمه‌کاره" in await shown(client, path)
    assert "پرداخت دوباره با بانک آزمایشی" in await shown(client, path)


async def test_a_callback_of_another_kind_leads_to_a_page_without_anybodys_bill(
    site: PaymentSite, client: Client
) -> None:
    path = await site.link_to(await site.issue_bill())
    values = await leave_and_pay(site, client, path)
    for forged in ({}, {"order": "7", "reference": "x", "code": "0"}, {**values, "reference": "x"}):
        answer = await come_back(client, forged)
        assert (answer.status, answer.headers["Location"]) == (303, "/pay/result")
    assert "نتوانستیم بفهمیم" in await shown(client, "/pay/result")


async def test_who_brings_the_link_is_led_by_it_where_the_bank_does_not_name_the_session(
    site: PaymentSite, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    unnamed = replace(SandboxGateway.capabilities, callback_names_session=False)
    monkeypatch.setattr(SandboxGateway, "capabilities", unnamed)
    path = await site.link_to(await site.issue_bill())
    other_path = await site.link_to(await site.issue_bill(day="پس‌فردا"))
    values = await leave_and_pay(site, client, path)
    callback_url = URL(site.bank.get_sale(values["reference"]).order.callback_url)
    assert set(callback_url.query) == {"link", CALLBACK_TOKEN_PARAMETER}
    assert callback_url.query["link"] == path.removeprefix("/pay/")
    answer = await client.post(callback_url.path_qs, data=values, headers=OTHER_SITE, allow_redirects=False)
    assert answer.headers["Location"].startswith(f"{path}/result/")
    assert (await client.get(answer.headers["Location"], headers=PEOPLE)).status == 200
    foreign = {**values, "link": other_path.removeprefix("/pay/")}
    answer = await come_back(client, foreign)
    assert answer.headers["Location"].startswith(f"{other_path}/result/")
    assert (await client.get(answer.headers["Location"], headers=PEOPLE)).status == 404


async def test_a_callback_comes_by_get_too_and_head_does_nothing(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    values = await leave_and_pay(site, client, await site.link_to(bill))
    path = "/pay/sandbox/callback"
    assert (await client.head(path, params=values)).status == 405
    assert (await site.list_attempts(bill))[0].state is AttemptState.SENT
    answer = await client.get(path, params=values, headers=OTHER_SITE, allow_redirects=False)
    assert answer.status == 303
    assert (await site.list_attempts(bill))[0].state is AttemptState.RETURNED


async def test_twenty_callbacks_at_once_pay_once_and_all_lead_to_the_same_page(
    site: PaymentSite, client: Client
) -> None:
    bill = await site.issue_bill()
    values = await leave_and_pay(site, client, await site.link_to(bill))
    answers = await asyncio.gather(
        *(come_back(client, values) for _ in range(20)), *(site.ask_banks() for _ in range(3))
    )
    assert len({answer.headers["Location"] for answer in answers if isinstance(answer, ClientResponse)}) == 1
    await site.ask_banks()
    async with site.demo.store.open_unit(write=False) as uow:
        assert len(await uow.bills.list_payments(bill.id)) == 1
    assert [attempt.state for attempt in await site.list_attempts(bill)] == [AttemptState.SETTLED]


async def test_a_callback_to_nobody_and_one_too_large(client: Client) -> None:
    assert (await come_back(client, {"a": "b"}, "unknown")).status == 404
    assert (await come_back(client, {"a": "b" * 20_000})).status == 413
    broken = {**OTHER_SITE, "Content-Type": "multipart/form-data"}
    answer = await client.post("/pay/sandbox/callback", data=b"x", headers=broken, allow_redirects=False)
    assert answer.status == 400


async def test_the_result_of_an_attempt_is_shown_under_its_own_link_alone(site: PaymentSite, client: Client) -> None:
    mine, others = await issue_two_bills(site)
    my_path, other_path = await site.link_to(mine), await site.link_to(others)
    await leave_and_pay(site, client, my_path)
    [attempt] = await site.list_attempts(mine)
    assert (await client.get(f"{my_path}/result/{attempt.id}", headers=PEOPLE)).status == 200
    assert (await client.get(f"{other_path}/result/{attempt.id}", headers=PEOPLE)).status == 404
    assert (await client.get(f"{my_path}/result/{2**63}", headers=PEOPLE)).status == 404


class ClosedGateway(SandboxGateway):
    """A gateway that opens no session."""

    name = "closed"
    reason = DeclineReason.BANK

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Refuse."""
        return StartRefusal("34", self.reason)


async def test_a_gateway_that_fails_is_told_of_and_not_offered_for_a_while(site: PaymentSite, client: Client) -> None:
    closed = ClosedGateway(site.bank, SITE)
    site.gateways["closed"] = closed
    bill = await site.issue_bill()
    path = await site.link_to(bill)
    for _ in range(FAILURES_BEFORE_REST):
        assert 'value="closed"' in await shown(client, path)
        answer = await leave(client, path, "closed")
        assert answer.status == 503
        assert "از حسابتان پولی کم نشد" in await answer.text()
    page = await shown(client, path)
    assert 'value="closed"' not in page
    assert 'value="sandbox"' in page
    assert bill.bill_id in page
    assert await site.bill_state(bill) == "open"


async def test_what_is_over_is_told_so(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    path = await site.link_to(bill)
    for state, words in {
        "expired": "مهلت این قبض گذشته است",
        "void": "این قبض باطل شده است",
        "waived": "معاف از پرداخت",
        "refund_due": "پولی به شما برمی‌گردد",
    }.items():
        await store_state(site, bill, state)
        page = await shown(client, path)
        assert words in page
        assert "start" not in page
        answer = await leave(client, path)
        assert (answer.status, answer.headers["Location"]) == (303, path)


async def test_a_receipt_tells_what_goes_back(site: PaymentSite, client: Client) -> None:
    bill = await site.issue_bill()
    path = await site.link_to(bill)
    values = await leave_and_pay(site, client, path)
    await store_state(site, bill, "expired")
    await come_back(client, values)
    await site.ask_banks()
    assert await site.bill_state(bill) == "refund_due"
    page = await shown(client, path)
    assert re.search(r"به شما برمی‌گردد</dt><dd>۱۳٬۲۰۰٬۰۰۰ ریال", page)
    async with site.demo.store.open_unit() as uow:
        [refund] = await uow.bills.list_refunds(bill.id)
        await uow.bills.save_refund(replace(refund, state=RefundState.REFUNDED))
    assert re.search(r"به شما برگشت</dt><dd>۱۳٬۲۰۰٬۰۰۰ ریال", await shown(client, path))


async def store_state(site: PaymentSite, bill: Bill, state: str) -> None:
    async with site.demo.store.open_unit() as uow:
        stored = await uow.bills.get(bill.id)
        stored.state = type(stored.state)(state)
        await uow.bills.save(stored)


async def test_what_is_paid_in_a_messenger_is_neither_offered_here_nor_called_back(
    site: PaymentSite, client: Client
) -> None:
    path = await site.link_to(await site.issue_bill())
    settings = BaleInvoiceSettings().with_bots({"bale": BotAddress("https://127.0.0.1:1/bot", SecretStr("1:x"))})
    site.gateways["bale"] = settings.build_gateway(SITE)
    page = await shown(client, path)
    assert 'value="sandbox"' in page
    assert 'value="bale"' not in page
    for method in ("GET", "POST"):
        answer = await client.request(method, "/pay/bale/callback", headers=OTHER_SITE, allow_redirects=False)
        assert answer.status == 404
