"""Drafts of citizens' forms: a session finds those that it holds, and no others."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, insert, select, update

from domain.drafts.draft import Draft, DraftHolder
from store.drafts.files import delete_draft_rows
from store.engines.base import DatabaseEngine
from store.engines.types import ID
from store.expired_rows import select_expired
from store.rows import TableMapping
from store.schema import draft_holders, drafts
from store.work import Repository

_MAPPING = TableMapping(drafts, Draft)
_SELECT_HELD = (
    select(*_MAPPING.columns)
    .join(draft_holders, draft_holders.c.draft_id == drafts.c.id)
    .where(draft_holders.c.session_id == bindparam("of_session", type_=ID))
)
_FIND_HELD = _SELECT_HELD.where(drafts.c.id == bindparam("of_draft", type_=ID))
_LOCK_HELD = _FIND_HELD.with_for_update(of=drafts)
_LIST_HELD = _SELECT_HELD.order_by(drafts.c.updated_at.desc(), drafts.c.id.desc())
_FIND_RESUMABLE = (
    select(*_MAPPING.columns)
    .where(drafts.c.mobile == bindparam("of_mobile"), drafts.c.resume_code == bindparam("of_code"))
    .order_by(drafts.c.id.desc())
    .limit(1)
)
_UPDATE = update(drafts).where(drafts.c.id == bindparam("of_draft", type_=ID))
_INSERT = insert(drafts)
_SELECT_EXPIRED = select_expired(drafts, drafts.c.expires_at)


def _insert_holder(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(draft_holders).on_conflict_do_nothing(index_elements=["draft_id", "session_id"])


class SqlDraftRepository(Repository):
    """The port `DraftRepository`."""

    async def add(self, draft: Draft, session_id: int) -> None:
        await self._transaction.execute(_INSERT, _MAPPING.column_values(draft))
        await self.add_holder(DraftHolder(draft.id, session_id))

    async def find_held(self, draft_id: int, session_id: int, *, lock: bool = False) -> Draft | None:
        row = await self._transaction.fetch_row(
            _LOCK_HELD if lock else _FIND_HELD, {"of_draft": draft_id, "of_session": session_id}
        )
        return None if row is None else _MAPPING.read_row(row)

    async def find_resumable(self, mobile: str, resume_code: str) -> Draft | None:
        row = await self._transaction.fetch_row(_FIND_RESUMABLE, {"of_mobile": mobile, "of_code": resume_code})
        return None if row is None else _MAPPING.read_row(row)

    async def list_held(self, session_id: int) -> list[Draft]:
        return _MAPPING.read_rows(await self._transaction.fetch_rows(_LIST_HELD, {"of_session": session_id}))

    async def save(self, draft: Draft) -> None:
        values = _MAPPING.column_values(draft)
        await self._transaction.execute(_UPDATE, {"of_draft": values.pop("id"), **values})

    async def add_holder(self, holder: DraftHolder) -> None:
        values = {"draft_id": holder.draft_id, "session_id": holder.session_id}
        await self._transaction.execute(_insert_holder, values)

    async def delete(self, draft_id: int) -> None:
        await delete_draft_rows(self._transaction, draft_id)

    async def delete_expired(self, now: datetime, limit: int) -> int:
        rows = await self._transaction.fetch_rows(_SELECT_EXPIRED, {"now": now, "most": limit})
        for (draft_id,) in rows:
            await self.delete(draft_id)
        return len(rows)
