"""Links by which others answer what a request asks them, found by the digests of their tokens."""

from sqlalchemy import bindparam, insert, select

from domain.requests.consent_link import ConsentLink
from store.rows import TableMapping
from store.schema import consent_links
from store.work import Repository

_LINK_MAPPING = TableMapping(consent_links, ConsentLink)
_INSERT_LINK = insert(consent_links)
_SELECT_BY_DIGEST = select(*_LINK_MAPPING.columns).where(consent_links.c.digest == bindparam("wanted"))


class SqlConsentLinkRepository(Repository):
    """The port `ConsentLinkRepository`."""

    async def add(self, consent_link: ConsentLink) -> None:
        await self._transaction.defer(_INSERT_LINK, _LINK_MAPPING.column_values(consent_link))

    async def find(self, digest: str) -> ConsentLink | None:
        row = await self._transaction.fetch_row(_SELECT_BY_DIGEST, {"wanted": digest})
        return _LINK_MAPPING.read_row(row) if row else None
