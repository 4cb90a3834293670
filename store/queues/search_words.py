"""The port `SearchWordRepository`: by which words a request is found; read through `WorkListRepository`."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, insert

from domain.requests.request import ServiceRequest
from store.schema import search_words
from store.work import Repository

_ADD_WORD = insert(search_words)
_FORGET_WORDS = delete(search_words).where(search_words.c.request_id == bindparam("of_request"))


class SqlSearchWordRepository(Repository):
    """The port `SearchWordRepository`."""

    async def add(self, request: ServiceRequest, search_words: Collection[str]) -> None:
        for word in sorted(search_words):
            await self._transaction.defer(
                _ADD_WORD, {"request_id": request.id, "word": word, "service": request.service}
            )

    async def replace_all(self, request: ServiceRequest, search_words: Collection[str]) -> None:
        await self._transaction.execute(_FORGET_WORDS, {"of_request": request.id})
        await self.add(request, search_words)
