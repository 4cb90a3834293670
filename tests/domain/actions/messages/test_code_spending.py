"""The fuse of verification codes: warnings at half and three quarters, «later» at the end, whole again by itself."""

from datetime import timedelta

import pytest

from domain.actions.citizens.proofs import send_session_code
from domain.actions.citizens.sessions import open_session
from domain.actions.context import ActionContext
from domain.actions.conversations.chats.proving import send_proof_code
from domain.actions.dependencies import Dependencies
from domain.actions.messages.code_spending import SMS_PATIENCE, find_spent_rials
from domain.messages.code_spending import (
    ASSUMED_CODE_PARTS,
    SPENDING_WINDOW,
    CodeDelivery,
    SpendingLevel,
    find_spending_level,
)
from domain.people.person import StaffMember
from domain.settings.policy import Policy
from domain.values.actors import Role
from tests.support.chat_person import Person
from tests.support.municipality import Municipality
from tests.support.sent_messages import mark_queued_sent

PART_RIALS = 1_500
CODE_RIALS = ASSUMED_CODE_PARTS * PART_RIALS
"""Cost of a code that no provider has priced yet."""

CODES_A_DAY = 20
MANAGER, ADMINISTRATOR = "+989111000008", "+989111000009"


@pytest.fixture
def frugal(town: Municipality) -> Municipality:
    """A municipality whose codes may cost as much as so many of them do."""
    limit_codes(town.desk, CODES_A_DAY)
    return town


def limit_codes(dependencies: Dependencies, codes: int) -> None:
    policy = Policy(persian_part_rials=PART_RIALS, verification_rials_a_day=codes * CODE_RIALS)
    dependencies.apply_settings(1, policy, dependencies.calendar, {})


async def hire(town: Municipality) -> None:
    for name, role, mobile in (("m", Role.MANAGER, MANAGER), ("a", Role.ADMIN, ADMINISTRATOR)):
        async with town.store.open_unit() as uow:
            await uow.people.save_staff(
                StaffMember(name, frozenset({role}), "کارمند", mobile, "", True, town.clock.now())
            )


async def ask_for_codes(town: Municipality, count: int, first: int = 0) -> list[CodeDelivery]:
    """Ask for codes from as many browsers, addresses and mobiles; the relay sends each at once."""
    deliveries = []
    for number in range(first, first + count):
        async with town.store.open_unit() as uow:
            context = ActionContext(town.desk, uow)
            _, session = await open_session(context)
            mobile, source = f"+98935{number:07}", f"10.{number // 250}.0.{number % 250}"
            deliveries.append(await send_session_code(context, session, mobile, "my-requests", source))
        await mark_queued_sent(town.store, town.clock.now())
    return deliveries


async def warnings(town: Municipality, mobile: str) -> list[str]:
    return [message.key.rpartition(".")[2] for message in await town.sent(mobile)]


async def test_staff_are_warned_once_at_each_level_and_at_the_end_it_is_later(frugal: Municipality) -> None:
    await hire(frugal)
    half, most = CODES_A_DAY // 2, CODES_A_DAY * 3 // 4
    assert await ask_for_codes(frugal, half - 1) == [CodeDelivery.SENT] * (half - 1)
    assert await warnings(frugal, MANAGER) == []
    await ask_for_codes(frugal, 3, half - 1)
    assert await warnings(frugal, MANAGER) == ["half"]
    await ask_for_codes(frugal, most - half - 2, half + 2)
    assert await warnings(frugal, MANAGER) == ["half", "most"]
    rest = await ask_for_codes(frugal, 10, most)
    assert rest == [CodeDelivery.SENT] * (CODES_A_DAY - most) + [CodeDelivery.LATER] * (10 - CODES_A_DAY + most)
    assert await warnings(frugal, MANAGER) == await warnings(frugal, ADMINISTRATOR) == ["half", "most", "all"]
    async with frugal.store.open_unit(write=False) as uow:
        assert await find_spent_rials(ActionContext(frugal.desk, uow)) == CODES_A_DAY * CODE_RIALS, "never a rial more"


async def test_it_is_whole_again_as_the_day_moves_on(frugal: Municipality) -> None:
    await ask_for_codes(frugal, CODES_A_DAY // 2)
    frugal.clock.at += timedelta(hours=6)
    assert (await ask_for_codes(frugal, CODES_A_DAY, 100)).count(CodeDelivery.SENT) == CODES_A_DAY // 2
    frugal.clock.at += SPENDING_WINDOW - timedelta(hours=6)
    assert (await ask_for_codes(frugal, CODES_A_DAY, 200)).count(CodeDelivery.SENT) == CODES_A_DAY // 2
    frugal.clock.at += SPENDING_WINDOW
    assert (await ask_for_codes(frugal, CODES_A_DAY, 300)).count(CodeDelivery.SENT) == CODES_A_DAY


async def test_in_a_chat_it_is_said_too(frugal: Municipality) -> None:
    await ask_for_codes(frugal, CODES_A_DAY)
    reply = await Person(frugal).says("09121234567")
    assert reply.key == "errors.too_many_requests"
    assert "ساعتی دیگر" in reply.text


async def test_a_limit_of_nothing_sends_none(town: Municipality) -> None:
    limit_codes(town.desk, 0)
    assert await ask_for_codes(town, 1) == [CodeDelivery.LATER]


async def test_where_no_sms_leaves_no_code_is_promised(town: Municipality) -> None:
    await town.order()
    town.clock.at += SMS_PATIENCE + timedelta(seconds=1)
    assert await ask_for_codes(town, 1) == [CodeDelivery.LATER]
    await mark_queued_sent(town.store, town.clock.now())
    assert await ask_for_codes(town, 1) == [CodeDelivery.SENT]


async def test_a_flood_of_codes_ends_as_later_and_not_as_an_error(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        for number in range(town.desk.policy.codes_an_hour):
            await send_proof_code(ActionContext(town.desk, uow), "telegram", f"{number}", f"+98913{number:07}")
    await mark_queued_sent(town.store, town.clock.now())
    assert await ask_for_codes(town, 1) == [CodeDelivery.LATER]
    town.clock.at += timedelta(hours=1)
    assert await ask_for_codes(town, 1) == [CodeDelivery.SENT]


def test_levels() -> None:
    levels = [find_spending_level(spent, 1000) for spent in (0, 499, 500, 749, 750, 999, 1000, 2000)]
    half, most = SpendingLevel.HALF, SpendingLevel.MOST
    assert levels == [None, None, half, half, most, most, SpendingLevel.ALL, SpendingLevel.ALL]
