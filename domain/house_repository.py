"""What the house keeps of itself, as protocols: changed settings, the audit, verifications of the history.

`store/` implements them (see repositories.py).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.house_records import AuditEntry, AuditFilter, KeptVerification, SettingChange


class SettingChanges(Protocol):
    """What the staff changed of the settings; a setting is what its last change made it."""

    async def version(self) -> int:
        """Return the number of the last change; 0 before the first one."""
        ...

    async def values(self) -> dict[str, Any]:
        """Return name → value of every setting that is changed, not of those that were given back."""
        ...

    async def last(self, name: str) -> SettingChange | None:
        """Return the last change of a setting."""
        ...

    async def add(self, change: SettingChange) -> None:
        """Store a change; it gets a number of its own."""
        ...

    async def recent(self, before: int | None, limit: int) -> list[SettingChange]:
        """Return changes, newest first, after the number `before` in this order."""
        ...


class Audit(Protocol):
    """Denials and other facts of security."""

    async def record(self, at: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> None:
        """Append one fact."""
        ...

    async def again(self, alike: str, at: datetime) -> bool:
        """Count once more what was recorded under `alike`; False when nothing was."""
        ...

    async def record_alike(self, alike: str, at: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> None:
        """Append one fact under `alike`, or count it once more where one was recorded meanwhile."""
        ...

    async def find(self, wanted: AuditFilter) -> list[AuditEntry]:
        """Return facts, newest first."""
        ...


class Verifications(Protocol):
    """Verifications of the history: asked for by somebody or by the night, and what they found."""

    async def ask(self, by: str, at: datetime) -> None:
        """Ask for one."""
        ...

    async def asked(self) -> KeptVerification | None:
        """Return the oldest one that has not ended."""
        ...

    async def end(self, verified: KeptVerification) -> None:
        """Store what one found."""
        ...

    async def last(self) -> KeptVerification | None:
        """Return the last one that ended."""
        ...
