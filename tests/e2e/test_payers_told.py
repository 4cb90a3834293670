"""Messages to payers at each bank who paid twice, and to those who paid and never came back: one text, and a line on
the page of the bill, against the running server."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
import pytest_asyncio

from domain.messages.catalogue import Catalogue
from tests.e2e.support.machinery_story import Story
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.text_matching import SITE
from tests.fakes.bank_server import FIRST_CARD, SECOND_CARD
from tests.faults.support.payers import PaymentSite
from tests.faults.support.payment_banks import PaymentBank, bank_settings, open_banks

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

BANKS = pytest.mark.parametrize("bank_name", ["behpardakht", "sadad", "saman"])
CATALOGUE = Catalogue.load()
TWICE, CAME_BACK = CATALOGUE.text("payments.refunds.twice"), CATALOGUE.text("payments.came_back.body")
SITE_HOST = SITE.removeprefix("https://")
TOKEN = re.compile(r"/pay/([a-z2-9]{12})")


@dataclass(slots=True)
class PayingOffice:
    """An office that takes payments at the banks, and its site as a payer's browser reaches it."""

    office: Office
    banks: Mapping[str, PaymentBank]
    site: PaymentSite

    async def bill(self, number: int) -> tuple[Phone, str]:
        """A citizen with a bill, by their number, and the page of paying it."""
        citizen = Phone(self.office, f"0912{number:07}")
        await Story(citizen, Desk(self.office)).reaches("awaiting_payment", day="پس‌فردا")
        [token] = TOKEN.findall(self.office.panel.of(citizen.mobile)[-1].message)
        return citizen, f"/pay/{token}"

    async def leave(self, page: str, bank: PaymentBank) -> str:
        """Leave the page of a bill for a bank; return its name of the session."""
        before = set(bank.sessions)
        status, _, leaving = await self.site.fetch("POST", f"{page}/start", {"gateway": bank.name})
        assert status == 200, leaving
        [reference] = set(bank.sessions) - before
        return reference

    async def pay(self, bank: PaymentBank, reference: str, card: str) -> str:
        """Pay, and come back; return the page that one is led to."""
        brought = bank.pay(reference, card)
        assert brought
        status, _, result = await self.site.fetch(bank.method, bank.find_callback_path(reference), brought)
        assert status == 200, result
        return result

    async def shows(self, page: str) -> str:
        """The page of a bill."""
        status, _, shown = await self.site.fetch("GET", page)
        assert status == 200
        return shown

    def pass_time(self, minutes: int) -> None:
        """Let time pass, at the banks too."""
        self.office.advance(minutes=minutes)
        for bank in self.banks.values():
            bank.look_at_clock()


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
async def paying(request: pytest.FixtureRequest) -> AsyncIterator[PayingOffice]:
    """The office, open."""
    async with new_office(request.param, furnish) as office, open_banks(office.clock, SITE_HOST) as banks:
        office.settings |= bank_settings(banks)
        site = PaymentSite(office.url)
        site.is_open.set()
        await office.open()
        yield PayingOffice(office, banks, site)
        await site.close()
        assert await office.close() == 0
        office.assert_clean_log()


async def times_told(citizen: Phone, key: str) -> int:
    """Number of times a phone was told this, or will be."""
    return [row["key"] for row in await citizen.outbox()].count(key)


@BANKS
async def test_who_pays_a_bill_twice_is_told_so_in_words(paying: PayingOffice, bank_name: str) -> None:
    bank = paying.banks[bank_name]
    citizen, page = await paying.bill(100 + ord(bank_name[2]))
    first, second = await paying.leave(page, bank), await paying.leave(page, bank)
    await paying.pay(bank, first, FIRST_CARD)
    await citizen.hears("notices.pay")
    await paying.pay(bank, second, SECOND_CARD)
    await citizen.hears("sms.paid_twice")
    assert TWICE in await paying.shows(page)
    paying.pass_time(90)
    assert await times_told(citizen, "sms.paid_twice") == 1
    assert [bank.sessions[one].money for one in (first, second)] == ["ours", "ours"]


@BANKS
async def test_who_paid_and_never_came_back_is_told_where_the_money_is(paying: PayingOffice, bank_name: str) -> None:
    bank = paying.banks[bank_name]
    citizen, page = await paying.bill(300 + ord(bank_name[2]))
    reference = await paying.leave(page, bank)
    bank.pay(reference, FIRST_CARD)
    paying.pass_time(60)
    await citizen.hears("sms.payment_left")
    assert bank.sessions[reference].money == "returned"
    assert CAME_BACK in await paying.shows(page)
    paying.pass_time(90)
    assert await times_told(citizen, "sms.payment_left") == 1
