"""A step that is taken back beside whatever else happens to the request at the same moment: one is first, the other is
refused, and what is booked and billed fits the state.
"""

import asyncio
from collections.abc import Awaitable, Callable

from domain.actions.context import ActorContext
from domain.actions.requests.step_back import take_step_back
from domain.requests.history import find_chain_faults
from domain.values.actors import Role
from domain.values.errors import DomainError
from domain.values.tracking_codes import parse_code
from tests.support.municipality import Municipality, actor

ROUNDS = 2
Deed = Callable[[Municipality, str], Awaitable[object]]


async def taken_back(town: Municipality, code: str, role: Role = Role.REVENUE) -> str:
    """Take back the last step of a request."""
    async with town.store.open_unit() as uow:
        return "once" if await take_step_back(ActorContext(town.desk, uow, actor(role)), parse_code(code)) else "again"


async def paid(town: Municipality, code: str) -> str:
    """Record a payment of its bill."""
    return (await town.pay(code, reference=f"slip-{code}")).payment.outcome.value


async def cancelled(town: Municipality, code: str) -> str:
    """Its citizen gives it up."""
    return (await town.do(code, "cancel", Role.CITIZEN)).state


async def accepted_back(town: Municipality, code: str) -> str:
    """The unit before takes back its step, which frees the machine."""
    return await taken_back(town, code, Role.CIVIL)


async def priced(town: Municipality, code: str) -> str:
    """Take the next step."""
    return (await town.do(code, "price", Role.REVENUE)).state


RACES: tuple[tuple[str, Deed, Deed, set[tuple[str, str]], set[str]], ...] = (
    (
        "awaiting_payment",
        taken_back,
        paid,
        {("once", "surplus"), ("undo_gone_on", "settled")},
        {"accepted", "paid"},
    ),
    (
        "awaiting_payment",
        taken_back,
        cancelled,
        {("once", "cancelled"), ("undo_gone_on", "cancelled"), ("undo_ended", "cancelled")},
        {"cancelled"},
    ),
    ("awaiting_payment", taken_back, taken_back, {("once", "step_taken_back")}, {"accepted"}),
    (
        "accepted",
        accepted_back,
        priced,
        {("once", "not_allowed_now"), ("forbidden", "awaiting_payment")},
        {"submitted", "awaiting_payment"},
    ),
)
"""State before, two deeds, how both may end, the states that this leads to."""


async def test_one_of_two_is_first(towns: tuple[Municipality, Municipality]) -> None:
    town = towns[0]
    for turn in range(ROUNDS):
        for state, first, second, ends, states in RACES:
            code = await town.reach(state)
            deeds = [first(towns[turn % 2], code), second(towns[1 - turn % 2], code)]
            told = []
            for end in await asyncio.gather(*deeds, return_exceptions=True):
                assert isinstance(end, (str, DomainError)), end
                told.append(end if isinstance(end, str) else end.reason or end.code)
            assert tuple(told) in ends | {(two, one) for one, two in ends if first is second}, (state, told)
            request, events = await town.request(code), await town.history(code)
            assert request.state in states
            assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []
            open_bills = sum(bill.state.is_payable for bill in await town.bills(code))
            assert open_bills == (request.state == "awaiting_payment")
            assert len(await town.bookings(code)) == (request.state in {"accepted", "awaiting_payment", "paid"})
            if request.state not in {"cancelled"}:
                await town.do(code, "cancel", Role.CIVIL)
