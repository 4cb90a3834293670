"""Machines and operators out of service: nobody books them then, and what is booked stays."""

from datetime import date, timedelta

import pytest

from domain.actions.context import ActorContext
from domain.actions.fleet.out_of_service import (
    MOST_DAYS,
    list_stranded_work,
    refuse_booked_resource,
    return_to_service,
    take_out_of_service,
)
from domain.fleet.resources import Booking, ResourceStatus
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict, Forbidden, InvalidField, NotAllowedNow, NotFound
from tests.support.municipality import ORDER, Municipality, actor

TOMORROW = date(2026, 11, 25)
CIVIL = actor(Role.CIVIL)


async def out(town: Municipality, code: str, first: date, days: int = 1, by: Actor = CIVIL) -> Booking:
    """Take something out of service."""
    async with town.store.open_unit() as uow:
        resource = await uow.fleet.get_resource(code)
        return await take_out_of_service(
            ActorContext(town.desk, uow, by), resource.id, (first, first + timedelta(days=days - 1)), "سرویس"
        )


async def held(town: Municipality, code: str) -> list[str]:
    """The machines that a request holds."""
    return [resource.code for _, resource in await town.bookings(code)]


async def test_what_is_out_of_service_is_not_booked(town: Municipality) -> None:
    await out(town, "LD-1", TOMORROW)
    first = await town.order(ORDER)
    await town.do(first, "accept", Role.CIVIL)
    assert await held(town, first) == ["LD-2"]
    second = await town.order(f"{ORDER} ساختمان دوم", "+989351112222")
    with pytest.raises(Conflict, match="no_free_machine"):
        await town.do(second, "accept", Role.CIVIL)


async def test_it_is_booked_again_when_it_is_back(town: Municipality) -> None:
    booking = await out(town, "LD-1", TOMORROW, 30)
    await out(town, "LD-2", TOMORROW)
    async with town.store.open_unit() as uow:
        await return_to_service(ActorContext(town.desk, uow, CIVIL), booking.id)
    code = await town.order(ORDER)
    await town.do(code, "accept", Role.CIVIL)
    assert await held(town, code) == ["LD-1"]
    assert [what for (what,) in town.rows("SELECT what FROM audit ORDER BY id")] == [
        "out_of_service",
        "out_of_service",
        "back_in_service",
    ]


async def test_a_machine_that_broke_goes_out_at_once_and_its_work_is_named(town: Municipality) -> None:
    code = await town.reach("accepted")
    await out(town, "LD-1", TOMORROW - timedelta(days=1), 3)
    assert await held(town, code) == ["LD-1"], "what is booked stays until somebody moves it"
    async with town.store.open_unit(write=False) as uow:
        machine = await uow.fleet.get_resource("LD-1")
        ahead = await uow.fleet.list_bookings_ahead(machine.id, town.clock.at)
        [work] = list_stranded_work(ahead, machine.status)
        assert work.request_id is not None
        assert list_stranded_work([work], ResourceStatus.ACTIVE) == []
        assert list_stranded_work([work], ResourceStatus.MAINTENANCE) == [work]
    with pytest.raises(Conflict, match="out_then"):
        await out(town, "LD-1", TOMORROW + timedelta(days=1), 3)


async def test_the_hour_of_work_that_left_a_broken_machine_is_not_given_away(town: Municipality) -> None:
    code = await town.reach("accepted")
    await out(town, "LD-1", TOMORROW)
    await town.do(code, "cancel", Role.CITIZEN)
    assert await held(town, code) == []
    other = await town.order(f"{ORDER} ساختمان دوم", "+989351112222")
    await town.do(other, "accept", Role.CIVIL)
    assert await held(town, other) == ["LD-2"]


async def test_today_it_is_out_from_now_on(town: Municipality) -> None:
    booking = await out(town, "OP-1", TOMORROW - timedelta(days=1))
    assert booking.start == town.clock.at
    assert booking.end.isoformat() == "2026-11-24T20:30:00+00:00"


async def test_what_cannot_be(town: Municipality) -> None:
    with pytest.raises(InvalidField, match="before_start"):
        await out(town, "LD-1", TOMORROW, 0)
    with pytest.raises(InvalidField, match="too_many_days"):
        await out(town, "LD-1", TOMORROW, MOST_DAYS + 1)
    with pytest.raises(Forbidden):
        await out(town, "LD-1", TOMORROW, by=actor(Role.REVENUE))
    async with town.store.open_unit() as uow:
        machine = await uow.fleet.get_resource("LD-1")
        machine.status = ResourceStatus.RETIRED
        await uow.fleet.save_resource(machine)
    with pytest.raises(NotAllowedNow, match="retired"):
        await out(town, "LD-1", TOMORROW)
    async with town.store.open_unit() as uow:
        with pytest.raises(NotFound, match="machine"):
            await take_out_of_service(ActorContext(town.desk, uow, CIVIL), 1, (TOMORROW, TOMORROW), "x")


async def test_work_of_a_request_is_not_put_back(town: Municipality) -> None:
    code = await town.reach("scheduled")
    (booking, machine), *_ = await town.bookings(code)
    async with town.store.open_unit() as uow:
        with pytest.raises(NotFound, match="booking"):
            await return_to_service(ActorContext(town.desk, uow, CIVIL), booking.id)
        with pytest.raises(Conflict, match="booked_ahead"):
            await refuse_booked_resource(uow, machine.id, town.clock.at)
        await refuse_booked_resource(uow, machine.id, booking.end)
