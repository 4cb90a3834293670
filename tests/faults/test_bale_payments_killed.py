"""Payments inside Bale through the real server, which is killed at each named point: one charge, one payment.

A payer who sees nothing presses again, as people do; the messenger delivers again what was not confirmed, and takes no
money that was not allowed within ten seconds.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.e2e.support.bot_office import BALE_TOKEN, bot_settings
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.program_runs import KILLED, Death
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_invoices import WALLET_TOKEN
from tests.fakes.bot_people import Person
from tests.faults.conftest import ENGINES
from tests.faults.support.mortal_office import MortalOffice, mortal_office
from tests.faults.support.payment_bills import FineOffice, LinkedBill
from tests.support.patience import patient

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

STEPS = (
    *("attempt_open", "session_call", "session", "session_open", "callback_open"),
    *("attempt_claim", "bank_answer", "bank_answer_open", "payment_open", "attempt_settled"),
)
"""While an invoice is asked for, in the unit that allows a payment, while the bank is asked and its answer stored."""

HARDEST = "callback_open"
"""In the unit that stores a yes before it is said."""

PLAYS_ALL = bool(os.environ.get("ALL_STEPS"))
"""`make chaos` plays all of them, on both databases."""

SECONDS = 60.0
"""Time limit on however busy a machine."""

CLAIM_SECONDS = 200
"""More than leases and claims of a dead process last."""

SHORT_WAIT = 1.5
"""Seconds after which a payer who sees no invoice looks again."""


@dataclass(slots=True)
class BaleOffice:
    """A mortal office whose drivers pay their fines in Bale."""

    office: MortalOffice
    messenger: FakeBotApi
    fines: FineOffice
    died: int = 0

    async def pay_fine(self) -> LinkedBill:
        """Let a new driver pay, and come to rest, however often the server dies over it."""
        [bill] = await self.fines.issue_bills(1)
        driver = Person(self.messenger, "عبدالله", bill.mobile.removeprefix("+"))
        driver.starts()
        driver.shares_contact()
        await self._until(lambda: len(driver.messages) > 1)
        async with asyncio.timeout(patient(SECONDS)):
            while await self._count("payments WHERE bill_id = " + str(bill.id)) == 0:
                await self._try_to_pay(driver, bill)
                await self._revive()
            await self._until(lambda: False, SHORT_WAIT)
            await self._revive()
        return bill

    async def _try_to_pay(self, driver: Person, bill: LinkedBill) -> None:
        issued = len(self.messenger.invoices.issued)
        if not self.messenger.invoices.transactions or self._is_unpaid(driver):
            driver.presses_data(f":!invoice {bill.token}", driver.messages[-1])
            await self._until(lambda: len(self.messenger.invoices.issued) > issued, SHORT_WAIT)
        if len(self.messenger.invoices.issued) > issued:
            await asyncio.sleep(0.1)
            transaction = driver.confirms()
            await self._until(lambda: transaction.answer is not None, SHORT_WAIT * 2)
        await self._until(lambda: False, 0.5)

    def _is_unpaid(self, driver: Person) -> bool:
        transactions = self.messenger.invoices.transactions.values()
        return not any(one.payer_id == driver.id and one.status == "paid" for one in transactions)

    async def _until(self, happened: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait for something at the messenger, the end of the server, or so long."""
        assert self.office.server
        ended, loop = self.office.server.ended, asyncio.get_running_loop()
        ends_at = loop.time() + seconds
        while not happened() and not ended.done() and loop.time() < ends_at:
            await asyncio.wait({ended}, timeout=0.02)

    async def _revive(self) -> None:
        assert self.office.server
        while self.office.server.ended.done():
            assert self.office.server.ended.result() == KILLED, self.office.said
            self.died += 1
            self.office.advance(seconds=CLAIM_SECONDS)
            await self.office.open()

    async def _count(self, rows: str) -> int:
        [found] = await self.office.database.rows(f"SELECT count(*) AS n FROM {rows}")  # noqa: S608
        return int(found["n"])


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES if PLAYS_ALL else ["sqlite"])
async def bale_office(request: pytest.FixtureRequest) -> AsyncIterator[BaleOffice]:
    """A furnished office, open."""
    async with FakeBotApi(bale=True, token=BALE_TOKEN) as messenger:
        payments = {
            "PISHKHAN_PAYMENTS__GATEWAY": "bale",
            "PISHKHAN_PAYMENTS__BALE__PROVIDER_TOKEN": WALLET_TOKEN,
            "PISHKHAN_PAYMENTS__BALE__SESSION_MINUTES": "60",
        }
        settings = bot_settings("BALE", messenger, "polling") | payments
        async with mortal_office(request.param, furnish, settings=settings) as office:
            await office.open()
            yield BaleOffice(office, messenger, FineOffice(office.database.url, office.clock))
            assert await office.close() == 0
            office.assert_clean_log()


@pytest.mark.parametrize("step", STEPS if PLAYS_ALL else [HARDEST])
async def test_a_fine_is_charged_and_counted_once(bale_office: BaleOffice, step: str) -> None:
    office, invoices = bale_office.office, bale_office.messenger.invoices
    await office.close()
    died = bale_office.died
    await office.open(Death(step, 1))
    bill = await bale_office.pay_fine()
    charged = [one for one in invoices.transactions.values() if one.status == "paid"]
    invoices.transactions.clear()
    payments = await office.database.rows(f"SELECT amount, outcome FROM payments WHERE bill_id = {bill.id}")  # noqa: S608
    assert [(one["amount"], one["outcome"]) for one in payments] == [(bill.amount, "settled")]
    assert [one.amount for one in charged] == [bill.amount]
    assert bale_office.died == died + 1, "the death was met"
