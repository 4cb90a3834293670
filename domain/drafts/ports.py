"""Ports of drafts."""

from datetime import datetime
from typing import Protocol

from domain.drafts.draft import Draft, DraftHolder
from domain.drafts.files import DraftFile
from domain.values.files import PreparedFile


class DraftRepository(Protocol):
    """Forms that were begun, and the sessions that hold them."""

    async def add(self, draft: Draft, session_id: int) -> None:
        """Store a new draft, held by this session."""
        ...

    async def find_held(self, draft_id: int, session_id: int, *, lock: bool = False) -> Draft | None:
        """Return a draft that this session holds; `lock` keeps other writers off it until the unit ends."""
        ...

    async def find_resumable(self, mobile: str, resume_code: str) -> Draft | None:
        """Return the draft of a mobile (+989…) with that short code, whoever holds it; the newest of several."""
        ...

    async def list_held(self, session_id: int) -> list[Draft]:
        """Return the drafts that a session holds, the one that was saved last first."""
        ...

    async def save(self, draft: Draft) -> None:
        """Store a changed draft, which this unit has locked."""
        ...

    async def add_holder(self, holder: DraftHolder) -> None:
        """Let one more session hold a draft; nothing happens where it does already."""
        ...

    async def delete(self, draft_id: int) -> None:
        """Forget a draft, for every session that holds it."""
        ...

    async def delete_expired(self, now: datetime, limit: int) -> int:
        """Forget drafts whose time is over, so many at most; return how many."""
        ...


class DraftFileRepository(Protocol):
    """Files of drafts."""

    async def add(self, draft_file: DraftFile, file: PreparedFile) -> None:
        """Store a file; the same content is kept once."""
        ...

    async def add_copy(self, draft_file: DraftFile) -> None:
        """Store a further file of a content that another one of this unit has."""
        ...

    async def list_of_draft(self, draft_id: int) -> list[DraftFile]:
        """Return the files of a draft, oldest first."""
        ...

    async def delete(self, draft_file: DraftFile) -> None:
        """Forget a file, and its content unless another one has it."""
        ...

    async def sum_waiting_bytes(self) -> int:
        """Return how many bytes the files of all drafts have that were not sent."""
        ...
