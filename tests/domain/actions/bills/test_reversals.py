"""A payment that was recorded wrongly is taken back, whatever became of it since; what was paid out stays."""

from datetime import datetime, timedelta

import pytest

from domain.actions.bills.refunds import approve_refund, record_refund
from domain.actions.bills.reversals import RecordedReversal, ReversalEffect, reverse_payment
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.registries.declarations import DUTY
from domain.registries.rules import ChargeState
from domain.requests.request import TimerKind
from domain.values.actors import Actor, Role
from domain.values.errors import (
    AlreadyDone,
    AmountMismatch,
    DomainError,
    DuplicateRequest,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
    NotFound,
)
from tests.domain.actions.registries.test_charges import billed, paid
from tests.support.municipality import CIVIL_OFFICER, FOUR_HOURS, NEIGHBOUR, Municipality, actor, clerk
from tests.support.scenarios.payment_rows import find_payment_row
from tests.support.scenarios.taxi_registries import OWNER_MOBILE, a_duty, furnish

IBAN, OTHER_IBAN = "IR910120000000100324200001", "IR580540105180021273113007"
WHY = "فیش برای قبض دیگری بود"


async def taken_back(
    town: Municipality, bill_id: str, reference: str, by: Role | Actor = Role.REVENUE, reason: str = WHY
) -> RecordedReversal:
    """Reverse a payment, as the page of its bill does."""
    who = actor(by) if isinstance(by, Role) else by
    async with town.store.open_unit() as uow:
        payment_row_id = await find_payment_row(uow, bill_id, reference)
        context = ActorContext(town.desk, uow, who)
        done = await reverse_payment(context, bill_id, payment_row_id, reason)
        if done.outcome:
            await announce_outcome(context, done.outcome)
    return done


async def bill_of(town: Municipality, code: str) -> str:
    """The id of a request's newest bill."""
    return (await town.bills(code))[-1].bill_id


async def refusal(town: Municipality, bill_id: str, reference: str, **how: object) -> tuple[type, str | None]:
    """Reason why a payment is not reversed; nothing changes by that."""
    with pytest.raises(DomainError) as refused:
        await taken_back(town, bill_id, reference, **how)  # type: ignore[arg-type]
    return type(refused.value), refused.value.reason


