"""Links under which bills are paid. The same bills have the same link: a digest of their keys is unique."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Executable, bindparam, insert, select

from domain.gateways.payment_link import PaymentLink
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.schema import payment_link_bills, payment_links
from store.work import Repository

_SELECT_BY_TOKEN = select(payment_links.c.token, payment_links.c.created_at).where(
    payment_links.c.token == bindparam("of_token")
)
_SELECT_BY_DIGEST = select(payment_links.c.token, payment_links.c.created_at).where(
    payment_links.c.bill_digest == bindparam("of_digest")
)
_SELECT_BILLS = (
    select(payment_link_bills.c.token, payment_link_bills.c.bill_row_id)
    .where(payment_link_bills.c.token.in_(bindparam("tokens", expanding=True)))
    .order_by(payment_link_bills.c.token, payment_link_bills.c.bill_row_id)
)
_SELECT_OF_BILLS = (
    select(payment_links.c.token, payment_links.c.created_at)
    .where(
        payment_links.c.token.in_(
            select(payment_link_bills.c.token).where(
                payment_link_bills.c.bill_row_id.in_(bindparam("bill_rows", expanding=True))
            )
        )
    )
    .order_by(payment_links.c.created_at, payment_links.c.token)
)
_INSERT_BILL = insert(payment_link_bills)


def _insert_link(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(payment_links).on_conflict_do_nothing(index_elements=["bill_digest"])


class SqlPaymentLinkRepository(Repository):
    """The port `PaymentLinkRepository`."""

    async def ensure(self, link: PaymentLink) -> PaymentLink:
        bill_digest = digest_bills(link.bill_row_ids)
        values = {"token": link.token, "bill_digest": bill_digest, "created_at": link.created_at}
        if await self._transaction.count_written(_insert_link, values):
            bill_rows = [{"token": link.token, "bill_row_id": bill_row_id} for bill_row_id in link.bill_row_ids]
            await self._transaction.execute(_INSERT_BILL, bill_rows)
            return link
        rows = await self._transaction.fetch_rows(_SELECT_BY_DIGEST, {"of_digest": bill_digest})
        return (await self._read_links(rows))[0]

    async def find(self, token: str) -> PaymentLink | None:
        links = await self._read_links(await self._transaction.fetch_rows(_SELECT_BY_TOKEN, {"of_token": token}))
        return links[0] if links else None

    async def list_of_bills(self, bill_row_ids: Sequence[int]) -> list[PaymentLink]:
        if not bill_row_ids:
            return []
        return await self._read_links(
            await self._transaction.fetch_rows(_SELECT_OF_BILLS, {"bill_rows": list(bill_row_ids)})
        )

    async def _read_links(self, rows: Sequence[Row]) -> list[PaymentLink]:
        if not rows:
            return []
        bill_ids_by_token: dict[str, list[int]] = {}
        bill_rows = await self._transaction.fetch_rows(_SELECT_BILLS, {"tokens": [token for token, _ in rows]})
        for token, bill_row_id in bill_rows:
            bill_ids_by_token.setdefault(token, []).append(bill_row_id)
        return [PaymentLink(token, tuple(bill_ids_by_token[token]), created_at) for token, created_at in rows]


def digest_bills(bill_row_ids: Sequence[int]) -> str:
    """Return what stands for a set of bills, however many they are: an index holds no long texts."""
    return sha256(",".join(map(str, sorted(bill_row_ids))).encode()).hexdigest()
