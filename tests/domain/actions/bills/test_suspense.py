"""Money without a bill: held, matched by the rules of payments, returned as refunds are."""

import pytest

from domain.actions.bills.refunds import record_refund
from domain.actions.bills.suspense import (
    ReturnTransfer,
    approve_return,
    hold_in_suspense,
    match_receipt,
    return_receipt,
)
from domain.actions.context import ActorContext
from domain.bills.bill import Bill, BillState, PaymentMethod, PaymentOutcome
from domain.ledger.accounts import Account, MoneySource
from domain.ledger.suspense import SuspenseReceipt, SuspenseState
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import (
    AlreadyDone,
    AmountMismatch,
    Conflict,
    DuplicateRequest,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
)
from domain.values.version_token import VersionToken
from tests.support.municipality import Municipality, actor

GATEWAY = MoneySource(PaymentMethod.GATEWAY, "saman")
IBAN, OTHER_IBAN = "IR910120000000100324200001", "IR820540102680020817909002"
REVENUE, MANAGER = actor(Role.REVENUE, "revenue"), actor(Role.MANAGER, "manager")
BOOKKEEPER = actor(Role.REVENUE, "bookkeeper")
LARGE = 2_000_000_000
"""Rials that one person does not send back alone."""


async def held(
    town: Municipality, amount: int = 5_000_000, reference: str = "saman/71", by: Actor | None = None
) -> SuspenseReceipt:
    """Money in suspense."""
    async with town.store.open_unit() as uow:
        facts = {"attempt": 7}
        if by:
            return await hold_in_suspense(ActorContext(town.desk, uow, by), GATEWAY, amount, reference, facts)
        return await hold_in_suspense(ActorContext(town.desk, uow, SYSTEM), GATEWAY, amount, reference, facts)


async def matched(
    town: Municipality,
    receipt: SuspenseReceipt,
    bill: Bill,
    who: Actor = REVENUE,
    reason: str = "پیدا شد",
    version: str | None = None,
) -> PaymentOutcome:
    """Match it to a bill."""
    ids, shown = (bill.bill_id, bill.payment_id), VersionToken(version) if version is not None else None
    async with town.store.open_unit() as uow:
        recorded = await match_receipt(ActorContext(town.desk, uow, who), receipt.id, ids, reason, shown)
    return recorded.outcome


async def returned(
    town: Municipality,
    receipt: SuspenseReceipt,
    who: Actor = REVENUE,
    iban: str = IBAN,
    number: str = "990",
    reason: str = "صاحب آن پیدا شد",
) -> SuspenseReceipt:
    """Have it transferred back."""
    async with town.store.open_unit() as uow:
        return await return_receipt(ActorContext(town.desk, uow, who), receipt.id, ReturnTransfer(iban, number, reason))


async def approved(town: Municipality, receipt: SuspenseReceipt, who: Actor = MANAGER, iban: str = IBAN) -> None:
    """Let a second person agree."""
    async with town.store.open_unit() as uow:
        await approve_return(ActorContext(town.desk, uow, who), receipt.id, iban)


async def balance(town: Municipality) -> int:
    """Balance of suspense."""
    async with town.store.open_unit(write=False) as uow:
        assert await uow.ledger.list_differences(5) == []
        totals = await uow.ledger.sum_accounts(None, None)
    return -sum(one.closing_balance for one in totals if one.account_key.account is Account.SUSPENSE)


async def open_bill(town: Municipality) -> Bill:
    """A bill that is to be paid."""
    return (await town.bills(await town.reach("awaiting_payment")))[0]


async def test_money_is_held_once(town: Municipality) -> None:
    receipt = await held(town)
    assert (await held(town), await balance(town)) == (receipt, 5_000_000)
    with pytest.raises(DuplicateRequest):
        await held(town, 4_000_000)
    for amount, reference, error in ((0, "1", InvalidField), (1000, " ", MissingField)):
        with pytest.raises(error):
            await held(town, amount, reference)


async def test_a_receipt_pays_the_bill_that_it_is_matched_to(town: Municipality) -> None:
    bill = await open_bill(town)
    receipt = await held(town, bill.amount)
    assert await matched(town, receipt, bill) is PaymentOutcome.SETTLED
    async with town.store.open_unit(write=False) as uow:
        after, (payment,) = await uow.suspense.get(receipt.id), await uow.bills.list_payments(bill.id)
        assert (await uow.bills.get(bill.id)).state is BillState.PAID
    assert (after.state, after.bill_id, after.decided_by) == (SuspenseState.MATCHED, bill.id, "staff:revenue")
    assert (payment.method, payment.gateway, payment.reference) == (PaymentMethod.GATEWAY, "saman", "saman/71")
    assert await balance(town) == 0
    with pytest.raises(AlreadyDone):
        await matched(town, receipt, bill)
    with pytest.raises(AlreadyDone):
        await returned(town, receipt)


