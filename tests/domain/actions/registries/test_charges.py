"""Duties and fines: billed once, paid by the two ids, waived; whom they concern is told."""

import pytest

from domain.actions.bills import pay
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.context import ActionContext, ActorContext
from domain.actions.registries.charges import bill_and_notify, issue_row_bill, waive_and_notify, waive_row
from domain.bills.bill import Bill, BillState, PaymentMethod, PaymentOutcome
from domain.blocks.billing import BillingContext
from domain.registries.declarations import DUTY, REWARD, VIOLATION, Registry
from domain.registries.rows import RegistryRow
from domain.values.actors import Role
from domain.values.errors import (
    AlreadyDone,
    AmountMismatch,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
    NotFound,
    PaymentUnknown,
)
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE, a_duty, a_violation, furnish, give

ANNULLED = {"standing": "annulled"}


@pytest.fixture(autouse=True)
async def _organisation(town: Municipality) -> None:
    """The taxis that owe."""
    await furnish(town)


async def billed(town: Municipality, row: RegistryRow, registry: Registry = DUTY) -> Bill:
    """Bill a row."""
    async with town.store.open_unit() as uow:
        till = BillingContext(town.desk.ids, town.desk.policy, town.clock.at)
        return await issue_row_bill(uow, till, registry, row.id, "staff:revenue")


async def paid(town: Municipality, bill: Bill, reference: str = "1", amount: int | None = None) -> pay.RecordedPayment:
    """Record a slip."""
    ids, rials = (bill.bill_id, bill.payment_id), bill.amount if amount is None else amount
    async with town.store.open_unit() as uow:
        return await pay.record_payment(
            ActorContext(town.desk, uow, actor(Role.REVENUE)), ids, rials, PaymentMethod.SLIP, reference, surplus=True
        )


async def let_off(town: Municipality, row: RegistryRow, registry: Registry = DUTY) -> RegistryRow:
    """Waive a row."""
    async with town.store.open_unit() as uow:
        return await waive_row(uow, registry, row.id, "جانباز", "staff:revenue", town.clock.at)


async def stored(town: Municipality, row: RegistryRow) -> RegistryRow:
    """The row as it stands."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.registries.get_row(row.registry, row.id)


async def bills_of(town: Municipality, row: RegistryRow) -> list[Bill]:
    """The bills of a row."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.bills.list_of_subject(row.registry, row.id)


async def test_a_duty_is_billed_once(town: Municipality) -> None:
    row = await a_duty(town)
    bill = await billed(town, row)
    assert (bill.amount, bill.subject_kind, bill.subject_id, bill.deadline) == (2_500_000, "duty", row.id, None)
    assert bill.explanation["vehicle"] == "12ت345-59"
    again = await billed(town, row)
    assert again == bill
    after = await stored(town, row)
    assert (after.values["state"], after.data["bill_id"]) == ("billed", bill.bill_id)


async def test_a_paid_bill_marks_its_duty_and_tells_the_owner(town: Municipality) -> None:
    row = await a_duty(town)
    settled = await paid(town, await billed(town, row))
    assert (settled.payment.outcome, settled.outcome) == (PaymentOutcome.SETTLED, None)
    assert (await stored(town, row)).values["state"] == "paid"
    [told] = await town.sent(OWNER_MOBILE)
    assert (told.key, told.cls) == ("registries.duty.notices.paid", "receipt")
    assert told.text == "شهرداری گمیشان\nعوارض سال ۱۴۰۵ تاکسی ۱۲ت۳۴۵-۵۹ به مبلغ ۲٬۵۰۰٬۰۰۰ ریال پرداخت شد. سپاسگزاریم."
    async with town.store.open_unit(write=False) as uow:
        last = (await uow.registries.list_changes("duty", row.id))[-1]
    assert (last.changed_by, last.values_before, last.values_after) == (
        "staff:revenue",
        {"state": "billed"},
        {"state": "paid"},
    )
    with pytest.raises(AlreadyDone):
        await billed(town, row)


async def test_a_fine_is_paid_by_its_driver(town: Municipality) -> None:
    row = await a_violation(town)
    await paid(town, await billed(town, row, VIOLATION))
    assert (await stored(town, row)).values["state"] == "paid"
    [told] = await town.sent(DRIVER_MOBILE)
    assert told.text == "شهرداری گمیشان\nجریمه تخلف جمعه ۲۹ آبان به مبلغ ۵۰۰٬۰۰۰ ریال پرداخت شد. سپاسگزاریم."


async def test_what_comes_twice_is_surplus(town: Municipality) -> None:
    row = await a_duty(town)
    bill = await billed(town, row)
    await paid(town, bill)
    assert (await paid(town, bill, "2")).payment.outcome is PaymentOutcome.SURPLUS
    async with town.store.open_unit(write=False) as uow:
        assert [one.reason for one in await uow.bills.list_refunds(bill.id)] == ["surplus_payment"]
    assert town.rows("SELECT what, actor FROM audit") == [("surplus_payment", "staff:revenue")]
    assert [text.key for text in await town.sent(OWNER_MOBILE)][-1] == "sms.paid_twice"


async def test_a_wrong_amount_changes_nothing(town: Municipality) -> None:
    row = await a_duty(town)
    with pytest.raises(AmountMismatch):
        await paid(town, await billed(town, row), amount=1000)
    assert (await stored(town, row)).values["state"] == "billed"