async def test_the_request_waits_for_its_money_again(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    first_deadline = (await town.bills(code))[0].deadline
    await town.pay(code, reference="77")
    town.advance(days=5)
    done = await taken_back(town, await bill_of(town, code), "۷۷")
    request, (bill,), (payment,) = await town.request(code), await town.bills(code), await town.payments(code)
    assert (done.consequence, request.state, bill.state, bill.settled_at) == (
        ReversalEffect.WAITING,
        "awaiting_payment",
        BillState.OPEN,
        None,
    )
    assert first_deadline is not None
    assert bill.deadline is not None
    assert bill.deadline > town.clock.at > first_deadline, "days to pay, anew"
    lag_ends_at = town.desk.calendar.add_banking_days(bill.deadline, town.desk.policy.settlement_banking_days)
    assert (await town.timers(code))[TimerKind.DEADLINE, "expire"] == lag_ends_at
    assert (payment.amount, payment.reversed_at) == (FOUR_HOURS, town.clock.at), "it stays in the books"
    *_, note, step = await town.history(code)
    assert (note.event, note.actor, note.note) == ("payment_reversed", "staff:revenue", WHY)
    assert (note.payload or {}).items() >= {"amount": FOUR_HOURS, "reference": "77", "bill_id": bill.bill_id}.items()
    assert (step.event, step.from_state, step.to_state) == ("await_payment", "paid", "awaiting_payment")
    told = (await town.sent())[-1]
    assert (told.key, bill.bill_id in told.text, bill.payment_id in told.text) == ("sms.payment_reversed", True, True)
    [(payment_row, amount, outcome, reason, by)] = town.rows(
        "SELECT payment_id, amount, outcome, reason, reversed_by FROM payment_reversals"
    )
    assert (payment_row, amount, outcome, reason, by) == (payment.id, FOUR_HOURS, "settled", WHY, "staff:revenue")


async def test_the_number_pays_the_bill_that_it_belongs_to(town: Municipality) -> None:
    wrong, right = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await town.pay(wrong, reference="77")
    with pytest.raises(DuplicateRequest):
        await town.pay(right, reference="77")
    await taken_back(town, await bill_of(town, wrong), "77")
    assert (await town.pay(right, reference="77")).payment.outcome is PaymentOutcome.SETTLED
    assert [(await town.request(code)).state for code in (wrong, right)] == ["awaiting_payment", "paid"]
    again = await town.pay(wrong, reference="78")
    assert (again.payment.outcome, (await town.request(wrong)).state) == (PaymentOutcome.SETTLED, "paid")


async def test_a_reversal_that_was_wrong_itself(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    bill_id = await bill_of(town, code)
    for _ in range(2):
        assert (await town.pay(code, reference="77")).payment.outcome is PaymentOutcome.SETTLED
        await taken_back(town, bill_id, "77")
    await town.pay(code, reference="77")
    assert [one.is_recorded for one in await town.payments(code)] == [False, False, True]
    assert await town.refunds(code) == []


async def test_who_and_what_is_refused(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    bill_id = await bill_of(town, code)
    await town.pay(code, reference="77")
    for role in (Role.CIVIL, Role.MANAGER, Role.AUDITOR, Role.ADMIN):
        assert await refusal(town, bill_id, "77", by=role) == (Forbidden, None)
    assert await refusal(town, bill_id, "77", by=clerk()) == (Forbidden, None)
    assert await refusal(town, bill_id, "77", reason=" \u2067 ") == (MissingField, None)
    assert await refusal(town, bill_id, "77", reason="ن" * 301) == (InvalidField, "too_long")
    assert await refusal(town, bill_id, "78") == (NotFound, "payment")
    assert (await town.request(code)).state == "paid"
    await taken_back(town, bill_id, "77")
    assert await refusal(town, bill_id, "77") == (AlreadyDone, "payment_reversed")
    assert (await town.keys()).count("payment_reversed") == 1


async def test_what_is_booked_stays_and_is_not_handed_over_unpaid(town: Municipality) -> None:
    code = await town.reach("scheduled")
    done = await taken_back(town, await bill_of(town, code), "slip-1")
    assert (done.consequence, (await town.request(code)).state) == (ReversalEffect.OWED, "scheduled")
    assert [one.key for one in await town.sent(CIVIL_OFFICER)][-1] == "staff.payment_reversed", "its unit hears of it"
    with pytest.raises(NotAllowedNow, match="bill_open"):
        await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await town.pay(code)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")


async def test_what_is_given_up_afterwards_leaves_no_bill_and_no_money(town: Municipality) -> None:
    code = await town.reach("scheduled")
    await taken_back(town, await bill_of(town, code), "slip-1")
    await town.do(code, "cancel", Role.CIVIL)
    assert [one.state for one in await town.bills(code)] == [BillState.VOID]
    assert await town.refunds(code) == []


async def test_what_was_given_up_before_gives_nothing_back(town: Municipality) -> None:
    """An invented payment, a cancellation, and money «due back»: reversed, nothing is."""
    code = await town.reach("paid")
    await town.do(code, "cancel", Role.CIVIL)
    assert [one.state for one in await town.refunds(code)] == [RefundState.DUE]
    done = await taken_back(town, await bill_of(town, code), "slip-1")
    assert (done.consequence, (await town.request(code)).state) == (ReversalEffect.ENDED, "cancelled")
    assert [one.state for one in await town.bills(code)] == [BillState.VOID]
    assert [one.state for one in await town.refunds(code)] == [RefundState.CANCELLED]
    assert (await town.keys())[-1] == "nothing_returned"
    async with town.store.open_unit() as uow:
        assert await uow.bills.count_due_back() == (0, 0)
        with pytest.raises(NotAllowedNow, match="no_refund"):
            await record_refund(
                ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), done.bill.bill_id, IBAN, "TR-1"
            )


async def test_work_that_was_done_is_owed(town: Municipality) -> None:
    code = await town.reach("handed_over")
    await town.do(code, "complete", Role.CIVIL, hours="3")
    assert [one.reason for one in await town.refunds(code)] == ["fewer_hours"]
    done = await taken_back(town, await bill_of(town, code), "slip-1")
    assert (done.consequence, (await town.request(code)).state) == (ReversalEffect.OWED, "completed")
    assert [one.state for one in await town.bills(code)] == [BillState.OPEN]
    assert [one.state for one in await town.refunds(code)] == [RefundState.CANCELLED]
    assert (await town.pay(code)).payment.outcome is PaymentOutcome.SETTLED


async def test_nineteen_invented_surpluses(town: Municipality) -> None:
    code = await town.reach("paid")
    bill_id = await bill_of(town, code)
    for number in range(19):
        with pytest.raises(NotAllowedNow, match="surplus_unsaid"):
            await town.pay(code, reference=f"invented-{number}", surplus=False)
    assert await town.refunds(code) == [], "nobody is taken for paying twice unasked"
    for number in range(3):
        await town.pay(code, reference=f"invented-{number}")
    assert await refusal(town, bill_id, "slip-1") == (NotAllowedNow, "surplus_first")
    for number in range(3):
        assert (await taken_back(town, bill_id, f"invented-{number}")).consequence is ReversalEffect.NOT_DUE
    assert {one.state for one in await town.refunds(code)} == {RefundState.CANCELLED}
    assert ([one.state for one in await town.bills(code)], (await town.request(code)).state) == (
        [BillState.PAID],
        "paid",
    )
    assert "nothing_returned" not in await town.keys(), "nobody was told of them"
    assert (await taken_back(town, bill_id, "slip-1")).consequence is ReversalEffect.WAITING


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
async def test_a_bill_that_was_closed_is_closed_again(town: Municipality, ending: str) -> None:
    code = await town.reach("awaiting_payment")
    if ending == "cancelled":
        await town.do(code, "cancel", Role.CIVIL)
    town.advance(days=6)
    await town.run_timers()
    [before] = await town.bills(code)
    for number in ("1", "2"):
        await town.pay(code, reference=number)
    assert [one.state for one in await town.bills(code)] == [BillState.REFUND_DUE]
    await taken_back(town, before.bill_id, "1")
    assert [one.state for one in await town.bills(code)] == [BillState.REFUND_DUE], "the other one is due yet"
    await taken_back(town, before.bill_id, "2")
    assert [one.state for one in await town.bills(code)] == [before.state]


async def test_what_was_paid_out_stays(town: Municipality) -> None:
    code = await town.reach("paid")
    bill_id = await bill_of(town, code)
    await town.pay(code, reference="late")
    async with town.store.open_unit() as uow:
        await record_refund(ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bill_id, IBAN, "TR-1")
    for reference in ("late", "slip-1"):
        assert await refusal(town, bill_id, reference) == (NotAllowedNow, "paid_out")
    assert await refusal(town, bill_id, "TR-1") == (NotFound, "payment"), "a transfer is no payment"


async def test_a_counters_payment(town: Municipality) -> None:
    """The revenue unit reverses it; a late repetition does not bring it back, and the right bill takes the number."""
    code, other = await town.reach("awaiting_payment"), await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    await town.pay(code, reference="123456", method=PaymentMethod.POS, by=Role.CLERK)
    async with town.store.open_unit(write=False) as uow:
        before = await uow.offices.list_payments("1001", *_today(town))
    done = await taken_back(town, await bill_of(town, code), "123456")
    assert (done.payment.reference, len(before)) == ("1001/123456", 1)
    async with town.store.open_unit(write=False) as uow:
        assert await uow.offices.list_payments("1001", *_today(town)) == [], "till and statement count it no more"
    with pytest.raises(DuplicateRequest, match="payment_reversed"):
        await town.pay(code, reference="123456", method=PaymentMethod.POS, by=Role.CLERK)
    await town.pay(other, reference="123456", method=PaymentMethod.POS, by=Role.CLERK)
    assert [(await town.request(one)).state for one in (code, other)] == ["awaiting_payment", "paid"]


async def test_a_counters_terminal_has_the_money_already(town: Municipality) -> None:
    code = await town.reach("paid")
    settled = await town.pay(code, reference="9", method=PaymentMethod.POS, by=Role.CLERK, surplus=False)
    assert settled.payment.outcome is PaymentOutcome.SURPLUS
    with pytest.raises(NotAllowedNow, match="surplus_unsaid"):
        await town.pay(code, reference="10", method=PaymentMethod.POS, surplus=False)


async def test_a_duty_is_owed_again(town: Municipality) -> None:
    await furnish(town)
    row = await a_duty(town)
    bill = await billed(town, row)
    await paid(town, bill)
    done = await taken_back(town, bill.bill_id, "1")
    assert done.consequence is ReversalEffect.OWED
    async with town.store.open_unit() as uow:
        assert (await uow.registries.get_row(DUTY.key, row.id)).values["state"] == ChargeState.BILLED
        assert (await uow.bills.list_of_subject(DUTY.key, row.id))[-1].state is BillState.OPEN
    assert ("payment_reversed", "staff:revenue") in town.rows("SELECT what, actor FROM audit")
    assert [one.key for one in await town.sent(OWNER_MOBILE)][-1] == "sms.payment_reversed"
    assert (await paid(town, bill, "2")).payment.outcome is PaymentOutcome.SETTLED


# A second person


async def sent_back(
    town: Municipality, bill_id: str, ident: str, iban: str = IBAN, reference: str = "TR-1"
) -> BillState:
    """Transfer what is due."""
    async with town.store.open_unit() as uow:
        who = actor(Role.REVENUE, ident)
        return (await record_refund(ActorContext(town.desk, uow, who), bill_id, iban, reference)).bill.state


async def agreed(town: Municipality, bill_id: str, by: Actor, amount: int, iban: str = IBAN) -> None:
    """Approve what is due."""
    async with town.store.open_unit() as uow:
        await approve_refund(ActorContext(town.desk, uow, by), bill_id, iban, amount)


async def due(town: Municipality) -> tuple[str, str]:
    """A cancelled request whose money is due back, and its bill id."""
    code = await town.reach("paid")
    await town.do(code, "cancel", Role.CIVIL)
    return code, await bill_of(town, code)


async def test_who_recorded_money_does_not_send_it_back_alone(town: Municipality) -> None:
    _, bill_id = await due(town)
    with pytest.raises(NotAllowedNow, match="second_person"):
        await sent_back(town, bill_id, "revenue")
    with pytest.raises(NotAllowedNow, match="own_payment"):
        await agreed(town, bill_id, actor(Role.REVENUE), FOUR_HOURS)
    with pytest.raises(Forbidden):
        await agreed(town, bill_id, actor(Role.CIVIL), FOUR_HOURS)
    with pytest.raises(AmountMismatch):
        await agreed(town, bill_id, actor(Role.MANAGER), FOUR_HOURS - 1)
    await agreed(town, bill_id, actor(Role.MANAGER), FOUR_HOURS)
    with pytest.raises(InvalidField, match="not_approved"):
        await sent_back(town, bill_id, "revenue", OTHER_IBAN)
    assert await sent_back(town, bill_id, "revenue") is BillState.REFUNDED


async def test_a_substitute_has_a_hand_of_its_own(town: Municipality) -> None:
    """A person who recorded it for somebody absent recorded it all the same."""
    code = await town.reach("awaiting_payment")
    lent = Actor(
        frozenset({Role.REVENUE}), "staff", "sara", "cli", frozenset({"ali"}), frozenset({("ali", Role.REVENUE)})
    )
    await town.pay(code, by=lent)
    assert (await town.payments(code))[0].recorded_by == "staff:sara for ali"
    await town.do(code, "cancel", Role.CIVIL)
    with pytest.raises(NotAllowedNow, match="second_person"):
        await sent_back(town, await bill_of(town, code), "sara")
    assert await sent_back(town, await bill_of(town, code), "ali") is BillState.REFUNDED


async def test_more_than_the_limit_needs_two(town: Municipality) -> None:
    code, bill_id = await due(town)
    await town.pay(code, reference="late")
    with pytest.raises(NotAllowedNow, match="second_person"):
        await sent_back(town, bill_id, "cashier")
    await agreed(town, bill_id, actor(Role.REVENUE, "cashier"), 2 * FOUR_HOURS)
    with pytest.raises(NotAllowedNow, match="second_person"):
        await sent_back(town, bill_id, "cashier")
    assert await sent_back(town, bill_id, "treasurer") is BillState.REFUNDED


async def test_what_became_due_since_is_not_agreed_to(town: Municipality) -> None:
    code, bill_id = await due(town)
    await agreed(town, bill_id, actor(Role.MANAGER), FOUR_HOURS)
    await town.pay(code, reference="late")
    with pytest.raises(NotAllowedNow, match="second_person"):
        await sent_back(town, bill_id, "revenue")


def _today(town: Municipality) -> tuple[datetime, datetime]:
    return town.clock.at - timedelta(days=1), town.clock.at + timedelta(days=1)
