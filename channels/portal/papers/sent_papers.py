"""The files that a form of papers brings: in it, or as uploads that came before and that it names in their place."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.portal.frame import PortalVisitor
from channels.portal.papers.upload_owners import UploadOwners, read_file_id
from channels.web.posted import PostedForm, UploadedFile
from domain.actions.dependencies import Dependencies
from domain.actions.documents.preparing import prepare_file
from domain.actions.documents.uploads import MOST_UPLOADS, delete_upload, read_upload, take_upload
from domain.actions.drafts.reading import citizen_actor
from domain.unit_of_work import Store, UnitOfWork
from domain.uploads.upload import Upload
from domain.values.errors import DomainError
from domain.values.files import MAX_DOCUMENT_BYTES, PreparedFile

MAX_FILE_FORM_BYTES = 3 * MAX_DOCUMENT_BYTES + 64 * 1024
"""Bytes of a form of papers: some photos at once, as phones take them."""

MOST_FORM_FILES = MOST_UPLOADS
"""Files that one form may bring; further ones are not looked at."""

_UPLOAD_PREFIX = "upload-"
_INPUT_PREFIXES = ("file-", "camera-", _UPLOAD_PREFIX)
"""A paper's files, its photos, and the ids of its uploads."""

KeepFile = Callable[[str, PreparedFile], Awaitable[object]]
"""Stores a file as the paper of that name with whom it was sent to; a domain error refuses it."""


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

    def __init__(self, dependencies: Dependencies, store: Store, owners: UploadOwners) -> None:
        self._dependencies = dependencies
        self._store = store
        self._owners = owners

    async def prepare_files(
        self, request: web.Request, visitor: PortalVisitor, about: str = ""
    ) -> tuple[list[SentPaper], list[RefusedPaper]]:
        """Return what may be kept of the files that were chosen, each with its paper, and what may not; `about` is the
        request that they are for, if it was sent.
        """
        prepared: list[SentPaper] = []
        refused: list[RefusedPaper] = []
        actor = citizen_actor(visitor.proved_mobile)
        for paper_name, value in list_sent(visitor.form)[:MOST_FORM_FILES]:
            uploaded, upload = UploadedFile("", b""), None
            try:
                uploaded, upload = await self._read_sent(request, visitor, value)
                if upload and not uploaded.content:
                    continue  # named again: it was kept already
                file = await prepare_file(
                    self._dependencies, self._store, uploaded.name, uploaded.content, actor, about
                )
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
        upload_id = read_file_id(value)
        async with self._store.open_unit(write=False) as uow:
            owner = await self._owners.find_owner(uow, request, visitor)
            upload, content = await read_upload(self._dependencies, uow, owner, upload_id)
        return UploadedFile(upload.name, content), upload

    async def keep_files(
        self, uow: UnitOfWork, prepared: Sequence[SentPaper], refused: Sequence[RefusedPaper], keep_file: KeepFile
    ) -> list[RefusedPaper]:
        """Keep files by `keep_file`, which has locked whom they are for; return those that were refused before, with
        those that there is no place for. Their uploads are forgotten: as after any form, such files are chosen again.
        """
        all_refused = list(refused)
        for sent in prepared:
            try:
                await keep_file(sent.paper_name, sent.file)
            except DomainError as error:
                all_refused.append(RefusedPaper(sent.paper_name, sent.file.name, error, sent.upload))
            else:
                if sent.upload:
                    await take_upload(self._dependencies, uow, sent.upload)
        for paper in all_refused:
            if paper.upload:
                await delete_upload(uow, paper.upload.owner, paper.upload.id)
        return all_refused


def list_sent(form: PostedForm) -> list[tuple[str, str | UploadedFile]]:
    """Return the files that were chosen, and the numbers of uploads, each with its paper; an input that was left alone
    posts an empty file.
    """
    return [
        (name.removeprefix(prefix), value)
        for name, value in form.items()
        for prefix in _INPUT_PREFIXES
        if name.startswith(prefix) and (value.content if isinstance(value, UploadedFile) else prefix == _UPLOAD_PREFIX)
    ]
