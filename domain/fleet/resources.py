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
"""Prefix of the codes of officers; no machine and no operator can be called so (`registry_fields.code`)."""


class ResourceKind(StrEnum):
    """Kinds of resources that can be booked."""

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
    """Kind of resource that can be booked: a machine, an operator, or an officer of the staff (`blocks/visits.py`)."""

    id: int
    """The row's key in the store."""
    code: str
    """Code used by the staff; an officer's begins with `OFFICER_CODE_PREFIX`."""
    kind: ResourceKind
    """Kind."""
    type: str
    """A machine type; empty for people."""
    title: str
    """Texts that people read: the machine's or the person's name."""
    status: ResourceStatus = ResourceStatus.ACTIVE
    """Whether it can be booked at all."""
    capacity: str = ""
    """In words; empty: not said."""
    mobile: str | None = None
    """An operator's or officer's (+989…); None: not known."""
    skills: tuple[str, ...] = ()
    """The machine types that an operator drives."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A resource taken by a request, or out of service for a time (repair, leave)."""

    id: int
    """The row's key in the store."""
    request_id: int | None
    """Request that has it; None: it is out of service."""
    resource_id: int
    """The row of the resource."""
    start: datetime
    """Beginning, in UTC."""
    end: datetime
    """End: free again from then on."""
    hold: bool
    """Whether it is tentative, until the bill is paid or expires."""
    note: str | None = None
    """Reason for being out of service."""


@dataclass(frozen=True, slots=True)
class MachineWork:
    """Work of one machine for one request that is done."""

    request_id: int
    """The request that it was done for."""
    service: str
    """The request's service."""
    machine: str
    """The machine's code."""
    machine_type: str
    """Type of machine, one of `MACHINE_TYPES`."""
    start: datetime
    """Beginning of the work, in UTC."""
    quoted: int
    """Minutes that were priced."""
    worked: int
    """Minutes that were worked."""


def slot_numbers(start: datetime, end: datetime) -> Iterator[int]:
    """Yield the numbers of the half-hour slots (since the Unix epoch) that [start, end) touches."""
    slot_seconds = int(SLOT_LENGTH.total_seconds())
    first_slot = int(start.timestamp()) // slot_seconds
    last_slot = -(-int(end.timestamp()) // slot_seconds)
    yield from range(first_slot, last_slot)
