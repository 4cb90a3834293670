"""Claims to have paid and the photos of their slips, on every engine."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.bills.bill import BillState
from domain.bills.payment_claim import PaymentClaim, SlipPhoto
from domain.values.errors import NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, a_request, new_id

JPEG = b"\xff\xd8\xff" + b"x" * 100
SHA = hashlib.sha256(JPEG).hexdigest()
DAY = timedelta(days=1)


def a_photo(claim: PaymentClaim) -> SlipPhoto:
    """The photo of the slip of a claimed payment."""
    return SlipPhoto(new_id(), "slip", "فیش.jpg", "image/jpeg", len(JPEG), SHA, SHA, NOW, claim.id)


async def test_the_last_claim_of_a_bill_is_found_and_open_ones_are_listed(store: SqlStore) -> None:
    bills = [a_bill(state=state) for state in (BillState.OPEN, BillState.EXPIRED, BillState.PAYING, BillState.PAID)]
    claims = [PaymentClaim(new_id(), bill.id, NOW - number * DAY, "پرداختم") for number, bill in enumerate(bills)]
    refused = replace(
        claims[0], id=new_id(), claimed_at=NOW - 9 * DAY, refused_at=NOW, refused_by="staff:a", reason="نیست"
    )
    async with store.open_unit() as uow:
        for bill in bills:
            await uow.bills.add(bill)
        for claim in (refused, *claims):
            await uow.payment_claims.save(claim)
    async with store.open_unit() as uow:
        assert await uow.payment_claims.find_last(bills[0].id) == claims[0]
        assert await uow.payment_claims.find_last(1) is None
        assert await uow.payment_claims.list_open(9) == claims[2::-1], "oldest first; what is settled is none"
        assert await uow.payment_claims.list_open(1) == [claims[2]]
        assert await uow.payment_claims.count_open() == 3
        changed = replace(claims[0], amount=99_999_999_000, reference="0088", paid_on=NOW.date(), paid_at_hour="17:05")
        await uow.payment_claims.save(changed)
        assert await uow.payment_claims.find_last(bills[0].id) == changed


async def test_photos_of_slips_come_back_and_go_with_their_claims(store: SqlStore) -> None:
    requests = [a_request(), a_request()]
    bills = [a_bill(subject_id=request.id) for request in requests]
    claims = [PaymentClaim(new_id(), bill.id, NOW - number * DAY, "") for number, bill in enumerate(bills)]
    photos = [a_photo(claim) for claim in claims]
    async with store.open_unit() as uow:
        for request, bill, claim, photo in zip(requests, bills, claims, photos, strict=True):
            await uow.requests.add(request)
            await uow.bills.add(bill)
            await uow.payment_claims.save(claim)
            await uow.payment_claims.add_photo(photo, JPEG)
    async with store.open_unit() as uow:
        assert await uow.payment_claims.list_photos([claim.id for claim in claims]) == photos
        assert await uow.payment_claims.list_photos([]) == []
        assert await uow.payment_claims.get_photo(photos[0].id) == photos[0]
        await uow.personal_data.erase_request(requests[0].id, NOW)
        with pytest.raises(NotFound):
            await uow.payment_claims.get_photo(photos[0].id)
        assert await uow.documents.get_content(SHA) == JPEG, "it is of the other claim too"
        await uow.personal_data.erase_older(NOW - DAY / 2, NOW)
        assert await uow.payment_claims.find_last(bills[1].id) is None
        with pytest.raises(NotFound):
            await uow.documents.get_content(SHA)
