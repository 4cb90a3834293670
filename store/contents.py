"""Contents of files, kept once each however many documents, draft files and photos of slips are of them.

Who adds a reference holds the content's row until the unit ends, and who deletes it first takes the row and then looks,
in a statement of its own, whether a reference is left: so none is deleted under a file that is just being added.
"""

from collections.abc import Collection

from sqlalchemy import Executable, bindparam, delete, exists, select

from store.engines.base import DatabaseEngine
from store.schema import contents, documents, draft_files, slip_photos
from store.work import SqlTransaction

_HOLD = (
    select(contents.c.sha256)
    .where(contents.c.sha256 == bindparam("held"))
    .with_for_update(read=True, key_share=True, of=contents)
)
_TAKE = select(contents.c.sha256).where(contents.c.sha256.in_(bindparam("files", expanding=True))).with_for_update()
_DELETE_UNUSED = delete(contents).where(
    contents.c.sha256.in_(bindparam("files", expanding=True)),
    ~exists(select(documents.c.id).where(documents.c.sha256 == contents.c.sha256)),
    ~exists(select(draft_files.c.id).where(draft_files.c.sha256 == contents.c.sha256)),
    ~exists(select(slip_photos.c.id).where(slip_photos.c.sha256 == contents.c.sha256)),
)


def _insert_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(contents).on_conflict_do_nothing(index_elements=["sha256"])


async def store_content(transaction: SqlTransaction, sha256: str, content: bytes) -> None:
    """Store a content, or hold the one that is there."""
    await transaction.execute(_insert_once, {"sha256": sha256, "content": content})
    if await transaction.fetch_row(_HOLD, {"held": sha256}) is None:  # it was deleted while this waited for it
        await transaction.execute(_insert_once, {"sha256": sha256, "content": content})


async def delete_unused_contents(transaction: SqlTransaction, sha256s: Collection[str]) -> None:
    """Delete those of these contents that no file is of any more; their files were deleted before in this unit."""
    if sha256s:
        await transaction.fetch_rows(_TAKE, {"files": list(sha256s)})
        await transaction.execute(_DELETE_UNUSED, {"files": list(sha256s)})
