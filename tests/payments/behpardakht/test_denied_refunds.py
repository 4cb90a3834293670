"""A transfer that the bank named a number of and then denies for ever is ended by hand, and never paid twice unseen."""

import asyncio
import json

import pytest

from domain.actions.context import ActorContext
from domain.actions.payments.card_refund_denial import deny_card_refund
from domain.actions.payments.claims import CLAIM_LEASE
from domain.actions.requests.erase import erase_request
from domain.bills.bill import BillState, PaymentOutcome, RefundState
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState
from domain.ledger.accounts import Account, AccountKey
from domain.values.actors import Role
from domain.values.errors import Conflict, DomainError, Forbidden, MissingField, NotAllowedNow, NotFound, Unavailable
from domain.values.tracking_codes import parse_code
from tests.payments.behpardakht.card_owner import CASHIER, CONFIRMATION, INQUIRY, REQUEST, CardOwner
from tests.support.municipality import FOUR_HOURS, actor

REASON = "بانک تلفنی گفت چنین برگشتی ندارد"


async def leave_denied(owner: CardOwner, code: str) -> RefundAttempt:
    """Have money sent back by a bank that names a number of the transfer, and then has none of it."""
    [begun] = await owner.send(code)
    owner.bank.faults_of[CONFIRMATION].append("cut_after")
    await owner.work()
    owner.bank.sales.transfers.clear()
    for _ in range(6):
        await owner.work(hours=1)
    refund = await owner.refund(code)
    assert (refund.id, refund.state, refund.code) == (begun.id, RefundAttemptState.UNKNOWN, "49")
    assert refund.reference is not None
    return refund


async def deny(owner: CardOwner, refund: RefundAttempt, reason: str = REASON) -> RefundAttempt:
    """End a transfer as the revenue unit does."""
    gateways = {owner.gateway.name: owner.gateway}
    return await deny_card_refund(owner.town.desk, owner.town.store, gateways, refund.id, reason, CASHIER)


