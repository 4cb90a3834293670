"""A bank that says nothing of a transfer to a card: over the real store, the gateway with a time-out, the fake bank."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from domain.actions import claims
from domain.actions.payments.card_refund_worker import send_due_refunds
from domain.bills.bill import BillState, PaymentOutcome
from domain.gateways.gateway import TIMED_OUT, CardRefundAnswer, CardRefundState, PaymentGateway, SaleState
from domain.gateways.refund_attempt import RefundAttemptState
from domain.gateways.refund_machine import SENDING_LIMIT
from domain.ledger.accounts import Account, AccountKey
from domain.values.errors import NotAllowedNow
from tests.fakes.behpardakht_bank import BehpardakhtFault
from tests.payments.behpardakht.card_owner import REQUEST, CardOwner
from tests.support.municipality import FOUR_HOURS, NEIGHBOUR, StandingClock
from tests.support.refunding_bank import RefundingBank
from tests.support.scripted_bank import Payer, answer

CLAIMS_END = "UPDATE card_refunds SET claimed_until = '2020-01-01 00:00:00.000000'"


@pytest.mark.parametrize(("fault", "requests"), [("silent_before", 2), ("silent_after", 1)])
async def test_a_transfer_that_timed_out_is_inquired_and_goes_once(
    owner: CardOwner, hasty_gateway: PaymentGateway, fault: BehpardakhtFault, requests: int
) -> None:
    code = await owner.cancel_paid()
    await owner.send(code)
    owner.bank.faults_of[REQUEST].append(fault)
    patient_gateway, owner.gateway = owner.gateway, hasty_gateway
    assert await owner.work() == 1
    refund = await owner.refund(code)
    assert (refund.state, refund.code) == (RefundAttemptState.UNKNOWN, TIMED_OUT)
    assert await owner.balance_of(AccountKey(Account.REFUNDS_PAYABLE)) == -FOUR_HOURS
    with pytest.raises(NotAllowedNow, match="on_its_way"):
        await owner.send_by_iban(code)
    owner.gateway = patient_gateway
    assert await owner.finish(code) is RefundAttemptState.DONE
    assert [call.operation for call in owner.bank.calls].count(REQUEST) == requests
    assert (len(owner.bank.sales.transfers), owner.bank.sales.deposited) == (1, 0)
    assert [one.outcome for one in await owner.town.payments(code)].count(PaymentOutcome.RETURNED) == 1
    assert await owner.balance_of(AccountKey(Account.REFUNDS_PAYABLE)) == 0


class SuspendedClock(StandingClock):
    """The clock of a process that stands still between any two lines."""

    def now(self) -> datetime:
        """Return a moment beyond `SENDING_LIMIT` after the one before."""
        self.at += SENDING_LIMIT
        return self.at


async def test_a_process_that_stood_still_asks_for_no_transfer(owner: CardOwner) -> None:
    code, clock = await owner.cancel_paid(), SuspendedClock()
    await owner.send(code)
    clock.at = owner.town.desk.clock.now()
    gateways = {owner.gateway.name: owner.gateway}
    desk = replace(owner.town.desk, engine=replace(owner.town.desk.engine, clock=clock))
    await send_due_refunds(desk, owner.town.store, gateways)
    assert (await owner.refund(code)).state is RefundAttemptState.SENT
    assert REQUEST not in [call.operation for call in owner.bank.calls], "the request could arrive after an inquiry"


async def test_a_silent_bank_delays_no_other_one(owner: CardOwner) -> None:
    town, silent_bank, speaks = owner.town, RefundingBank(), asyncio.Event()
    delayed = await cancel_paid_elsewhere(owner, silent_bank)
    sent = await owner.cancel_paid()
    for code in (delayed, sent):
        await owner.send(code)

    async def stay_silent() -> None:
        await speaks.wait()

    silent_bank.meanwhile = stay_silent
    gateways: dict[str, PaymentGateway] = {silent_bank.name: silent_bank, owner.gateway.name: owner.gateway}
    run = asyncio.create_task(send_due_refunds(town.desk, town.store, gateways))
    try:
        for _ in range(600):
            if (await owner.refund(sent)).state is RefundAttemptState.DONE:
                break
            await asyncio.sleep(0.05)
        assert (await owner.refund(sent)).state is RefundAttemptState.DONE
        assert (await owner.refund(delayed)).state is RefundAttemptState.SENT
    finally:
        speaks.set()
        assert await run == 2
    assert [await owner.bill_state(code) for code in (delayed, sent)] == [BillState.REFUNDED] * 2


async def test_a_claim_of_a_transfer_lasts_while_its_holder_waits_for_the_bank(
    owner: CardOwner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "RENEWALS_A_LEASE", 1500)
    bank = RefundingBank()
    code = await cancel_paid_elsewhere(owner, bank)
    await owner.send(code)
    taken_over: list[int] = []

    async def think() -> None:
        await asyncio.to_thread(owner.town.sql, CLAIMS_END)  # a renewal in this loop may have the file locked
        await asyncio.sleep(0.2)
        taken_over.append(await advance_later(owner, bank))

    bank.meanwhile = think
    await advance_later(owner, bank)
    assert taken_over == [0], "it was renewed meanwhile"
    assert (bank.calls.count("refund"), bank.calls.count("inquire_refund")) == (1, 0)
    assert owner.town.rows("SELECT state, claim_token FROM card_refunds") == [("done", None)]


async def test_a_claim_that_is_lost_while_the_bank_is_asked_sends_the_money_once(owner: CardOwner) -> None:
    """Another process claims what this one asks for just now, and hears that the bank never took it."""
    bank = RefundingBank()
    code = await cancel_paid_elsewhere(owner, bank)
    await owner.send(code)

    async def lose_claim() -> None:
        owner.town.sql(CLAIMS_END)
        bank.refund_answers.append(CardRefundAnswer(refund_state=CardRefundState.ABSENT, code="49"))
        assert await advance_later(owner, bank) == 1

    bank.meanwhile = lose_claim
    await advance_later(owner, bank)
    assert (await owner.refund(code)).state is RefundAttemptState.UNKNOWN, "whose claim was lost applies nothing"
    while (await owner.refund(code)).state.is_open:
        await advance_later(owner, bank)
    assert bank.calls.count("refund") == 1
    assert await owner.bill_state(code) is BillState.REFUNDED
    assert [one.outcome for one in await owner.town.payments(code)].count(PaymentOutcome.RETURNED) == 1


async def advance_later(owner: CardOwner, bank: RefundingBank) -> int:
    """Let the job of a process run at a bank, when an inquiry is due."""
    owner.town.advance(minutes=1)
    return await send_due_refunds(owner.town.desk, owner.town.store, {bank.name: bank})


async def cancel_paid_elsewhere(owner: CardOwner, bank: RefundingBank) -> str:
    """Pay a neighbour's request at another bank, and cancel it."""
    town, payer = owner.town, Payer(owner.town, bank)
    code = await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await payer.come_back(await payer.leave(code))
    bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await payer.advance(seconds=1)
    town.desk.card_refund_gateways |= {bank.name}
    await town.says(f"لغو {code}", "۱", mobile=NEIGHBOUR)
    return code
