"""A clock that was ahead, and set right: what was noted in the future is as far away as what is long past."""

from datetime import timedelta

import pytest

from domain.people.sessions import IDLE_LIMIT, StaffSession
from tests.support.municipality import CITIZEN, ORDER, TUESDAY_MORNING, Municipality

YEAR, MINUTE = timedelta(days=365), timedelta(minutes=1)


@pytest.mark.parametrize(("ahead", "alive"), [(timedelta(0), True), (MINUTE, True), (IDLE_LIMIT, False), (YEAR, False)])
def test_a_session_of_the_future_is_over(ahead: timedelta, alive: bool) -> None:
    at = TUESDAY_MORNING + ahead
    session = StaffSession(
        digest="digest",
        username="mina",
        csrf="csrf",
        made_at=at,
        seen_at=at,
        proved_at=at,
        second_factor=True,
        address="127.0.0.1",
        agent="agent",
    )
    assert session.is_alive(TUESDAY_MORNING) is alive
    assert session.has_fresh_proof(TUESDAY_MORNING) is alive


async def test_a_text_of_the_future_makes_no_duplicate_of_one_today(town: Municipality) -> None:
    town.clock.at += YEAR
    ahead = await town.say(CITIZEN, ORDER, provider_id=None)
    town.clock.at -= YEAR
    today = await town.say(CITIZEN, ORDER, provider_id=None)
    assert today.inbound.id != ahead.inbound.id


async def test_texts_of_the_future_are_no_loop(town: Municipality) -> None:
    town.clock.at += YEAR
    for number in range(town.desk.policy.loop_guard):
        await town.say(CITIZEN, f"نامفهوم {number} ژژژ")
    town.clock.at -= YEAR
    assert (await town.say(CITIZEN, "نامفهوم ژژژ ژژژ")).reply is not None