async def test_its_money_is_due_again_and_goes_by_iban(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    refund = await leave_denied(owner, code)
    inquiries = [call.operation for call in owner.bank.calls].count(INQUIRY)
    denied = await deny(owner, refund)
    assert [call.operation for call in owner.bank.calls].count(INQUIRY) == inquiries + 1
    assert (denied.state, denied.next_step_at, denied.code) == (RefundAttemptState.DENIED, None, "49")
    assert (await owner.events(code))[-2:] == ["unanswered", "denied"]
    [(by, facts)] = owner.town.rows("SELECT actor, detail FROM audit WHERE what = 'card_refund_denied'")
    assert by == "staff:cashier"
    assert json.loads(facts) == {
        "gateway": "behpardakht", "order_number": refund.refund_number, "reason": REASON, "refund": FOUR_HOURS,
        "reference": refund.reference, "code": "49",
    }  # fmt: skip
    [due_refund] = await owner.town.refunds(code)
    assert (due_refund.is_free, due_refund.to_card, due_refund.approved_by) == (True, False, None)
    assert await owner.bill_state(code) is BillState.REFUND_DUE
    assert await owner.work(days=1) == 0, "nobody asks about it any more"
    await owner.send_by_iban(code)
    assert await owner.bill_state(code) is BillState.REFUNDED
    assert [one.outcome for one in await owner.town.payments(code)].count(PaymentOutcome.RETURNED) == 1
    assert await owner.balance_of(AccountKey(Account.REFUNDS_PAYABLE)) == 0
    assert await owner.balance_of(AccountKey(Account.BANK, "refund")) == -FOUR_HOURS


async def test_it_may_go_to_the_card_anew_by_a_number_of_its_own(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    refund = await leave_denied(owner, code)
    await deny(owner, refund)
    [again] = await owner.send(code)
    assert again.refund_number != refund.refund_number
    await owner.work()
    assert (await owner.bill_state(code), owner.bank.sales.deposited) == (BillState.REFUNDED, 0)
    assert await owner.balance_of(AccountKey(Account.GATEWAY_CLEARING, "behpardakht")) == 0


async def test_what_the_bank_knows_at_the_last_look_is_applied(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    await owner.send(code)
    owner.bank.faults_of[CONFIRMATION].append("cut_after")
    await owner.work()
    owner.bank.faults_of[INQUIRY].extend(["http_500"] * 4)
    await owner.work(minutes=11)
    owner.bank.faults_of[INQUIRY].clear()
    with pytest.raises(NotAllowedNow, match="refund_ended"):
        await deny(owner, await owner.refund(code))
    assert (await owner.refund(code)).state is RefundAttemptState.DONE
    assert await owner.bill_state(code) is BillState.REFUNDED
    with pytest.raises(NotAllowedNow, match="refund_ended"):
        await deny(owner, await owner.refund(code))


async def test_a_bank_that_does_not_answer_leaves_it_unknown(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    refund = await leave_denied(owner, code)
    owner.bank.faults_of[INQUIRY].append("cut_before")
    with pytest.raises(Unavailable, match="bank_silent"):
        await deny(owner, refund)
    assert (await owner.refund(code)).state is RefundAttemptState.UNKNOWN
    assert (await owner.town.refunds(code))[0].is_on_its_way
    assert (await deny(owner, refund)).state is RefundAttemptState.DENIED


async def test_what_may_still_arrive_is_not_ended(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    [begun] = await owner.send(code)
    with pytest.raises(NotAllowedNow, match="refund_not_unknown"):
        await deny(owner, begun)
    owner.bank.faults_of[REQUEST].append("cut_before")
    await owner.work()
    owner.town.advance(minutes=9)
    with pytest.raises(NotAllowedNow, match="refund_not_unknown"):
        await deny(owner, await owner.refund(code))
    await owner.work(minutes=2)
    due_again = await owner.refund(code)
    assert due_again.state is RefundAttemptState.DUE
    assert (await deny(owner, due_again)).state is RefundAttemptState.DENIED, "the bank has none of that number"
    assert [call.operation for call in owner.bank.calls].count(REQUEST) == 1, "it is inquired, never asked for"
    assert [one.state for one in await owner.town.refunds(code)] == [RefundState.DUE]


async def test_who_may_not_end_it(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    refund = await leave_denied(owner, code)
    town, gateways = owner.town, {owner.gateway.name: owner.gateway}

    async def refusal(reason: str = REASON, role: Role = Role.REVENUE, row_id: int = refund.id) -> DomainError:
        with pytest.raises(DomainError) as refused:
            await deny_card_refund(town.desk, town.store, gateways, row_id, reason, actor(role))
        return refused.value

    assert isinstance(await refusal(role=Role.MANAGER), Forbidden)
    assert isinstance(await refusal(" "), MissingField)
    assert isinstance(await refusal(row_id=refund.id + 1), NotFound)
    async with town.store.open_unit() as uow:
        assert await uow.card_refunds.claim(refund.id, "held", CLAIM_LEASE)
    assert isinstance(await refusal(), Conflict)
    gateways.clear()
    assert isinstance(await refusal(), Unavailable)
    assert (await owner.refund(code)).state is RefundAttemptState.UNKNOWN


async def test_two_officers_and_the_job_at_once_end_it_once(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    refund = await leave_denied(owner, code)
    owner.town.advance(hours=1)
    ends = await asyncio.gather(deny(owner, refund), deny(owner, refund), owner.work(), return_exceptions=True)
    assert all(isinstance(end, RefundAttempt | Conflict | NotAllowedNow | int) for end in ends), ends
    if (await owner.refund(code)).state is RefundAttemptState.UNKNOWN:  # the job had it just then
        await deny(owner, refund)
    assert (await owner.events(code)).count("denied") == 1
    assert [one.is_free for one in await owner.town.refunds(code)] == [True]


async def test_the_reason_is_erased_with_the_request(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    refund = await leave_denied(owner, code)
    await deny(owner, refund)
    await owner.send_by_iban(code)
    owner.town.advance(days=2000)
    async with owner.town.store.open_unit() as uow:
        await erase_request(ActorContext(owner.town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست شهروند")
    assert owner.town.rows("SELECT DISTINCT details FROM card_refund_events") == [("{}",)]
    assert (await owner.refund(code)).state is RefundAttemptState.DENIED