async def test_a_duty_is_waived_with_its_bill(town: Municipality) -> None:
    row, other = await a_duty(town), await a_duty(town, year=1404)
    await billed(town, row)
    for one in (row, other):
        after = await let_off(town, one)
        assert (after.values["state"], after.data["reason"]) == ("waived", "جانباز")
    [bill] = await bills_of(town, row)
    assert (bill.state, bill.note, bill.settled_at) == (BillState.WAIVED, "جانباز", town.clock.at)
    assert await bills_of(town, other) == []
    for again in (let_off, billed):
        with pytest.raises(AlreadyDone):
            await again(town, row)


async def test_a_payment_under_way_is_not_waived(town: Municipality) -> None:
    row = await a_duty(town)
    bill = await billed(town, row)
    async with town.store.open_unit() as uow:
        bill.state = BillState.PAYING
        await uow.bills.save(bill)
    with pytest.raises(PaymentUnknown):
        await let_off(town, row)
    assert (await stored(town, row)).values["state"] == "billed"


async def test_what_cannot_be_billed(town: Municipality) -> None:
    row = await a_violation(town, fine=None)
    with pytest.raises(NotAllowedNow, match="no_charge"):
        await billed(town, row, VIOLATION)
    with pytest.raises(NotFound):
        async with town.store.open_unit() as uow:
            await waive_row(uow, DUTY, 1, "x", "staff:revenue", town.clock.at)
    [reward] = await give(town, "reward", {"driver": "0790419904", "date": "2026-11-20", "kind": "help"})
    with pytest.raises(ValueError, match="reward"):
        await billed(town, reward.row, REWARD)
    odd = await a_duty(town, amount=1500, year=1403)  # reading a sheet would have refused it
    with pytest.raises(InvalidField, match="not_thousands"):
        await billed(town, odd)
    assert (await stored(town, odd)).values["state"] == "open"


async def test_every_subject_says_whom_and_what_it_concerns(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    of_request = (await town.bills(code))[-1]
    of_duty = await billed(town, await a_duty(town))
    of_fine = await billed(town, await a_violation(town), VIOLATION)
    found = []
    async with town.store.open_unit() as uow:
        for bill in (of_request, of_duty, of_fine):
            subject = SUBJECTS[bill.subject_kind]
            await subject.lock_subject(uow, bill)
            found.append(
                (await subject.find_mobile(uow, bill), await subject.render_title(ActionContext(town.desk, uow), bill))
            )
    assert found == [
        ("+989121234567", "کارکرد ماشین‌آلات"),
        (OWNER_MOBILE, "عوارض تاکسی"),
        (DRIVER_MOBILE, "جریمه تخلف تاکسی"),
    ]


async def test_a_fine_is_billed_and_its_driver_told_once(town: Municipality) -> None:
    row = await a_violation(town)
    async with town.store.open_unit() as uow:
        bill = await bill_and_notify(ActorContext(town.desk, uow, actor(Role.TAXI_OFFICER)), VIOLATION, row.id)
        again = await bill_and_notify(ActorContext(town.desk, uow, actor(Role.REVENUE)), VIOLATION, row.id)
    assert again.id == bill.id
    [told] = await town.sent(DRIVER_MOBILE)
    assert told.key == "registries.violation.notices.billed"
    assert all(word in told.text for word in (bill.bill_id, bill.payment_id, "۵۰۰٬۰۰۰ ریال", "کرایه بیش از نرخ"))
    with pytest.raises(Forbidden):
        async with town.store.open_unit() as uow:
            await bill_and_notify(ActorContext(town.desk, uow, actor(Role.CIVIL)), VIOLATION, row.id)


async def test_a_waiver_is_revenues_and_told(town: Municipality) -> None:
    fine, duty = await a_violation(town), await a_duty(town)
    with pytest.raises(Forbidden):
        async with town.store.open_unit() as uow:
            await waive_and_notify(ActorContext(town.desk, uow, actor(Role.TAXI_OFFICER)), VIOLATION, fine.id, "جوانی")
    with pytest.raises(MissingField):
        async with town.store.open_unit() as uow:
            await waive_and_notify(ActorContext(town.desk, uow, actor(Role.REVENUE)), VIOLATION, fine.id, " ")
    for row, registry in ((fine, VIOLATION), (duty, DUTY)):
        async with town.store.open_unit() as uow:
            done = await waive_and_notify(ActorContext(town.desk, uow, actor(Role.REVENUE)), registry, row.id, "جانباز")
        assert done.values["state"] == "waived"
    assert await town.keys(DRIVER_MOBILE) == await town.keys(OWNER_MOBILE) == ["waived"]


async def test_an_annulled_violation_is_not_billed(town: Municipality) -> None:
    row = await a_violation(town)
    await give(town, "violation", {name: row.values[name] for name in ("driver", "date", "kind")} | ANNULLED)
    with pytest.raises(NotAllowedNow, match="annulled"):
        await billed(town, row, VIOLATION)
    assert await bills_of(town, row) == []


async def test_a_billed_violation_is_annulled_after_its_bill_was_waived(town: Municipality) -> None:
    row = await a_violation(town)
    await billed(town, row, VIOLATION)
    wrong = {name: row.values[name] for name in ("driver", "date", "kind")} | ANNULLED
    with pytest.raises(NotAllowedNow, match="annul_billed"):
        await give(town, "violation", wrong)
    await let_off(town, row, VIOLATION)
    [done] = await give(town, "violation", wrong)
    assert (done.row.values["state"], done.row.values["standing"]) == ("waived", "annulled")
