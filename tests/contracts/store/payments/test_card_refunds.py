"""Transfers back to cards, on every engine: numbers given once, saves, claims, history, what refunds they carry."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.gateways.attempt import PaymentAttempt
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptEvent, RefundAttemptState
from domain.unit_of_work import Store
from domain.values.errors import Conflict, NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import BIG, NOW, a_bill, a_card_refund, a_refund, an_attempt

LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


async def a_stored_attempt(store: Store) -> PaymentAttempt:
    """Store a bill with an attempt that has a sale."""
    bill = a_bill()
    attempt = an_attempt(bill, gateway="mellat", reference="AF8x", sale_number=str(bill.id), order_number=BIG - bill.id)
    attempt = replace(attempt, reference=f"AF8x{bill.id}")
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        await uow.payment_attempts.add(attempt)
    return attempt


async def stored(store: Store, *refunds: RefundAttempt) -> None:
    """Store transfers."""
    async with store.open_unit() as uow:
        for refund in refunds:
            await uow.card_refunds.add(refund)


async def claim(store: Store, token: str, lease: timedelta = LEASE) -> int | None:
    """Claim what waits longest; its id."""
    async with store.open_unit() as uow:
        claimed = await uow.card_refunds.claim_due("mellat", NOW, token, lease)
        return claimed.id if claimed else None


async def test_a_transfer_is_kept_whole_with_the_sale_of_its_attempt(store: SqlStore) -> None:
    attempt = await a_stored_attempt(store)
    refund = a_card_refund(attempt, refund_number=BIG)
    await stored(store, refund)
    async with store.open_unit() as uow:
        repository = uow.card_refunds
        assert await repository.get(refund.id, lock=True) == refund
        assert (refund.sale.reference, refund.sale.amount) == (attempt.reference, attempt.amount)
        assert await repository.find_by_number("mellat", BIG) == refund
        assert await repository.find_by_number("saman", BIG) is None
        assert await repository.list_of_bill(refund.bill_row_id) == [refund]
        assert await repository.list_of_sale(attempt.id) == [refund]
        with pytest.raises(NotFound, match="card_refund"):
            await repository.get(refund.id + 1)


async def test_a_number_is_given_once_at_each_gateway(store: SqlStore) -> None:
    attempt = await a_stored_attempt(store)
    refund = a_card_refund(attempt)
    await stored(store, refund, a_card_refund(attempt, gateway="saman", refund_number=refund.refund_number))
    with pytest.raises(Conflict, match="card_refund"):
        await stored(store, a_card_refund(attempt, refund_number=refund.refund_number))


async def test_a_transfer_is_saved_once_for_each_revision(store: SqlStore) -> None:
    refund = a_card_refund(await a_stored_attempt(store))
    await stored(store, refund)
    changed = replace(
        refund,
        state=RefundAttemptState.DONE,
        reference="127",
        code="0",
        sent_at=NOW + SECOND,
        finished_at=NOW + 2 * SECOND,
        next_step_at=None,
        unanswered_calls=3,
    )
    async with store.open_unit() as uow:
        saved = await uow.card_refunds.save(changed)
        assert saved == replace(changed, revision=1)
        assert await uow.card_refunds.get(refund.id) == saved
        with pytest.raises(Conflict, match="card_refund"):
            await uow.card_refunds.save(changed)
        assert await uow.card_refunds.list_open(9) == []


async def test_open_transfers_are_listed_oldest_first(store: SqlStore) -> None:
    attempt = await a_stored_attempt(store)
    done = a_card_refund(attempt, state=RefundAttemptState.DONE, next_step_at=None)
    old, new = a_card_refund(attempt, state=RefundAttemptState.UNKNOWN), a_card_refund(attempt, created_at=NOW + SECOND)
    await stored(store, done, old, new)
    async with store.open_unit(write=False) as uow:
        assert await uow.card_refunds.list_open(9) == [old, new]
        assert await uow.card_refunds.list_open(1) == [old]
        assert await uow.card_refunds.list_open(9, NOW + SECOND) == [old]


async def test_a_claim_of_a_transfer_is_renewed_by_its_holder_alone(store: SqlStore) -> None:
    attempt = await a_stored_attempt(store)
    held, given_up = a_card_refund(attempt, next_step_at=NOW - SECOND), a_card_refund(attempt)
    await stored(store, held, given_up)
    assert await claim(store, "holder", lease=timedelta(0)) == held.id
    async with store.open_unit() as uow:
        repository = uow.card_refunds
        assert await repository.claim(given_up.id, "holder", timedelta(0))
        await repository.release_claim(given_up.id, "holder")
        assert await repository.renew_claims([held.id, given_up.id], "another", LEASE) == 0
        assert await repository.renew_claims([held.id, given_up.id], "holder", LEASE) == 1
    assert [await claim(store, token) for token in ("next", "last")] == [given_up.id, None]


async def test_of_many_who_claim_each_gets_another_one_that_is_due(store: SqlStore, other_store: SqlStore) -> None:
    attempt = await a_stored_attempt(store)
    due = [a_card_refund(attempt, next_step_at=NOW - waited * SECOND) for waited in (9, 5, 0)]
    others = (
        a_card_refund(attempt, next_step_at=NOW + SECOND),
        a_card_refund(attempt, next_step_at=None),
        a_card_refund(attempt, gateway="saman"),
    )
    await stored(store, *due[::-1], *others)
    assert await claim(store, "first") == due[0].id
    claimed = await asyncio.gather(*(claim(one, f"{number}") for number, one in enumerate([store, other_store] * 2)))
    assert sorted(filter(None, claimed)) == sorted(one.id for one in due[1:])


async def test_a_claim_ends_by_itself_and_is_given_up_by_its_holder_alone(store: SqlStore) -> None:
    refund = a_card_refund(await a_stored_attempt(store))
    await stored(store, refund)
    assert await claim(store, "dead", timedelta(0)) == refund.id
    assert await claim(store, "ahead", timedelta(days=365)) == refund.id
    assert await claim(store, "alive") == refund.id
    async with store.open_unit() as uow:
        assert not await uow.card_refunds.release_claim(refund.id, "dead")
        assert await uow.card_refunds.claim(refund.id, "third", LEASE) is None
    async with store.open_unit() as uow:
        assert await uow.card_refunds.release_claim(refund.id, "alive")
        assert await uow.card_refunds.claim(refund.id, "third", LEASE) == refund
        assert await uow.card_refunds.claim(refund.id + 1, "third", LEASE) is None


async def test_history_is_appended(store: SqlStore) -> None:
    refund = a_card_refund(await a_stored_attempt(store))
    await stored(store, refund)
    events = [
        RefundAttemptEvent(refund.id, number, NOW, event, RefundAttemptState.SENT, code, {"by": "staff:revenue"})
        for number, event, code in ((1, "requested", None), (2, "sent", "0"))
    ]
    async with store.open_unit() as uow:
        for event in reversed(events):
            await uow.card_refunds.add_event(event)
    async with store.open_unit(write=False) as uow:
        assert await uow.card_refunds.list_events(refund.id) == events
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.card_refunds.add_event(replace(events[0], event="rewritten"))


async def test_a_refund_names_the_transfer_that_carries_it(store: SqlStore) -> None:
    attempt = await a_stored_attempt(store)
    carrier = a_card_refund(attempt)
    await stored(store, carrier)
    async with store.open_unit() as uow:
        refund = a_refund(await uow.bills.get(attempt.shares[0].bill_row_id))
        await uow.bills.add_refund(refund)
        refund.card_refund_id, refund.to_card = carrier.id, True
        await uow.bills.save_refund(refund)
        [kept] = await uow.bills.list_refunds(refund.bill_id)
    assert (kept, kept.is_on_its_way, kept.is_free) == (refund, True, False)


async def test_a_new_transfer_wakes_what_sends_it(database_url: str) -> None:
    woken: list[str] = []
    store = await SqlStore.connect(database_url, woken.extend)
    await stored(store, a_card_refund(await a_stored_attempt(store)))
    await store.close()
    assert woken == ["card_refunds"]
