"""What the house keeps of itself: changed settings, facts of the audit, verifications of the history."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A change of a setting: what it was and became, as it is kept; None: as configured. The store numbers them."""

    name: str
    before: Any
    value: Any
    by: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class DeclaredDay:
    """A day that was declared working or a holiday, and why."""

    day: date
    working: bool
    note: str
