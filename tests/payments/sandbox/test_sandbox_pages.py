"""The sandbox bank's pages over HTTP, without a browser."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from domain.gateways.gateway import SaleState
from domain.messages.catalogue import Catalogue
from payments.sandbox.bank import BankBehaviour
from payments.sandbox.pages import SandboxPages
from tests.payments.sandbox.test_sandbox_gateway import Town

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def town() -> Town:
    """A bank of the test's own."""
    return Town()


@pytest.fixture
async def client(town: Town) -> AsyncIterator[Client]:
    """A browser at the bank."""
    app = web.Application()
    SandboxPages(town.bank, Catalogue.load()).mount(app)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_a_payer_arrives_pays_and_is_brought_back_by_a_form(town: Town, client: Client) -> None:
    reference = await town.start()
    page = await (await client.post("/sandbox-bank/start", data={"reference": reference})).text()
    assert "۱۲۰٬۰۰۰" in page
    assert "هیچ پولی جابه‌جا نمی‌شود" in page
    assert "pishkhan.example.ir" in page
    answer = await client.post(f"/sandbox-bank/{reference}/pay", data={"card": "good", "behaviour": "twice"})
    page = await answer.text()
    assert 'action="https://pishkhan.example.ir/pay/sandbox/callback"' in page
    assert "data-repeated" in page
    assert dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))["code"] == "0"
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://pishkhan.example.ir;" in policy
    assert "unsafe" not in policy


async def test_a_declined_card_may_be_followed_by_another(town: Town, client: Client) -> None:
    reference = await town.start()
    page = await (await client.post(f"/sandbox-bank/{reference}/pay", data={"card": "empty"})).text()
    assert "موجودی کارت کافی نیست" in page
    assert "با کارت دیگری" in page
    await client.post(f"/sandbox-bank/{reference}/pay", data={"card": "second"})
    assert town.bank.get_sale(reference).state is SaleState.AWAITING_VERIFICATION


async def test_whoever_stays_away_is_not_brought_back(town: Town, client: Client) -> None:
    reference = await town.start()
    form = {"card": "good", "behaviour": BankBehaviour.ABSENT}
    page = await (await client.post(f"/sandbox-bank/{reference}/pay", data=form)).text()
    assert "این پنجره را ببندید" in page
    assert 'id="return"' not in page


async def test_a_cancelled_payment_is_told_as_such(town: Town, client: Client) -> None:
    reference = await town.start()
    page = await (await client.post(f"/sandbox-bank/{reference}/cancel")).text()
    assert dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))["code"] == "17"


async def test_what_there_is_not(town: Town, client: Client) -> None:
    reference = await town.start()
    assert (await client.get("/sandbox-bank/unknown")).status == 404
    assert (await client.post("/sandbox-bank/start", data={"reference": "unknown"})).status == 404
    assert (await client.post(f"/sandbox-bank/{reference}/pay", data={"card": "gold"})).status == 404
    assert (await client.post(f"/sandbox-bank/{reference}/pay", data={"card": "good", "behaviour": "x"})).status == 404
