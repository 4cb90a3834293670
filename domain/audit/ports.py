"""What the audit needs of the store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.audit.entries import AuditEntry, AuditFilter, VerificationRecord


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

    async def asked(self) -> VerificationRecord | None:
        """Return the oldest one that has not ended."""
        ...

    async def end(self, verified: VerificationRecord) -> None:
        """Store what one found."""
        ...

    async def last(self) -> VerificationRecord | None:
        """Return the last one that ended."""
        ...
