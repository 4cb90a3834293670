"""Refunds due are transferred once: the IBAN is kept, history and citizen are told, and erasure can go on."""

import pytest

from domain.actions.bills.refunds import RecordedRefund, record_refund
from domain.actions.context import ActorContext
from domain.actions.requests import erase
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.values.actors import Role
from domain.values.errors import (
    AlreadyDone,
    DomainError,
    DuplicateRequest,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
)
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, Municipality, actor

IBAN, OTHER_IBAN = "IR910120000000100324200001", "IR580540105180021273113007"


async def given_back(
    town: Municipality, bill_id: str, reference: str = "TR-17", iban: str = IBAN, by: Role = Role.REVENUE
) -> RecordedRefund:
    """Record a transfer, by another hand than the one that recorded the payment."""
    async with town.store.open_unit() as uow:
        return await record_refund(ActorContext(town.desk, uow, actor(by, "cashier")), bill_id, iban, reference)


async def cancelled(town: Municipality, mobile: str = CITIZEN) -> tuple[str, str]:
    """A paid request that its citizen cancelled, and its bill id."""
    code = await town.reach("paid", mobile=mobile)
    await town.says(f"لغو {code}", "۱", mobile=mobile)
    return code, (await town.bills(code))[0].bill_id


async def test_the_whole_way_back(town: Municipality) -> None:
    code, bill_id = await cancelled(town)
    [due], [bill] = await town.refunds(code), await town.bills(code)
    assert (due.amount, bill.bill_id, bill.state) == (FOUR_HOURS, bill_id, BillState.REFUND_DUE)
    done = await given_back(town, bill_id)
    assert (done.bill.state, done.payment.amount, done.payment.outcome) == (
        BillState.REFUNDED,
        FOUR_HOURS,
        PaymentOutcome.RETURNED,
    )
    [refunded] = await town.refunds(code)
    assert (refunded.state, refunded.iban, refunded.refunded_at) == (RefundState.REFUNDED, IBAN, town.clock.at)
    event = (await town.history(code))[-1]
    assert (event.event, event.actor, (event.payload or {})["iban"]) == ("refund", "staff:cashier", IBAN)
    told = (await town.sent())[-1]
    assert told.key == "sms.refunded"
    assert all(word in told.text for word in ("۳۵٬۲۰۰٬۰۰۰ ریال", "۰۰۰۱", "TR-17"))
    assert IBAN not in told.text


async def test_the_same_transfer_is_recorded_once(town: Municipality) -> None:
    code, bill_id = await cancelled(town)
    _, other_bill = await cancelled(town, NEIGHBOUR)
    first = await given_back(town, bill_id)
    assert (await given_back(town, bill_id)).payment == first.payment
    with pytest.raises(DuplicateRequest):
        await given_back(town, other_bill)
    with pytest.raises(DuplicateRequest):
        await given_back(town, bill_id, iban=OTHER_IBAN)
    with pytest.raises(AlreadyDone, match="refunded"):
        await given_back(town, bill_id, "TR-18")
    assert [one.method for one in await town.payments(code)] == [PaymentMethod.SLIP, PaymentMethod.REFUND]
    assert (await town.keys()).count("refunded") == 1


async def refusal(town: Municipality, bill_id: str, **how: str) -> DomainError:
    """Reason why nothing goes back."""
    with pytest.raises(DomainError) as refused:
        await given_back(town, bill_id, **how)  # type: ignore[arg-type]
    return refused.value


async def test_what_is_refused(town: Municipality) -> None:
    _, bill_id = await cancelled(town)
    paid = await town.reach("paid", mobile=NEIGHBOUR)
    assert isinstance(await refusal(town, bill_id, by=Role.CIVIL), Forbidden)
    assert isinstance(await refusal(town, bill_id, reference=" "), MissingField)
    wrong = await refusal(town, bill_id, iban="IR910120000000100324200002")
    assert (isinstance(wrong, InvalidField), wrong.reason) == (True, "iban_digits")
    nothing = await refusal(town, (await town.bills(paid))[0].bill_id)
    assert (isinstance(nothing, NotAllowedNow), nothing.reason) == (True, "no_refund")


async def test_a_surplus_goes_back_and_its_bill_stays_paid(town: Municipality) -> None:
    code = await town.reach("paid")
    [bill] = await town.bills(code)
    await town.pay(code, reference="again")
    assert (await given_back(town, bill.bill_id)).bill.state is BillState.PAID
    assert [one.state for one in await town.refunds(code)] == [RefundState.REFUNDED]


async def test_personal_data_goes_once_the_money_went_back(town: Municipality) -> None:
    code, bill_id = await cancelled(town)
    town.advance(days=2000)
    assert (await erase.erase_expired_requests(town.desk, town.store)).requests == 0
    await given_back(town, bill_id)
    town.advance(days=1)
    assert (await erase.erase_expired_requests(town.desk, town.store)).requests == 1
    assert [one.iban for one in await town.refunds(code)] == [None]
    assert town.rows("SELECT payload FROM history WHERE payload LIKE ?", f"%{IBAN}%") == []
