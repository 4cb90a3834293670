"""The worker: from the callback to the money that counts, with every call failing before, during and after."""

from dataclasses import replace

import pytest

from domain.actions.bills.reversals import reverse_payment
from domain.actions.context import ActorContext
from domain.actions.payments.advance import advance_attempt, advance_due_attempts
from domain.actions.payments.recover import log_stranded_attempts, recover_unverified
from domain.bills.bill import BillState, PaymentMethod, PaymentOutcome
from domain.gateways.attempt import AttemptAlert, AttemptState
from domain.gateways.gateway import SaleState, UnverifiedSale
from domain.ledger.accounts import MoneySource
from domain.ledger.suspense import SuspenseState
from domain.values.actors import Role
from domain.values.errors import Conflict, NotAllowedNow, NotFound, Unavailable
from store.payments.attempts import SqlPaymentAttemptRepository
from tests.domain.actions.payments.conftest import REVENUE_MOBILE
from tests.support.municipality import FOUR_HOURS, actor
from tests.support.scripted_bank import UNANSWERED, Death, Payer, ScriptedBank, answer, die

VERIFIED, SETTLED = answer(SaleState.VERIFIED), answer(SaleState.SETTLED)
CLAIMS_END = "UPDATE payment_attempts SET claimed_until = '2020-01-01 00:00:00.000000'"
UNPAID, REVERSED = answer(SaleState.UNPAID, "17"), answer(SaleState.REVERSED, "48")


