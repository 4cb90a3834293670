"""Files of requests and their contents, kept once each beside everything else.

Contents lie in the database, so that one transaction and one backup hold a request together with its files.
"""

import hashlib

from sqlalchemy import bindparam, insert, select

from domain.requests.documents import Document
from domain.values.errors import DocumentRejected, NotFound
from domain.values.files import detect_media_type
from store.contents import store_content
from store.rows import TableMapping
from store.schema import contents, documents
from store.work import Repository

_DOCUMENT_MAPPING = TableMapping(documents, Document)
_INSERT_DOCUMENT = insert(documents)
_SELECT_OF_REQUEST = (
    select(*_DOCUMENT_MAPPING.columns).where(documents.c.request_id == bindparam("of_request")).order_by(documents.c.id)
)
_SELECT_CONTENT = select(contents.c.content).where(contents.c.sha256 == bindparam("wanted"))


class SqlDocumentRepository(Repository):
    """The port `DocumentRepository`."""

    async def add(self, document: Document, content: bytes) -> None:
        """Raises as `detect_media_type`, and `DocumentRejected` when type, size or hash are not the content's."""
        content_facts = (detect_media_type(content), len(content), hashlib.sha256(content).hexdigest())
        if content_facts != (document.media_type, document.size, document.sha256):
            raise DocumentRejected("document")
        await store_content(self._transaction, document.sha256, content)
        await self.add_stored(document)

    async def add_stored(self, document: Document) -> None:
        await self._transaction.execute(_INSERT_DOCUMENT, _DOCUMENT_MAPPING.column_values(document))

    async def list_of_request(self, request_id: int) -> list[Document]:
        return _DOCUMENT_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_OF_REQUEST, {"of_request": request_id})
        )

    async def get_content(self, sha256: str) -> bytes:
        """Return the bytes; `NotFound("document")`."""
        content: bytes | None = await self._transaction.fetch_value(_SELECT_CONTENT, {"wanted": sha256})
        if content is None:
            raise NotFound("document")
        return content
