"""The fake Behpardakht is as strict as the bank is: its schema, where browsers come from, what it deposits."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files

import httpx
import pytest
import zeep
from lxml import html

from tests.fakes.behpardakht_bank import BehpardakhtBank

PAY = {
    "terminalId": "1234",
    "userName": "gomishan",
    "userPassword": "mellat-secret",
    "orderId": "10",
    "amount": "100000",
    "localDate": "20091008",
    "localTime": "102003",
    "callBackUrl": "https://127.0.0.1/callback",
    "payerId": "0",
}


@pytest.fixture
async def bank() -> AsyncIterator[BehpardakhtBank]:
    async with BehpardakhtBank() as running:
        running.pages.merchant_origin = "https://pishkhan.example"
        yield running


def open_session(bank: BehpardakhtBank, order_id: str = "10") -> str:
    """Return the RefId of a new session."""
    return bank.sales.answer("bpPayRequest", PAY | {"orderId": order_id}).removeprefix("0, ")


async def test_what_is_not_of_the_schema_is_refused(bank: BehpardakhtBank) -> None:
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<bpVerifyRequest xmlns="http://interfaces.core.sw.bps.com/"><terminalId>1</terminalId></bpVerifyRequest>'
        "</s:Body></s:Envelope>"
    )
    async with httpx.AsyncClient() as client:
        assert (await client.post(bank.wsdl_url, content=envelope)).status_code == 400
    assert bank.calls == []


async def test_browsers_have_to_say_that_they_come_from_the_merchant(bank: BehpardakhtBank) -> None:
    ref_id = open_session(bank)
    async with httpx.AsyncClient() as browser:
        for referer, status in (
            ({}, 403),
            ({"Referer": "https://elsewhere.example/"}, 403),
            ({"Referer": "https://pishkhan.example/pay/abc"}, 200),
        ):
            page = await browser.post(bank.start_url, data={"RefId": ref_id}, headers=referer)
            assert page.status_code == status
        swapped = {"RefId": ref_id.swapcase()}
        page = await browser.post(bank.start_url, data=swapped, headers={"Referer": "https://pishkhan.example/"})
        assert page.status_code == 404


@pytest.mark.parametrize(("action", "code"), [("pay", "0"), ("discount", "0"), ("cancel", "17")])
async def test_the_page_posts_the_result_to_the_merchant(bank: BehpardakhtBank, action: str, code: str) -> None:
    ref_id = open_session(bank)
    async with httpx.AsyncClient() as browser:
        refused = await browser.post(f"{bank.base_url}/pgwchannel/pay", data={"RefId": ref_id, "action": "refuse"})
        assert "موجودی کافی نیست" in refused.text
        choice = {"RefId": ref_id, "action": action, "pan": "6037997500001236"}
        page = html.fromstring((await browser.post(f"{bank.base_url}/pgwchannel/pay", data=choice)).text)
    (form,) = page.forms
    fields = dict(form.form_values())
    assert (form.action, form.method) == ("https://127.0.0.1/callback", "POST")
    assert (fields["RefId"], fields["ResCode"], fields["SaleOrderId"]) == (ref_id, code, "10")
    assert "6037997500001236" not in str(fields)
    if action != "cancel":
        assert fields["FinalAmount"] == ("100000" if action == "pay" else "90000")


def test_money_that_nobody_verifies_goes_back_and_what_is_not_settled_is_not_deposited() -> None:
    bank = BehpardakhtBank()
    kept, forgotten = open_session(bank, "10"), open_session(bank, "11")
    for ref_id in (kept, forgotten):
        bank.sales.pay(ref_id)
    sale = bank.sales.sessions[kept].sale
    assert sale is not None
    about = PAY | {"saleOrderId": "10", "saleReferenceId": str(sale.number)}
    assert bank.sales.answer("bpVerifyRequest", about) == "0"
    bank.pass_time(timedelta(minutes=20))
    assert (bank.sales.taken_from_payers, bank.sales.deposited) == (100_000, 0)
    assert [bank.sales.answer("bpVerifyRequest", about), bank.sales.answer("bpSettleRequest", about)] == ["43", "0"]
    assert [bank.sales.answer("bpSettleRequest", about), bank.sales.deposited] == ["45", 100_000]


def test_the_description_is_whole_for_any_client() -> None:
    wsdl = zeep.Client(str(files("payments.behpardakht") / "payment_gateway.wsdl")).wsdl
    (service,) = wsdl.services.values()
    (port,) = service.ports.values()
    assert len(port.binding.all()) == 8
