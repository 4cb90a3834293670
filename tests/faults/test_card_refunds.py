"""Money that goes back to cards through the real server, which is killed at every named point around the request."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.e2e.support.program_runs import KILLED, Death
from tests.faults.conftest import ENGINES
from tests.faults.support.payers import PayerPlan
from tests.faults.support.payment_banks import CUTS, SoapBank
from tests.faults.support.payment_checks import find_card_numbers
from tests.faults.support.payment_rounds import HALF_HOUR, PaymentRounds, RoundPlan, payment_rounds
from tests.support.effort import EFFORT

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

REFUND_STEPS = ("refund_claim", "refund_sent", "refund_answer", "refund_answer_open")
"""After the claim; after it was committed that the transfer is sent, before the bank is asked; after the bank's answer;
inside the unit that counts the refund.
"""

CLAIM_SECONDS = 400
"""Until the next process may take the claims of the dead one."""

DEATH_SECONDS, JOB_SECONDS, MOST_LOOKS = 20.0, 1.5, 20
PAID_TWICE = "SELECT bills.bill_id FROM refunds JOIN bills ON bills.id = refunds.bill_id WHERE refunds.state = 'due'"
OPEN = "SELECT id FROM card_refunds WHERE state IN ('due', 'sent', 'unknown') OR claim_token IS NOT NULL"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES if EFFORT > 1 else ENGINES[:1])
async def rounds(request: pytest.FixtureRequest) -> AsyncIterator[PaymentRounds]:
    async with payment_rounds(request.param) as opened:
        yield opened
        opened.office.assert_clean_log()


async def owe_back(rounds: PaymentRounds, wanted_count: int) -> list[str]:
    """Let so many payers pay twice at Behpardakht; return their bill ids."""
    payers = tuple(PayerPlan("pays_twice", "behpardakht") for _ in range(wanted_count))
    await rounds.play(RoundPlan(0, None, payers, 0))
    assert await rounds.come_to_rest() == []
    return [row["bill_id"] for row in await rounds.office.database.rows(PAID_TWICE)]


async def die_sending(rounds: PaymentRounds, bill_id: str, step: str) -> None:
    """Have money sent back by a server that dies at a step."""
    office = rounds.office
    assert await office.deed("refund_to_card", by="revenue", bill_id=bill_id) == 1
    server = await office.begin(Death(step))
    await server.ends_within(DEATH_SECONDS)
    assert server.ended.done(), f"nobody died at {step}: {office.said[-2000:]}"
    assert server.ended.result() == KILLED
    await office.crash()
    office.advance(seconds=CLAIM_SECONDS)


async def come_to_rest(rounds: PaymentRounds) -> None:
    """Let time pass until the end of every transfer is known."""
    await rounds.open()
    for _ in range(MOST_LOOKS):
        if not await rounds.office.database.rows(OPEN):
            break
        rounds.office.advance(seconds=HALF_HOUR)
        await asyncio.sleep(JOB_SECONDS)
    assert await rounds.office.database.rows(OPEN) == []


async def test_money_goes_back_once_wherever_the_server_dies(rounds: PaymentRounds) -> None:
    office, bank, chance = rounds.office, rounds.banks["behpardakht"], Random(7)
    assert isinstance(bank, SoapBank)
    steps = REFUND_STEPS * EFFORT
    bill_ids = await owe_back(rounds, len(steps))
    assert len(bill_ids) == len(steps)
    for bill_id, step in zip(bill_ids, steps, strict=True):
        if EFFORT > 1 and chance.random() < 0.5:
            bank.cut_next(chance.choice(("refund", "confirm_refund")), chance.choice(CUTS))
        await die_sending(rounds, bill_id, step)
    await come_to_rest(rounds)
    payments = await office.database.rows("SELECT amount, outcome FROM payments WHERE gateway = 'behpardakht'")
    returned = [row["amount"] for row in payments if row["outcome"] == "returned"]
    assert sorted(bank.transfers) == sorted(returned)
    assert len(returned) == len(steps)
    assert bank.deposited == sum(row["amount"] for row in payments) - 2 * sum(returned)
    states = await office.database.rows("SELECT state, count(*) AS number FROM card_refunds GROUP BY state")
    assert states == [{"state": "done", "number": len(steps)}]
    texts = await office.database.rows("SELECT id FROM outbox WHERE key = 'sms.refunded_to_card'")
    assert len(texts) == len(steps)
    checked = await office.run("ledger", "check", "--json")
    assert checked.code == 0, checked.out
    assert await find_card_numbers(office) == []
    await rounds.shut()
