"""A reversal beside whatever else happens to a bill at the same moment: one of both is first, and the other is told."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.actions.bills.refunds import record_refund
from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.bills.bill import BillState, PaymentOutcome, RefundState
from domain.values.actors import Role
from domain.values.errors import DomainError
from tests.support.municipality import Municipality, actor

IBAN = "IR910120000000100324200001"
ROUNDS = 4

Towns = tuple[Municipality, Municipality]


async def taken_back(town: Municipality, code: str) -> str:
    """Reverse what settled the bill of a request; return what follows."""
    bill = (await town.bills(code))[-1]
    settled = next(one for one in await town.payments(code) if one.outcome is PaymentOutcome.SETTLED)
    async with town.store.open_unit() as uow:
        done = await reverse_payment(
            ActorContext(town.desk, uow, actor(Role.REVENUE)), bill.bill_id, settled.id, "اشتباه"
        )
    return done.consequence.value


async def sent_back(town: Municipality, code: str) -> str:
    """Transfer what is due on it."""
    bill = (await town.bills(code))[-1]
    async with town.store.open_unit() as uow:
        await record_refund(
            ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bill.bill_id, IBAN, f"TR-{code}"
        )
    return "refunded"


async def paid_again(town: Municipality, code: str) -> str:
    """Record another payment."""
    return (await town.pay(code, reference=f"again-{code}")).payment.outcome.value


async def scheduled(town: Municipality, code: str) -> str:
    """Take the next step."""
    return (await town.do(code, "schedule", Role.CIVIL)).state


Deed = Callable[[Municipality, str], Awaitable[str]]


async def at_once(towns: Towns, code: str, first: Deed, second: Deed, turn: int) -> tuple[str, str]:
    """Do both at the same moment in two processes; return how each ended, errors by their details."""
    deeds = [(first, towns[turn % 2]), (second, towns[1 - turn % 2])]
    ends = await asyncio.gather(*(deed(town, code) for deed, town in deeds), return_exceptions=True)
    told = []
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, DomainError):
            raise end
        told.append(end if isinstance(end, str) else end.reason or end.code)
    return told[0], told[1]


async def books(town: Municipality, code: str) -> tuple[BillState, int, int, int]:
    """The bill, how many payments settle it, the rials due back, and those that went back."""
    payments, refunds = await town.payments(code), await town.refunds(code)
    settling = sum(one.is_recorded and one.outcome is PaymentOutcome.SETTLED for one in payments)
    back = sum(one.amount for one in payments if one.outcome is PaymentOutcome.RETURNED)
    due = sum(one.amount for one in refunds if one.state is RefundState.DUE)
    return (await town.bills(code))[-1].state, settling, due, back


async def test_two_reversals(towns: Towns) -> None:
    for turn in range(ROUNDS):
        code = await towns[0].reach("paid")
        ends = await at_once(towns, code, taken_back, taken_back, turn)
        assert sorted(ends) in (["payment_reversed", "waiting"], ["conflict", "waiting"])
        assert await books(towns[0], code) == (BillState.OPEN, 0, 0, 0)
        await towns[0].do(code, "cancel", Role.CIVIL)


async def test_a_reversal_beside_the_transfer(towns: Towns) -> None:
    for turn in range(ROUNDS):
        code = await towns[0].reach("paid")
        await towns[0].do(code, "cancel", Role.CIVIL)
        ends = await at_once(towns, code, taken_back, sent_back, turn)
        amount = (await towns[0].bills(code))[-1].amount
        expected = {
            ("ended", "no_refund"): (BillState.VOID, 0, 0, 0),
            ("paid_out", "refunded"): (BillState.REFUNDED, 1, 0, amount),
        }
        assert await books(towns[0], code) == expected[ends], ends


async def test_a_reversal_beside_a_second_payment(towns: Towns) -> None:
    for turn in range(ROUNDS):
        code = await towns[0].reach("paid")
        ends = await at_once(towns, code, taken_back, paid_again, turn)
        amount = (await towns[0].bills(code))[-1].amount
        expected = {
            ("waiting", "settled"): (BillState.PAID, 1, 0, 0),
            ("surplus_first", "surplus"): (BillState.PAID, 1, amount, 0),
        }
        assert await books(towns[0], code) == expected[ends], ends
        assert (await towns[0].request(code)).state == "paid"
        await towns[0].do(code, "cancel", Role.CIVIL)


async def test_a_reversal_beside_the_next_step(towns: Towns) -> None:
    for turn in range(ROUNDS):
        code = await towns[0].reach("paid")
        ends = await at_once(towns, code, taken_back, scheduled, turn)
        state = (await towns[0].request(code)).state
        assert (*ends, state) in {
            ("owed", "scheduled", "scheduled"),
            ("waiting", "not_allowed_now", "awaiting_payment"),
        }
        assert await books(towns[0], code) == (BillState.OPEN, 0, 0, 0)
        await towns[0].do(code, "cancel", Role.CIVIL)
        assert await books(towns[0], code) == (BillState.VOID, 0, 0, 0)


async def test_a_number_is_recorded_once_after_its_reversal(towns: Towns) -> None:
    """The receipt that was freed pays one bill, whoever records it first."""
    wrong = await towns[0].reach("paid")
    [payment] = await towns[0].payments(wrong)
    await taken_back(towns[0], wrong)

    async def recorded(town: Municipality, code: str) -> str:
        return (await town.pay(code, reference=payment.reference)).payment.outcome.value

    codes = [wrong, await towns[0].reach("awaiting_payment", mobile="+989351112222")]
    ends = await asyncio.gather(
        *(recorded(town, code) for town, code in zip(towns, codes, strict=True)), return_exceptions=True
    )
    assert sorted(str(end) if isinstance(end, str) else end.__class__.__name__ for end in ends) in (
        ["DuplicateRequest", "settled"],
        ["Conflict", "settled"],
    )
    assert payment.reference in {one.reference for one in await towns[0].payments(wrong)}
