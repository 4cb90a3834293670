"""The file of a day's transfers: each refund in one, what nobody approved in none, and what the bank made of a line."""

from dataclasses import replace

import pytest

from domain.actions.bills.refunds import approve_refund, record_refund
from domain.actions.context import ActionContext, ActorContext
from domain.actions.refunds.accounts import ask_for_ibans
from domain.actions.refunds.transfer_files import (
    TransferLine,
    list_lines,
    make_transfer_file,
    record_transfer,
    refuse_transfer,
)
from domain.bills.bill import Bill, RefundState
from domain.bills.refund_transfers import RefundFile, RefundTransfer, TransferState
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, DuplicateRequest, NotAllowedNow
from tests.support.municipality import CITIZEN, FOUR_HOURS, NEIGHBOUR, Municipality, actor

IBAN, OTHER_IBAN = "IR910120000000100324200001", "IR580540105180021273113007"


async def owed(town: Municipality, iban: str = IBAN, mobile: str = CITIZEN) -> Bill:
    """The bill of a paid request that was cancelled, with the account that its citizen gave."""
    code = await town.reach("paid", mobile=mobile)
    await town.says(f"لغو {code}", "۱", mobile=mobile)
    await ask_for_ibans(town.desk, town.store)
    await town.says(f"شبا {iban}", "بله", mobile=mobile)
    return (await town.bills(code))[0]


async def made(town: Municipality, by: str = "cashier") -> tuple[RefundFile, list[RefundTransfer]]:
    """Today's file with its transfers."""
    async with town.store.open_unit() as uow:
        file = await make_transfer_file(ActorContext(town.desk, uow, actor(Role.REVENUE, by)))
        return file, list(await uow.refund_transfers.list_transfers(file.id))


async def recorded(town: Municipality, transfer: RefundTransfer, reference: str) -> RefundTransfer:
    """Record that the bank made a transfer."""
    async with town.store.open_unit() as uow:
        return await record_transfer(
            ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), transfer.id, reference
        )


async def test_a_day_has_one_file_with_each_refund_once(town: Municipality) -> None:
    bill, other = await owed(town), await owed(town, OTHER_IBAN, NEIGHBOUR)
    file, transfers = await made(town)
    assert [(one.bill_id, one.amount, one.iban) for one in transfers] == [
        (bill.id, FOUR_HOURS, IBAN),
        (other.id, FOUR_HOURS, OTHER_IBAN),
    ]
    assert await made(town, "other") == (file, transfers)
    async with town.store.open_unit(write=False) as uow:
        lines = await list_lines(ActionContext(town.desk, uow), file)
    title = town.desk.wording.service_title("machinery")
    assert lines[0] == TransferLine(transfers[0].iban, FOUR_HOURS, transfers[0].name or "", title, bill.bill_id)  # type: ignore[arg-type]
    assert "شبا دیگر عوض نمی‌شود" in (await town.says(f"شبا {OTHER_IBAN}")).text
    with pytest.raises(NotAllowedNow, match="refund_on_its_way"):
        async with town.store.open_unit() as uow:
            await record_refund(
                ActorContext(town.desk, uow, actor(Role.REVENUE, "cashier")), bill.bill_id, IBAN, "TR-1"
            )
    town.advance(days=1)
    with pytest.raises(NotAllowedNow, match="nothing_to_transfer"):
        await made(town)


async def test_a_transfer_is_recorded_once_by_the_banks_number(town: Municipality) -> None:
    await owed(town)
    await owed(town, OTHER_IBAN, NEIGHBOUR)
    _, (first, second) = await made(town)
    done = await recorded(town, first, "۷۰ ۰۱")
    assert (done.state, done.reference, done.ended_by) == (TransferState.DONE, "7001", "staff:cashier")
    assert await recorded(town, first, "7001") == done
    assert (await town.keys()).count("refunded") == 1
    with pytest.raises(DuplicateRequest, match="reference_used"):
        await recorded(town, second, "7001")
    with pytest.raises(AlreadyDone, match="refunded"):
        await recorded(town, first, "7002")
    async with town.store.open_unit(write=False) as uow:
        (refund,) = await uow.bills.list_refunds(first.bill_id)
        assert await uow.ledger.list_differences(9) == []
    assert (refund.state, refund.iban, refund.transfer_id) == (RefundState.REFUNDED, IBAN, first.id)


async def test_what_the_bank_refuses_is_asked_about_and_goes_with_another_file(town: Municipality) -> None:
    bill = await owed(town)
    _, (transfer,) = await made(town)
    async with town.store.open_unit() as uow:
        await refuse_transfer(ActorContext(town.desk, uow, actor(Role.REVENUE)), transfer.id)
    assert await ask_for_ibans(town.desk, town.store) == 1
    await town.says(OTHER_IBAN, "۱")
    assert [one.state for one in (await made(town))[1]] == [TransferState.REFUSED], "a day has one file"
    town.advance(days=1)
    _, (again,) = await made(town)
    assert (again.bill_id, again.iban) == (bill.id, OTHER_IBAN)
    await recorded(town, again, "8001")
    with pytest.raises(AlreadyDone):
        async with town.store.open_unit() as uow:
            await refuse_transfer(ActorContext(town.desk, uow, actor(Role.REVENUE)), again.id)


async def test_above_the_limit_a_second_person_approves_the_very_account(town: Municipality) -> None:
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, refund_limit=FOUR_HOURS - 1))
    bill = await owed(town)

    async def approve(iban: str, by: str) -> None:
        async with town.store.open_unit() as uow:
            await approve_refund(ActorContext(town.desk, uow, actor(Role.REVENUE, by)), bill.bill_id, iban, FOUR_HOURS)

    with pytest.raises(NotAllowedNow, match="nothing_to_transfer"):
        await made(town)
    await approve(IBAN, "second")
    with pytest.raises(NotAllowedNow, match="nothing_to_transfer"):
        await made(town, "second")
    await town.says(f"شبام عوض شده {OTHER_IBAN}", "بله")
    with pytest.raises(NotAllowedNow, match="nothing_to_transfer"):
        await made(town)
    await approve(OTHER_IBAN, "second")
    _, (transfer,) = await made(town)
    assert transfer.iban == OTHER_IBAN
