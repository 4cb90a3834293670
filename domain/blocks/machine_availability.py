"""Machines free at the time that a request asks for: what a unit wants to know before it accepts it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.blocks.wanted_time import requested_start
from domain.fleet.ports import FleetRepository
from domain.fleet.resources import ResourceKind
from domain.requests.request import ServiceRequest


@dataclass(frozen=True, slots=True)
class MachineAvailability:
    """The machines of one type that a request asks for, at its time."""

    machine_type: str
    """Its id (`choices.machine`)."""
    wanted_count: int
    """Number that the request asks for."""
    free_titles: Sequence[str]
    """Names of those that are free from its beginning to its end."""

    @property
    def is_enough(self) -> bool:
        """Whether the request can have them."""
        return len(self.free_titles) >= self.wanted_count


async def list_availability(
    fleet: FleetRepository, request: ServiceRequest
) -> tuple[datetime, list[MachineAvailability]]:
    """Return when the work would begin, and for each type of machine which are free for as long as the longest work."""
    items, start = request.fields["items"], requested_start(request)
    longest_work = timedelta(hours=max(item["hours"] for item in items))
    free_machines = await fleet.list_free(ResourceKind.MACHINE, start, start + longest_work)
    wanted_counts: Counter[str] = Counter()
    for item in items:
        wanted_counts[item["machine"]] += item["count"]
    return start, [
        MachineAvailability(
            machine_type,
            wanted_count,
            [machine.title for machine in free_machines if machine.type == machine_type],
        )
        for machine_type, wanted_count in wanted_counts.items()
    ]
