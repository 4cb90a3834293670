"""State of a request before a step of the staff, kept while the step may be taken back."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime

from domain.fields.stored import StoredField, StoredForm
from domain.fields.types import Text
from domain.requests.request import JsonObject, ServiceRequest, Timer, TimerKind

ROW_PARTS = ("state", "fields", "data", "awaits", "assignee")
"""Parts of a request's row that steps change."""


@dataclass(frozen=True, slots=True)
class StepBefore:
    """State of a request before a step, and the time until which that may be taken back."""

    seq: int
    """The number of the step's event."""
    at: datetime
    """Time of the step, in UTC."""
    until: datetime
    """The end of the time for taking it back, in UTC."""
    row: JsonObject
    """The parts of its row that steps change (`ROW_PARTS`)."""
    due_at: datetime | None
    """Until when its unit was to act."""
    timers: Sequence[tuple[str, str, datetime]]
    """The timers that it had: kind, name, moment."""
    beside: JsonObject
    """Values of beside the row that its effects keep to bring them back (`Effect.keep_for_undo`)."""

    def as_json(self) -> JsonObject:
        """Return what the request keeps of it."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "until": self.until.isoformat(),
            "row": self.row,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "timers": [[kind, name, at.isoformat()] for kind, name, at in self.timers],
            "beside": self.beside,
        }

    @classmethod
    def from_json(cls, stored_json: JsonObject) -> "StepBefore":
        """Return what `as_json` kept."""
        read = datetime.fromisoformat
        return cls(
            stored_json["seq"],
            read(stored_json["at"]),
            read(stored_json["until"]),
            stored_json["row"],
            read(stored_json["due_at"]) if stored_json["due_at"] else None,
            [(kind, name, read(at)) for kind, name, at in stored_json["timers"]],
            stored_json.get("beside", stored_json),  # rows of an earlier release have the bookings here
        )

    def build_request(self, request: ServiceRequest) -> ServiceRequest:
        """Return a copy of the request as it was before the step."""
        return replace(request, **deepcopy(self.row))

    def list_timers(self, request_id: int) -> list[Timer]:
        """Return the timers to be set again."""
        return [Timer(request_id, TimerKind(kind), name, at) for kind, name, at in self.timers]


STEP_BEFORE: StoredField[StepBefore] = StoredField(
    "step_before", Text(), stored_form=StoredForm(StepBefore.as_json, StepBefore.from_json)
)
"""State of the request before its last step, while that may be taken back. Nobody is shown it."""
