"""Money that goes back to the card that paid: the real store and actions, the real gateway over SOAP, the fake bank."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from domain.actions.bills.refunds import approve_refund
from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.actions.payments.card_refund_worker import CardRefundWorker, ask_about_refund
from domain.actions.payments.card_refunds import approve_card_refund
from domain.actions.requests.erase import erase_request
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.gateways.refund_attempt import RefundAttemptState
from domain.ledger.accounts import Account, AccountKey
from domain.settings.policy import Policy
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, AmountMismatch, DomainError, Forbidden, InvalidField, NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.fakes.behpardakht_bank import BehpardakhtFault
from tests.faults.support.state_journal import Database
from tests.payments.behpardakht.card_owner import CASHIER, CONFIRMATION, IBAN, INQUIRY, REQUEST, CardOwner
from tests.payments.behpardakht.test_bills_paid import CARD
from tests.support.municipality import FOUR_HOURS, NEIGHBOUR, actor
from tests.support.scripted_bank import Death, die


def set_limit(owner: CardOwner, rials: int) -> None:
    """Let refunds of more rials than these need a second person."""
    desk = owner.town.desk
    desk.engine = replace(desk.engine, policy=Policy(refund_limit=rials))


async def test_the_whole_way_back(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    [begun] = await owner.send(code, FOUR_HOURS)
    assert begun.refund_number != begun.sale.order_number
    assert await owner.bill_state(code) is BillState.REFUND_DUE
    assert owner.bank.sales.transfers == {}, "nobody asks a bank inside a transaction"
    assert await owner.work() == 1
    refund = await owner.refund(code)
    assert (refund.state, refund.amount, refund.code) == (RefundAttemptState.DONE, FOUR_HOURS, "0")
    assert await owner.events(code) == ["requested", "sent", "done"]
    assert (await owner.bill_state(code), owner.bank.sales.deposited) == (BillState.REFUNDED, 0)
    [due_refund] = await owner.town.refunds(code)
    assert (due_refund.state, due_refund.to_card, due_refund.iban) == (RefundState.REFUNDED, True, None)
    payment = (await owner.town.payments(code))[-1]
    assert (payment.method, payment.outcome, payment.gateway) == (
        PaymentMethod.REFUND, PaymentOutcome.RETURNED, "behpardakht",
    )  # fmt: skip
    assert (payment.reference, payment.recorded_by) == (f"behpardakht/{refund.reference}", "staff:cashier")
    event = (await owner.town.history(code))[-1]
    assert (event.event, event.actor) == ("refund", "system:behpardakht")
    assert (event.payload or {})["card"] == "603799******1236"
    text = (await owner.town.sent())[-1]
    assert (text.key, "۱۲۳۶" in text.text, "به همان کارت" in text.text) == ("sms.refunded_to_card", True, True)
    assert await owner.work(hours=1) == 0
    assert await owner.balance_of(AccountKey(Account.GATEWAY_CLEARING, "behpardakht")) == 0
    assert await owner.balance_of(AccountKey(Account.REFUNDS_PAYABLE)) == 0


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (REQUEST, "cut_before"), (REQUEST, "cut_after"), (REQUEST, "cut_within"), (REQUEST, "http_500"),
        (REQUEST, "garbage"), (CONFIRMATION, "cut_before"), (CONFIRMATION, "cut_after"),
    ],
)  # fmt: skip
async def test_whatever_fails_the_money_goes_back_once(
    owner: CardOwner, operation: str, fault: BehpardakhtFault
) -> None:
    code = await owner.cancel_paid()
    owner.bank.faults_of[operation].append(fault)
    owner.bank.faults_of[INQUIRY].append("http_500")
    await owner.send(code)
    await owner.work()
    assert (await owner.refund(code)).state is RefundAttemptState.UNKNOWN
    with pytest.raises(NotAllowedNow, match="on_its_way"):
        await owner.send_by_iban(code)
    assert await owner.finish(code) is RefundAttemptState.DONE
    assert owner.bank.sales.deposited == 0
    assert [one.outcome for one in await owner.town.payments(code)].count(PaymentOutcome.RETURNED) == 1
    assert (await owner.town.keys()).count("refunded_to_card") == 1
    with pytest.raises(AlreadyDone):
        await owner.send_by_iban(code)


async def test_a_bank_that_never_took_it_is_asked_again_with_the_same_number_after_ten_minutes(
    owner: CardOwner,
) -> None:
    code = await owner.cancel_paid()
    owner.bank.faults_of[REQUEST].append("cut_before")
    [begun] = await owner.send(code)
    await owner.work()
    await owner.work(minutes=9)
    assert [call.operation for call in owner.bank.calls].count(REQUEST) == 1
    await owner.work(minutes=2)
    await owner.work(minutes=1)
    numbers = [call.fields["orderId"] for call in owner.bank.calls if call.operation == REQUEST]
    assert numbers == [str(begun.refund_number)] * 2
    assert (await owner.refund(code)).state is RefundAttemptState.DONE


@pytest.mark.parametrize("step", ["_store_sent", "_store_answer"])
async def test_a_process_that_dies_around_the_request_leaves_it_to_be_inquired(
    owner: CardOwner, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """After `begin_sending` was committed the bank is never asked for the transfer blindly, whether it was or not."""
    code = await owner.cancel_paid()
    await owner.send(code)
    original = getattr(CardRefundWorker, step)

    async def do_and_die(self: CardRefundWorker, *arguments: object, **named: object) -> None:
        if step == "_store_sent":
            await original(self, *arguments, **named)
        await die()

    with monkeypatch.context() as patched:
        patched.setattr(CardRefundWorker, step, do_and_die)
        with pytest.raises(Death):
            await owner.work()
    assert (await owner.refund(code)).state is RefundAttemptState.SENT
    owner.town.sql("UPDATE card_refunds SET claimed_until = '2020-01-01 00:00:00.000000'")
    was_asked = step == "_store_answer"
    assert len(owner.bank.sales.transfers) == was_asked
    await owner.work(minutes=1)
    assert [call.operation for call in owner.bank.calls].count(REQUEST) == was_asked
    assert await owner.finish(code) is RefundAttemptState.DONE
    assert (len(owner.bank.sales.transfers), owner.bank.sales.deposited) == (1, 0)


async def test_a_part_goes_back_and_then_the_rest_with_numbers_of_their_own(owner: CardOwner) -> None:
    """Fewer hours were worked than paid for: the difference goes back; what was paid twice does besides."""
    town, code = owner.town, await owner.town.reach("awaiting_payment")
    first, second = await owner.leave(code), await owner.leave(code)
    for attempt in (first, second):
        await owner.come_back(owner.pay(attempt))
        await owner.wait(attempt, seconds=1)
    [surplus] = await town.refunds(code)
    assert surplus.is_of_surplus
    [begun] = await owner.send(code)
    assert begun.attempt_id == second.id
    await owner.work()
    assert await owner.bill_state(code) is BillState.PAID
    for step, inputs in (("schedule", {}), ("hand_over", {"early": "yes"}), ("complete", {"hours": "3"})):
        await town.do(code, step, Role.CIVIL, **inputs)
    part = next(one for one in await town.refunds(code) if one.state is RefundState.DUE)
    assert 0 < part.amount < FOUR_HOURS
    [begun] = await owner.send(code, part.amount)
    assert (begun.attempt_id, begun.amount) == (first.id, part.amount)
    await owner.work()
    assert owner.bank.sales.deposited == FOUR_HOURS - part.amount
    numbers = [one.refund_number for one in await owner.list_refunds(code)]
    assert len({*numbers, first.order_number, second.order_number}) == 4
    assert await owner.balance_of(AccountKey(Account.GATEWAY_CLEARING, "behpardakht")) == FOUR_HOURS - part.amount


async def test_two_sales_of_one_bill_go_back_to_their_cards_at_once(owner: CardOwner) -> None:
    code = await owner.town.reach("awaiting_payment")
    attempts = [await owner.leave(code), await owner.leave(code)]
    for attempt in attempts:
        await owner.come_back(owner.pay(attempt))
        await owner.wait(attempt, seconds=1)
    await owner.town.says(f"لغو {code}", "۱")
    set_limit(owner, 2 * FOUR_HOURS)
    begun = await owner.send(code, 2 * FOUR_HOURS)
    assert sorted(one.attempt_id for one in begun) == sorted(attempt.id for attempt in attempts)
    owner.bank.faults_of[REQUEST].append("cut_after")
    assert await owner.work() == 2
    assert await owner.bill_state(code) is BillState.REFUND_DUE, "one of both is not known yet"
    await owner.work(minutes=1)
    assert (await owner.bill_state(code), owner.bank.sales.deposited) == (BillState.REFUNDED, 0)


async def test_what_the_bank_refuses_waits_for_the_staff_and_goes_by_iban(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    owner.bank.sales.credit = 0
    await owner.send(code)
    await owner.work()
    refund = await owner.refund(code)
    assert (refund.state, refund.code) == (RefundAttemptState.REFUSED, "12")
    [due_refund] = await owner.town.refunds(code)
    assert (due_refund.is_free, due_refund.to_card, due_refund.approved_by) == (True, False, None)
    assert await owner.bill_state(code) is BillState.REFUND_DUE
    await owner.send_by_iban(code)
    assert await owner.bill_state(code) is BillState.REFUNDED
    assert owner.bank.sales.transfers == {}
    assert await owner.balance_of(AccountKey(Account.BANK, "refund")) == -FOUR_HOURS


async def test_a_refused_card_may_be_tried_again_by_a_number_of_its_own(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    credit, owner.bank.sales.credit = owner.bank.sales.credit, 0
    [first] = await owner.send(code)
    await owner.work()
    owner.bank.sales.credit = credit
    [second] = await owner.send(code)
    assert second.refund_number != first.refund_number
    await owner.work()
    assert (await owner.bill_state(code), owner.bank.sales.deposited) == (BillState.REFUNDED, 0)


async def test_money_that_is_on_its_way_is_sent_no_other_way(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    bill, payment = (await owner.town.bills(code))[-1], (await owner.town.payments(code))[0]
    await owner.send(code)
    for repeated in (owner.send(code), owner.send_by_iban(code)):
        with pytest.raises(NotAllowedNow, match="refund_on_its_way"):
            await repeated
    async with owner.town.store.open_unit() as uow:
        with pytest.raises(NotAllowedNow, match="refund_on_its_way"):
            await approve_refund(
                ActorContext(owner.town.desk, uow, actor(Role.MANAGER)), bill.bill_id, IBAN, FOUR_HOURS
            )
        with pytest.raises(NotAllowedNow, match="banks_word"):
            await reverse_payment(ActorContext(owner.town.desk, uow, CASHIER), bill.bill_id, payment.id, "اشتباه")
    owner.town.advance(days=2000)
    async with owner.town.store.open_unit() as uow:
        with pytest.raises(NotAllowedNow, match="refund_due"):
            await erase_request(ActorContext(owner.town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست")


async def refusal(owner: CardOwner, code: str, amount: int | None = None, role: Role = Role.REVENUE) -> DomainError:
    """Reason why nothing goes to the card."""
    with pytest.raises(DomainError) as refused:
        await owner.send(code, amount, role)
    return refused.value


async def test_what_is_refused(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    assert isinstance(await refusal(owner, code, role=Role.CIVIL), Forbidden)
    assert isinstance(await refusal(owner, code, FOUR_HOURS - 1), AmountMismatch)
    by_slip = await owner.town.reach("paid", mobile=NEIGHBOUR)
    assert (await refusal(owner, by_slip)).reason == "no_refund"
    await owner.town.says(f"لغو {by_slip}", "۱", mobile=NEIGHBOUR)
    assert (await refusal(owner, by_slip)).reason == "no_card"
    owner.town.desk.card_refund_gateways = frozenset()
    assert (await refusal(owner, code)).reason == "no_card"
    assert await owner.list_refunds(code) == []


async def test_a_second_person_names_the_card_too(owner: CardOwner) -> None:
    town, manager = owner.town, actor(Role.MANAGER, "head")
    code = await owner.cancel_paid()
    set_limit(owner, FOUR_HOURS - 1)
    assert (await refusal(owner, code)).reason == "second_person"
    bill_id = (await town.bills(code))[-1].bill_id
    async with town.store.open_unit() as uow:
        await approve_refund(ActorContext(town.desk, uow, manager), bill_id, IBAN, FOUR_HOURS)
    wrong = await refusal(owner, code)
    assert (isinstance(wrong, InvalidField), wrong.reason) == (True, "not_approved")
    async with town.store.open_unit() as uow:
        with pytest.raises(Forbidden):
            await approve_card_refund(ActorContext(town.desk, uow, actor(Role.CIVIL)), bill_id, FOUR_HOURS)
        context = ActorContext(town.desk, uow, manager)
        with pytest.raises(AmountMismatch):
            await approve_card_refund(context, bill_id, 1)
        await approve_card_refund(context, bill_id, FOUR_HOURS)
    with pytest.raises(InvalidField, match="not_approved"):
        await owner.send_by_iban(code)
    owner.bank.sales.credit = 0
    await owner.send(code)
    await owner.work()
    assert (await refusal(owner, code)).reason == "second_person", "a refused card ends the approval"


async def test_a_discount_of_the_banks_does_not_go_to_the_card(owner: CardOwner) -> None:
    """Known discounts are not asked for; else the bank refuses more than was paid."""
    code = await owner.town.reach("awaiting_payment")
    attempt = await owner.leave(code)
    owner.bank.sales.pay(attempt.reference or "", CARD, discount=20_000)
    await owner.come_back(owner.pay(attempt))
    await owner.wait(attempt, seconds=1)
    await owner.town.says(f"لغو {code}", "۱")
    assert owner.town.rows("SELECT paid_amount FROM payment_attempts") == [(FOUR_HOURS - 20_000,)]
    assert (await refusal(owner, code)).reason == "no_card"
    owner.town.sql("UPDATE payment_attempts SET paid_amount = NULL")
    await owner.send(code)
    await owner.work()
    refund = await owner.refund(code)
    assert (refund.state, refund.code, owner.bank.sales.transfers) == (RefundAttemptState.REFUSED, "19", {})


async def test_of_a_discounted_sale_and_another_one_each_goes_its_way(owner: CardOwner) -> None:
    code = await owner.town.reach("awaiting_payment")
    discounted, whole = await owner.leave(code), await owner.leave(code)
    owner.bank.sales.pay(discounted.reference or "", CARD, discount=20_000)
    for attempt in (discounted, whole):
        await owner.come_back(owner.pay(attempt))
        await owner.wait(attempt, seconds=1)
    await owner.town.says(f"لغو {code}", "۱")
    set_limit(owner, 2 * FOUR_HOURS)
    [begun] = await owner.send(code, FOUR_HOURS)
    assert begun.attempt_id == whole.id
    await owner.work()
    assert await owner.bill_state(code) is BillState.REFUND_DUE
    await owner.send_by_iban(code)
    assert (await owner.bill_state(code), owner.bank.sales.deposited) == (BillState.REFUNDED, FOUR_HOURS)
    assert await owner.balance_of(AccountKey(Account.GATEWAY_CLEARING, "behpardakht")) == FOUR_HOURS
    assert await owner.balance_of(AccountKey(Account.BANK, "refund")) == -FOUR_HOURS


@pytest.mark.parametrize("claimed", ["", "abc", "-5", "0", str(10 * FOUR_HOURS), "1.5"])
async def test_a_discount_that_is_none_changes_nothing(owner: CardOwner, claimed: str) -> None:
    code = await owner.town.reach("awaiting_payment")
    attempt = await owner.leave(code)
    await owner.come_back({**owner.pay(attempt), "FinalAmount": claimed})
    await owner.wait(attempt, seconds=1)
    assert owner.town.rows("SELECT paid_amount, state FROM payment_attempts") == [(None, "settled")]


async def test_the_staff_ask_the_bank_about_it(owner: CardOwner) -> None:
    code, gateways = await owner.cancel_paid(), {owner.gateway.name: owner.gateway}
    owner.bank.faults_of[REQUEST].append("cut_after")
    [begun] = await owner.send(code)
    await owner.work()
    with pytest.raises(Forbidden):
        await ask_about_refund(owner.town.desk, owner.town.store, gateways, begun.id, actor(Role.CIVIL))
    asked = await ask_about_refund(owner.town.desk, owner.town.store, gateways, begun.id, actor(Role.MANAGER))
    assert asked.state is RefundAttemptState.DONE
    with pytest.raises(NotAllowedNow, match="refund_ended"):
        await ask_about_refund(owner.town.desk, owner.town.store, gateways, begun.id, actor(Role.MANAGER))
    assert await owner.bill_state(code) is BillState.REFUNDED


async def test_two_workers_at_once_ask_for_it_once(owner: CardOwner) -> None:
    code = await owner.cancel_paid()
    await owner.send(code)
    assert sorted(await asyncio.gather(*(owner.work() for _ in range(4)))) == [0, 0, 0, 1]
    assert [call.operation for call in owner.bank.calls].count(REQUEST) == 1


async def test_nothing_personal_of_it_is_left_once_the_request_is_erased(owner: CardOwner, database: Path) -> None:
    code = await owner.cancel_paid()
    await owner.send(code)
    await owner.work()
    assert CARD.encode() not in b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    owner.town.advance(days=2000)
    async with owner.town.store.open_unit() as uow:
        await erase_request(ActorContext(owner.town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست شهروند")
    tables = await Database(f"sqlite:///{database}").read_all()
    assert [name for name, rows in tables.items() if "******1236" in repr(rows)] == []
    assert (await owner.refund(code)).state is RefundAttemptState.DONE, "money and states stay"
