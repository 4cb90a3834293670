"""The port `SearchWords`: by which words each request is found; they are read through `WorkLists`."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, insert

from domain.requests.request import ServiceRequest
from store.schema import search_words
from store.work import Repository

_ADD = insert(search_words)
_FORGET = delete(search_words).where(search_words.c.request_id == bindparam("of_request"))


class SqlSearchWords(Repository):
    """The port `SearchWords`."""

    async def add(self, request: ServiceRequest, words: Collection[str]) -> None:
        """Keep the words of a new request."""
        for word in sorted(words):
            await self._work.later(_ADD, {"request_id": request.id, "word": word, "service": request.service})

    async def replace(self, request: ServiceRequest, words: Collection[str]) -> None:
        """Forget the request's words and keep these."""
        await self._work.run(_FORGET, {"of_request": request.id})
        await self.add(request, words)
