"""Uploads to drafts and requests: a row for each, and one for each chunk of its bytes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, func, insert, or_, select, update

from domain.uploads.upload import Upload, UploadOwner
from store.engines.types import ID
from store.expired_rows import select_expired
from store.rows import TableMapping
from store.schema import upload_parts, uploads
from store.work import Repository, SqlTransaction

_MAPPING = TableMapping(uploads, Upload)
_INSERT, _INSERT_PART = insert(uploads), insert(upload_parts)
_OF_OWNER = or_(
    uploads.c.draft_id == bindparam("of_draft", type_=ID), uploads.c.request_id == bindparam("of_request", type_=ID)
)
"""No row is of the one that is NULL."""
_OF_UPLOAD = uploads.c.id == bindparam("of_upload", type_=ID)
_FIND = select(*_MAPPING.columns).where(_OF_UPLOAD, _OF_OWNER)
_LIST_OPEN_SIZES = select(uploads.c.size).where(_OF_OWNER, uploads.c.taken_at.is_(None))
_UPDATE = update(uploads).where(_OF_UPLOAD)
_LIST_PARTS = (
    select(upload_parts.c.content)
    .where(upload_parts.c.upload_id == bindparam("of_upload", type_=ID))
    .order_by(upload_parts.c.position)
)
_DELETE_PARTS = delete(upload_parts).where(upload_parts.c.upload_id == bindparam("of_upload", type_=ID))
_DELETE = delete(uploads).where(_OF_UPLOAD)
_LIST_OF_OWNER = select(uploads.c.id).where(_OF_OWNER)
_LIST_EXPIRED = select_expired(uploads, uploads.c.expires_at)
_SUM_WAITING = select(func.coalesce(func.sum(uploads.c.received), 0).cast(Integer)).where(uploads.c.taken_at.is_(None))


class SqlUploadRepository(Repository):
    """The port `UploadRepository`."""

    async def add(self, upload: Upload) -> None:
        await self._transaction.execute(_INSERT, _MAPPING.column_values(upload))

    async def find_of_owner(self, upload_id: int, owner: UploadOwner) -> Upload | None:
        row = await self._transaction.fetch_row(_FIND, {"of_upload": upload_id, **_name_owner(owner)})
        return None if row is None else _MAPPING.read_row(row)

    async def list_open_sizes(self, owner: UploadOwner) -> list[int]:
        return [size for (size,) in await self._transaction.fetch_rows(_LIST_OPEN_SIZES, _name_owner(owner))]

    async def append_chunk(self, upload: Upload, chunk: bytes) -> None:
        part_values = {"upload_id": upload.id, "position": upload.received, "content": chunk}
        await self._transaction.execute(_INSERT_PART, part_values)
        upload.received += len(chunk)
        await self._transaction.execute(_UPDATE, {"of_upload": upload.id, "received": upload.received})

    async def get_content(self, upload_id: int) -> bytes:
        return b"".join(part for (part,) in await self._transaction.fetch_rows(_LIST_PARTS, {"of_upload": upload_id}))

    async def take(self, upload: Upload) -> None:
        await self._transaction.execute(_DELETE_PARTS, {"of_upload": upload.id})
        await self._transaction.execute(_UPDATE, {"of_upload": upload.id, "taken_at": upload.taken_at})

    async def delete(self, upload_id: int) -> None:
        await _delete_upload_rows(self._transaction, upload_id)

    async def delete_expired(self, now: datetime, limit: int) -> int:
        rows = await self._transaction.fetch_rows(_LIST_EXPIRED, {"now": now, "most": limit})
        for (upload_id,) in rows:
            await self.delete(upload_id)
        return len(rows)

    async def sum_waiting_bytes(self) -> int:
        return int(await self._transaction.fetch_value(_SUM_WAITING))


async def delete_uploads(transaction: SqlTransaction, owner: UploadOwner) -> None:
    """Delete all uploads to a draft or a request, with their bytes."""
    for (upload_id,) in await transaction.fetch_rows(_LIST_OF_OWNER, _name_owner(owner)):
        await _delete_upload_rows(transaction, upload_id)


async def _delete_upload_rows(transaction: SqlTransaction, upload_id: int) -> None:
    for statement in (_DELETE_PARTS, _DELETE):
        await transaction.execute(statement, {"of_upload": upload_id})


def _name_owner(owner: UploadOwner) -> Mapping[str, int | None]:
    return {"of_draft": owner.draft_id, "of_request": owner.request_id}
