"""«یک شناسه برای همه» on the page of several bills: one pair, with its barcode, beside the separate ones."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from domain.bills.bill import Bill
from domain.bills.merged_bill import MergedBill
from domain.values.bill_ids import BillIds, bill_barcode
from printing.symbols import render_barcode
from tests.support.demo_site import CITIZENS
from tests.support.payment_site import PaymentSite, payment_site

Client = TestClient[web.Request, web.Application]
PEOPLE = {"Accept": "text/html"}
OWN_PAGE = {**PEOPLE, "Sec-Fetch-Site": "same-origin"}
PORT = unused_port()
BUTTON = "یک شناسه برای همه"


@pytest.fixture
async def site(database: Path) -> AsyncIterator[PaymentSite]:
    """A site of the test's own."""
    async with payment_site(database, f"http://127.0.0.1:{PORT}", asks_banks=False) as built:
        yield built


@pytest.fixture
async def client(site: PaymentSite) -> AsyncIterator[Client]:
    """A browser."""
    async with TestClient(TestServer(site.app, port=PORT)) as opened:
        yield opened


@pytest.fixture
async def bills(site: PaymentSite) -> list[Bill]:
    """Two bills of one citizen."""
    return [await site.issue_bill(CITIZENS[0].mobile, day) for day in ("فردا", "پس‌فردا")]


async def read_page(client: Client, path: str) -> str:
    """Return a page's words."""
    return unescape(await (await client.get(path, headers=PEOPLE)).text())


async def press(client: Client, path: str, expected: int = 303) -> str:
    """Press the button; return where it leads."""
    answer = await client.post(f"{path}/merge", headers=OWN_PAGE, allow_redirects=False)
    assert answer.status == expected
    return answer.headers.get("Location", "")


def ids_of(payable: Bill | MergedBill) -> tuple[str, str]:
    """Return both ids of something."""
    return payable.bill_id, payable.payment_id


async def find_merged_bill(site: PaymentSite, *bills: Bill) -> MergedBill | None:
    """Return the merged bill of these bills."""
    async with site.demo.store.open_unit(write=False) as uow:
        return await uow.merged_bills.find_of_parts([bill.id for bill in bills])


async def test_one_pair_stands_beside_the_separate_ones(site: PaymentSite, client: Client, bills: list[Bill]) -> None:
    path = await site.link_to(*bills)
    page = await read_page(client, path)
    assert re.search(rf'<form method="post" action="{path}/merge">\s*<button[^>]*>{BUTTON}</button>', page)
    assert await find_merged_bill(site, *bills) is None, "looking at the page makes nothing"
    assert await press(client, path) == f"{path}#merged"
    merged_bill = await find_merged_bill(site, *bills)
    assert merged_bill
    page = await read_page(client, path)
    assert f"{path}/merge" not in page
    ids = BillIds(merged_bill.bill_id, merged_bill.payment_id)
    assert render_barcode(bill_barcode(ids)) in page
    shown_ids = [*ids_of(merged_bill), *(one for bill in bills for one in ids_of(bill))]
    for words in (*shown_ids, "۲۶٬۴۰۰٬۰۰۰"):
        assert words in page, words
    await press(client, path)
    assert await find_merged_bill(site, *bills) == merged_bill


async def test_a_form_of_another_site_makes_nothing(site: PaymentSite, client: Client, bills: list[Bill]) -> None:
    path = await site.link_to(*bills)
    foreign = {**PEOPLE, "Origin": "https://bank.example", "Sec-Fetch-Site": "cross-site"}
    assert (await client.post(f"{path}/merge", headers=foreign)).status == 403
    assert await find_merged_bill(site, *bills) is None
    assert (await client.post("/pay/abcdefghij23/merge", headers=OWN_PAGE)).status == 404


async def test_a_single_bill_offers_none(site: PaymentSite, client: Client, bills: list[Bill]) -> None:
    path = await site.link_to(bills[0])
    assert BUTTON not in await read_page(client, path)
    assert await press(client, path) == path
    both = await site.link_to(*bills)
    await press(client, both)
    async with site.demo.store.open_unit() as uow:
        bill = await uow.bills.get(bills[0].id)
        bill.state = type(bill.state).VOID
        await uow.bills.save(bill)
    merged_bill = await find_merged_bill(site, *bills)
    assert merged_bill
    page = await read_page(client, both)
    assert merged_bill.bill_id not in page, "a part was closed: nobody is to pay the pair any more"
    assert BUTTON not in page


async def test_while_somebody_pays_online_no_pair_is_made_and_one_that_is_there_stays(
    site: PaymentSite, client: Client, bills: list[Bill]
) -> None:
    path = await site.link_to(*bills)
    await client.post(f"{path}/start", data={"gateway": "sandbox"}, headers=PEOPLE, allow_redirects=False)
    assert BUTTON not in await read_page(client, path)
    assert await press(client, path) == path
    assert await find_merged_bill(site, *bills) is None
