"""Files of drafts, and the deletion of a draft with all that hangs on it."""

from sqlalchemy import Integer, bindparam, delete, func, insert, select

from domain.drafts.files import DraftFile
from domain.uploads.upload import UploadOwner
from domain.values.files import PreparedFile
from store.contents import delete_unused_contents, store_content
from store.engines.types import ID
from store.rows import TableMapping
from store.schema import draft_files, draft_holders, drafts
from store.uploads import delete_uploads
from store.work import Repository, SqlTransaction

_MAPPING = TableMapping(draft_files, DraftFile)
_INSERT = insert(draft_files)
_LIST_OF_DRAFT = (
    select(*_MAPPING.columns)
    .where(draft_files.c.draft_id == bindparam("of_draft", type_=ID))
    .order_by(draft_files.c.id)
)
_DELETE_FILE = delete(draft_files).where(draft_files.c.id == bindparam("of_file", type_=ID))
_SUM_WAITING = (
    select(func.coalesce(func.sum(draft_files.c.size), 0).cast(Integer))
    .join_from(draft_files, drafts, draft_files.c.draft_id == drafts.c.id)
    .where(drafts.c.request_code.is_(None))
)
_DELETE_DRAFT = tuple(
    delete(table).where(column == bindparam("of_draft", type_=ID))
    for table, column in (
        (draft_files, draft_files.c.draft_id),
        (draft_holders, draft_holders.c.draft_id),
        (drafts, drafts.c.id),
    )
)


class SqlDraftFileRepository(Repository):
    """The port `DraftFileRepository`."""

    async def add(self, draft_file: DraftFile, file: PreparedFile) -> None:
        await store_content(self._transaction, file.sha256, file.content)
        await self._transaction.execute(_INSERT, _MAPPING.column_values(draft_file))

    async def add_copy(self, draft_file: DraftFile) -> None:
        await self._transaction.execute(_INSERT, _MAPPING.column_values(draft_file))

    async def list_of_draft(self, draft_id: int) -> list[DraftFile]:
        return _MAPPING.read_rows(await self._transaction.fetch_rows(_LIST_OF_DRAFT, {"of_draft": draft_id}))

    async def delete(self, draft_file: DraftFile) -> None:
        await self._transaction.execute(_DELETE_FILE, {"of_file": draft_file.id})
        await delete_unused_contents(self._transaction, [draft_file.sha256])

    async def sum_waiting_bytes(self) -> int:
        return int(await self._transaction.fetch_value(_SUM_WAITING))


async def delete_draft_rows(transaction: SqlTransaction, draft_id: int) -> None:
    """Delete a draft with its files and uploads, for every session that holds it."""
    rows = await transaction.fetch_rows(_LIST_OF_DRAFT, {"of_draft": draft_id})
    await delete_uploads(transaction, UploadOwner(draft_id=draft_id))
    for statement in _DELETE_DRAFT:
        await transaction.execute(statement, {"of_draft": draft_id})
    await delete_unused_contents(transaction, {draft_file.sha256 for draft_file in _MAPPING.read_rows(rows)})
