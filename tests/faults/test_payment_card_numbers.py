"""No card number beyond its first six and last four digits is stored, logged or shown, at any gateway.

Whole payments over the real pages and store. No bank sends whole card numbers: here each does, in everything that a
browser brings back and in every answer, in every way in which people write them.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from aiohttp import ClientSession, web
from yarl import URL

from domain.actions.payments.callbacks import receive_callback
from domain.gateways.checkout import BOT_UPDATE
from domain.gateways.gateway import PaymentGateway
from domain.values.text import ascii_digits, persian_digits
from tests.contracts.gateways.banks import FAKE_BANKS, PUBLIC_ADDRESS, ContractBank
from tests.fakes.bank_server import FIRST_CARD, SECOND_CARD, BankServer
from tests.faults.support.payment_banks import unmask_cards
from tests.faults.support.state_journal import Database
from tests.support.payment_site import PaymentSite, payment_site

CARDS = (FIRST_CARD, SECOND_CARD)
KEPT = f"{FIRST_CARD[:6]}******{FIRST_CARD[-4:]}"
FAULTY_ANSWERS = (
    f"<html>card {FIRST_CARD} was refused</html>",
    f'{{"ResCode": {FIRST_CARD}, "ResultCode": {FIRST_CARD}, "errors": {{"code": {FIRST_CARD}}}}}',
    f'{{"data": {{"code": "{FIRST_CARD}", "card_pan": "{FIRST_CARD}"}}, "Description": "{SECOND_CARD}"}}',
)
"""Answers of a bank that stumbles."""


def write_card(card: str) -> dict[str, str]:
    """Return a card number in the fields and ways in which it might come."""
    groups = [card[start : start + 4] for start in range(0, 16, 4)]
    return {
        "CardNumber": card,
        "CardHolderPan2": f"PAN:{card};",
        "spaced": " ".join(groups),
        "dashed": "-".join(groups),
        "persian": persian_digits(card),
        "persian_groups": persian_digits(" ".join(groups)),
        f"card{card}": "1",
    }


def find_cards(text: str) -> list[str]:
    """Return the cards whose numbers stand in a text, however they are written."""
    digits = ascii_digits(unquote_plus(text))
    bare = digits.replace(" ", "").replace("-", "")
    return [card for card in CARDS if card in digits or card in bare]


@asynccontextmanager
async def served(site: PaymentSite) -> AsyncIterator[str]:
    """Serve the site as the program does: requests themselves are not logged."""
    runner = web.AppRunner(site.app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def make_talkative(bank: ContractBank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a bank tell whole card numbers in its answers, and stumble over them first."""
    if not isinstance(bank, BankServer):
        bank.answer_next("verify", FAULTY_ANSWERS[0].encode())
        return
    answer = bank.answer

    async def answer_too_much(operation: str, request: web.Request) -> web.Response:
        text = (await answer(operation, request)).text or ""
        return web.Response(text=unmask_cards(text), content_type="application/json")

    monkeypatch.setattr(bank, "answer", answer_too_much)
    for body in FAULTY_ANSWERS:
        bank.answer_next("verify", body.encode())


@dataclass(frozen=True, slots=True)
class CardHolder:
    """A citizen whose bank tells everybody the number of his card. `pages` is what he was shown."""

    site: PaymentSite
    gateway: PaymentGateway
    bank: ContractBank
    client: ClientSession
    address: str
    pages: list[str] = field(default_factory=list)

    async def pay(self) -> str:
        """Leave, be declined, pay, come back again and again; return how the bill stands in the end."""
        bill = await self.site.issue_bill()
        link = await self.site.link_to(bill)
        async with self.client.post(f"{self.address}{link}/start", data={"gateway": self.gateway.name}) as page:
            assert page.status == 200
        [reference] = self.bank.sales
        await self._come_back(write_card(FIRST_CARD))
        await self._come_back(self.bank.decline(reference) | write_card(SECOND_CARD))
        paid = self.bank.pay(reference, card=FIRST_CARD)
        brought = {name: unmask_cards(value) for name, value in paid.items()} | write_card(FIRST_CARD)
        await self._come_back({name: value[::-1] for name, value in brought.items()} | write_card(SECOND_CARD))
        await self._come_back(brought)
        for _ in range(8):
            await self.site.ask_banks()
            self.site.clock.moved_on += timedelta(minutes=1)
        await self._come_back(brought)
        async with self.client.get(self.address + link) as page:
            self.pages.append(await page.text())
        return await self.site.bill_state(bill)

    async def _come_back(self, values: Mapping[str, str]) -> None:
        if not self.gateway.capabilities.callback_methods:
            demo = self.site.demo
            await receive_callback(demo.desk, demo.store, self.gateway, BOT_UPDATE, values, "bale:1")
            return
        [method] = self.gateway.capabilities.callback_methods - {"GET"} or {"GET"}
        [sale] = self.bank.sales.values()
        parameters, form = (values, None) if method == "GET" else (None, values)
        callback_address = self.address + URL(sale.callback_url).path_qs
        async with self.client.request(method, callback_address, params=parameters, data=form) as page:
            assert page.status == 200
            self.pages.append(await page.text())


@pytest.mark.parametrize("gateway_name", sorted(FAKE_BANKS))
async def test_no_card_number_is_stored_logged_or_shown(
    gateway_name: str, database: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    fake_bank = FAKE_BANKS[gateway_name]
    async with (
        fake_bank.open_bank() as bank,
        payment_site(database, PUBLIC_ADDRESS, asks_banks=False) as site,
        served(site) as address,
        ClientSession() as client,
    ):
        gateway = site.gateways[gateway_name] = fake_bank.build_gateway(bank, 10.0)
        make_talkative(bank, monkeypatch)
        card_holder = CardHolder(site, gateway, bank, client, address)
        assert await card_holder.pay() == "paid"
        await gateway.close()
    tables = await Database(f"sqlite:///{database}").read_all()
    assert [name for name, rows in tables.items() if find_cards(repr(rows))] == []
    assert [line for line in caplog.messages if find_cards(line)] == []
    assert find_cards(caplog.text) == []
    assert [page for page in card_holder.pages if find_cards(page)] == []
    assert len(tables["payment_callbacks"]) >= 4
    assert KEPT in unquote_plus(repr(tables["payment_callbacks"]))
