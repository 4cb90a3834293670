"""Attempts to pay at gateways, on every engine: numbers that are one attempt's, saves, claims, history, callbacks."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.bills.bill import Bill
from domain.gateways.attempt import AttemptAlert, AttemptEvent, AttemptState, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.gateways.health import SessionResult
from domain.unit_of_work import Store
from domain.values.errors import Conflict, NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import BIG, NOW, a_bill, an_attempt, new_id

LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)
GATEWAYS = {"sandbox", "mellat"}


async def stored(store: Store, *attempts: PaymentAttempt) -> None:
    """Store attempts."""
    async with store.open_unit() as uow:
        for attempt in attempts:
            await uow.payment_attempts.add(attempt)


def named(attempt: PaymentAttempt, field: str) -> PaymentAttempt:
    """Give an attempt the reference or the sale that several want."""
    is_sale = field == "sale_number"
    return replace(attempt, sale_number="AF8x") if is_sale else replace(attempt, reference="AF8x")


async def a_stored_bill(store: Store) -> Bill:
    """Store a bill."""
    bill = a_bill()
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
    return bill


async def claim(store: Store, token: str, limit: int = 10, lease: timedelta = LEASE) -> list[int]:
    """Claim what is due; the ids."""
    async with store.open_unit() as uow:
        return [one.id for one in await uow.payment_attempts.claim_due(GATEWAYS, NOW, token, limit, lease)]


async def test_an_attempt_is_kept_whole_and_found_by_each_of_its_names(store: SqlStore) -> None:
    first_bill, second_bill = await a_stored_bill(store), await a_stored_bill(store)
    attempt = an_attempt(
        second_bill, first_bill, reference="AF8x", sale_number="5142", order_number=BIG, callback_digest="9f"
    )
    await stored(store, attempt)
    async with store.open_unit() as uow:
        repository = uow.payment_attempts
        assert await repository.get(attempt.id, lock=True) == attempt
        assert await repository.find_by_order("sandbox", BIG, lock=True) == attempt
        assert await repository.find_by_reference("sandbox", "AF8x", lock=True) == attempt
        assert await repository.find_by_sale("sandbox", "5142") == attempt
        assert await repository.find_by_reference("sandbox", "af8x") is None, "a reference is compared letter by letter"
        assert await repository.find_by_order("mellat", BIG) is None
        assert await repository.list_of_bill(first_bill.id) == [attempt]
        with pytest.raises(NotFound, match="attempt"):
            await repository.get(attempt.id + 1)


async def test_what_somebody_has_to_look_at_is_listed_newest_first(store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    plain, alerted, unknown, last = (
        an_attempt(bill),
        an_attempt(bill, alert=AttemptAlert.WRONG_AMOUNT),
        an_attempt(bill, state=AttemptState.UNKNOWN),
        an_attempt(bill, alert=AttemptAlert.OUR_FAULT, state=AttemptState.FAILED),
    )
    await stored(store, plain, alerted, unknown, last)
    async with store.open_unit(write=False) as uow:
        assert await uow.payment_attempts.list_needing_attention(9) == [last, unknown, alerted]
        assert await uow.payment_attempts.list_needing_attention(1, before=last.id) == [unknown]
        assert await uow.payment_attempts.count_needing_attention() == 3


async def test_an_attempt_is_saved_once_for_each_revision(store: SqlStore) -> None:
    attempt = an_attempt(await a_stored_bill(store))
    await stored(store, attempt)
    changed = replace(
        attempt,
        state=AttemptState.VERIFIED,
        reference="r",
        sale_number="s",
        card="603799******1234",
        paid_amount=9,
        bank_amount=10,
        code="43",
        alert=AttemptAlert.WRONG_AMOUNT,
        returned_at=NOW + SECOND,
        verified_at=NOW + 2 * SECOND,
        finished_at=NOW + 3 * SECOND,
        next_step_at=None,
        unanswered_calls=3,
        unresolved_at=NOW + 4 * SECOND,
    )
    async with store.open_unit() as uow:
        saved = await uow.payment_attempts.save(changed)
        assert saved == replace(changed, revision=1)
        assert await uow.payment_attempts.get(attempt.id) == saved
        with pytest.raises(Conflict, match="attempt"):
            await uow.payment_attempts.save(changed)


async def test_an_order_number_is_given_once_at_each_gateway(store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    attempt = an_attempt(bill)
    await stored(store, attempt, an_attempt(bill, gateway="mellat", order_number=attempt.order_number))
    with pytest.raises(Conflict):
        await stored(store, an_attempt(bill, order_number=attempt.order_number))
    async with store.open_unit(write=False) as uow:
        assert len(await uow.payment_attempts.list_of_bill(bill.id)) == 2


@pytest.mark.parametrize("field", ["reference", "sale_number"])
async def test_a_session_and_a_sale_are_one_attempts(store: SqlStore, other_store: SqlStore, field: str) -> None:
    bill = await a_stored_bill(store)
    attempts = [an_attempt(bill) for _ in range(4)]
    elsewhere = an_attempt(bill, gateway="mellat", reference="AF8x", sale_number="AF8x")
    await stored(store, *attempts, elsewhere)

    async def take(number: int) -> None:
        async with (store if number % 2 else other_store).open_unit() as uow:
            attempt = await uow.payment_attempts.get(attempts[number].id, lock=True)
            await uow.payment_attempts.save(named(attempt, field))

    ended = await asyncio.gather(*map(take, range(4)), return_exceptions=True)
    refused = [one for one in ended if one is not None]
    assert [type(one) for one in refused] == [Conflict] * 3
    async with store.open_unit() as uow:
        left = await uow.payment_attempts.get(attempts[ended.index(refused[0])].id)
        if field == "sale_number":
            with pytest.raises(Conflict, match="sale"):
                await uow.payment_attempts.save(replace(left, sale_number="AF8x"))
        await uow.payment_attempts.save(left)


async def test_what_is_due_is_claimed_once_and_those_that_wait_longest_first(
    store: SqlStore, other_store: SqlStore
) -> None:
    bill = await a_stored_bill(store)
    late, later, due = (an_attempt(bill, next_step_at=NOW - waited * SECOND) for waited in (9, 5, 0))
    others = (
        an_attempt(bill, next_step_at=NOW + SECOND),
        an_attempt(bill, next_step_at=None),
        an_attempt(bill, gateway="left"),
    )
    await stored(store, due, late, later, *others)
    assert await claim(store, "a", limit=2) == [late.id, later.id]
    assert await claim(other_store, "b") == [due.id]
    assert await claim(store, "c") == []


async def test_gateways_with_something_due_are_listed(store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    await stored(store, an_attempt(bill, gateway="b"), an_attempt(bill, gateway="b"), an_attempt(bill, gateway="a"))
    await stored(store, an_attempt(bill, gateway="c", next_step_at=None))
    async with store.open_unit(write=False) as uow:
        assert await uow.payment_attempts.list_due_gateways(NOW) == []
        assert await uow.payment_attempts.list_due_gateways(NOW + SECOND) == ["a", "b"]


async def test_of_many_who_claim_each_gets_another_attempt(store: SqlStore, other_store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    attempts = [an_attempt(bill) for _ in range(12)]
    await stored(store, *attempts)
    claimed = await asyncio.gather(*(claim(one, f"{one}", limit=3) for one in [store, other_store] * 3))
    ids = [attempt_id for batch in claimed for attempt_id in batch]
    assert sorted(ids) == sorted({*ids})
    assert {*ids, *(await claim(store, "last", limit=12))} == {attempt.id for attempt in attempts}


async def test_a_claim_ends_by_itself_and_is_given_up_by_its_holder_alone(store: SqlStore) -> None:
    attempt = an_attempt(await a_stored_bill(store))
    await stored(store, attempt)
    assert await claim(store, "dead", lease=timedelta(0)) == [attempt.id]
    assert await claim(store, "alive") == [attempt.id]
    async with store.open_unit() as uow:
        assert not await uow.payment_attempts.release_claim(attempt.id, "dead")
        assert await uow.payment_attempts.claim(attempt.id, "third", LEASE) is None
    async with store.open_unit() as uow:
        assert await uow.payment_attempts.release_claim(attempt.id, "alive")
        assert await uow.payment_attempts.claim(attempt.id, "third", LEASE) == attempt
        assert await uow.payment_attempts.claim(attempt.id + 1, "third", LEASE) is None


async def test_a_claim_is_renewed_by_its_holder_alone(store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    held, given_up = an_attempt(bill), an_attempt(bill)
    await stored(store, held, given_up)
    assert await claim(store, "holder", lease=timedelta(0)) == [held.id, given_up.id]
    async with store.open_unit() as uow:
        repository = uow.payment_attempts
        await repository.release_claim(given_up.id, "holder")
        assert await repository.renew_claims([held.id, given_up.id], "another", LEASE) == 0
        assert await repository.renew_claims([held.id, given_up.id], "holder", LEASE) == 1
    assert await claim(store, "next") == [given_up.id]


async def test_a_claim_that_a_wrong_clock_made_holds_nobody_off(store: SqlStore) -> None:
    attempt = an_attempt(await a_stored_bill(store))
    await stored(store, attempt)
    assert await claim(store, "ahead", lease=timedelta(days=365)) == [attempt.id]
    assert await claim(store, "now") == [attempt.id]


async def test_history_and_callbacks_are_appended(store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    attempt, other = an_attempt(bill), an_attempt(bill)
    await stored(store, attempt, other)
    events = [
        AttemptEvent(
            attempt.id, number, NOW, event, AttemptState.SENT, code, {"card": "603799******1234", "amount": BIG}
        )
        for number, event, code in ((1, "created", None), (2, "sent", "0"))
    ]
    callbacks = [
        CallbackRecord(new_id(), "sandbox", attempt_id, "POST", "ResCode=0&a=%D8%A7", "192.0.2.7", NOW, event)
        for attempt_id, event in ((attempt.id, "returned"), (attempt.id, "callback_repeated"), (None, "not_ours"))
    ]
    async with store.open_unit() as uow:
        for event in reversed(events):
            await uow.payment_attempts.add_event(event)
        for callback in callbacks:
            await uow.payment_attempts.add_callback(callback)
    async with store.open_unit(write=False) as uow:
        assert await uow.payment_attempts.list_events(attempt.id) == events
        assert await uow.payment_attempts.list_callbacks(attempt.id) == callbacks[:2]
        assert await uow.payment_attempts.list_events(other.id) == []
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.payment_attempts.add_event(replace(events[0], event="rewritten"))


async def test_the_last_sessions_of_a_gateway_are_listed_the_latest_first(store: SqlStore) -> None:
    bill = await a_stored_bill(store)

    def begun(minutes: int, **changes: object) -> PaymentAttempt:
        return an_attempt(bill, created_at=NOW - minutes * timedelta(minutes=1), **changes)

    failed = {"state": AttemptState.FAILED, "finished_at": NOW}
    by_bank, by_payer, died = begun(1, **failed), begun(2, **failed), begun(3, **failed)
    opened = begun(4, reference="a", state=AttemptState.SENT)
    others = (begun(0), begun(90, reference="b"), begun(1, gateway="mellat", reference="c"))
    await stored(store, by_bank, by_payer, died, opened, *others)
    reasons = ((by_bank, "bank"), (by_payer, "amount"), (died, None))
    async with store.open_unit() as uow:
        for attempt, reason in reasons:
            details = {"reason": reason} if reason else {}
            event = AttemptEvent(attempt.id, 2, NOW, "not_started", AttemptState.FAILED, None, details)
            await uow.payment_attempts.add_event(event)
    since = NOW - timedelta(hours=1)
    async with store.open_unit(write=False) as uow:
        results = await uow.payment_attempts.list_session_results("sandbox", since, 9)
        assert results == [SessionResult(NOW, False), SessionResult(opened.created_at, True)]
        assert await uow.payment_attempts.list_session_results("sandbox", since, 1) == results[:1]


async def test_attempts_are_counted_by_gateway_and_state(store: SqlStore) -> None:
    bill = await a_stored_bill(store)
    first, *others = [an_attempt(bill), an_attempt(bill), an_attempt(bill, gateway="mellat", state=AttemptState.FAILED)]
    await stored(store, first, *others)
    async with store.open_unit(write=False) as uow:
        assert await uow.payment_attempts.count_by_state(first.id + 1) == {
            ("sandbox", AttemptState.CREATED): 1,
            ("mellat", AttemptState.FAILED): 1,
        }


async def test_a_callback_wakes_what_advances_attempts(database_url: str) -> None:
    woken: list[str] = []
    store = await SqlStore.connect(database_url, woken.extend)
    async with store.open_unit() as uow:
        await uow.payment_attempts.add_callback(
            CallbackRecord(new_id(), "sandbox", None, "GET", "", "192.0.2.7", NOW, "unreadable")
        )
    await store.close()
    assert woken == ["payments"]
