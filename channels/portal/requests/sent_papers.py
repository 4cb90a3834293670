"""The files that the form of papers brings: in it, or as uploads that came before and that it names in their place."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.portal.frame import PortalVisitor
from channels.portal.requests.addresses import read_draft_id, read_file_id
from channels.portal.requests.draft_pages import require_session
from channels.web.posted import PostedForm, UploadedFile
from domain.actions.dependencies import Dependencies
from domain.actions.documents.preparing import prepare_file
from domain.actions.drafts.papers import MOST_DRAFT_FILES, add_draft_file
from domain.actions.drafts.reading import citizen_actor
from domain.actions.drafts.uploads import delete_upload, read_upload, take_upload
from domain.drafts.draft import Draft
from domain.drafts.uploads import Upload
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import DomainError
from domain.values.files import PreparedFile

_UPLOAD_PREFIX = "upload-"
_INPUT_PREFIXES = ("file-", "camera-", _UPLOAD_PREFIX)
"""A paper's files, its photos, and the ids of its uploads."""


@dataclass(frozen=True, slots=True)
class RefusedPaper:
    """A file that was not kept."""

    paper_name: str
    file_name: str
    error: DomainError
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class SentPaper:
    """A file that may be kept, and the upload that it came by, if any."""

    paper_name: str
    file: PreparedFile
    upload: Upload | None


class SentPapers:
    """Prepares the files of a form of papers, and keeps them."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store

    async def prepare_files(
        self, request: web.Request, visitor: PortalVisitor
    ) -> tuple[list[SentPaper], list[RefusedPaper]]:
        """Return what may be kept of the files that were chosen, each with its paper, and what may not."""
        prepared: list[SentPaper] = []
        refused: list[RefusedPaper] = []
        actor = citizen_actor(visitor.proved_mobile)
        for paper_name, value in _list_sent(visitor.form)[:MOST_DRAFT_FILES]:
            uploaded, upload = UploadedFile("", b""), None
            try:
                uploaded, upload = await self._read_sent(request, visitor, value)
                if upload and not uploaded.content:
                    continue  # named again: it is a file of the draft already
                file = await prepare_file(self._dependencies, self._store, uploaded.name, uploaded.content, actor)
            except DomainError as error:
                refused.append(RefusedPaper(paper_name, uploaded.name, error, upload))
            else:
                prepared.append(SentPaper(paper_name, file, upload))
        return prepared, refused

    async def _read_sent(
        self, request: web.Request, visitor: PortalVisitor, value: str | UploadedFile
    ) -> tuple[UploadedFile, Upload | None]:
        """Return a file of the form, or the one of the upload that it names in place of it."""
        if isinstance(value, UploadedFile):
            return value, None
        session, upload_id = require_session(visitor), read_file_id(value)
        async with self._store.open_unit(write=False) as uow:
            upload, content = await read_upload(self._dependencies, uow, session.id, read_draft_id(request), upload_id)
        return UploadedFile(upload.name, content), upload

    async def delete_refused(
        self, uow: UnitOfWork, session_id: int, draft: Draft, refused: Sequence[RefusedPaper]
    ) -> None:
        """Forget the uploads of files that are not kept: as after any form, they are chosen again."""
        for paper in refused:
            if paper.upload:
                await delete_upload(self._dependencies, uow, session_id, draft.id, paper.upload.id)

    async def store_files(
        self,
        uow: UnitOfWork,
        visitor: PortalVisitor,
        session_id: int,
        draft: Draft,
        prepared: Sequence[SentPaper],
    ) -> list[RefusedPaper]:
        """Keep files with a draft; return those that it has no place for."""
        refused = []
        for sent in prepared:
            try:
                await add_draft_file(
                    self._dependencies, uow, session_id, draft.id, sent.paper_name, sent.file, visitor.source_address
                )
            except DomainError as error:
                refused.append(RefusedPaper(sent.paper_name, sent.file.name, error, sent.upload))
            else:
                if sent.upload:
                    await take_upload(self._dependencies, uow, sent.upload)
        return refused


def _list_sent(form: PostedForm) -> list[tuple[str, str | UploadedFile]]:
    """Return the files that were chosen, and the numbers of uploads, each with its paper; an input that was left alone
    posts an empty file.
    """
    return [
        (name.removeprefix(prefix), value)
        for name, value in form.items()
        for prefix in _INPUT_PREFIXES
        if name.startswith(prefix) and (value.content if isinstance(value, UploadedFile) else prefix == _UPLOAD_PREFIX)
    ]
