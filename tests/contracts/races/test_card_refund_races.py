"""Two of the staff who send the same money back at once, to card or IBAN: it goes back once, on both databases."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from domain.actions.bills.refunds import record_refund
from domain.actions.context import ActorContext
from domain.actions.payments.card_refund_worker import send_due_refunds
from domain.actions.payments.card_refunds import send_to_card
from domain.bills.bill import PaymentOutcome
from domain.gateways.gateway import SaleState
from domain.gateways.refund_attempt import RefundAttemptState
from domain.unit_of_work import Store
from domain.values.actors import Role
from domain.values.errors import DomainError
from store.unit_of_work import SqlStore
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk
from tests.support.refunding_bank import RefundingBank
from tests.support.scripted_bank import Payer, answer

IBAN = "IR910120000000100324200001"


@pytest.fixture
async def payer(store: SqlStore) -> Payer:
    """Somebody whose paid request was cancelled, in a furnished town over either database."""
    clock = StandingClock()
    town = Municipality(build_desk(clock), store, clock, Path())
    await town.furnish()
    town.desk.card_refund_gateways = frozenset({"bank"})
    return Payer(town, RefundingBank())


async def owe(payer: Payer) -> str:
    """Let a paid request be cancelled; return the code."""
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt, sale=code)
    payer.bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await payer.advance(seconds=1)
    await payer.town.says(f"لغو {code}", "۱", mobile=CITIZEN)
    return code


async def to_card(payer: Payer, store: Store, bill_id: str) -> str:
    """Send it to the card, in one of the processes."""
    async with store.open_unit() as uow:
        await send_to_card(ActorContext(payer.town.desk, uow, actor(Role.REVENUE, "cashier")), bill_id)
    return "card"


async def to_iban(payer: Payer, store: Store, bill_id: str) -> str:
    """Transfer it to an IBAN."""
    async with store.open_unit() as uow:
        await record_refund(
            ActorContext(payer.town.desk, uow, actor(Role.REVENUE, "cashier")), bill_id, IBAN, f"TR-{bill_id}"
        )
    return "iban"


async def ending(deed: Awaitable[str]) -> str:
    """Its end: the way that was gone, or why not."""
    try:
        return await deed
    except DomainError as refused:
        return refused.reason or refused.code


async def test_of_two_who_send_it_to_the_card_one_does(payer: Payer, other_store: SqlStore) -> None:
    for _ in range(3):
        code = await owe(payer)
        bill_id = (await payer.town.bills(code))[-1].bill_id
        ends = await asyncio.gather(
            *(ending(to_card(payer, store, bill_id)) for store in (payer.town.store, other_store) * 2)
        )
        assert sorted(ends) == ["card", "refund_on_its_way", "refund_on_its_way", "refund_on_its_way"]
        sent = await asyncio.gather(
            *(send_due_refunds(payer.town.desk, store, payer.gateways) for store in (payer.town.store, other_store) * 2)
        )
        assert sum(sent) == 1
        payments = await payer.town.payments(code)
        assert [one.outcome for one in payments].count(PaymentOutcome.RETURNED) == 1
    assert payer.bank.calls.count("refund") == 3


async def test_of_card_and_iban_one_is_chosen(payer: Payer, other_store: SqlStore) -> None:
    for turn in range(4):
        code = await owe(payer)
        bill = (await payer.town.bills(code))[-1]
        deeds = [to_card(payer, payer.town.store, bill.bill_id), to_iban(payer, other_store, bill.bill_id)]
        ends = await asyncio.gather(*map(ending, deeds if turn % 2 else deeds[::-1]))
        assert sorted(ends) in (["card", "refund_on_its_way"], ["iban", "refunded"])
        await send_due_refunds(payer.town.desk, payer.town.store, payer.gateways)
        payments = await payer.town.payments(code)
        assert [one.outcome for one in payments].count(PaymentOutcome.RETURNED) == 1
        async with payer.town.store.open_unit(write=False) as uow:
            states = [one.state for one in await uow.card_refunds.list_of_bill(bill.id)]
            assert await uow.ledger.list_differences(9) == []
        assert states == ([RefundAttemptState.DONE] if "card" in ends else [])
