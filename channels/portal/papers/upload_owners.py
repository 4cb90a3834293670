"""Owners of sent files: what the calls of uploads and the forms of papers ask before anything else."""

from typing import Protocol

from aiohttp import web

from channels.portal.frame import PortalVisitor
from channels.web.row_ids import read_row_id
from domain.unit_of_work import UnitOfWork
from domain.uploads.upload import UploadOwner
from domain.values.errors import NotFound


class UploadOwners(Protocol):
    """Finds the draft or the request that an address names, for a visitor who may send it papers."""

    uploads_path: str
    """The route under which its uploads are."""

    async def find_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the owner, whose uploads may be looked at; `NotFound` for a visitor whose it is not."""
        ...

    async def lock_owner(self, uow: UnitOfWork, request: web.Request, visitor: PortalVisitor) -> UploadOwner:
        """Return the owner, locked, that takes papers now; errors: as `find_owner`, and why it takes none."""
        ...


def read_file_id(text: str) -> int:
    """Return the number of a file or an upload; `NotFound("document")` for what none can have."""
    file_id = read_row_id(text)
    if file_id is None:
        raise NotFound("document")
    return file_id
