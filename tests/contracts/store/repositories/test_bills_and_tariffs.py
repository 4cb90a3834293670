"""The repositories of bills, payments, refunds and tariffs, on every engine."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.bills.bill import Bill, BillState, PaymentMethod, RefundState
from domain.tariffs.tariff import ProposalState, ProposedTariff
from domain.unit_of_work import Store
from domain.values.actors import Role
from domain.values.errors import BillNotFound, Conflict, NotFound, Unavailable
from store.bills import bills as module
from store.unit_of_work import SqlStore
from tests.support.factories import BIG, NOW, a_bill, a_member, a_payment, a_refund, a_tariff, new_id


async def stored(store: Store, **changes: object) -> Bill:
    """A bill that is in the store."""
    bill = a_bill(**changes)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
    return bill


async def test_file_numbers_are_drawn_once_each(store: SqlStore, other_store: SqlStore) -> None:
    async def draw(through: Store) -> int:
        async with through.open_unit() as uow:
            return await uow.bills.next_file_number()

    numbers = await asyncio.gather(*(draw(one) for one in [store, other_store] * 10))
    assert sorted(numbers) == list(range(1, 21))


async def test_file_numbers_end_with_a_clear_error(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HIGHEST_FILE_NUMBER", 1)
    async with store.open_unit() as uow:
        assert await uow.bills.next_file_number() == 1
        with pytest.raises(Unavailable, match="file_number"):
            await uow.bills.next_file_number()


async def test_a_bill_is_found_by_each_of_its_names(store: SqlStore) -> None:
    bill, later = await stored(store), await stored(store)
    async with store.open_unit() as uow:
        assert await uow.bills.get(bill.id) == bill
        assert await uow.bills.get_by_bill_id(bill.bill_id) == bill
        assert await uow.bills.get_by_bill_id(bill.bill_id, lock=True) == bill
        assert await uow.bills.list_of_subject("request", BIG) == [bill, later]
        assert await uow.bills.list_of_subject("duty", BIG) == []
        for lookup in (uow.bills.get(1), uow.bills.get_by_bill_id("1")):
            with pytest.raises(BillNotFound):
                await lookup


async def test_a_bill_id_is_never_used_twice(store: SqlStore) -> None:
    bill = await stored(store)
    for again in (a_bill(bill_id=bill.bill_id), a_bill(file_number=bill.file_number)):
        with pytest.raises(Conflict):
            async with store.open_unit() as uow:
                await uow.bills.add(again)


async def test_a_payment_and_an_expiry_never_overwrite_each_other(store: SqlStore, other_store: SqlStore) -> None:
    bill = await stored(store)
    paid, expired = replace(bill), replace(bill)
    async with store.open_unit() as uow:
        paid.state, paid.settled_at, paid.note, paid.deadline = BillState.PAID, NOW, "فیش", NOW + timedelta(1)
        await uow.bills.save(paid)
    expired.state = BillState.EXPIRED
    with pytest.raises(Conflict):
        async with other_store.open_unit() as uow:
            await uow.bills.save(expired)
    async with store.open_unit() as uow:
        assert await uow.bills.get(bill.id) == paid
        paid.state = BillState.REFUND_DUE
        await uow.bills.save(paid)
    assert paid.revision == 2


async def test_a_reference_is_recorded_once_a_method(store: SqlStore) -> None:
    bill = await stored(store)
    first, second = a_payment(bill), a_payment(bill, method=PaymentMethod.POS)
    async with store.open_unit() as uow:
        await uow.bills.add_payment(first)
        await uow.bills.add_payment(second)
        with pytest.raises(Conflict, match="reference"):
            await uow.bills.add_payment(a_payment(bill))
        assert await uow.bills.find_payment(PaymentMethod.SLIP, "778899") == first
        assert await uow.bills.find_payment(PaymentMethod.SLIP, "1") is None
        assert await uow.bills.list_payments(bill.id) == [first, second]


async def test_references_of_terminals_repeat_and_rrns_do_not(store: SqlStore) -> None:
    bill = await stored(store)
    pos: dict[str, Any] = {"method": PaymentMethod.POS, "reference": "1001/000123", "office": "1001"}
    bare, told = a_payment(bill, **pos), a_payment(bill, **pos, rrn="433812345678", terminal_id="7", paid_at=NOW)
    later = a_payment(bill, **pos, at=NOW + timedelta(days=1))
    async with store.open_unit() as uow:
        for one in (bare, told, later):
            await uow.bills.add_payment(one)
        for again in (bare, told, later, replace(told, reference="1001/9")):
            with pytest.raises(Conflict, match="reference"):
                await uow.bills.add_payment(replace(again, id=a_payment(bill).id))
        assert await uow.bills.list_payments_like(bare) == [bare, told, later]
        assert await uow.bills.list_payments_like(replace(told, reference="1001/9")) == [told]
        assert await uow.bills.list_payments_like(replace(told, reference="1002/9", office="1002")) == []


async def test_money_goes_back_once(store: SqlStore) -> None:
    bill = await stored(store)
    refund, other = a_refund(bill), a_refund(bill, reason="surplus_payment")
    async with store.open_unit() as uow:
        await uow.bills.add_refund(refund)
        await uow.bills.add_refund(other)
        refund.iban = "IR060120000000000000000001"
        await uow.bills.save_refund(refund)
        refund.state, refund.refunded_at = RefundState.REFUNDED, NOW
        await uow.bills.save_refund(refund)
        assert await uow.bills.list_refunds(bill.id) == [refund, other]
        with pytest.raises(Conflict, match="refund"):
            await uow.bills.save_refund(refund)


async def test_tariffs_are_listed_by_service_dimensions_and_age(store: SqlStore) -> None:
    old = a_tariff(valid_from=date(2025, 3, 21), valid_to=date(2026, 3, 21))
    loader = a_tariff(dimensions={"machine": "loader", "band": "a"})
    grader, expert = a_tariff(dimensions={"machine": "grader"}), a_tariff(service="expert", dimensions={})
    async with store.open_unit() as uow:
        for row in (loader, old, grader, expert):
            await uow.tariffs.add(row)
        assert await uow.tariffs.list_of_service("machinery") == [old, loader, grader]
        assert {row.id for row in await uow.tariffs.list_all()} == {row.id for row in (loader, old, grader, expert)}
        assert (await uow.tariffs.list_all())[0] == expert


async def test_a_price_is_closed_before_the_next_opens(store: SqlStore) -> None:
    row = a_tariff(dimensions={"machine": "loader", "band": "a"})
    following = a_tariff(dimensions={"band": "a", "machine": "loader"}, valid_from=date(2027, 3, 21))
    async with store.open_unit() as uow:
        await uow.tariffs.add(row)
    with pytest.raises(Conflict):
        async with store.open_unit() as uow:
            await uow.tariffs.add(following)
    async with store.open_unit() as uow:
        await uow.tariffs.close_row(row.id, following.valid_from)
        await uow.tariffs.add(following)
        assert await uow.tariffs.list_all() == [replace(row, valid_to=following.valid_from), following]
        with pytest.raises(NotFound):
            await uow.tariffs.close_row(1, following.valid_from)


async def test_a_withdrawn_price_is_kept_and_its_day_is_free(store: SqlStore) -> None:
    first, second, third = (a_tariff(rate=rate) for rate in (1, 2, 3))
    other = a_tariff(dimensions={"machine": "grader"})
    async with store.open_unit() as uow:
        await uow.tariffs.add(other)
        for row in (first, second, third):
            await uow.tariffs.add(row)
            await uow.tariffs.withdraw_row(row.id)
        await uow.tariffs.withdraw_row(other.id)
        await uow.tariffs.add(last := a_tariff(rate=4, valid_to=date(2027, 3, 21)))
        await uow.tariffs.close_row(last.id, None)
        with pytest.raises(NotFound, match="tariff"):
            await uow.tariffs.withdraw_row(1)
        with pytest.raises(NotFound, match="tariff"):
            await uow.tariffs.get(1)
    gone = [replace(one, valid_to=one.valid_from) for one in (first, second, third)]
    async with store.open_unit(write=False) as uow:
        rows = await uow.tariffs.list_of_service("machinery")
        assert [one for one in rows if one.dimensions == first.dimensions] == [*gone, replace(last, valid_to=None)]
        assert await uow.tariffs.get(second.id) == gone[1]
        assert set(map(repr, rows)) == set(map(repr, await uow.tariffs.list_all()))


def a_proposal(**changes: Any) -> ProposedTariff:
    """A price of a loader that waits."""
    values: dict[str, Any] = {
        "id": new_id(),
        "service": "machinery",
        "dimensions": {"machine": "loader"},
        "unit": "hour",
        "rate": BIG,
        "minimum": 2,
        "vat_percent": 10,
        "valid_from": date(2026, 12, 1),
        "proposed_by": "revenue",
        "proposed_at": NOW,
    }
    return ProposedTariff(**values | changes)


async def test_a_proposed_price_waits_alone_and_is_decided(store: SqlStore) -> None:
    first, other = a_proposal(), a_proposal(dimensions={"machine": "crane"})
    async with store.open_unit() as uow:
        await uow.people.save_staff(a_member("revenue", Role.REVENUE))
        await uow.tariffs.add_proposal(first)
        await uow.tariffs.add_proposal(other)
        assert await uow.tariffs.list_pending() == [first, other]
        assert await uow.tariffs.get_proposal(first.id, lock=True) == first
        with pytest.raises(NotFound, match="proposal"):
            await uow.tariffs.get_proposal(1)
    async with store.open_unit() as uow:
        with pytest.raises(Conflict):
            async with uow.savepoint():
                await uow.tariffs.add_proposal(a_proposal())
        first.state, first.decided_by, first.decided_at = ProposalState.REJECTED, "staff:manager", NOW
        await uow.tariffs.save_proposal(first)
        assert await uow.tariffs.get_proposal(first.id) == first
        await uow.tariffs.add_proposal(again := a_proposal())
        assert await uow.tariffs.list_pending() == [other, again]
        assert await uow.tariffs.list_all() == []
