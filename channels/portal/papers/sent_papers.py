"""The files that a form of papers brings: in it, or as uploads that came before and that it names in their place.

To open a file is what costs most. So whom they are for, who sends them and whether there is place for them is looked at
before, and each is counted; and one after the other is prepared and kept, so that no more of them lies in memory than
the form itself.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from channels.portal.frame import PortalVisitor
from channels.portal.papers.upload_owners import read_file_id
from channels.web.posted import PostedForm, UploadedFile
from channels.web.site_part import SitePart
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActionContext
from domain.actions.documents.capacity import MOST_FORM_FILES, build_surplus_error, count_file
from domain.actions.documents.preparing import prepare_file
from domain.actions.documents.uploads import delete_upload, read_upload, take_upload
from domain.unit_of_work import UnitOfWork
from domain.uploads.upload import Upload, UploadOwner
from domain.values.errors import DomainError, NotFound, TooManyRequests, Unavailable
from domain.values.files import MAX_DOCUMENT_BYTES, PreparedFile, digest_content, require_file_size

MAX_FILE_FORM_BYTES = 3 * MAX_DOCUMENT_BYTES + 64 * 1024
"""Bytes of a form of papers: some photos at once, as phones take them."""

PASSING_ERRORS = (TooManyRequests, Unavailable)
"""Errors that refuse a file for now: the same one may be taken later, so its upload stays."""

_UPLOAD_PREFIX = "upload-"
_INPUT_PREFIXES = ("file-", "camera-", _UPLOAD_PREFIX)
"""A paper's files, its photos, and the ids of its uploads."""

AdmitFile = Callable[[UnitOfWork, str, str, int], Awaitable[bool]]
"""Looks whether a file may come as the paper of that name, by its digest and size as it was sent, before it is opened:
a domain error refuses it; False: it is there already.
"""

KeepFile = Callable[[UnitOfWork, str, PreparedFile], Awaitable[object]]
"""Stores a file as the paper of that name, once it has found anew that it may come; a domain error refuses it."""


@dataclass(frozen=True, slots=True)
class PaperRecipient:
    """Owner of the files. Whoever has one was let at it."""

    owner: UploadOwner
    """The draft or the request."""
    admit: AdmitFile
    """Check before a file is opened."""
    keep_file: KeepFile
    """Function that stores a file."""
    about: str = ""
    """The tracking code of a request that was sent."""


@dataclass(frozen=True, slots=True)
class RefusedPaper:
    """A file that was not kept."""

    paper_name: str
    file_name: str
    error: DomainError


class SentPapers(SitePart):
    """Prepares the files of a form of papers, and keeps them."""

    async def keep_files(self, visitor: PortalVisitor, recipient: PaperRecipient) -> list[RefusedPaper]:
        """Keep the files that the visitor's form brings, each at once; return those that were refused. Never called
        inside a unit of work.

        An upload whose file was refused is forgotten: as after any form, such files are chosen again. It stays where
        that was for now alone (`PASSING_ERRORS`), and where the draft was sent meanwhile (`NotFound`).
        """
        sent = list_sent(visitor.form)
        outcomes = [await self._keep_file(visitor, recipient, *named) for named in sent[:MOST_FORM_FILES]]
        surplus = [
            RefusedPaper(paper_name, value.name if isinstance(value, UploadedFile) else "", build_surplus_error())
            for paper_name, value in sent[MOST_FORM_FILES:]
        ]
        return [*(refused for refused in outcomes if refused), *surplus]

    async def _keep_file(
        self, visitor: PortalVisitor, recipient: PaperRecipient, paper_name: str, value: str | UploadedFile
    ) -> RefusedPaper | None:
        uploaded, upload = value if isinstance(value, UploadedFile) else UploadedFile("", b""), None
        try:
            async with self._store.open_unit() as uow:
                await count_file(ActionContext(self._dependencies, uow), visitor.source_address)
                uploaded, upload = await self.read_sent(uow, recipient.owner, value)
                is_new = await self._admit(uow, recipient, paper_name, uploaded, upload)
            if is_new:
                await self._keep_content(visitor, recipient, paper_name, uploaded, upload)
        except DomainError as error:
            if upload and not isinstance(error, (*PASSING_ERRORS, NotFound)):
                async with self._store.open_unit() as uow:
                    await delete_upload(uow.uploads, upload.owner, upload.id)
            return RefusedPaper(paper_name, uploaded.name, error)
        return None

    async def _admit(
        self,
        uow: UnitOfWork,
        recipient: PaperRecipient,
        paper_name: str,
        uploaded: UploadedFile,
        upload: Upload | None,
    ) -> bool:
        """Return whether a file is to be opened: none that was kept already, of which an upload is taken at once."""
        content = uploaded.content
        if upload is None:
            require_file_size(len(content))
        elif not content:  # an upload that is named again
            return False
        is_new = await recipient.admit(uow, paper_name, digest_content(content), len(content))
        if upload and not is_new:
            await take_upload(ActionContext(self._dependencies, uow), upload)
        return is_new

    async def _keep_content(
        self,
        visitor: PortalVisitor,
        recipient: PaperRecipient,
        paper_name: str,
        uploaded: UploadedFile,
        upload: Upload | None,
    ) -> None:
        actor = citizen_actor(visitor.proved_mobile)
        file = await prepare_file(
            self._dependencies, self._store, uploaded.name, uploaded.content, actor, recipient.about
        )
        async with self._store.open_unit() as uow:
            if upload:  # first: its bytes are not counted beside those of the file that it becomes
                await take_upload(ActionContext(self._dependencies, uow), upload)
            await recipient.keep_file(uow, paper_name, file)

    async def read_sent(
        self, uow: UnitOfWork, owner: UploadOwner, value: str | UploadedFile
    ) -> tuple[UploadedFile, Upload | None]:
        """Return a file of a form, or the one of the upload that it names in place of it; without bytes where that
        became a file before. `NotFound("document")` where there is no such upload, or not all of it.
        """
        if isinstance(value, UploadedFile):
            return value, None
        upload, content = await read_upload(ActionContext(self._dependencies, uow), owner, read_file_id(value))
        return UploadedFile(upload.name, content), upload


def list_sent(form: PostedForm) -> list[tuple[str, str | UploadedFile]]:
    """Return the files that were chosen, and the numbers of uploads, each with its paper; an input that was left alone
    posts an empty file.
    """
    return [
        (name.removeprefix(prefix), value)
        for name, value in form.items()
        for prefix in _INPUT_PREFIXES
        if name.startswith(prefix)
        and (value.is_chosen if isinstance(value, UploadedFile) else prefix == _UPLOAD_PREFIX)
    ]


def find_answering_error(refused: Sequence[RefusedPaper]) -> DomainError:
    """Return the refusal whose status answers a form: one that passes by, if there is any, since a browser that kept
    the files forgets them after any other.
    """
    errors = [paper.error for paper in refused]
    return next((error for error in errors if isinstance(error, PASSING_ERRORS)), errors[0])
