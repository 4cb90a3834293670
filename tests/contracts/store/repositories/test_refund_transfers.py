"""Accounts, files and transfers of money that goes back, on every engine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.bills.bill import RefundState
from domain.bills.refund_transfers import RefundAccount, RefundFile, RefundTransfer, TransferState
from domain.values.errors import Conflict, NotFound
from domain.values.ibans import Iban
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_bill, a_refund, new_id

IBAN = Iban("IR910120000000100324200001")


async def test_who_is_asked_and_who_can_be_paid(store: SqlStore) -> None:
    unasked, asked, given, gone, card = (a_bill() for _ in range(5))
    file = RefundFile(new_id(), NOW.date(), NOW, "staff:a")
    transfer = RefundTransfer(new_id(), file.id, gone.id, 10, IBAN, "علی")
    async with store.open_unit() as uow:
        await uow.refund_transfers.add_file(file)
        for number, bill in enumerate((unasked, asked, given, gone, card)):
            await uow.bills.add(bill)
            await uow.bills.add_refund(a_refund(bill, created_at=NOW + timedelta(hours=number)))
        await uow.refund_transfers.add_transfer(transfer)
        [sent] = await uow.bills.list_refunds(gone.id)
        await uow.bills.save_refund(replace(sent, transfer_id=transfer.id))
        await uow.bills.add_refund(a_refund(card, state=RefundState.REFUNDED))
        for account in (
            RefundAccount(asked.id, MOBILE, asked_at=NOW),
            RefundAccount(given.id, MOBILE, asked_at=NOW, iban=IBAN, given_at=NOW),
            RefundAccount(gone.id, MOBILE, asked_at=NOW, iban=IBAN, given_at=NOW),
            RefundAccount(card.id, "+989120000000"),
        ):
            await uow.refund_transfers.save_account(account)
    async with store.open_unit() as uow:
        assert await uow.refund_transfers.list_unasked(9) == [unasked.id, card.id]
        assert await uow.refund_transfers.list_transferable() == [given.id]
        waiting = await uow.refund_transfers.list_waiting_accounts(MOBILE)
        assert [account.bill_id for account in waiting] == sorted([asked.id, given.id, gone.id])
        await uow.refund_transfers.save_account(RefundAccount(asked.id, MOBILE, NOW, IBAN, NOW))
        found = await uow.refund_transfers.find_account(asked.id)
        assert found is not None
        assert found.iban is not None
        assert (found.iban.last_digits, await uow.refund_transfers.find_account(unasked.id)) == ("0001", None)


async def test_a_day_has_one_file_and_a_transfer_one_end(store: SqlStore) -> None:
    file, bill = RefundFile(new_id(), NOW.date(), NOW, "staff:a"), a_bill()
    transfer = RefundTransfer(new_id(), file.id, bill.id, 10, IBAN, None)
    async with store.open_unit() as uow:
        await uow.bills.add(bill)
        await uow.refund_transfers.add_file(file)
        await uow.refund_transfers.add_transfer(transfer)
        with pytest.raises(Conflict):
            await uow.refund_transfers.add_file(replace(file, id=new_id()))
        assert await uow.refund_transfers.find_file(NOW.date()) == file
        assert await uow.refund_transfers.list_files(5) == [await uow.refund_transfers.get_file(file.id)] == [file]
        assert list(await uow.refund_transfers.list_transfers(file.id)) == [transfer]
        done = replace(transfer, state=TransferState.DONE, reference="77", ended_at=NOW, ended_by="staff:b")
        await uow.refund_transfers.save_transfer(done)
        assert await uow.refund_transfers.get_transfer(transfer.id) == done
        with pytest.raises(Conflict):
            await uow.refund_transfers.save_transfer(replace(transfer, state=TransferState.REFUSED))
        with pytest.raises(NotFound):
            await uow.refund_transfers.get_file(1)
