"""Uploads to a draft or a request: begun, carried on from the byte where the line broke, and named by the form of
papers in place of the file.

An upload carries bytes and nothing else. What they are is looked at when the form names them, as for any other file.
Whoever calls has found the owner, and that its visitor may send it papers; who writes has locked it.
"""

from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import (
    count_upload,
    require_capacity,
    require_upload_capacity,
    require_waiting_capacity,
)
from domain.actions.sweeping import sweep_in_units
from domain.repositories import DraftRepositories
from domain.unit_of_work import Store
from domain.uploads.ports import UploadRepository
from domain.uploads.upload import Upload, UploadOwner
from domain.values.errors import Conflict, NotFound, TooLarge
from domain.values.files import clean_file_name, require_file_size
from domain.values.reasons import NotFoundReason

UPLOAD_LIFETIME = timedelta(days=1)
"""Time for which an upload may be carried on, or named by the form."""

NAMELESS_FILE = "file"
"""The name of a file that came without one."""

SWEPT_AT_ONCE = 100
"""Uploads that one unit forgets."""


async def create_upload(
    context: ActionContext[DraftRepositories], owner: UploadOwner, file_name: str, size: int, source_address: str
) -> Upload:
    """Begin the upload of a file of `size` bytes to a locked owner.

    Errors: `DocumentRejected` for an empty file, `TooLarge` for one over 7 MB or too many at once,
    `TooManyRequests` for an address, or all uploads and drafts together, that have too many.
    """
    require_file_size(size)
    require_capacity(await context.uow.uploads.list_open_sizes(owner), size)
    await count_upload(context, source_address)
    await require_waiting_capacity(context.uow.uploads, context.uow.draft_files, size)
    now = context.dependencies.clock.now()
    upload = Upload(
        id=context.dependencies.ids.new_id(),
        draft_id=owner.draft_id,
        request_id=owner.request_id,
        name=clean_file_name(file_name) or NAMELESS_FILE,
        size=size,
        received=0,
        created_at=now,
        expires_at=now + UPLOAD_LIFETIME,
    )
    await context.uow.uploads.add(upload)
    return upload


async def get_upload(context: ActionContext[DraftRepositories], owner: UploadOwner, upload_id: int) -> Upload:
    """Return an upload to this owner; `NotFound` for any other, and where its time is over."""
    upload = await context.uow.uploads.find_of_owner(upload_id, owner)
    if upload is None or upload.expires_at <= context.dependencies.clock.now():
        raise NotFound("document", NotFoundReason.UPLOAD)
    return upload


async def append_chunk(
    context: ActionContext[DraftRepositories], owner: UploadOwner, upload_id: int, offset: int, chunk: bytes
) -> Upload:
    """Add the bytes that follow the first `offset` ones. The owner is locked: of the same chunk sent twice one counts.

    Errors: `NotFound`; `Conflict("offset")` where another number of bytes came so far, `TooLarge` beyond the size that
    was named, `TooManyRequests` while uploads are too many bytes.
    """
    upload = await get_upload(context, owner, upload_id)
    if offset != upload.received:
        raise Conflict("offset")
    if offset + len(chunk) > upload.size:
        raise TooLarge("document")
    if not chunk:
        return upload
    await require_upload_capacity(context.uow.uploads, len(chunk))
    await context.uow.uploads.append_chunk(upload, chunk)
    return upload


async def delete_upload(uploads: UploadRepository, owner: UploadOwner, upload_id: int) -> None:
    """Forget an upload to a locked owner; one that is gone already is no error."""
    if upload := await uploads.find_of_owner(upload_id, owner):
        await uploads.delete(upload.id)


async def read_upload(
    context: ActionContext[DraftRepositories], owner: UploadOwner, upload_id: int
) -> tuple[Upload, bytes]:
    """Return a finished upload with its bytes: none of one that became a file of its owner already, maybe just now.

    `NotFound` for one that is not there, whose time is over, or that is not finished.
    """
    upload = await get_upload(context, owner, upload_id)
    if not upload.is_finished:
        raise NotFound("document", NotFoundReason.UPLOAD)
    return upload, await context.uow.uploads.get_content(upload_id)


async def take_upload(context: ActionContext[DraftRepositories], upload: Upload) -> None:
    """Note that an upload became a file of its owner: named again, it makes no second one. Its bytes are deleted."""
    upload.taken_at = context.dependencies.clock.now()
    await context.uow.uploads.take(upload)


async def forget_expired_uploads(dependencies: Dependencies, store: Store) -> int:
    """Forget the uploads whose time is over, finished or not, a unit for some of them; return how many."""
    return await sweep_in_units(store, lambda uow: uow.uploads.delete_expired(dependencies.clock.now(), SWEPT_AT_ONCE))
