"""The repository of the fleet, on every engine: above all, nothing is booked twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.fleet.resources import Resource, ResourceKind, ResourceStatus
from domain.requests.request import ServiceRequest
from domain.unit_of_work import Store
from domain.values.errors import Conflict, NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import a_booking, a_machine, a_request

HOUR = timedelta(hours=1)


async def fill(store: Store, *codes: str) -> tuple[ServiceRequest, list[Resource]]:
    """A request and machines."""
    request, machines = a_request(), [a_machine(code) for code in codes]
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        for machine in machines:
            await uow.fleet.save_resource(machine)
    return request, machines


async def test_resources_are_listed_by_code(store: SqlStore) -> None:
    _, (second, first) = await fill(store, "L2", "L1")
    broken = a_machine("L3", status=ResourceStatus.MAINTENANCE, capacity="۳ متر مکعب")
    driver = a_machine("O1", kind=ResourceKind.OPERATOR, type="", mobile="+989120000000", skills=("loader", "crane"))
    async with store.open_unit() as uow:
        await uow.fleet.save_resource(broken)
        await uow.fleet.save_resource(driver)
        assert await uow.fleet.list_resources(ResourceKind.MACHINE) == [first, second, broken]
        assert await uow.fleet.list_resources(ResourceKind.MACHINE, bookable_only=True) == [first, second]
        assert await uow.fleet.list_resources(ResourceKind.OPERATOR) == [driver]
        assert await uow.fleet.get_resource("L3") == broken
        with pytest.raises(NotFound):
            await uow.fleet.get_resource("L4")


async def test_a_known_code_is_changed_and_keeps_its_id(store: SqlStore) -> None:
    _, (machine,) = await fill(store, "L1")
    async with store.open_unit() as uow:
        await uow.fleet.save_resource(a_machine("L1", title="لودر نو"))
        assert await uow.fleet.get_resource("L1") == replace(machine, title="لودر نو")


async def test_a_booking_takes_every_slot_that_it_touches(store: SqlStore) -> None:
    request, (machine, free) = await fill(store, "L1", "L2")
    booking = a_booking(request, machine)
    booking = replace(booking, end=booking.start + timedelta(minutes=40))
    async with store.open_unit() as uow:
        await uow.fleet.book([])
        await uow.fleet.book([booking])
        assert await uow.fleet.list_busy_ids(booking.start - HOUR, booking.start) == set()
        assert await uow.fleet.list_busy_ids(booking.start - HOUR, booking.start + HOUR) == {machine.id}
        assert await uow.fleet.list_busy_ids(booking.start + timedelta(minutes=45), booking.start + HOUR) == {
            machine.id
        }
        assert await uow.fleet.list_busy_ids(booking.start + HOUR, booking.start + 2 * HOUR) == set()
        assert await uow.fleet.list_busy_ids(booking.start, booking.start) == set()
        assert await uow.fleet.list_of_request(request.id) == [(booking, machine)]
        assert await uow.fleet.list_between(booking.start - HOUR, booking.start) == []
        assert await uow.fleet.list_between(booking.start, booking.start + HOUR) == [(booking, machine)]
        await uow.fleet.release_request(request.id)
        assert await uow.fleet.list_busy_ids(booking.start, booking.end) == set()
        await uow.fleet.book([replace(booking, hold=False), a_booking(request, free)])
        assert len(await uow.fleet.list_of_request(request.id)) == 2


async def test_a_taken_slot_refuses_all_and_the_unit_goes_on(store: SqlStore) -> None:
    request, (taken, free) = await fill(store, "L1", "L2")
    first = a_booking(request, taken)
    async with store.open_unit() as uow:
        await uow.fleet.book([first])
        late = a_booking(request, taken, start=first.end - HOUR, end=first.end + HOUR)
        with pytest.raises(Conflict, match="machine") as refused:
            await uow.fleet.book([a_booking(request, free), late])
        assert refused.value.params == {"resource": "L1"}
        assert await uow.fleet.list_busy_ids(first.start, late.end) == {taken.id}
        await uow.fleet.book([a_booking(request, free)])
    async with store.open_unit(write=False) as uow:
        assert [resource for _, resource in await uow.fleet.list_of_request(request.id)] == [taken, free]


async def test_one_machine_cannot_be_wanted_twice_in_one_booking(store: SqlStore) -> None:
    request, (machine, _) = await fill(store, "L1", "L2")
    async with store.open_unit() as uow:
        with pytest.raises(Conflict) as refused:
            await uow.fleet.book([a_booking(request, machine), a_booking(request, machine)])
        assert refused.value.params == {"resource": "L1"}
        assert await uow.fleet.list_of_request(request.id) == []
        booking = a_booking(request, machine)
        with pytest.raises(ValueError, match="must end after"):
            await uow.fleet.book([replace(booking, end=booking.start)])


async def test_of_many_bookings_of_one_slot_exactly_one_wins(store: SqlStore, other_store: SqlStore) -> None:
    request, machines = await fill(store, "L1", "L2")

    async def book(through: Store, shift: timedelta) -> bool:
        async with through.open_unit() as uow:
            wanted = [a_booking(request, machine) for machine in machines]
            try:
                await uow.fleet.book([replace(one, start=one.start + shift, end=one.end + shift) for one in wanted])
            except Conflict:
                return False
            return True

    shifts = [timedelta(minutes=30 * (number % 4)) for number in range(12)]
    stores = [store, other_store] * 6
    won = await asyncio.gather(*(book(one, shift) for one, shift in zip(stores, shifts, strict=True)))
    assert sum(won) == 1
    async with store.open_unit(write=False) as uow:
        assert len(await uow.fleet.list_of_request(request.id)) == 2


async def test_a_time_out_of_service_is_a_booking_without_a_request(store: SqlStore) -> None:
    request, (machine, other) = await fill(store, "L1", "L2")
    work = a_booking(request, machine)
    out = replace(a_booking(request, machine), request_id=None, start=work.end, end=work.end + 48 * HOUR, note="تعمیر")
    async with store.open_unit() as uow:
        await uow.fleet.book([work])
        await uow.fleet.take_out(out)
        assert await uow.fleet.get_booking(out.id) == (out, machine)
        assert await uow.fleet.list_bookings_ahead(machine.id, work.start) == [work, out]
        assert await uow.fleet.list_bookings_ahead(machine.id, work.end) == [out]
        assert await uow.fleet.list_bookings_ahead(other.id, work.start) == []
        assert await uow.fleet.list_busy_ids(out.end - HOUR, out.end) == {machine.id}
        with pytest.raises(Conflict):
            await uow.fleet.book([a_booking(request, machine, start=out.start, end=out.start + HOUR)])
        await uow.fleet.cancel_booking(out.id)
        assert await uow.fleet.list_busy_ids(out.end - HOUR, out.end) == set()
        assert await uow.fleet.list_of_request(request.id) == [(work, machine)]
        with pytest.raises(NotFound, match="booking"):
            await uow.fleet.get_booking(out.id)


async def test_a_time_out_of_service_lies_over_work_and_outlives_it(store: SqlStore) -> None:
    request, (machine, _) = await fill(store, "L1", "L2")
    work = a_booking(request, machine)
    out = replace(a_booking(request, machine), request_id=None, start=work.start - HOUR, end=work.end + HOUR, note="x")
    async with store.open_unit() as uow:
        await uow.fleet.book([work])
        await uow.fleet.take_out(out)
        assert await uow.fleet.list_bookings_ahead(machine.id, out.start) == [out, work]
        await uow.fleet.release_request(request.id)
        assert await uow.fleet.list_busy_ids(work.start, work.end) == {machine.id}
        with pytest.raises(Conflict, match="machine"):
            await uow.fleet.book([work])
        await uow.fleet.cancel_booking(out.id)
        await uow.fleet.book([work])
