"""Times taken of machines, operators and officers, read once for a period and asked as often as wanted."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from domain.fleet.ports import FleetRepository
from domain.fleet.resources import SLOT_LENGTH, slot_numbers


@dataclass(frozen=True, slots=True)
class TakenSlots:
    """The half hours in which each resource is booked, for another request than the one that asks, or none."""

    slots_by_code: Mapping[str, AbstractSet[int]]
    """Code of the resource → numbers of its slots; one that is not booked may be missing."""

    def is_free(self, code: str, start: datetime, end: datetime) -> bool:
        """Return whether a resource is free from `start` to `end`: as the store would say that books it."""
        return code not in self.slots_by_code or self.slots_by_code[code].isdisjoint(slot_numbers(start, end))


async def load_taken_slots(
    fleet: FleetRepository, start: datetime, end: datetime, own_request_id: int | None = None
) -> TakenSlots:
    """Return what is taken between two moments; what the request itself has counts as free."""
    slots_by_code: defaultdict[str, set[int]] = defaultdict(set)
    # Slots are taken whole: what ends before `start` or begins after `end` may lie in one half hour with it.
    for booking, resource in await fleet.list_between(start - SLOT_LENGTH, end + SLOT_LENGTH):
        if own_request_id is None or booking.request_id != own_request_id:
            slots_by_code[resource.code].update(slot_numbers(booking.start, booking.end))
    return TakenSlots(slots_by_code)
