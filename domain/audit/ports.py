"""Ports of the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.audit.entries import AuditEntry, AuditFilter, VerificationRecord
from domain.audit.read_events import ReadEvent, ReadEventFilter, ReadKind


class ReadEventRepository(Protocol):
    """Read events of personal data."""

    async def add_read_event(self, read_at: datetime, viewer_label: str, kind: ReadKind, subject: str) -> None:
        """Record one reading, unless an alike one of the same hour is recorded."""
        ...

    async def list_read_events(self, event_filter: ReadEventFilter) -> list[ReadEvent]:
        """Return events, newest first."""
        ...

    async def delete_read_events_before(self, moment: datetime) -> int:
        """Forget the events of all hours that ended before a moment; return how many."""
        ...


class AuditRepository(ReadEventRepository, Protocol):
    """Denials and other facts of security, and read events."""

    async def add_entry(
        self, recorded_at: datetime, actor_label: str, fact_code: str, detail: Mapping[str, Any]
    ) -> None:
        """Append one fact."""
        ...

    async def count_again(self, likeness_key: str, recorded_at: datetime) -> bool:
        """Count once more what was recorded under `likeness_key`; False when nothing was."""
        ...

    async def add_or_count_entry(
        self, likeness_key: str, recorded_at: datetime, actor_label: str, fact_code: str, detail: Mapping[str, Any]
    ) -> None:
        """Append one fact under `likeness_key`, or count it once more where one was recorded meanwhile."""
        ...

    async def list_entries(self, audit_filter: AuditFilter) -> list[AuditEntry]:
        """Return facts, newest first."""
        ...


class VerificationRepository(Protocol):
    """Verifications of the history: asked for by somebody or by the night, and what they found."""

    async def add_request(self, asked_by: str, asked_at: datetime) -> None:
        """Ask for one."""
        ...

    async def find_requested(self) -> VerificationRecord | None:
        """Return the oldest one that has not ended."""
        ...

    async def save_result(self, verification: VerificationRecord) -> None:
        """Store what one found."""
        ...

    async def find_last_ended(self) -> VerificationRecord | None:
        """Return the last one that ended."""
        ...
