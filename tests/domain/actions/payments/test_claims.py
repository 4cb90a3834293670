"""Claims last while their holder waits for a bank, and end soon after it died."""

import asyncio
from functools import partial

import pytest

from domain.actions import claims
from domain.gateways.attempt import AttemptState
from domain.gateways.gateway import SaleState
from domain.values.errors import Unavailable
from store.payments.attempts import SqlPaymentAttemptRepository
from tests.support.scripted_bank import Payer, answer

VERIFIED, SETTLED = answer(SaleState.VERIFIED), answer(SaleState.SETTLED)
CLAIMS_END = "UPDATE payment_attempts SET claimed_until = '2020-01-01 00:00:00.000000'"


async def test_a_claim_lasts_while_its_holder_waits_for_the_bank(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RENEWALS_A_LEASE", 1500)
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    await payer.come_back(attempt)
    taken_over: list[int] = []

    async def think() -> None:
        await asyncio.to_thread(payer.town.sql, CLAIMS_END)  # a renewal in this loop may have the file locked
        await asyncio.sleep(0.2)
        taken_over.append(await payer.advance())

    payer.bank.meanwhile = think
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert taken_over == [0], "it was renewed meanwhile"
    assert payer.bank.calls == ["verify", "settle"]
    assert payer.town.rows("SELECT claim_token FROM payment_attempts") == [(None,)]


async def test_a_database_that_is_away_for_a_moment_takes_no_answer_away(
    payer: Payer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(claims, "RENEWALS_A_LEASE", 1500)
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    await payer.come_back(attempt)

    async def fail(*_arguments: object) -> int:
        raise Unavailable("database")

    monkeypatch.setattr(SqlPaymentAttemptRepository, "renew_claims", fail)
    payer.bank.meanwhile = partial(asyncio.sleep, 0.1)
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert await payer.state(attempt) is AttemptState.SETTLED
    assert "claims of 1 rows were not renewed: unavailable" in caplog.messages
