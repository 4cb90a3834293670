"""Payments through the real server, which is killed at every named point, at banks whose connections break."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager

import pytest
import pytest_asyncio

from tests.faults.conftest import ENGINES
from tests.faults.support.payment_rounds import PAYMENT_STEPS, PaymentRounds, draw_round, payment_rounds
from tests.faults.support.state_journal import SQLITE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SEEDS = [pytest.param(range(14, 28), marks=pytest.mark.day, id="once"), pytest.param(range(28, 42), id="again")]
"""A round for each step and for a blow, twice, on each database; `make chaos` plays thousands."""

CALLBACKS_AT_ONCE = 20

SPOILED = {
    "deposited": "UPDATE payments SET amount = amount + 1 WHERE gateway = 'behpardakht'",
    "of which nothing is stored": "UPDATE payment_attempts SET reference = 'another' || reference WHERE id = {id}",
    "nobody turns to it": "UPDATE payment_attempts SET state = 'unknown', next_step_at = NULL WHERE id = {id}",
    "is claimed": "UPDATE payment_attempts SET claim_token = 'somebody' WHERE id = {id}",
    "has the history": "DELETE FROM payment_attempt_events WHERE attempt_id = {id} AND number = 2",
    "ledger check": "UPDATE bills SET amount = amount + 1 WHERE id = {bill_id}",
    "is still told that nothing is known": "UPDATE payment_attempts SET state = 'returned' WHERE id = {id}",
    "receipts were sent": "DELETE FROM outbox WHERE key = 'registries.violation.notices.paid'",
    "has 6037997500001236": "UPDATE payment_attempts SET card = '6037997500001236' WHERE id = {id}",
}
"""Words that must be said where somebody did that to the database."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=ENGINES)
async def rounds(request: pytest.FixtureRequest) -> AsyncIterator[PaymentRounds]:
    async with payment_rounds(request.param) as opened:
        yield opened
        opened.office.assert_clean_log()


@contextmanager
def spoiled(path: str, statement: str) -> Iterator[None]:
    """Do something to a database, and undo it."""
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(":memory:")) as kept:
        file.backup(kept)
        with file:
            file.execute(statement)
        yield
        kept.backup(file)


@pytest.mark.parametrize("seeds", SEEDS)
async def test_no_rial_is_lost_wherever_the_server_dies(rounds: PaymentRounds, seeds: range) -> None:
    rounds.died.clear()
    for seed in seeds:
        await rounds.play(draw_round(seed, tuple(rounds.banks)))
    assert await rounds.come_to_rest() == []
    assert rounds.died.total() == len(seeds)
    assert set(rounds.died) >= set(PAYMENT_STEPS)
    outcomes = {row["outcome"] for row in await rounds.office.database.rows("SELECT outcome FROM payments")}
    assert outcomes == {"settled", "surplus"}
    assert {"settled", "declined"} <= set(rounds.witness.verdicts)


@pytest.mark.parametrize("bank_name", ["behpardakht", "saman"])
async def test_twenty_callbacks_at_once_are_one_settlement(rounds: PaymentRounds, bank_name: str) -> None:
    await rounds.open()
    pages = await rounds.pay_at_once(rounds.banks[bank_name], CALLBACKS_AT_ONCE)
    assert {status for status, _, _ in pages} == {200}
    assert len({path for _, path, _ in pages}) == 1
    assert "/result/" in pages[0][1]
    await rounds.shut()
    assert await rounds.come_to_rest() == []
    bill = list(rounds.witness.references.values())[-1]
    counted = f"SELECT outcome, amount FROM payments WHERE bill_id = {bill.id}"  # noqa: S608 - a number
    assert await rounds.office.database.rows(counted) == [{"outcome": "settled", "amount": bill.amount}]


async def test_nothing_that_is_wrong_escapes() -> None:
    async with payment_rounds("sqlite") as rounds:
        await rounds.open()
        await rounds.pay_at_once(rounds.banks["behpardakht"], 1)
        await rounds.shut()
        assert await rounds.come_to_rest() == []
        [attempt] = await rounds.office.database.rows("SELECT id FROM payment_attempts")
        ids = {"id": attempt["id"], "bill_id": next(iter(rounds.witness.references.values())).id}
        await rounds.open()
        for what, statement in SPOILED.items():
            with spoiled(rounds.office.database.url.removeprefix(SQLITE), statement.format(**ids)):
                found = "\n".join(await rounds.find_violations())
            assert what in found, what
        await rounds.shut()
