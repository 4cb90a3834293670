"""The running dialogue of each line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, delete, select

from store.engines.base import DatabaseEngine
from store.schema import dialogues
from store.work import Repository

_IS_THIS_LINE = (dialogues.c.channel == bindparam("on_channel"), dialogues.c.address == bindparam("of_address"))
_LOAD_DIALOGUE = select(dialogues.c.state, dialogues.c.expires_at).where(*_IS_THIS_LINE)
_DROP_DIALOGUE = delete(dialogues).where(*_IS_THIS_LINE)


def _upsert_dialogue(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(dialogues)
    changed_columns = {column_name: insertion.excluded[column_name] for column_name in ("state", "expires_at")}
    return insertion.on_conflict_do_update(index_elements=["channel", "address"], set_=changed_columns)


class SqlDialogueRepository(Repository):
    """The port `DialogueRepository`."""

    async def load(self, channel: str, address: str) -> tuple[dict[str, Any], datetime] | None:
        row = await self._transaction.fetch_row(_LOAD_DIALOGUE, {"on_channel": channel, "of_address": address})
        return None if row is None else (row[0], row[1])

    async def save(self, channel: str, address: str, dialogue_state: Mapping[str, Any], expires_at: datetime) -> None:
        line_values = {"channel": channel, "address": address}
        await self._transaction.execute(
            _upsert_dialogue, {**line_values, "state": dict(dialogue_state), "expires_at": expires_at}
        )

    async def delete(self, channel: str, address: str) -> None:
        await self._transaction.execute(_DROP_DIALOGUE, {"on_channel": channel, "of_address": address})
