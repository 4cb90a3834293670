"""Denials and other facts of security: written, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from store.schema import audit
from store.work import Repository

# Nobody refers to an entry, so the database numbers them; inline, because that number is not wanted back.
_RECORD = insert(audit).inline()


class SqlAudit(Repository):
    """The port `Audit`."""

    async def record(self, at: datetime, actor: str, what: str, detail: Mapping[str, Any]) -> None:
        """Append one fact."""
        await self._work.run(_RECORD, {"at": at, "actor": actor, "what": what, "detail": dict(detail)})
