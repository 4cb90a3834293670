"""Members of the staff named in notes, and whether they have read them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, insert, select, update

from domain.requests.notes import Mention, MentionedNote
from store.rows import TableMapping
from store.schema import history, mentions, requests
from store.work import Repository

_MENTION_MAPPING = TableMapping(mentions, Mention)
_INSERT_MENTIONS = insert(mentions)
_IS_UNREAD_OF = (mentions.c.username == bindparam("of_member")) & mentions.c.read_at.is_(None)
_IS_OF_SERVICES = requests.c.service.in_(bindparam("of_services", expanding=True))
_COUNT_UNREAD = (
    select(func.count())
    .select_from(mentions)
    .join(requests, requests.c.id == mentions.c.request_id)
    .where(_IS_UNREAD_OF, _IS_OF_SERVICES)
)
_IS_UNREAD_OF_REQUEST = _IS_UNREAD_OF & (mentions.c.request_id == bindparam("of_request"))
_FIND_UNREAD = select(mentions.c.seq).where(_IS_UNREAD_OF_REQUEST).limit(1)
_MARK_READ = update(mentions).where(_IS_UNREAD_OF_REQUEST).values(read_at=bindparam("now"))
_LIST_NOTES = (
    select(*_MENTION_MAPPING.columns, history.c.actor, history.c.note, requests.c.code, requests.c.service)
    .join(history, (history.c.request_id == mentions.c.request_id) & (history.c.seq == mentions.c.seq))
    .join(requests, requests.c.id == mentions.c.request_id)
    .where(mentions.c.username == bindparam("of_member"), _IS_OF_SERVICES)
    .order_by(mentions.c.at.desc(), mentions.c.request_id.desc(), mentions.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
)


class SqlMentionRepository(Repository):
    """The port `MentionRepository`."""

    async def add_all(self, new_mentions: Sequence[Mention]) -> None:
        if new_mentions:
            await self._transaction.execute(
                _INSERT_MENTIONS, [_MENTION_MAPPING.column_values(mention) for mention in new_mentions]
            )

    async def count_unread(self, username: str, services: Collection[str]) -> int:
        query = {"of_member": username, "of_services": list(services)}
        row = await self._transaction.fetch_row(_COUNT_UNREAD, query) if services else None
        return int(row[0]) if row else 0

    async def has_unread(self, request_id: int, username: str) -> bool:
        query = {"of_member": username, "of_request": request_id}
        return await self._transaction.fetch_row(_FIND_UNREAD, query) is not None

    async def mark_read(self, request_id: int, username: str, now: datetime) -> int:
        query = {"of_member": username, "of_request": request_id, "now": now}
        return await self._transaction.count_written(_MARK_READ, query)

    async def list_notes(self, username: str, services: Collection[str], limit: int) -> list[MentionedNote]:
        query = {"of_member": username, "of_services": list(services), "most": limit}
        rows = await self._transaction.fetch_rows(_LIST_NOTES, query) if services else []
        return [MentionedNote(_MENTION_MAPPING.read_row(row), *row[len(_MENTION_MAPPING.columns) :]) for row in rows]
