"""The running dialogue of each line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, delete, select

from store.engines.base import DatabaseEngine
from store.schema import dialogues
from store.work import Repository

_LINE = (dialogues.c.channel == bindparam("on_channel"), dialogues.c.address == bindparam("of_address"))
_LOAD = select(dialogues.c.state, dialogues.c.expires_at).where(*_LINE)
_DROP = delete(dialogues).where(*_LINE)


def _put(engine: DatabaseEngine) -> Executable:
    new = engine.insert(dialogues)
    changed = {name: new.excluded[name] for name in ("state", "expires_at")}
    return new.on_conflict_do_update(index_elements=["channel", "address"], set_=changed)


class SqlDialogues(Repository):
    """The port `Dialogues`."""

    async def load(self, channel: str, address: str) -> tuple[dict[str, Any], datetime] | None:
        """Return the stored dialogue and its expiry, whether past or not."""
        row = await self._work.row(_LOAD, {"on_channel": channel, "of_address": address})
        return None if row is None else (row[0], row[1])

    async def store(self, channel: str, address: str, state: Mapping[str, Any], expires_at: datetime) -> None:
        """Keep the dialogue, replacing what was there."""
        line = {"channel": channel, "address": address}
        await self._work.run(_put, {**line, "state": dict(state), "expires_at": expires_at})

    async def drop(self, channel: str, address: str) -> None:
        """Forget the dialogue."""
        await self._work.run(_DROP, {"on_channel": channel, "of_address": address})
