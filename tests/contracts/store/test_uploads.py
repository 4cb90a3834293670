"""Uploads, on every engine: to a draft or a request, their chunks in order, taken once, gone with their time and their
owner.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from asyncpg.exceptions import CheckViolationError

from domain.uploads.upload import Upload, UploadOwner
from store.unit_of_work import SqlStore
from tests.contracts.store.drafts.test_drafts import MINE, a_draft
from tests.support.factories import NOW, a_request, new_id

DAY = timedelta(days=1)
MakeOwner = Callable[[SqlStore], Awaitable[UploadOwner]]


async def make_draft(store: SqlStore) -> UploadOwner:
    """Store a draft."""
    draft = a_draft()
    async with store.open_unit() as uow:
        await uow.drafts.add(draft, MINE)
    return UploadOwner(draft_id=draft.id)


async def make_request(store: SqlStore) -> UploadOwner:
    """Store a request."""
    request = a_request()
    async with store.open_unit() as uow:
        assert await uow.requests.add(request)
    return UploadOwner(request_id=request.id)


OWNERS = pytest.mark.parametrize("make_owner", [make_draft, make_request])


async def begin_upload(store: SqlStore, owner: UploadOwner, size: int = 6) -> Upload:
    """Store an upload."""
    upload = Upload(new_id(), owner.draft_id, owner.request_id, "سند.jpg", size, 0, NOW, NOW + DAY)
    async with store.open_unit() as uow:
        await uow.uploads.add(upload)
    return upload


@OWNERS
async def test_an_upload_grows_and_is_taken(store: SqlStore, make_owner: MakeOwner) -> None:
    owner, other = await make_owner(store), await make_owner(store)
    upload = await begin_upload(store, owner)
    for chunk in (b"\0\xffa", b"b", b"cd"):
        async with store.open_unit() as uow:
            await uow.uploads.append_chunk(upload, chunk)
    async with store.open_unit() as uow:
        assert await uow.uploads.find_of_owner(upload.id, owner) == upload
        for stranger in (other, UploadOwner(draft_id=1), UploadOwner(request_id=1)):
            assert await uow.uploads.find_of_owner(upload.id, stranger) is None
        assert (upload.is_finished, await uow.uploads.get_content(upload.id)) == (True, b"\0\xffabcd")
        assert (await uow.uploads.sum_waiting_bytes(), await uow.uploads.list_open_sizes(owner)) == (6, [6])
        upload.taken_at = NOW
        await uow.uploads.take(upload)
    async with store.open_unit(write=False) as uow:
        assert await uow.uploads.find_of_owner(upload.id, owner) == upload
        assert (await uow.uploads.get_content(upload.id), await uow.uploads.sum_waiting_bytes()) == (b"", 0)
        assert await uow.uploads.list_open_sizes(owner) == []


@OWNERS
async def test_uploads_go_with_their_time_and_their_owner(store: SqlStore, make_owner: MakeOwner) -> None:
    expired, of_erased_owner = [await begin_upload(store, await make_owner(store)) for _ in range(2)]
    async with store.open_unit() as uow:
        for upload in (expired, of_erased_owner):
            await uow.uploads.append_chunk(upload, b"abc")
        if of_erased_owner.draft_id:
            await uow.drafts.delete(of_erased_owner.draft_id)
        if of_erased_owner.request_id:
            await uow.personal_data.erase_request(of_erased_owner.request_id, NOW)
    async with store.open_unit() as uow:
        assert await uow.uploads.find_of_owner(of_erased_owner.id, of_erased_owner.owner) is None
        assert await uow.uploads.sum_waiting_bytes() == 3
        assert [await uow.uploads.delete_expired(moment, 5) for moment in (NOW, NOW + DAY)] == [0, 1]
        assert [await uow.uploads.get_content(upload.id) for upload in (expired, of_erased_owner)] == [b"", b""]


async def test_an_upload_has_one_owner(store: SqlStore) -> None:
    draft, request = await make_draft(store), await make_request(store)
    for draft_id, request_id in ((None, None), (draft.draft_id, request.request_id)):
        with pytest.raises((sqlite3.IntegrityError, CheckViolationError), match="ck_uploads_one_owner"):
            async with store.open_unit() as uow:
                await uow.uploads.add(Upload(new_id(), draft_id, request_id, "a", 1, 0, NOW, NOW + DAY))
        with pytest.raises(ValueError, match="draft or to a request"):
            UploadOwner(draft_id, request_id)