async def test_what_a_receipt_cannot_pay(town: Municipality) -> None:
    bill = await open_bill(town)
    wrong, right = await held(town, bill.amount + 1000), await held(town, bill.amount, "saman/72")
    with pytest.raises(AmountMismatch):
        await matched(town, wrong, bill)
    with pytest.raises(Forbidden):
        await matched(town, right, bill, MANAGER)
    with pytest.raises(MissingField):
        await matched(town, right, bill, reason=" ")
    with pytest.raises(InvalidField):
        await matched(town, right, bill, reason="ا" * 301)
    with pytest.raises(Conflict):
        await matched(town, right, bill, version="9")
    bill.payment_id = "1770160"
    with pytest.raises(InvalidField):
        await matched(town, right, bill)
    assert await balance(town) == 2 * bill.amount + 1000


async def test_a_closed_bill_is_paid_only_where_that_is_meant(town: Municipality) -> None:
    code = await town.reach("paid")
    (bill,) = await town.bills(code)
    receipt = await held(town, bill.amount)
    with pytest.raises(NotAllowedNow, match="surplus"):
        await matched(town, receipt, bill)
    await town.pay(code, bill=bill, method=PaymentMethod.GATEWAY, reference="saman/71")
    with pytest.raises(DuplicateRequest):
        await matched(town, receipt, bill)


async def test_a_receipt_goes_back_once(town: Municipality) -> None:
    receipt = await held(town)
    after = await returned(town, receipt)
    assert (after.state, after.iban, after.transfer_reference) == (SuspenseState.RETURNED, IBAN, "990")
    assert await returned(town, receipt) == after
    assert await balance(town) == 0
    other = await held(town, reference="saman/72")
    with pytest.raises(DuplicateRequest):
        await returned(town, other)
    for who, iban, number, reason, error in (
        (MANAGER, IBAN, "991", "x", Forbidden),
        (REVENUE, "IR0", "991", "x", InvalidField),
        (REVENUE, IBAN, "", "x", MissingField),
        (REVENUE, IBAN, "991", "", MissingField),
    ):
        with pytest.raises(error):
            await returned(town, other, who, iban, number, reason)


async def test_a_large_return_needs_a_second_person(town: Municipality) -> None:
    receipt = await held(town, LARGE)
    with pytest.raises(NotAllowedNow, match="second_person"):
        await returned(town, receipt)
    await approved(town, receipt, REVENUE)
    with pytest.raises(NotAllowedNow, match="second_person"):
        await returned(town, receipt)
    await approved(town, receipt)
    with pytest.raises(InvalidField, match="not_approved"):
        await returned(town, receipt, iban=OTHER_IBAN)
    assert (await returned(town, receipt)).approved_by == "staff:manager"


async def test_who_recorded_a_receipt_neither_approves_nor_returns_it_alone(town: Municipality) -> None:
    receipt = await held(town, by=REVENUE)
    with pytest.raises(NotAllowedNow, match="own_payment"):
        await approved(town, receipt, REVENUE)
    with pytest.raises(NotAllowedNow, match="second_person"):
        await returned(town, receipt)
    with pytest.raises(Forbidden):
        await approved(town, receipt, actor(Role.CIVIL))
    assert (await returned(town, receipt, BOOKKEEPER)).decided_by == "staff:bookkeeper"


async def test_a_refund_is_no_transfer_of_a_receipt(town: Municipality) -> None:

    code = await town.reach("paid")
    (bill,) = await town.bills(code)
    await town.do(code, "cancel", Role.CIVIL)
    await returned(town, await held(town))
    with pytest.raises(DuplicateRequest):
        async with town.store.open_unit() as uow:
            await record_refund(ActorContext(town.desk, uow, BOOKKEEPER), bill.bill_id, IBAN, "990")


async def test_what_was_said_of_a_receipt_is_erased_with_its_request(town: Municipality) -> None:
    bill = await open_bill(town)
    receipt = await held(town, bill.amount)
    await approved(town, receipt)
    await matched(town, receipt, bill, reason="آقای محمدی زنگ زد")
    async with town.store.open_unit() as uow:
        assert (await uow.suspense.get(receipt.id)).iban is None, "it goes nowhere"
        await uow.personal_data.erase_request(bill.subject_id, town.clock.at)
        assert (await uow.suspense.get(receipt.id)).reason is None
        assert await uow.ledger.list_differences(5) == []
