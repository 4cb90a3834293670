"""Many who bring, ask and begin at once, on both databases, in two processes' stores: money counts once."""

import asyncio
from pathlib import Path

import pytest

from domain.actions.payments.advance import advance_due_attempts
from domain.actions.payments.begin import begin_payment
from domain.actions.payments.callbacks import receive_callback
from domain.bills.bill import BillState, PaymentOutcome
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.gateway import GatewayAnswer, Sale, SaleState
from domain.unit_of_work import Store
from store.unit_of_work import SqlStore
from tests.support.municipality import NEIGHBOUR, Municipality, StandingClock, build_desk
from tests.support.scripted_bank import Payer, ScriptedBank, answer

VERIFIED, SETTLED = answer(SaleState.VERIFIED), answer(SaleState.SETTLED)


class AgreeingBank(ScriptedBank):
    """Does whatever it is told to do."""

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Verified."""
        self.calls.append("verify")
        await asyncio.sleep(0)
        return VERIFIED

    async def settle(self, sale: Sale) -> GatewayAnswer:
        """Settled."""
        self.calls.append("settle")
        await asyncio.sleep(0)
        return SETTLED


@pytest.fixture
async def payer(store: SqlStore) -> Payer:
    """Somebody who pays in a furnished town over either database."""
    clock = StandingClock()
    town = Municipality(build_desk(clock), store, clock, Path())
    await town.furnish()
    return Payer(town, ScriptedBank())


async def bring(payer: Payer, store: Store, attempt: PaymentAttempt, sale: str) -> PaymentAttempt | None:
    """Come back from the bank to one of the processes."""
    values = {"order": str(attempt.order_number), "reference": attempt.reference or "", "sale": sale, "code": "0"}
    values |= payer.bank.read_address(attempt.order_number)
    return await receive_callback(payer.town.desk, store, payer.bank, "POST", values, "192.0.2.7")


async def test_twenty_callbacks_make_one_settlement(payer: Payer, other_store: SqlStore) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    payer.bank.script(VERIFIED, SETTLED)

    async def come_and_advance(store: Store) -> None:
        await bring(payer, store, attempt, "5142")
        await advance_due_attempts(town.desk, store, payer.gateways)

    await asyncio.gather(*map(come_and_advance, [town.store, other_store] * 10))
    assert payer.bank.calls == ["verify", "settle"]
    assert [payment.outcome for payment in await town.payments(code)] == [PaymentOutcome.SETTLED]
    assert (await town.keys()).count("pay") == 1
    events = [record.event for record in await payer.callbacks(attempt)]
    assert (len(events), events.count("returned")) == (20, 1)
    assert await payer.state(attempt) is AttemptState.SETTLED


async def test_one_receipt_at_two_attempts_at_once_pays_one(payer: Payer, other_store: SqlStore) -> None:
    town = payer.town
    codes = [await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)]
    attempts = [await payer.leave(code) for code in codes]
    came = await asyncio.gather(
        *(bring(payer, store, attempt, "5142") for store in (town.store, other_store) for attempt in attempts)
    )
    assert None not in came
    assert sorted([await payer.state(attempt) for attempt in attempts]) == [AttemptState.RETURNED, AttemptState.SENT]
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert sorted([len(await town.payments(code)) for code in codes]) == [0, 1]


async def test_workers_of_two_processes_share_the_attempts(payer: Payer, other_store: SqlStore) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempts = [await payer.leave(code) for _ in range(10)]
    for number, attempt in enumerate(attempts):
        await payer.come_back(attempt, str(number))
    payer.bank = AgreeingBank()
    steps = await asyncio.gather(
        *(advance_due_attempts(town.desk, one, payer.gateways) for one in (town.store, other_store))
    )
    assert sum(steps) == 20
    assert len(payer.bank.calls) == 20
    outcomes = [payment.outcome for payment in await town.payments(code)]
    assert (outcomes.count(PaymentOutcome.SETTLED), outcomes.count(PaymentOutcome.SURPLUS)) == (1, 9)
    assert len(await town.refunds(code)) == 9


async def test_payers_who_press_at_once_each_have_an_order_of_their_own(payer: Payer, other_store: SqlStore) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    token = await payer.link(code)

    async def begin(store: Store) -> PaymentAttempt:
        attempt, _ = await begin_payment(town.desk, store, payer.bank, token, "portal", "https://x.example/")
        return attempt

    begun = await asyncio.gather(*map(begin, [town.store, other_store] * 4))
    assert len({order.order_number for order in payer.bank.orders}) == 8
    assert len(begun) == 8
    await payer.advance(minutes=40)
    assert [await payer.state(one) for one in begun] == [AttemptState.FAILED] * 8
    assert [bill.state for bill in await town.bills(code)] == [BillState.OPEN]
