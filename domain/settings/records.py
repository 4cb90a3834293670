"""Records of the installation about itself: changed settings, facts of the audit, verifications of the history."""

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
    """New value; None: as configured."""
    by: str
    """Person who changed it, as a label."""
    at: datetime
    """Time of the change, in UTC."""
    id: int = 0
    """Given by the store; 0 before."""


@dataclass(frozen=True, slots=True)
class DeclaredDay:
    """A day that was declared working or a holiday, and why."""

    day: date
    working: bool
    note: str
