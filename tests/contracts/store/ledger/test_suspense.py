"""Receipts without a bill on every engine."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.bills.bill import PaymentMethod
from domain.ledger.accounts import MoneySource
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.values.errors import Conflict, NotFound
from domain.values.paging import Cursor
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill, new_id

GATEWAY = MoneySource(PaymentMethod.GATEWAY, "saman")


def a_receipt(**changes: Any) -> SuspenseReceipt:
    """Money of a gateway over a wrong amount."""
    values: dict[str, Any] = {
        "id": new_id(),
        "method": PaymentMethod.GATEWAY,
        "gateway": "saman",
        "amount": 4000,
        "reference": "saman/71",
        "facts": {"attempt": 7, "bill_id": "112360"},
        "state": SuspenseState.OPEN,
        "received_at": NOW,
        "recorded_by": "system:saman",
    }
    return SuspenseReceipt(**values | changes)


async def test_a_receipt_is_found_by_its_source_and_number(store: SqlStore) -> None:
    receipt, line = a_receipt(), a_receipt(method=PaymentMethod.BANK_FILE, gateway=None)
    async with store.open_unit() as uow:
        await uow.suspense.add(receipt)
        await uow.suspense.add(line)
        assert await uow.suspense.get(receipt.id) == await uow.suspense.get(receipt.id, lock=True) == receipt
        assert await uow.suspense.find(GATEWAY, "saman/71") == receipt
        assert await uow.suspense.find(MoneySource(PaymentMethod.BANK_FILE), "saman/71") == line
        assert await uow.suspense.find(MoneySource(PaymentMethod.GATEWAY, "sadad"), "saman/71") is None
        assert await uow.suspense.count_open() == (2, 8000)
        for again in (receipt, line):
            with pytest.raises(Conflict, match="reference"):
                await uow.suspense.add(replace(again, id=new_id()))
        with pytest.raises(NotFound):
            await uow.suspense.get(1)


async def test_what_became_of_it_is_posted_once(store: SqlStore) -> None:
    receipt, bill = a_receipt(), a_bill()
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        await uow.suspense.add(receipt)
        approved = await uow.suspense.save(replace(receipt, iban="IR910120000000100324200001", approved_by="staff:m"))
        assert approved.revision == 1
        returned = replace(
            approved, state=SuspenseState.RETURNED, transfer_reference="9", decided_by="staff:r", decided_at=NOW
        )
        stored = await uow.suspense.save(returned)
        assert await uow.suspense.find_transfer("9") == stored == await uow.suspense.get(receipt.id)
        assert await uow.suspense.count_open() == (0, 0)
        with pytest.raises(Conflict, match="receipt"):
            await uow.suspense.save(returned)


async def test_receipts_are_listed_page_by_page_and_back(store: SqlStore) -> None:
    made = [a_receipt(reference=str(number), received_at=NOW + timedelta(hours=number // 2)) for number in range(5)]
    async with store.open_unit() as uow:
        for receipt in made:
            await uow.suspense.add(receipt)
        assert await uow.suspense.list_in_state(SuspenseState.OPEN, 2) == made[:3]
        cursor = Cursor(made[1].received_at, made[1].id)
        assert await uow.suspense.list_in_state(SuspenseState.OPEN, 2, cursor) == made[2:]
        cursor = Cursor(made[4].received_at, made[4].id, backwards=True)
        assert await uow.suspense.list_in_state(SuspenseState.OPEN, 2, cursor) == made[1:4]
        assert await uow.suspense.list_in_state(SuspenseState.MATCHED, 2) == []
