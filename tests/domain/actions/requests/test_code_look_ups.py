"""A tracking code that somebody brings to the portal without a proved mobile: found, missed, and guessed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions.context import ActionContext
from domain.actions.requests.public_tracking import (
    find_public_status,
    find_status_by_mobile,
    is_guessing_limited,
)
from domain.actions.requests.track import track_request
from domain.actions.token_guessing import MISS_WINDOW, MOST_MISSES
from domain.values.errors import CodeMistyped, NotFound, TooManyRequests
from domain.values.tracking_codes import make_code, parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality

HOME = "203.0.113.7"


async def miss(town: Municipality, number: int, address: str = HOME) -> type[Exception] | None:
    """Ask for a code that there is not; what was said."""
    try:
        await find_public_status(town.desk, town.store, make_code(90_000_000 + number), address)
    except (NotFound, TooManyRequests) as error:
        return type(error)
    return None


async def test_whoever_has_the_code_finds_the_request(town: Municipality) -> None:
    code = await town.order()
    assert (await find_public_status(town.desk, town.store, parse_code(code), HOME)).code == code
    with pytest.raises(CodeMistyped):
        await find_public_status(town.desk, town.store, parse_code("123456789"), HOME)


async def test_an_address_that_guesses_is_shut_out_and_no_other(town: Municipality) -> None:
    code = await town.order()
    assert [await miss(town, number) for number in range(MOST_MISSES)] == [NotFound] * MOST_MISSES
    assert await miss(town, 0) is TooManyRequests
    with pytest.raises(TooManyRequests):
        await find_public_status(town.desk, town.store, parse_code(code), HOME)
    assert (await find_public_status(town.desk, town.store, parse_code(code), "203.0.113.8")).code == code
    town.clock.at += MISS_WINDOW
    assert await miss(town, 0) is NotFound


async def test_a_network_of_ipv6_is_one_address(town: Municipality) -> None:
    for number in range(MOST_MISSES):
        await miss(town, number, f"2001:db8:1:2::{number:x}")
    assert await miss(town, 0, "2001:db8:1:2:ffff::1") is TooManyRequests
    assert await miss(town, 0, "2001:db8:1:3::1") is NotFound


async def test_guesses_from_everywhere_are_shut_out_and_owners_are_not(town: Municipality) -> None:
    town.desk.apply_settings(1, replace(town.desk.policy, track_misses_an_hour=20), town.desk.calendar, {})
    code = await town.order()
    said = [await miss(town, number, f"198.51.100.{number}") for number in range(21)]
    assert said == [NotFound] * 20 + [TooManyRequests]
    async with town.store.open_unit() as uow:
        assert (await track_request(ActionContext(town.desk, uow), parse_code(code), CITIZEN)).is_own
    assert await is_guessing_limited(town.desk, town.store, HOME)
    assert (await find_status_by_mobile(town.desk, town.store, parse_code(code), CITIZEN, HOME)).code == code
    for pair in ((parse_code(code), NEIGHBOUR), (make_code(90_000_000), CITIZEN)):
        with pytest.raises(NotFound, match="code"):
            await find_status_by_mobile(town.desk, town.store, *pair, HOME)
    town.clock.at += timedelta(hours=1)
    assert await miss(town, 0, "198.51.100.99") is NotFound
