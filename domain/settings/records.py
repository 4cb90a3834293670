"""What the installation keeps about itself: changed settings, facts of the audit, verifications of the history."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A change of a setting."""

    name: str
    """The rule or text that changed."""
    before: Any
    """Its value until then, as it is kept; None: as configured."""
    value: Any
    """What it became; None: as configured."""
    by: str
    """Who changed it, as a label."""
    at: datetime
    """When it was changed, in UTC."""
    id: int = 0
    """Given by the store; 0 before."""


@dataclass(frozen=True, slots=True)
class DeclaredDay:
    """A day that was declared working or a holiday, and why."""

    day: date
    working: bool
    note: str
