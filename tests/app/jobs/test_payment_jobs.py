"""The jobs of payments at gateways: woken when a payer is back, there only where a gateway is in use."""

import asyncio
from dataclasses import replace
from pathlib import Path

from app.jobs.scheduler import JOBS, Job, Scheduler
from app.jobs.timetable import run_every
from app.parts import ServerParts
from domain.gateways.attempt import AttemptState, PaymentAttempt
from domain.gateways.gateway import SaleState, UnverifiedSale
from store.unit_of_work import SqlStore
from tests.support.municipality import Municipality
from tests.support.patience import patient
from tests.support.scripted_bank import CAN_BE_ASKED, Payer, ScriptedBank, answer

BY_NAME = {job.name: job for job in JOBS}
WHEN_WOKEN = replace(BY_NAME["payments"], times=run_every(hours=1))


async def wait_for(payer: Payer, attempt: PaymentAttempt, state: AttemptState) -> None:
    """Wait until an attempt is in a state."""
    async with asyncio.timeout(patient(10)):
        while await payer.state(attempt) is not state:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)


async def test_a_payment_is_advanced_as_soon_as_its_payer_is_back(
    parts: ServerParts, town: Municipality, database: Path
) -> None:
    code, own_store = await town.reach("awaiting_payment"), town.store
    town.store = await SqlStore.connect(f"sqlite:///{database}", parts.wake_events.note_queued)
    payer = Payer(town, ScriptedBank(capabilities=CAN_BE_ASKED))
    scheduler = Scheduler(replace(parts, gateways=payer.gateways, store=town.store), (WHEN_WOKEN,))
    try:
        attempt = await payer.leave(code)
        payer.bank.script(answer(SaleState.SETTLED))
        scheduler.start()
        await payer.come_back(attempt)
        await wait_for(payer, attempt, AttemptState.SETTLED)
        assert (await town.request(code)).state == "paid"
    finally:
        await scheduler.stop(1.0)
        await town.store.close()
        town.store = own_store


async def test_what_banks_list_as_unverified_is_taken_up(parts: ServerParts, town: Municipality) -> None:
    payer = Payer(town, ScriptedBank(capabilities=CAN_BE_ASKED))
    attempt = await payer.leave(await town.reach("awaiting_payment"))
    payer.bank.unverified = [UnverifiedSale(attempt.reference or "", attempt.amount)]
    scheduler = Scheduler(replace(parts, gateways=payer.gateways))
    assert await scheduler.run_job(BY_NAME["unverified_payments"])
    assert await payer.state(attempt) is AttemptState.RETURNED
    payer.bank.script(answer(SaleState.SETTLED))
    assert await scheduler.run_job(BY_NAME["payments"])
    assert await payer.state(attempt) is AttemptState.SETTLED


def is_there(parts: ServerParts, job: Job) -> bool:
    """Whether a scheduler made of these parts runs a job."""
    return job in Scheduler(parts)._jobs


async def test_without_a_gateway_no_job_of_payments_is_there(parts: ServerParts) -> None:
    with_gateway = replace(parts, gateways={"bank": ScriptedBank()})
    for name, wanted in (("payments", False), ("unverified_payments", False), ("relay", True)):
        assert (is_there(parts, BY_NAME[name]), is_there(with_gateway, BY_NAME[name])) == (wanted, True)
