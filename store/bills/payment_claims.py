"""Payments that citizens claim to have made, with the photos of their slips."""

from collections.abc import Collection

from sqlalchemy import Executable, Integer, bindparam, func, insert, select

from domain.bills.bill import BillState
from domain.bills.payment_claim import PaymentClaim, SlipPhoto
from domain.values.errors import NotFound
from store.contents import store_content
from store.engines.base import DatabaseEngine
from store.rows import TableMapping
from store.schema import bills, payment_claims, slip_photos
from store.work import Repository

_MAPPING = TableMapping(payment_claims, PaymentClaim)
_UNSETTLED = (BillState.OPEN, BillState.PAYING, BillState.EXPIRED)
_SELECT_LAST = (
    select(*_MAPPING.columns)
    .where(payment_claims.c.bill_id == bindparam("of_bill"))
    .order_by(payment_claims.c.claimed_at.desc(), payment_claims.c.id.desc())
    .limit(1)
)
_IS_OPEN = (
    bills.c.id == payment_claims.c.bill_id,
    payment_claims.c.refused_at.is_(None),
    bills.c.state.in_(_UNSETTLED),
)
_COUNT_OPEN = select(func.count()).select_from(payment_claims).where(*_IS_OPEN)
_LIST_OPEN = (
    select(*_MAPPING.columns)
    .where(*_IS_OPEN)
    .order_by(payment_claims.c.claimed_at, payment_claims.c.id)
    .limit(bindparam("most", type_=Integer))
)

_PHOTO_MAPPING = TableMapping(slip_photos, SlipPhoto)
_INSERT_PHOTO = insert(slip_photos)
_LIST_PHOTOS = (
    select(*_PHOTO_MAPPING.columns)
    .where(slip_photos.c.claim_id.in_(bindparam("of_claims", expanding=True)))
    .order_by(slip_photos.c.id)
)
_SELECT_PHOTO = select(*_PHOTO_MAPPING.columns).where(slip_photos.c.id == bindparam("of_photo"))


def _upsert_claim(engine: DatabaseEngine) -> Executable:
    inserting = engine.insert_into(payment_claims)
    changed = {name: inserting.excluded[name] for name in _MAPPING.column_names if name != "id"}
    return inserting.on_conflict_do_update(index_elements=["id"], set_=changed)


class SqlPaymentClaimRepository(Repository):
    """The port `PaymentClaimRepository`."""

    async def find_last(self, bill_row_id: int) -> PaymentClaim | None:
        row = await self._transaction.fetch_row(_SELECT_LAST, {"of_bill": bill_row_id})
        return None if row is None else _MAPPING.read_row(row)

    async def list_open(self, limit: int) -> list[PaymentClaim]:
        return _MAPPING.read_rows(await self._transaction.fetch_rows(_LIST_OPEN, {"most": limit}))

    async def count_open(self) -> int:
        return int(await self._transaction.fetch_value(_COUNT_OPEN))

    async def save(self, claim: PaymentClaim) -> None:
        await self._transaction.execute(_upsert_claim, _MAPPING.column_values(claim))

    async def add_photo(self, photo: SlipPhoto, content: bytes) -> None:
        await store_content(self._transaction, photo.sha256, content)
        await self._transaction.execute(_INSERT_PHOTO, _PHOTO_MAPPING.column_values(photo))

    async def list_photos(self, claim_ids: Collection[int]) -> list[SlipPhoto]:
        if not claim_ids:
            return []
        return _PHOTO_MAPPING.read_rows(
            await self._transaction.fetch_rows(_LIST_PHOTOS, {"of_claims": list(claim_ids)})
        )

    async def get_photo(self, photo_id: int) -> SlipPhoto:
        row = await self._transaction.fetch_row(_SELECT_PHOTO, {"of_photo": photo_id})
        if row is None:
            raise NotFound("document")
        return _PHOTO_MAPPING.read_row(row)
