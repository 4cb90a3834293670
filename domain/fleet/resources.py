"""Machines, operators and officers, and the half-hour slots in which each of them can be booked once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLOT_LENGTH = timedelta(minutes=30)

MACHINE_TYPES: tuple[str, ...] = (
    "loader",
    "grader",
    "excavator",
    "backhoe",
    "bulldozer",
    "roller",
    "dump_truck",
    "crane",
    "water_tanker",
    "skid_loader",
)
"""Machine types to start with (services.md); the words for them are in the catalogue under `choices.machine`."""


OFFICER_CODE_PREFIX = "officer:"
"""What the codes of officers begin with; no machine and no operator can be called so (`registry_fields.code`)."""


class ResourceKind(StrEnum):
    """What can be booked."""

    MACHINE = "machine"
    OPERATOR = "operator"
    OFFICER = "officer"


class ResourceStatus(StrEnum):
    """Whether it can be booked at all."""

    ACTIVE = "active"
    MAINTENANCE = "maintenance"
    RETIRED = "retired"


@dataclass(slots=True)
class Resource:
    """A machine (`type` is a machine type), an operator (`type` is empty; `skills` are the machine types driven), or an
    officer of the staff (`visits.py`).
    """

    id: int
    code: str
    kind: ResourceKind
    type: str
    title: str
    status: ResourceStatus = ResourceStatus.ACTIVE
    capacity: str = ""
    mobile: str | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """A resource taken by a request from `start` to `end`. A hold is tentative, until the bill is paid or expires.

    Without a request it is out of service in that time (repair, leave): `note` says why.
    """

    id: int
    request_id: int | None
    resource_id: int
    start: datetime
    end: datetime
    hold: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class MachineWork:
    """What one machine did for one request that is done: minutes as priced and as worked, from `start` on."""

    request_id: int
    service: str
    machine: str
    machine_type: str
    start: datetime
    quoted: int
    worked: int


def slot_numbers(start: datetime, end: datetime) -> Iterator[int]:
    """Yield the numbers of the half-hour slots (since the Unix epoch) that [start, end) touches."""
    slot_seconds = int(SLOT_LENGTH.total_seconds())
    first_slot = int(start.timestamp()) // slot_seconds
    last_slot = -(-int(end.timestamp()) // slot_seconds)
    yield from range(first_slot, last_slot)
