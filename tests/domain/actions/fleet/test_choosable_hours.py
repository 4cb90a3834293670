"""The hours at which a step can book: who is free at an hour is found out once, for all lines of a calendar."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.actions.fleet.choosable_hours import MachineHours
from domain.fleet.resources import Booking, Resource, ResourceKind
from domain.fleet.taken_slots import TakenSlots, load_taken_slots
from tests.support.municipality import ORDER, Municipality

LOADERS = [Resource(number, f"L{number}", ResourceKind.MACHINE, "loader", f"لودر {number}") for number in range(1, 6)]
DRIVERS = [Resource(number, f"O{number}", ResourceKind.OPERATOR, "", f"راننده {number}") for number in range(6, 11)]


@dataclass(frozen=True, slots=True)
class AskedSlots(TakenSlots):
    """Slots that keep of whom they were asked."""

    asked: list[str] = field(default_factory=list)

    def is_free(self, code: str, start: datetime, end: datetime) -> bool:
        self.asked.append(code)
        return TakenSlots.is_free(self, code, start, end)


async def test_an_hour_is_reckoned_once_for_all_lines(town: Municipality) -> None:
    code = await town.reach("submitted", ORDER)
    now, slots = town.clock.now(), AskedSlots({})
    hours = MachineHours(await town.request(code), now, timedelta(hours=12), LOADERS + DRIVERS, slots)
    offered = [hours.find_inputs(loader.code, now) for loader in LOADERS]
    assert [inputs and inputs["machine"] for inputs in offered] == [[loader.code] for loader in LOADERS]
    assert len(hours.list_drivers(now)) == len(DRIVERS)
    assert sorted(slots.asked) == sorted(entry.code for entry in LOADERS + DRIVERS)


async def test_who_comes_back_within_a_half_hour_is_not_free_for_the_rest_of_it(town: Municipality) -> None:
    """The store books half hours whole."""
    hour, minutes = town.clock.now().replace(minute=0), timedelta(minutes=1)
    async with town.store.open_unit() as uow:
        driver = await uow.fleet.get_resource("OP-1")
        await uow.fleet.take_out(Booking(town.new_id(), None, driver.id, hour, hour + 10 * minutes, hold=False))
        start = hour + 15 * minutes
        taken_slots = await load_taken_slots(uow.fleet, start, start + 30 * minutes)
        assert not taken_slots.is_free("OP-1", start, start + 30 * minutes)
        assert taken_slots.is_free("OP-1", hour + 30 * minutes, hour + 60 * minutes)
