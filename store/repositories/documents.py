"""Files of requests and their contents, kept once each beside everything else.

Contents lie in the database, so that one transaction and one backup hold a request together with its files.
"""

import hashlib

from sqlalchemy import Executable, bindparam, insert, select

from domain.requests.documents import Document, sniff
from domain.values.errors import DocumentRejected, NotFound
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import contents, documents
from store.work import Repository

_DOCUMENT = TableMapping(documents, Document)
_ADD = insert(documents)
_OF_REQUEST = (
    select(*_DOCUMENT.columns).where(documents.c.request_id == bindparam("of_request")).order_by(documents.c.id)
)
_CONTENT = select(contents.c.content).where(contents.c.sha256 == bindparam("wanted"))


def _keep_once(engine: DatabaseEngine) -> Executable:
    return engine.insert(contents).on_conflict_do_nothing(index_elements=["sha256"])


class SqlDocuments(Repository):
    """The port `Documents`."""

    async def add(self, document: Document, content: bytes) -> None:
        """Store a file; the same content is kept once.

        Raises as `sniff` does, and `DocumentRejected` when type, size or hash are not those of the content.
        """
        found = (sniff(content), len(content), hashlib.sha256(content).hexdigest())
        if found != (document.media_type, document.size, document.sha256):
            raise DocumentRejected("document")
        await self._work.run(_keep_once, {"sha256": document.sha256, "content": content})
        await self._work.run(_ADD, _DOCUMENT.values(document))

    async def of_request(self, request_id: int) -> list[Document]:
        """Return the files of a request, oldest first."""
        return _DOCUMENT.read_all(await self._work.rows(_OF_REQUEST, {"of_request": request_id}))

    async def content(self, sha256: str) -> bytes:
        """Return the bytes; `NotFound("document")`."""
        content: bytes | None = await self._work.value(_CONTENT, {"wanted": sha256})
        if content is None:
            raise NotFound("document")
        return content