async def test_money_counts_when_the_bank_has_settled(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    payer.bank.script(VERIFIED, SETTLED)
    assert await payer.advance() == 2
    assert payer.bank.calls == ["verify", "settle"]
    assert (await town.request(code)).state == "paid"
    (payment,) = await town.payments(code)
    assert (payment.method, payment.reference, payment.amount) == (PaymentMethod.GATEWAY, "bank/5142", FOUR_HOURS)
    assert (payment.attempt_id, payment.recorded_by) == (attempt.id, "system:bank")
    assert await payer.events(attempt) == ["created", "sent", "returned", "verified", "settled"]
    assert (await town.keys())[-1] == "pay", "the receipt"
    assert await payer.advance(days=1) == 0


async def test_several_bills_of_one_payment_are_each_paid(payer: Payer) -> None:
    town = payer.town
    codes = [await town.reach("awaiting_payment") for _ in range(3)]
    attempt = await payer.leave(*codes)
    await town.pay(codes[1])
    await payer.come_back(attempt)
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    for code, outcomes in zip(codes, ([0], [0, 1], [0]), strict=True):
        payments = await town.payments(code)
        assert [payment.outcome is PaymentOutcome.SURPLUS for payment in payments] == [bool(one) for one in outcomes]
        assert payments[-1].reference == "bank/5142"
    assert [len(await town.refunds(code)) for code in codes] == [0, 1, 0]


async def test_what_is_paid_twice_is_surplus_and_due_back(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempts = [await payer.leave(code), await payer.leave(code)]
    for attempt, sale in zip(attempts, ("5142", "5143"), strict=True):
        await payer.come_back(attempt, sale)
    payer.bank.script(VERIFIED, VERIFIED, SETTLED, SETTLED)
    await payer.advance()
    assert [await payer.state(attempt) for attempt in attempts] == [AttemptState.SETTLED] * 2
    assert [payment.outcome for payment in await town.payments(code)] == [
        PaymentOutcome.SETTLED,
        PaymentOutcome.SURPLUS,
    ]
    assert [refund.amount for refund in await town.refunds(code)] == [FOUR_HOURS]


async def test_a_bank_that_does_not_answer_is_asked_until_it_does(payer: Payer) -> None:
    code = await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    payer.bank.script(
        UNANSWERED, UNANSWERED, answer(SaleState.VERIFIED, "43"), UNANSWERED, answer(SaleState.SETTLED, "45")
    )
    steps = [await payer.advance(seconds=pause) for pause in (0, 1, 1, 4, 1, 1, 1)]
    assert steps == [1, 0, 1, 0, 2, 0, 1]
    assert payer.bank.calls == ["verify", "verify", "verify", "settle", "settle"]
    assert await payer.state(attempt) is AttemptState.SETTLED


async def test_days_without_an_answer_never_forget_a_payment(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    for _ in range(30):
        await payer.advance(hours=8)
        await town.run_timers()
    assert await payer.state(attempt) is AttemptState.UNKNOWN
    assert [bill.state for bill in await town.bills(code)] == [BillState.PAYING], "it does not expire"
    payer.bank.script(SETTLED)
    await payer.advance(hours=1)
    assert (await town.request(code)).state == "paid"


async def test_a_death_before_the_answer_is_stored_asks_again(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    for known_before in (answer(SaleState.VERIFIED, "43"), answer(SaleState.SETTLED, "45")):
        payer.bank.meanwhile = die
        with pytest.raises(Death):
            await payer.advance(minutes=1)
        assert await payer.advance() == 0, "the dead one's claim holds others off"
        town.sql(CLAIMS_END)
        payer.bank.script(known_before)
        await payer.advance()
    assert payer.bank.calls == ["verify", "verify", "settle", "settle", "settle"]
    assert await payer.state(attempt) is AttemptState.SETTLED
    assert len(await town.payments(code)) == 1


async def test_a_fault_while_money_is_counted_undoes_all_of_it(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt, other = await payer.leave(code), await payer.leave(await town.reach("awaiting_payment"))
    await payer.come_back(attempt)
    await payer.come_back(other, "5143")
    payer.bank.script(VERIFIED, VERIFIED, SETTLED, SETTLED)
    add_event = SqlPaymentAttemptRepository.add_event

    async def fail(repository: SqlPaymentAttemptRepository, event: object) -> None:
        if (event.attempt_id, event.event) == (attempt.id, "settled"):  # type: ignore[attr-defined]
            raise ZeroDivisionError
        await add_event(repository, event)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(SqlPaymentAttemptRepository, "add_event", fail)
        await payer.advance()
    assert [await payer.state(one) for one in (attempt, other)] == [AttemptState.VERIFIED, AttemptState.SETTLED]
    assert await town.payments(code) == []
    town.sql(CLAIMS_END)
    payer.bank.script(answer(SaleState.SETTLED, "45"))
    await payer.advance()
    assert (await town.request(code)).state == "paid"


async def test_an_answer_of_who_lost_the_claim_is_knowledge(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    payer.bank.script(VERIFIED, SETTLED)

    async def lose_claim() -> None:
        town.sql("UPDATE payment_attempts SET claim_token = 'other', claimed_until = '2099-01-01 00:00:00.000000'")

    payer.bank.meanwhile = lose_claim
    await payer.advance()
    assert await payer.state(attempt) in {AttemptState.VERIFIED, AttemptState.SETTLED}


async def test_what_was_asked_before_the_payer_paid_does_not_count(asker: Payer) -> None:
    code = await asker.town.reach("awaiting_payment")
    attempt = await asker.leave(code)
    asker.bank.script(UNPAID, VERIFIED)

    async def pay_meanwhile() -> None:
        await asker.come_back(attempt)

    asker.bank.meanwhile = pay_meanwhile
    await asker.advance(minutes=3)
    assert asker.bank.calls == ["inquire", "verify"]
    assert await asker.state(attempt) is AttemptState.SETTLED


async def test_an_answer_is_about_the_sale_that_was_asked_about(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt, "5142")
    payer.bank.script(UNPAID, VERIFIED, SETTLED)

    async def deny_then_verify() -> None:
        """Another worker is told that it is unpaid, and a second card pays, before this one's answer comes."""
        town.sql("UPDATE payment_attempts SET claimed_until = NULL")
        await advance_attempt(town.desk, town.store, payer.gateways, attempt.id)
        await payer.come_back(attempt, "5143")

    payer.bank.meanwhile = deny_then_verify
    await advance_attempt(town.desk, town.store, payer.gateways, attempt.id)
    moved = await payer.attempt(attempt)
    assert (moved.state, moved.sale_number) == (AttemptState.VERIFIED, "5142")


async def test_a_payer_who_never_comes_back_is_found_by_asking(asker: Payer) -> None:
    code = await asker.town.reach("awaiting_payment")
    attempt = await asker.leave(code)
    asker.bank.script(UNPAID, answer(SaleState.AWAITING_VERIFICATION), answer(SaleState.VERIFIED, sale_number="77"))
    await asker.advance(minutes=3)
    await asker.advance(minutes=3)
    assert await asker.state(attempt) is AttemptState.SETTLED
    (payment,) = await asker.town.payments(code)
    assert payment.reference == "bank/77"


async def test_a_payer_who_never_comes_back_is_found_by_the_list(
    asker: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    town, code = asker.town, await asker.town.reach("awaiting_payment")
    attempt, idle = await asker.leave(code), ScriptedBank("idle")
    asker.bank.unverified = [UnverifiedSale(attempt.reference or "", FOUR_HOURS), UnverifiedSale("not ours", 1)]
    gateways = asker.gateways | {idle.name: idle}
    assert await recover_unverified(town.desk, town.store, gateways) == 1
    assert await recover_unverified(town.desk, town.store, gateways) == 0
    assert caplog.text.count("lists a sale that nobody here knows: not ours") == 1
    async with town.store.open_unit(write=False) as uow:
        [difference] = await uow.payment_differences.list_open(10)
    assert (difference.kind, difference.source, difference.facts) == ("unknown_sale", "bank", {"reference": "not ours"})
    asker.bank.script(VERIFIED)
    await asker.advance()
    assert (await town.request(code)).state == "paid"
    assert await recover_unverified(town.desk, town.store, gateways) == 0


async def test_a_payer_who_never_comes_back_to_a_silent_bank_is_let_go(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    assert await payer.advance(minutes=36) == 0
    assert await payer.advance(minutes=2) == 1
    assert (await payer.state(attempt), payer.bank.calls) == (AttemptState.FAILED, [])
    assert [bill.state for bill in await town.bills(code)] == [BillState.OPEN]


async def test_a_late_payer_of_an_attempt_that_was_given_up_is_served(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.advance(minutes=40)
    await payer.come_back(attempt)
    assert [bill.state for bill in await town.bills(code)] == [BillState.PAYING], "held once more"
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert (await town.request(code)).state == "paid"


async def test_a_bill_is_open_only_when_no_attempt_holds_it(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    await payer.leave(code)
    payer.town.advance(minutes=10)
    await payer.leave(code)
    await payer.advance(minutes=30)
    assert [bill.state for bill in await town.bills(code)] == [BillState.PAYING]
    await payer.advance(minutes=10)
    assert [bill.state for bill in await town.bills(code)] == [BillState.OPEN]


async def test_a_card_that_was_declined_may_be_followed_by_another(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt, None, "12")
    assert await payer.state(attempt) is AttemptState.DECLINED
    await payer.come_back(attempt, "5143")
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    assert (await town.request(code)).state == "paid"


async def test_a_wrong_amount_is_given_back_and_told(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    payer.bank.script(answer(SaleState.VERIFIED, amount=1000), UNANSWERED, UNANSWERED, REVERSED)
    for _ in range(4):
        await payer.advance(minutes=5)
    assert payer.bank.calls == ["verify", "reverse", "inquire", "reverse"]
    assert await payer.state(attempt) is AttemptState.REVERSED
    assert [bill.state for bill in await town.bills(code)] == [BillState.OPEN]
    assert [message.key for message in await town.sent(REVENUE_MOBILE)] == ["staff.payment_alerts.wrong_amount"]


async def test_a_wrong_amount_that_is_ours_pays_no_bill(asker: Payer) -> None:
    town, code = asker.town, await asker.town.reach("awaiting_payment")
    attempt = await asker.leave(code)
    await asker.come_back(attempt)
    asker.bank.script(answer(SaleState.VERIFIED, amount=1000))
    await asker.advance()
    assert await asker.state(attempt) is AttemptState.SETTLED
    assert await town.payments(code) == []
    assert [bill.state for bill in await town.bills(code)] == [BillState.OPEN]
    assert (await asker.attempt(attempt)).alert is AttemptAlert.WRONG_AMOUNT
    async with town.store.open_unit(write=False) as uow:
        receipt = await uow.suspense.find(MoneySource(PaymentMethod.GATEWAY, "bank"), "bank/5142")
    assert receipt is not None
    assert (receipt.amount, receipt.facts["attempt"], receipt.recorded_by) == (1000, attempt.id, "system:bank")
    async with town.store.open_unit(write=False) as uow:
        (receipt,) = await uow.suspense.list_in_state(SuspenseState.OPEN, 10)
        assert await uow.ledger.list_differences(10) == []
    assert (receipt.amount, receipt.gateway, receipt.facts["attempt"]) == (1000, attempt.gateway, attempt.id)


async def test_a_bank_that_refuses_our_calls_is_told_once(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    await payer.come_back(attempt)
    payer.bank.script(*[replace(UNANSWERED, code="421", is_our_fault=True)] * 3)
    for _ in range(3):
        await payer.advance(minutes=1)
    assert [message.key for message in await payer.town.sent(REVENUE_MOBILE)] == ["staff.payment_alerts.our_fault"]


async def test_a_sale_that_the_bank_gives_to_two_attempts_pays_once(asker: Payer) -> None:
    town = asker.town
    codes = [await town.reach("awaiting_payment") for _ in range(2)]
    first, second = [await asker.leave(code) for code in codes]
    for attempt in (first, second):
        asker.bank.script(answer(SaleState.VERIFIED, sale_number="77"))
        await asker.come_back(attempt, None)
        await asker.advance()
    assert [await asker.state(attempt) for attempt in (first, second)] == [AttemptState.SETTLED, AttemptState.RETURNED]
    assert (await asker.attempt(second)).alert is AttemptAlert.FOREIGN_CALLBACK
    assert [len(await town.payments(code)) for code in codes] == [1, 0]


async def test_what_a_bank_said_is_reversed_only_when_it_takes_it_back(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    await payer.come_back(attempt)
    payer.bank.script(VERIFIED, SETTLED)
    await payer.advance()
    (bill,), (payment,), staff = await town.bills(code), await town.payments(code), actor(Role.REVENUE)

    async def reverse() -> None:
        async with town.store.open_unit() as uow:
            await reverse_payment(ActorContext(town.desk, uow, staff), bill.bill_id, payment.id, "بانک پس گرفت")

    with pytest.raises(NotAllowedNow, match="banks_word"):
        await reverse()
    payer.bank.script(REVERSED)
    await advance_attempt(town.desk, town.store, payer.gateways, attempt.id)
    assert (await payer.attempt(attempt)).alert is AttemptAlert.CONTRADICTION
    assert [message.key for message in await town.sent(REVENUE_MOBILE)] == ["staff.payment_alerts.contradiction"]
    await reverse()
    assert [one.state for one in await town.bills(code)] == [BillState.OPEN]


async def test_staff_ask_the_bank_now(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    staff = actor(Role.REVENUE)

    async def ask() -> AttemptState:
        return (await advance_attempt(town.desk, town.store, payer.gateways, attempt.id, staff)).state

    with pytest.raises(NotAllowedNow):
        await ask()
    await payer.come_back(attempt)
    payer.bank.script(UNANSWERED, VERIFIED, SETTLED, SETTLED)
    states = [await ask() for _ in range(4)]
    assert states == [AttemptState.RETURNED, AttemptState.VERIFIED, AttemptState.SETTLED, AttemptState.SETTLED]
    assert {event.details["by"] for event in (await payer.history(attempt))[3:]} == {"staff:revenue"}
    assert [payment.recorded_by for payment in await town.payments(code)] == ["system:bank"]
    with pytest.raises(NotFound, match="attempt"):
        await advance_attempt(town.desk, town.store, payer.gateways, 7)
    with pytest.raises(Unavailable, match="gateway"):
        await advance_attempt(town.desk, town.store, {}, attempt.id)
    town.sql("UPDATE payment_attempts SET claim_token = 'other', claimed_until = '2099-01-01 00:00:00.000000'")
    town.sql("UPDATE payment_attempts SET claimed_until = datetime('now', '+10 seconds') || '.000000'")
    with pytest.raises(Conflict):
        await ask()


async def test_attempts_at_a_gateway_that_is_in_use_no_more_are_logged(
    payer: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    town = payer.town
    await payer.leave(await town.reach("awaiting_payment"))
    town.advance(minutes=40)
    for gateways, lines in (({}, []), (payer.gateways, []), ({}, ["payments begun at bank wait"])):
        await log_stranded_attempts(town.desk, town.store, gateways)
        assert [line[:27] for line in caplog.messages] == lines
        town.advance(minutes=5)


async def test_without_a_gateway_nothing_is_done(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    await payer.come_back(attempt)
    town = payer.town
    assert await advance_due_attempts(town.desk, town.store, {}) == 0
    assert await recover_unverified(town.desk, town.store, {}) == 0
    assert await payer.state(attempt) is AttemptState.RETURNED
