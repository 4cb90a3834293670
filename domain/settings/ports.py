"""Ports of the runtime settings: changes and declared days."""

from datetime import date, datetime
from typing import Any, Protocol

from domain.settings.records import DeclaredDay, SettingChange


class SettingChangeRepository(Protocol):
    """Changes of the settings by the staff; a setting is what its last change made it."""

    async def get_version(self) -> int:
        """Return the number of the last change; 0 before the first one."""
        ...

    async def get_values(self) -> dict[str, Any]:
        """Return name → value of every setting that is changed, not of those that were given back."""
        ...

    async def get_change_times(self) -> dict[str, datetime]:
        """Return name → time of the last change of every setting, also of those that were given back."""
        ...

    async def find_last(self, setting_name: str) -> SettingChange | None:
        """Return the last change of a setting."""
        ...

    async def add(self, change: SettingChange) -> None:
        """Store a change; it gets a number of its own."""
        ...

    async def list_recent(self, before: int | None, limit: int) -> list[SettingChange]:
        """Return changes, newest first, after the number `before` in this order."""
        ...


class WorkCalendarRepository(Protocol):
    """Days that the municipality declared off or working, on top of the computed holidays."""

    async def get_overrides(self) -> dict[date, bool]:
        """Return day → whether it is a working day."""
        ...

    async def list_declared(self, since_day: date) -> list[DeclaredDay]:
        """Return the days from `since_day` on that were declared, in order."""
        ...

    async def save_override(self, day: date, is_working: bool, note: str) -> None:
        """Declare a day."""
        ...

    async def delete_override(self, day: date) -> bool:
        """Let a day be what it is by itself again; False when it was not declared."""
        ...
