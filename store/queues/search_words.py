"""The port `SearchWordRepository`: by which words a request is found; read through `WorkListRepository`."""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import Insert, bindparam, delete, insert

from domain.requests.request import ServiceRequest
from store.schema import search_words
from store.work import Repository

_FORGET_WORDS = delete(search_words).where(search_words.c.request_id == bindparam("of_request"))


@lru_cache
def _insert_words(word_count: int) -> Insert:
    """Return the statement that stores so many words of one request."""
    columns = search_words.c
    return insert(search_words).values(
        [
            {
                "request_id": bindparam("of_request", type_=columns.request_id.type),
                "word": bindparam(f"word_{number}", type_=columns.word.type),
                "service": bindparam("of_service", type_=columns.service.type),
            }
            for number in range(word_count)
        ]
    )


class SqlSearchWordRepository(Repository):
    """The port `SearchWordRepository`."""

    async def add(self, request: ServiceRequest, search_words: Collection[str]) -> None:
        if search_words:
            word_values = {f"word_{number}": word for number, word in enumerate(sorted(search_words))}
            row_values = {"of_request": request.id, "of_service": request.service}
            await self._transaction.defer(_insert_words(len(word_values)), word_values | row_values)

    async def replace_all(self, request: ServiceRequest, search_words: Collection[str]) -> None:
        await self._transaction.execute(_FORGET_WORDS, {"of_request": request.id})
        await self.add(request, search_words)
