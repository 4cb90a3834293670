"""Uploads to drafts, on every engine: their chunks in order, taken once, gone with their time and their draft."""

from datetime import timedelta

from domain.drafts.uploads import Upload
from store.unit_of_work import SqlStore
from tests.contracts.store.drafts.test_drafts import MINE, a_draft
from tests.support.factories import BIG, NOW, new_id

DAY = timedelta(days=1)


async def begin_upload(store: SqlStore, size: int = 6) -> Upload:
    """Store an upload to a draft of its own."""
    draft = a_draft()
    upload = Upload(new_id(), draft.id, "سند.jpg", size, 0, NOW, NOW + DAY)
    async with store.open_unit() as uow:
        await uow.drafts.add(draft, MINE)
        await uow.uploads.add(upload)
    return upload


async def test_an_upload_grows_and_is_taken(store: SqlStore) -> None:
    upload = await begin_upload(store)
    for chunk in (b"\0\xffa", b"b", b"cd"):
        async with store.open_unit() as uow:
            await uow.uploads.append_chunk(upload, chunk)
    async with store.open_unit() as uow:
        assert await uow.uploads.find_of_draft(upload.id, upload.draft_id) == upload
        assert await uow.uploads.find_of_draft(upload.id, BIG) is None
        assert (upload.is_finished, await uow.uploads.get_content(upload.id)) == (True, b"\0\xffabcd")
        assert (await uow.uploads.sum_waiting_bytes(), await uow.uploads.list_open_sizes(upload.draft_id)) == (6, [6])
        upload.taken_at = NOW
        await uow.uploads.take(upload)
    async with store.open_unit(write=False) as uow:
        assert await uow.uploads.find_of_draft(upload.id, upload.draft_id) == upload
        assert (await uow.uploads.get_content(upload.id), await uow.uploads.sum_waiting_bytes()) == (b"", 0)
        assert await uow.uploads.list_open_sizes(upload.draft_id) == []


async def test_uploads_go_with_their_time_and_their_draft(store: SqlStore) -> None:
    expired, of_deleted_draft = await begin_upload(store), await begin_upload(store)
    async with store.open_unit() as uow:
        for upload in (expired, of_deleted_draft):
            await uow.uploads.append_chunk(upload, b"abc")
        await uow.drafts.delete(of_deleted_draft.draft_id)
    async with store.open_unit() as uow:
        assert await uow.uploads.sum_waiting_bytes() == 3
        assert [await uow.uploads.delete_expired(moment, 5) for moment in (NOW, NOW + DAY)] == [0, 1]
        assert [await uow.uploads.get_content(upload.id) for upload in (expired, of_deleted_draft)] == [b"", b""]
