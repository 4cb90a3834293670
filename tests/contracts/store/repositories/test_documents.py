"""The repository of documents, on every engine."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.requests.documents import Document
from domain.values.errors import DocumentRejected, NotFound
from store import schema
from store.unit_of_work import SqlStore
from store.work import Repository
from tests.support.factories import NOW, a_request, new_id

PDF = b"%PDF-1.7\n\0\xff" + b"x" * 1000


def a_document(request_id: int, content: bytes, **changes: Any) -> Document:
    """A PDF that belongs to a request."""
    values: dict[str, Any] = {
        "id": new_id(),
        "request_id": request_id,
        "field": "deed",
        "name": "سند.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "source_sha256": hashlib.sha256(content).hexdigest(),
        "added_by": "citizen",
        "at": NOW,
    }
    return Document(**values | changes)


class Counting(Repository):
    """Number of contents kept, which no port asks."""

    async def contents(self) -> int:
        """Count them."""
        return int(await self._transaction.fetch_value(select(func.count()).select_from(schema.contents)))


async def test_a_file_comes_back_and_the_same_content_is_kept_once(store: SqlStore) -> None:
    request = a_request()
    first, second = [a_document(request.id, PDF, field=field) for field in ("deed", "map")]
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        await uow.documents.add(first, PDF)
        await uow.documents.add(second, PDF)
        assert await uow.documents.list_of_request(request.id) == [first, second]
        assert await uow.documents.get_content(first.sha256) == PDF
        assert await Counting(uow.documents._transaction).contents() == 1
        with pytest.raises(NotFound):
            await uow.documents.get_content("0" * 64)


@pytest.mark.parametrize("lie", [{"media_type": "image/png"}, {"size": 1}, {"sha256": "0" * 64}])
async def test_a_file_must_be_what_its_document_says(store: SqlStore, lie: dict[str, Any]) -> None:
    async with store.open_unit() as uow:
        with pytest.raises(DocumentRejected):
            await uow.documents.add(a_document(1, PDF, **lie), PDF)
