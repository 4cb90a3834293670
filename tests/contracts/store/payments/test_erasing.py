"""Personal data of attempts is erased with their requests, with a line, or when it is old; the money stays."""

from dataclasses import replace
from datetime import timedelta

from domain.gateways.attempt import AttemptEvent, AttemptState, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.requests.request import Phase
from domain.unit_of_work import UnitOfWork
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_bill, a_request, an_attempt, new_id

DAY = timedelta(days=1)
CARD = "603799******1234"


async def a_whole_attempt(uow: UnitOfWork, subject_kind: str, subject_id: int) -> PaymentAttempt:
    """An attempt of a bill, with history and callback."""
    bill = a_bill(subject_kind=subject_kind, subject_id=subject_id)
    attempt = an_attempt(bill, card=CARD, state=AttemptState.SETTLED)
    await uow.bills.add(bill)
    await uow.payment_attempts.add(attempt)
    await uow.payment_attempts.add_event(
        AttemptEvent(attempt.id, 1, NOW, "settled", AttemptState.SETTLED, "0", {"card": CARD})
    )
    await uow.payment_attempts.add_callback(
        CallbackRecord(new_id(), "sandbox", attempt.id, "POST", "ResCode=0", "192.0.2.7", NOW, "returned")
    )
    return attempt


async def is_erased(uow: UnitOfWork, attempt: PaymentAttempt) -> bool:
    """Whether nothing of a person is left of it, or all; the rest is there in any case."""
    left = await uow.payment_attempts.get(attempt.id)
    (event,) = await uow.payment_attempts.list_events(attempt.id)
    (callback,) = await uow.payment_attempts.list_callbacks(attempt.id)
    assert (event.event, event.code, callback.event) == ("settled", "0", "returned")
    assert replace(left, payer_mobile=MOBILE, card=CARD) == attempt
    erased = left.payer_mobile is None
    assert (left.card is None, not event.details, not callback.payload, not callback.source_address) == (erased,) * 4
    return erased


async def test_attempts_are_erased_with_their_request(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        attempts = [await a_whole_attempt(uow, "request", request_id) for request_id in (1, 2)]
        attempts.append(await a_whole_attempt(uow, "duty", 1))
        await uow.personal_data.erase_request(1, NOW)
        assert [await is_erased(uow, attempt) for attempt in attempts] == [True, False, False]


async def test_old_attempts_are_erased_unless_their_request_is_kept(store: SqlStore) -> None:
    kept, gone = a_request(), a_request(phase=Phase.DONE, state="completed", erased_at=NOW)
    async with store.open_unit() as uow:
        for request in (kept, gone):
            await uow.requests.add(request)
        attempts = [await a_whole_attempt(uow, "request", request.id) for request in (kept, gone)]
        attempts.append(await a_whole_attempt(uow, "duty", 1))
        await uow.payment_attempts.add_callback(
            CallbackRecord(new_id(), "sandbox", None, "POST", "x=1", "192.0.2.7", NOW, "not_ours")
        )
        await uow.personal_data.erase_older(NOW, NOW)
        assert [await is_erased(uow, attempt) for attempt in attempts] == [False, False, False]
        await uow.personal_data.erase_older(NOW + DAY, NOW)
        assert [await is_erased(uow, attempt) for attempt in attempts] == [False, True, True]


async def test_a_line_is_forgotten(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        attempt = await a_whole_attempt(uow, "duty", 1)
        assert await uow.personal_data.erase_line(MOBILE, NOW)
        assert (await uow.payment_attempts.get(attempt.id)).payer_mobile is None
