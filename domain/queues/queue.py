"""Requests that a member of the staff sees as work: queues, and how urgent each request in them is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.requests.request import ServiceRequest
from domain.values.calendar import WorkingCalendar

DUE_SOON_MINUTES = 2 * 60
"""Working time before the end of its SLA in which a request is due soon."""


class Queue(StrEnum):
    """The lists of the staff. All but HAND_OVER, FINISHED and ALL hold requests that have not ended."""

    UNIT = "unit"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    LATE = "late"
    SOON = "soon"
    NEEDS_CITIZEN = "needs_citizen"
    NEEDS_PAYMENT = "needs_payment"
    HAND_OVER = "hand_over"
    OPEN = "open"
    FINISHED = "finished"
    ALL = "all"

    @property
    def is_live(self) -> bool | None:
        """Whether its requests go on (True), have ended (False), or either."""
        return _LIVENESS.get(self, True)

    @property
    def is_of_units(self) -> bool:
        """Whether it holds only what is in the queues of the viewer's own units."""
        return self in {Queue.UNIT, Queue.UNASSIGNED, Queue.LATE, Queue.SOON, Queue.HAND_OVER}


_LIVENESS: Mapping[Queue, bool | None] = {Queue.HAND_OVER: False, Queue.FINISHED: False, Queue.ALL: None}


class Sla(StrEnum):
    """The state of a request by the working time that it may take: the colour of its row."""

    OK = "ok"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class SlaMoments:
    """Now, and until when a due time counts as soon."""

    now: datetime
    soon_until: datetime

    @classmethod
    def from_calendar(cls, now: datetime, calendar: WorkingCalendar) -> "SlaMoments":
        """Reckon them."""
        return cls(now, calendar.add_working_minutes(now, DUE_SOON_MINUTES))


def assess_sla(request: ServiceRequest, moments: SlaMoments) -> Sla | None:
    """Return the state of a request by its SLA; None for one that has none in its state, or has ended."""
    if request.turn is None or request.due_at is None:
        return None
    if request.due_at <= moments.now:
        return Sla.LATE
    return Sla.SOON if request.due_at <= moments.soon_until else Sla.OK
