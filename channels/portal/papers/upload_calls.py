"""Uploads that go on where the line broke: the tus protocol 1.0 (https://tus.io/protocols/resumable-upload), its core
with the extensions creation, expiration and termination, for the script of the pages of papers.

It carries bytes alone: the form of that page names the upload in place of the file. A chunk is whole or was not there;
of one that breaks off nothing is kept, and the browser asks (HEAD) from where it goes on.
"""

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import format_datetime

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor
from channels.portal.papers.upload_owners import UploadOwners, read_file_id
from channels.web.error_pages import WORDING, status_of
from channels.web.refused_forms import RefusedForm
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.uploads import append_chunk, create_upload, delete_upload, get_upload
from domain.unit_of_work import Store
from domain.uploads.upload import Upload
from domain.values.errors import DomainError, InvalidField
from domain.values.files import MAX_DOCUMENT_BYTES
from domain.values.reasons import InvalidReason

TUS_VERSION = "1.0.0"

MAX_CHUNK_BYTES = 512 * 1024
"""Bytes of a chunk; the script sends smaller ones."""

CHUNK_TYPE = "application/offset+octet-stream"

_CAPABILITIES = {
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": "creation,expiration,termination",
    "Tus-Max-Size": str(MAX_DOCUMENT_BYTES),
}
_LONGEST_NUMBER = 12

UploadAnswer = Callable[[web.Request, PortalVisitor], Awaitable[web.Response]]


class UploadCalls(SitePart):
    """Answers the calls of an upload to one kind of owner."""

    def __init__(self, dependencies: Dependencies, store: Store, owners: UploadOwners) -> None:
        super().__init__(dependencies, store)
        self._owners = owners

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        uploads_path = self._owners.uploads_path
        upload_path = f"{uploads_path}/{{upload:[0-9]{{1,19}}}}"
        return (
            PortalRoute("OPTIONS", uploads_path, self._tell_capabilities),
            self._route_call("POST", uploads_path, self._create_upload),
            PortalRoute("HEAD", upload_path, self._answer_errors(self._tell_offset)),
            self._route_call("PATCH", upload_path, self._append_chunk),
            self._route_call("DELETE", upload_path, self._delete_upload),
        )

    def _route_call(self, method: str, path: str, answer: UploadAnswer) -> PortalRoute:
        submission = PortalSubmission("upload", self._answer_errors(answer), self._answer_refused)
        return PortalRoute(method, path, submission, MAX_CHUNK_BYTES, takes_bytes=True)

    def _answer_errors(self, answer: UploadAnswer) -> UploadAnswer:
        """Return the answer to a call, with the protocol's own status and header whatever becomes of it."""

        async def answer_call(request: web.Request, visitor: PortalVisitor) -> web.Response:
            if request.headers.get("Tus-Resumable") != TUS_VERSION:
                return _answer(412, {"Tus-Version": TUS_VERSION})
            try:
                return await answer(request, visitor)
            except DomainError as error:
                return _describe_error(request, error)

        return answer_call

    async def _answer_refused(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        return _describe_error(request, refused_form.error)

    async def _tell_capabilities(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        return _answer(204, _CAPABILITIES)

    async def _create_upload(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        size, file_name = _read_number(request, "Upload-Length"), _read_file_name(request)
        async with self._store.open_unit() as uow:
            owner = await self._owners.lock_owner(uow, request, visitor)
            upload = await create_upload(
                ActionContext(self._dependencies, uow), owner, file_name, size, visitor.source_address
            )
        return _answer(201, {"Location": f"{request.path}/{upload.id}", **_describe_expiry(upload)})

    async def _tell_offset(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            owner = await self._owners.find_owner(uow, request, visitor)
            upload = await get_upload(ActionContext(self._dependencies, uow), owner, _read_upload_id(request))
        return _answer(200, {**_describe_offset(upload), "Upload-Length": str(upload.size)})

    async def _append_chunk(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        if request.content_type != CHUNK_TYPE:
            return _answer(415)
        offset, upload_id = _read_number(request, "Upload-Offset"), _read_upload_id(request)
        async with self._store.open_unit() as uow:
            owner = await self._owners.lock_owner(uow, request, visitor)
            upload = await append_chunk(ActionContext(self._dependencies, uow), owner, upload_id, offset, visitor.body)
        return _answer(204, _describe_offset(upload))

    async def _delete_upload(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        async with self._store.open_unit() as uow:
            owner = await self._owners.lock_owner(uow, request, visitor)
            await delete_upload(uow.uploads, owner, _read_upload_id(request))
        return _answer(204)


def _answer(status: int, headers: Mapping[str, str] | None = None, text: str | None = None) -> web.Response:
    own_headers = {"Tus-Resumable": TUS_VERSION, "Cache-Control": "no-store", **(headers or {})}
    return web.Response(status=status, headers=own_headers, text=text)


def _describe_error(request: web.Request, error: DomainError) -> web.Response:
    return _answer(status_of(error), text=request.app[WORDING].render_error(error))


def _describe_offset(upload: Upload) -> Mapping[str, str]:
    return {"Upload-Offset": str(upload.received), **_describe_expiry(upload)}


def _describe_expiry(upload: Upload) -> Mapping[str, str]:
    return {"Upload-Expires": format_datetime(upload.expires_at, usegmt=True)}


def _read_upload_id(request: web.Request) -> int:
    return read_file_id(request.match_info["upload"])


def _read_number(request: web.Request, header_name: str) -> int:
    """Return the number of a header; `InvalidField("form")` (400) where there is none."""
    number_text = request.headers.get(header_name, "")
    if not (number_text.isascii() and number_text.isdecimal() and len(number_text) <= _LONGEST_NUMBER):
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM)
    return int(number_text)


def _read_file_name(request: web.Request) -> str:
    """Return the file's name of `Upload-Metadata` (pairs of key and Base64, with commas between); empty without one."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, encoded_value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return b64decode(encoded_value, validate=True).decode("utf-8", "replace")
            except binascii.Error:
                return ""
    return ""
