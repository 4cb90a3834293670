"""The repositories of counter offices and of their calls, on every engine, with two processes at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.bills.bill import PaymentMethod, PaymentOutcome
from domain.idempotency.ports import RecordedOperation
from domain.offices.office import CommissionRule, CounterPayment, Office, OfficeKey
from domain.requests.request import RequestFilter
from domain.unit_of_work import UnitOfWork
from domain.values.errors import Conflict, NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_payment, a_request, new_id

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Opening = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


def an_office(code: str = "1001", **changes: Any) -> Office:
    """An office with an old and a new key."""
    keys = (OfficeKey("sealed-old", NOW - DAY, NOW + HOUR), OfficeKey("sealed-new", NOW, None))
    office = Office(code, "دفتر پیشخوان گمیشان", f"office-{code}", keys, ("10.0.0.0/8", "::1/128"), True, {}, NOW)
    return replace(office, **changes)


def a_rule(**changes: Any) -> CommissionRule:
    """Two percent and 50,000 rials a request, of every office and service."""
    rule = CommissionRule(
        id=new_id(),
        office=None,
        service=None,
        per_request=50_000,
        share_bp=200,
        valid_from=date(2026, 3, 21),
        valid_to=None,
        made_by="staff:revenue",
        made_at=NOW,
    )
    return replace(rule, **changes)


async def begin(uow: UnitOfWork, call_id: str = "a-1", **changes: Any) -> RecordedOperation | None:
    """Begin a call of an office."""
    values: dict[str, Any] = {
        "digest": "d1",
        "operation": "SubmitMachineryRequest",
        "expires_at": NOW + DAY,
        "now": NOW,
    }
    return await uow.idempotency_keys.begin("1001", call_id, **values | changes)


async def test_an_office_is_kept_whole(store: SqlStore) -> None:
    office, other = an_office(), an_office("2", keys=(), networks=(), active=False)
    async with store.open_unit() as uow:
        await uow.offices.save(other)
        await uow.offices.save(office)
        assert await uow.offices.get_by_code("1001") == office
        assert await uow.offices.get_by_code("1001", lock=True) == office
        assert await uow.offices.find_by_username("office-2") == other
        assert await uow.offices.find_by_username("office-2", lock=True) == other
        assert await uow.offices.find_by_username("nobody") is None
        assert await uow.offices.list_all() == [office, other]
        with pytest.raises(NotFound, match="office"):
            await uow.offices.get_by_code("3")


async def test_a_known_office_is_changed(store: SqlStore) -> None:
    office = an_office()
    changed = replace(office, name="نام تازه", username="x", keys=(), active=False, locks={"10.1.1.1": NOW.isoformat()})
    async with store.open_unit() as uow:
        await uow.offices.save(office)
        await uow.offices.save(replace(changed, created_at=NOW + DAY))
        assert await uow.offices.list_all() == [changed]


async def test_a_user_name_is_one_offices(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.offices.save(an_office())
        with pytest.raises(Conflict, match="username"):
            await uow.offices.save(an_office("2", username="office-1001"))
        assert [one.code for one in await uow.offices.list_all()] == ["1001"]


async def test_a_rule_is_closed_before_the_next_opens(store: SqlStore) -> None:
    rule, of_office = a_rule(), a_rule(office="1001", service="machinery")
    following = a_rule(valid_from=date(2027, 3, 21))
    async with store.open_unit() as uow:
        await uow.offices.add_rule(of_office)
        await uow.offices.add_rule(rule)
        assert await uow.offices.list_rules() == [rule, of_office]
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.offices.add_rule(following)
    async with store.open_unit() as uow:
        await uow.offices.close_rule(rule.id, following.valid_from)
        await uow.offices.add_rule(following)
        assert await uow.offices.list_rules() == [replace(rule, valid_to=following.valid_from), following, of_office]
        with pytest.raises(NotFound, match="rule"):
            await uow.offices.close_rule(1, following.valid_from)


async def test_a_withdrawn_rule_is_kept_and_its_day_is_free(store: SqlStore) -> None:
    wrong, right = a_rule(share_bp=1), a_rule(share_bp=2)
    async with store.open_unit() as uow:
        for rule in (wrong, right):
            await uow.offices.add_rule(rule)
            await uow.offices.withdraw_rule(rule.id)
        await uow.offices.add_rule(last := a_rule(valid_to=date(2027, 3, 21)))
        await uow.offices.close_rule(last.id, None)
        gone = [replace(one, valid_to=one.valid_from) for one in (wrong, right)]
        assert await uow.offices.list_rules() == [*gone, replace(last, valid_to=None)]
        with pytest.raises(NotFound, match="rule"):
            await uow.offices.withdraw_rule(1)


async def test_the_ledger_knows_the_office(store: SqlStore) -> None:
    mine = [a_request(office="1001"), a_request(office="1001", service="expert"), a_request(office="1001")]
    late, other = a_request(office="1001", created_at=NOW + HOUR), a_request(office="1002")
    bill, duty = a_bill(subject_id=mine[1].id), a_bill(subject_kind="duty", subject_id=5)
    paid = a_payment(bill, method=PaymentMethod.POS, reference="1001/77", office="1001")
    surplus = a_payment(
        duty, method=PaymentMethod.POS, reference="1001/78", office="1001", outcome=PaymentOutcome.SURPLUS
    )
    async with store.open_unit() as uow:
        for request in (*mine, late, other, a_request()):
            await uow.requests.add(request)
        for one in (bill, duty):
            await uow.bills.add(one)
        for payment in (paid, surplus, a_payment(bill), a_payment(bill, reference="9", at=NOW + HOUR, office="1001")):
            await uow.bills.add_payment(payment)
        assert await uow.bills.find_payment(PaymentMethod.POS, "1001/77") == paid
        assert await uow.offices.count_requests("1001", NOW, NOW + HOUR) == {"machinery": 2, "expert": 1}
        assert await uow.offices.count_requests("1001", NOW + HOUR, NOW + DAY) == {"machinery": 1}
        assert await uow.offices.list_payments("1001", NOW, NOW + HOUR) == [
            CounterPayment(NOW, bill.bill_id, "expert", bill.amount, "77", PaymentOutcome.SETTLED),
            CounterPayment(NOW, duty.bill_id, "duty", duty.amount, "78", PaymentOutcome.SURPLUS),
        ]
        assert await uow.offices.list_payments("1002", NOW, NOW + DAY) == []


async def test_an_offices_requests_are_listed(store: SqlStore) -> None:
    early, late = a_request(office="1001"), a_request(office="1001", created_at=NOW + HOUR)
    other = a_request(office="1002")
    async with store.open_unit() as uow:
        for request in (early, late, other):
            await uow.requests.add(request)
        for wanted, found in (
            (RequestFilter(office="1001"), [late, early]),
            (RequestFilter(office="1001", created_to=NOW + HOUR), [early]),
            (RequestFilter(office="1001", created_from=NOW + HOUR), [late]),
            (RequestFilter(created_from=NOW, created_to=NOW + HOUR), [other, early]),
            (RequestFilter(office="3"), []),
        ):
            assert await uow.requests.list_requests(wanted) == found


async def test_a_call_acts_once_and_answers_the_same(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert await begin(uow) is None
        await uow.idempotency_keys.save_answer("1001", "a-1", "<پاسخ/>")
    async with store.open_unit() as uow:
        first = RecordedOperation("d1", "SubmitMachineryRequest", "<پاسخ/>")
        assert await begin(uow) == first
        assert await begin(uow, digest="d2", operation="CancelRequest") == first
        assert await begin(uow, "a-2") is None
        assert await uow.idempotency_keys.begin("1002", "a-1", "d1", "SubmitMachineryRequest", NOW + DAY, NOW) is None


async def test_a_call_whose_time_is_over_is_new(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await begin(uow)
        await uow.idempotency_keys.save_answer("1001", "a-1", "old")
    later: dict[str, Any] = {"now": NOW + DAY, "expires_at": NOW + 2 * DAY}
    async with store.open_unit() as uow:
        assert await begin(uow, digest="d2", **later) is None
        assert await begin(uow, digest="d2", **later) == RecordedOperation("d2", "SubmitMachineryRequest", None)


async def test_calls_and_nonces_are_looked_up_without_taking_them(store: SqlStore) -> None:
    async with store.open_unit(write=False) as uow:
        assert await uow.idempotency_keys.find("1001", "a-1", NOW) is None
        assert not await uow.office_nonces.is_taken("1001", "n")
    async with store.open_unit() as uow:
        await begin(uow)
        await uow.office_nonces.take("1001", "n", NOW + HOUR)
    async with store.open_unit(write=False) as uow:
        assert await uow.idempotency_keys.find("1001", "a-1", NOW) == RecordedOperation(
            "d1", "SubmitMachineryRequest", None
        )
        assert await uow.idempotency_keys.find("1001", "a-1", NOW + DAY) is None, "its time is over"
        assert await uow.idempotency_keys.find("1002", "a-1", NOW) is None
        taken = [await uow.office_nonces.is_taken(*key) for key in (("1001", "n"), ("1001", "m"), ("1002", "n"))]
        assert taken == [True, False, False]


async def test_what_fails_was_never_called(store: SqlStore) -> None:
    with suppress(ZeroDivisionError):
        async with store.open_unit() as uow:
            await begin(uow)
            _ = 1 / 0
    async with store.open_unit() as uow:
        assert await begin(uow) is None


@asynccontextmanager
async def entered(opening: Opening, inside: asyncio.Event, go_on: asyncio.Event) -> AsyncIterator[UnitOfWork]:
    """A unit that says when its block is done, and ends when it is told to."""
    async with opening() as uow:
        yield uow
        inside.set()
        await go_on.wait()


@pytest.mark.parametrize("fails", [False, True])
async def test_the_same_call_at_once_waits_for_the_first(store: SqlStore, other_store: SqlStore, fails: bool) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with entered(store.open_unit, inside, go_on) as uow:
            assert await begin(uow) is None
            await uow.idempotency_keys.save_answer("1001", "a-1", "the answer")

    async def second() -> RecordedOperation | None:
        async with other_store.open_unit() as uow:
            return await begin(uow)

    one = asyncio.create_task(first())
    await inside.wait()
    two = asyncio.create_task(second())
    await asyncio.sleep(0.05)
    assert not two.done()
    if fails:
        one.cancel()
    else:
        go_on.set()
    await asyncio.gather(one, return_exceptions=True)
    assert await two == (None if fails else RecordedOperation("d1", "SubmitMachineryRequest", "the answer"))


async def test_of_many_calls_at_once_one_acts(store: SqlStore, other_store: SqlStore) -> None:
    async def call(number: int) -> bool:
        async with (store if number % 2 else other_store).open_unit() as uow:
            known = await begin(uow)
            if known is None:
                await uow.requests.add(a_request(office="1001"))
                await uow.idempotency_keys.save_answer("1001", "a-1", "made")
            else:
                assert known.answer == "made"
        return known is None

    assert sum(await asyncio.gather(*map(call, range(12)))) == 1
    async with store.open_unit(write=False) as uow:
        assert len(await uow.requests.list_requests(RequestFilter(office="1001"))) == 1


async def test_of_many_renewals_at_once_one_acts(store: SqlStore, other_store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await begin(uow)

    async def call(number: int) -> bool:
        async with (store if number % 2 else other_store).open_unit() as uow:
            return await begin(uow, now=NOW + DAY, expires_at=NOW + 2 * DAY) is None

    assert sum(await asyncio.gather(*map(call, range(12)))) == 1


async def test_a_nonce_is_taken_once_in_any_process(store: SqlStore, other_store: SqlStore) -> None:
    async def take(number: int) -> bool:
        async with (store if number % 2 else other_store).open_unit() as uow:
            return await uow.office_nonces.take("1001", "n", NOW + HOUR)

    assert sum(await asyncio.gather(*map(take, range(12)))) == 1
    async with store.open_unit() as uow:
        assert await uow.office_nonces.take("1002", "n", NOW + HOUR)
        assert await uow.office_nonces.take("1001", "m", NOW + HOUR)


async def test_what_is_over_is_swept(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for number in range(3):
            await begin(uow, str(number), expires_at=NOW + number * HOUR)
            await uow.office_nonces.take("1001", str(number), NOW + number * HOUR)
    async with store.open_unit() as uow:
        for keys in (uow.idempotency_keys, uow.office_nonces):
            swept = [await keys.delete_expired(NOW + HOUR, limit) for limit in (1, 10, 10)]
            assert swept == [1, 1, 0]
        assert await uow.office_nonces.take("1001", "1", NOW + HOUR)
        assert not await uow.office_nonces.take("1001", "2", NOW + HOUR)
        assert await begin(uow, "2") is not None


async def test_answers_about_an_erased_request_are_erased(store: SqlStore) -> None:
    request = a_request(office="1001")
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for office, call_id, answer in (
            ("1001", "a-1", f"<c>{request.code}</c>"),
            ("1001", "a-2", "<c>1</c>"),
            ("2", "a-1", request.code),
        ):
            await uow.idempotency_keys.begin(office, call_id, "d", "GetRequest", NOW + DAY, NOW)
            await uow.idempotency_keys.save_answer(office, call_id, answer)
        await uow.personal_data.erase_request(request.id, NOW)
        kept = [await begin(uow, call_id, operation="GetRequest") for call_id in ("a-1", "a-2")]
        assert [one.answer for one in kept if one] == [None, "<c>1</c>"]
        other = await uow.idempotency_keys.begin("2", "a-1", "d", "GetRequest", NOW + DAY, NOW)
        assert other == RecordedOperation("d", "GetRequest", request.code)
