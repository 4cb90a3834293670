"""One attempt at a time: what each event makes of it. Every order of events is explored in `tests/simulation`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.gateways.attempt import (
    AttemptAlert,
    AttemptChange,
    AttemptEffect,
    AttemptState,
    BillShare,
    GatewayCall,
    PaymentAttempt,
)
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RepeatedVerify, Settlement
from domain.gateways.gateway import (
    TIMED_OUT,
    DeclineReason,
    GatewayAnswer,
    GatewayCallback,
    PaymentPage,
    SaleState,
    StartRefusal,
)
from domain.gateways.pauses import PAUSES, UNRESOLVED_CALLS

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SETTLES_BY_CALL = GatewayCapabilities(
    session_lasts=timedelta(minutes=15),
    verify_within=timedelta(minutes=20),
    inquiry=InquiryKey.SALE_NUMBER,
    repeated_verify=RepeatedVerify.SAYS_SO,
    settlement=Settlement.BY_CALL,
    reverse_within=timedelta(hours=3),
)
CAN_BE_ASKED = replace(
    SETTLES_BY_CALL,
    verify_within=None,
    inquiry=InquiryKey.ORDER,
    settlement=Settlement.WITH_VERIFY,
    reverse_within=None,
)
MACHINE, ASKING_MACHINE = AttemptMachine(SETTLES_BY_CALL), AttemptMachine(CAN_BE_ASKED)
CREATED = PaymentAttempt(
    id=1,
    gateway="mellat",
    order_number=7,
    shares=(BillShare(11, 120_000), BillShare(12, 80_000)),
    state=AttemptState.CREATED,
    channel="portal",
    created_at=NOW,
    session_ends_at=NOW + timedelta(minutes=15),
)
SENT = MACHINE.apply_start(CREATED, PaymentPage("AF82041a", "https://bank.example/", {}), NOW).attempt
PAID = GatewayCallback(order_number=7, reference="AF82041a", sale_number="5142", is_paid=True, code="0")
DECLINED = GatewayCallback(order_number=7, reference="AF82041a", is_paid=False, code="17")
RETURNED = MACHINE.apply_callback(SENT, PAID, NOW).attempt


def said(sale_state: SaleState | None, amount: int | None = None, paid_amount: int | None = None) -> GatewayAnswer:
    code = "0" if sale_state else TIMED_OUT
    return GatewayAnswer(sale_state=sale_state, code=code, amount=amount, paid_amount=paid_amount)


def result(change: AttemptChange) -> tuple[AttemptState, set[AttemptEffect]]:
    return change.attempt.state, set(change.effects)


def test_a_payment_is_verified_then_settled_and_counted_once() -> None:
    assert MACHINE.plan_call(RETURNED, NOW) is GatewayCall.VERIFY
    verified = MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED), NOW).attempt
    assert MACHINE.plan_call(verified, NOW) is GatewayCall.SETTLE
    settled = MACHINE.apply_answer(verified, said(SaleState.SETTLED), NOW)
    assert result(settled) == (AttemptState.SETTLED, {AttemptEffect.COUNT_PAYMENT})
    for repeated in (SaleState.SETTLED, SaleState.VERIFIED):
        assert MACHINE.apply_answer(settled.attempt, said(repeated), NOW).effects == frozenset()
    assert MACHINE.apply_callback(settled.attempt, PAID, NOW).attempt == settled.attempt


def test_a_bank_that_settles_with_the_verification_needs_no_further_call() -> None:
    change = ASKING_MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED, amount=200_000), NOW)
    assert result(change) == (AttemptState.SETTLED, {AttemptEffect.COUNT_PAYMENT})


@pytest.mark.parametrize(
    "callback",
    [
        replace(PAID, reference="af82041a"),
        replace(PAID, order_number=8),
        replace(PAID, order_number=None, reference=None),
    ],
)
def test_a_callback_that_names_something_else_asks_the_bank_nothing(callback: GatewayCallback) -> None:
    change = MACHINE.apply_callback(SENT, callback, NOW)
    assert change.attempt == replace(SENT, alert=AttemptAlert.FOREIGN_CALLBACK)
    assert change.effects == {AttemptEffect.ALERT_STAFF}
    assert MACHINE.apply_callback(change.attempt, callback, NOW).effects == frozenset()


def test_a_second_card_pays_what_the_first_did_not() -> None:
    declined = MACHINE.apply_callback(SENT, DECLINED, NOW)
    assert result(declined) == (AttemptState.DECLINED, set())
    assert MACHINE.apply_callback(declined.attempt, PAID, NOW).attempt.state is AttemptState.RETURNED


def test_a_decline_after_a_claim_changes_nothing() -> None:
    assert MACHINE.apply_callback(RETURNED, DECLINED, NOW).attempt == RETURNED


def test_no_answer_is_asked_again_without_end_and_without_giving_anything_back() -> None:
    attempt, now = RETURNED, NOW
    for _ in range(3 * len(PAUSES)):
        attempt = MACHINE.apply_answer(attempt, said(None), now).attempt
        assert attempt.next_step_at is not None
        assert now < attempt.next_step_at <= now + PAUSES[-1]
        now = attempt.next_step_at
        assert MACHINE.plan_call(attempt, now) in {GatewayCall.VERIFY, GatewayCall.INQUIRE}
    assert attempt.state is AttemptState.UNKNOWN
    assert MACHINE.apply_answer(attempt, said(SaleState.VERIFIED), now).attempt.state is AttemptState.VERIFIED


def test_a_wrong_amount_goes_back_while_the_bank_allows_it_and_is_asked_about_first_after_silence() -> None:
    wrong = MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED, amount=199_000), NOW)
    assert wrong.effects == {AttemptEffect.ALERT_STAFF}
    assert MACHINE.plan_call(wrong.attempt, NOW) is GatewayCall.REVERSE
    silent = MACHINE.apply_answer(wrong.attempt, said(None), NOW).attempt
    assert MACHINE.plan_call(silent, NOW) is GatewayCall.INQUIRE
    assert MACHINE.apply_answer(silent, said(SaleState.REVERSED), NOW).attempt.state is AttemptState.REVERSED
    assert MACHINE.plan_call(silent, NOW + timedelta(hours=3)) is GatewayCall.INQUIRE
    late = replace(silent, unanswered_calls=0)
    assert MACHINE.plan_call(late, NOW + timedelta(hours=3)) is GatewayCall.INQUIRE
    given_up = MACHINE.apply_answer(late, said(SaleState.VERIFIED, amount=199_000), NOW + timedelta(hours=3))
    assert (given_up.attempt.state, given_up.attempt.alert) == (AttemptState.UNKNOWN, AttemptAlert.WRONG_AMOUNT)


def test_a_wrong_amount_that_is_ours_already_waits_in_suspense() -> None:
    change = ASKING_MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED, amount=1_000), NOW)
    assert change.attempt.state is AttemptState.SETTLED
    assert AttemptEffect.HOLD_IN_SUSPENSE in change.effects
    assert AttemptEffect.COUNT_PAYMENT not in change.effects


def test_a_discount_of_the_bank_is_no_wrong_amount() -> None:
    change = ASKING_MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED, amount=200_000, paid_amount=190_000), NOW)
    assert change.attempt.paid_amount == 190_000
    assert change.effects == {AttemptEffect.COUNT_PAYMENT}


def test_a_payer_who_never_comes_back_is_asked_about_where_the_bank_can_be_asked() -> None:
    assert ASKING_MACHINE.plan_call(SENT, NOW) is GatewayCall.INQUIRE
    unpaid = ASKING_MACHINE.apply_answer(SENT, said(SaleState.UNPAID), NOW).attempt
    assert unpaid.state is AttemptState.SENT
    found = ASKING_MACHINE.apply_answer(unpaid, said(SaleState.AWAITING_VERIFICATION), NOW).attempt
    assert ASKING_MACHINE.plan_call(found, NOW) is GatewayCall.VERIFY
    # Whoever asked shortly before the end, and stores it after, knows nothing of who paid in between.
    before = ASKING_MACHINE.apply_answer(unpaid, said(SaleState.UNPAID), SENT.session_ends_at)
    assert before.attempt.state is AttemptState.SENT
    over = ASKING_MACHINE.apply_answer(unpaid, said(SaleState.UNPAID), SENT.session_ends_at + timedelta(minutes=2))
    assert result(over) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS})


def test_elsewhere_the_bank_gives_back_by_itself_what_was_not_verified_in_time() -> None:
    assert MACHINE.plan_call(SENT, NOW) is None
    assert SENT.next_step_at == SENT.session_ends_at + timedelta(minutes=22)
    assert MACHINE.apply_time(SENT, NOW).attempt.state is AttemptState.SENT
    over = MACHINE.apply_time(SENT, SENT.next_step_at)
    assert result(over) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS, AttemptEffect.TELL_PAYER})
    late = MACHINE.apply_callback(over.attempt, PAID, SENT.next_step_at)
    assert result(late) == (AttemptState.RETURNED, {AttemptEffect.HOLD_BILLS})


def test_what_can_neither_be_asked_nor_goes_back_waits_for_the_settlement_file() -> None:
    machine = AttemptMachine(replace(SETTLES_BY_CALL, verify_within=None))
    change = machine.apply_time(SENT, SENT.session_ends_at + timedelta(minutes=2))
    assert (change.attempt.state, change.attempt.next_step_at) == (AttemptState.UNKNOWN, None)
    assert change.effects == {AttemptEffect.ALERT_STAFF}


@pytest.mark.parametrize("sale_state", [SaleState.REVERSED, SaleState.UNPAID])
def test_a_bank_that_takes_back_what_was_counted_is_told_to_staff(sale_state: SaleState) -> None:
    settled = ASKING_MACHINE.apply_answer(RETURNED, said(SaleState.SETTLED), NOW).attempt
    change = ASKING_MACHINE.apply_answer(settled, said(sale_state), NOW)
    assert (change.attempt.state, change.attempt.alert) == (AttemptState.SETTLED, AttemptAlert.CONTRADICTION)


def test_a_session_that_was_not_opened_releases_its_bills() -> None:
    refused = MACHINE.apply_start(CREATED, StartRefusal("421", DeclineReason.BANK), NOW)
    assert result(refused) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS})
    assert MACHINE.apply_time(CREATED, NOW + timedelta(minutes=5)).attempt.state is AttemptState.FAILED


def test_a_session_that_is_ours_to_mend_is_told_to_staff() -> None:
    refused = MACHINE.apply_start(CREATED, StartRefusal("421", DeclineReason.BANK, is_our_fault=True), NOW)
    assert result(refused) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS, AttemptEffect.ALERT_STAFF})
    assert refused.attempt.alert is AttemptAlert.OUR_FAULT


def test_what_was_said_to_be_paid_is_verified_again_where_no_number_of_it_is_known() -> None:
    """Sadad names a sale only once it is verified, and verifies by the session."""
    machine = AttemptMachine(replace(SETTLES_BY_CALL, inquiry=InquiryKey.NOTHING))
    returned = machine.apply_callback(SENT, replace(PAID, sale_number=None), NOW).attempt
    late = NOW + timedelta(minutes=21)
    unknown = machine.apply_answer(returned, GatewayAnswer(sale_state=None, code=TIMED_OUT), late).attempt
    assert (unknown.state, unknown.next_step_at) == (AttemptState.UNKNOWN, late + PAUSES[0])
    assert machine.plan_call(unknown, late) is GatewayCall.VERIFY
    verified = machine.apply_answer(unknown, GatewayAnswer(sale_state=SaleState.VERIFIED, code="0"), late).attempt
    assert verified.state is AttemptState.VERIFIED


def test_a_foreign_callback_hides_no_other_alert() -> None:
    wrong = replace(RETURNED, alert=AttemptAlert.WRONG_AMOUNT)
    change = MACHINE.reject_callback(wrong, PAID)
    assert (change.attempt.alert, change.event, change.effects) == (
        AttemptAlert.WRONG_AMOUNT,
        "foreign_callback",
        frozenset(),
    )


@pytest.mark.parametrize("alert", [AttemptAlert.OUR_FAULT, AttemptAlert.UNANSWERABLE])
def test_an_answer_ends_what_was_about_its_absence(alert: AttemptAlert) -> None:
    waiting = replace(RETURNED, alert=alert)
    answered = MACHINE.apply_answer(waiting, GatewayAnswer(sale_state=SaleState.VERIFIED, code="0"), NOW)
    assert answered.attempt.alert is None
    forged = replace(RETURNED, alert=AttemptAlert.FOREIGN_CALLBACK)
    answered = MACHINE.apply_answer(forged, GatewayAnswer(sale_state=SaleState.VERIFIED, code="0"), NOW)
    assert answered.attempt.alert is AttemptAlert.FOREIGN_CALLBACK


def test_a_sale_that_the_bank_is_asked_about_is_not_given_up_for_another_number() -> None:
    # The first may be verified and its answer be lost: whoever sends a second number would have it forgotten.
    silent = MACHINE.apply_answer(RETURNED, said(None), NOW).attempt
    change = MACHINE.apply_callback(silent, replace(PAID, sale_number="invented"), NOW)
    assert change.attempt == replace(silent, alert=AttemptAlert.FOREIGN_CALLBACK)
    denied = MACHINE.apply_answer(silent, said(SaleState.UNPAID), NOW).attempt
    assert denied.sale_number is None
    assert MACHINE.apply_callback(denied, replace(PAID, sale_number="true"), NOW).attempt.sale_number == "true"


def test_what_the_bank_said_of_another_sale_is_not_said_of_this_one() -> None:
    wrong = replace(SENT, state=AttemptState.DECLINED, sale_number="other", bank_amount=1, paid_amount=1)
    returned = MACHINE.apply_callback(wrong, PAID, NOW).attempt
    assert (returned.sale_number, returned.bank_amount, returned.paid_amount) == ("5142", None, None)
    told = GatewayAnswer(sale_state=SaleState.AWAITING_VERIFICATION, code="0", sale_number="5143")
    assert ASKING_MACHINE.apply_answer(returned, told, NOW).attempt.sale_number == "5143"


def test_a_denied_number_says_nothing_of_the_session() -> None:
    over = SENT.session_ends_at + timedelta(minutes=2)
    denied = ASKING_MACHINE.apply_answer(RETURNED, said(SaleState.UNPAID), over).attempt
    assert denied.state is AttemptState.DECLINED
    assert ASKING_MACHINE.plan_call(denied, over) is GatewayCall.INQUIRE
    assert ASKING_MACHINE.apply_answer(denied, said(SaleState.UNPAID), over).attempt.state is AttemptState.FAILED
    assert MACHINE.apply_answer(RETURNED, said(SaleState.UNPAID), over).attempt.state is AttemptState.DECLINED
    nothing_back = AttemptMachine(replace(SETTLES_BY_CALL, verify_within=None, inquiry=InquiryKey.NOTHING))
    waiting = nothing_back.apply_answer(RETURNED, said(SaleState.UNPAID), over).attempt
    assert (waiting.state, waiting.alert) == (AttemptState.UNKNOWN, AttemptAlert.UNANSWERABLE)


def test_a_payment_that_came_back_is_verified_without_end_where_there_are_no_numbers() -> None:
    machine = AttemptMachine(replace(CAN_BE_ASKED, inquiry=InquiryKey.NOTHING))
    unknown = machine.apply_answer(replace(RETURNED, sale_number=None), said(None), NOW + timedelta(hours=1)).attempt
    assert unknown.state is AttemptState.UNKNOWN
    assert machine.plan_call(unknown, NOW + timedelta(hours=1)) is GatewayCall.VERIFY


def test_a_bank_that_forgot_what_was_given_back_gave_it_back() -> None:
    wrong = MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED, amount=199_000), NOW).attempt
    assert MACHINE.apply_answer(wrong, said(SaleState.UNPAID), NOW).attempt.state is AttemptState.REVERSED
    right = MACHINE.apply_answer(RETURNED, said(SaleState.VERIFIED), NOW).attempt
    change = MACHINE.apply_answer(right, said(SaleState.UNPAID), NOW)
    assert (change.attempt.state, change.attempt.alert) == (AttemptState.VERIFIED, AttemptAlert.CONTRADICTION)


def test_a_session_that_nobody_answers_about_is_unknown_once_it_is_over() -> None:
    over = SENT.session_ends_at + timedelta(minutes=2)
    assert ASKING_MACHINE.apply_answer(SENT, said(None), NOW).attempt.state is AttemptState.SENT
    assert ASKING_MACHINE.apply_answer(SENT, said(None), over).attempt.state is AttemptState.UNKNOWN


def test_another_sale_of_a_session_whose_first_was_given_back_is_asked_about() -> None:
    reversed_attempt = replace(RETURNED, state=AttemptState.REVERSED, finished_at=NOW, next_step_at=None)
    assert MACHINE.apply_callback(reversed_attempt, PAID, NOW).attempt == reversed_attempt
    anew = MACHINE.apply_callback(reversed_attempt, replace(PAID, sale_number="second"), NOW)
    assert result(anew) == (AttemptState.RETURNED, {AttemptEffect.HOLD_BILLS})


def test_money_that_is_ours_after_all_is_counted_and_told() -> None:
    reversed_attempt = replace(RETURNED, state=AttemptState.REVERSED, finished_at=NOW, next_step_at=None)
    change = MACHINE.apply_answer(reversed_attempt, said(SaleState.SETTLED), NOW)
    assert result(change) == (AttemptState.SETTLED, {AttemptEffect.COUNT_PAYMENT, AttemptEffect.ALERT_STAFF})
    assert change.attempt.alert is AttemptAlert.CONTRADICTION


def test_a_verification_of_what_was_given_up_holds_its_bills_again() -> None:
    failed = replace(RETURNED, state=AttemptState.FAILED, finished_at=NOW, next_step_at=None)
    assert AttemptEffect.HOLD_BILLS in MACHINE.apply_answer(failed, said(SaleState.VERIFIED), NOW).effects


def test_what_anybody_can_send_hides_no_other_alert() -> None:
    wrong = replace(SENT, alert=AttemptAlert.UNANSWERABLE)
    change = MACHINE.apply_callback(wrong, replace(PAID, reference="elsewhere"), NOW)
    assert (change.attempt, change.effects) == (wrong, frozenset())


def ask_in_vain(attempt: PaymentAttempt, hours: float, times: int, code: str = "44") -> list[AttemptChange]:
    """State of an attempt after so many unanswered calls in a row, from some hours after its session's end on."""
    changes: list[AttemptChange] = []
    for number in range(times):
        moment = attempt.session_ends_at + timedelta(hours=hours, minutes=30 * number)
        changes.append(MACHINE.apply_answer(attempt, GatewayAnswer(sale_state=None, code=code), moment))
        attempt = changes[-1].attempt
    return changes


@pytest.mark.parametrize("state", [AttemptState.RETURNED, AttemptState.VERIFIED, AttemptState.UNKNOWN])
def test_what_nothing_follows_from_for_hours_is_told_to_staff_once(state: AttemptState) -> None:
    """Behpardakht's 44 to a settlement, Sadad's 101 to a verification."""
    changes = ask_in_vain(replace(RETURNED, state=state), 3, 60)
    alerted = [change for change in changes if AttemptEffect.ALERT_STAFF in change.effects]
    assert [(change.event, change.attempt.alert) for change in alerted] == [("unresolved", AttemptAlert.UNRESOLVED)]
    assert changes.index(alerted[0]) == UNRESOLVED_CALLS - 1
    resolved = replace(changes[-1].attempt, alert=None)
    assert resolved.is_unresolved
    assert all(not change.effects for change in ask_in_vain(resolved, 40, 60)), "somebody looked at it"
    settled = MACHINE.apply_answer(changes[-1].attempt, said(SaleState.SETTLED), NOW + timedelta(days=2)).attempt
    assert (settled.alert, settled.is_unresolved) == (None, False)
    ended = MACHINE.apply_absence(changes[-1].attempt, NOW + timedelta(days=2)).attempt
    assert (ended.alert, ended.is_unresolved) == (None, False)


def test_a_call_that_fails_long_after_the_session_is_no_matter_for_anybody() -> None:
    assert all(not change.effects for change in ask_in_vain(RETURNED, 300, UNRESOLVED_CALLS - 1))
    early = ask_in_vain(RETURNED, -1, 4)
    assert all(change.attempt.unresolved_at is None for change in early)


def test_what_says_more_stays() -> None:
    refused = replace(RETURNED, alert=AttemptAlert.OUR_FAULT)
    assert ask_in_vain(refused, 3, 30)[-1].attempt.alert is AttemptAlert.OUR_FAULT
    forged = replace(RETURNED, alert=AttemptAlert.FOREIGN_CALLBACK)
    assert ask_in_vain(forged, 3, 30)[-1].attempt.alert is AttemptAlert.UNRESOLVED


def test_a_settlement_file_that_does_not_name_an_attempt_ends_it() -> None:
    unknown = replace(SENT, state=AttemptState.UNKNOWN)
    assert result(MACHINE.apply_absence(unknown, NOW)) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS})
    settled = replace(SENT, state=AttemptState.SETTLED)
    assert MACHINE.apply_absence(settled, NOW).attempt.alert is AttemptAlert.CONTRADICTION
    failed = replace(SENT, state=AttemptState.FAILED)
    assert MACHINE.apply_absence(failed, NOW).attempt == failed


def test_an_answer_about_another_attempts_sale_is_asked_for_again_later() -> None:
    change = ASKING_MACHINE.apply_sale_conflict(SENT, NOW)
    assert change.attempt.next_step_at == NOW + PAUSES[0]
    assert change.effects == {AttemptEffect.ALERT_STAFF}


def test_staff_end_an_unknown_one_that_the_bank_denies_and_a_later_true_sale_counts() -> None:
    late = NOW + timedelta(hours=1)
    unknown = MACHINE.apply_answer(RETURNED, said(None), late).attempt
    assert unknown.state is AttemptState.UNKNOWN
    denied = MACHINE.apply_denial(unknown, late)
    assert result(denied) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS})
    assert (denied.attempt.sale_number, denied.attempt.next_step_at, denied.attempt.finished_at) == (None, None, late)
    returned = MACHINE.apply_callback(denied.attempt, PAID, late)
    assert result(returned) == (AttemptState.RETURNED, {AttemptEffect.HOLD_BILLS})
    settled = MACHINE.apply_answer(denied.attempt, said(SaleState.SETTLED), late)
    assert result(settled) == (AttemptState.SETTLED, {AttemptEffect.COUNT_PAYMENT})


def test_what_is_not_unknown_or_was_verified_once_is_not_ended_by_staff() -> None:
    for attempt in (SENT, RETURNED, replace(RETURNED, state=AttemptState.UNKNOWN, verified_at=NOW)):
        assert MACHINE.apply_denial(attempt, NOW) == AttemptChange(attempt, "denial_ignored")


def test_where_the_bank_asks_first_what_nobody_allowed_was_not_paid() -> None:
    """Without that, and where nothing goes back by itself, somebody has to look."""
    asks_first = AttemptMachine(
        replace(SETTLES_BY_CALL, verify_within=None, settlement=Settlement.WITH_VERIFY, asks_before_payment=True)
    )
    silent = AttemptMachine(replace(asks_first.capabilities, asks_before_payment=False))
    late = NOW + timedelta(minutes=17)
    assert asks_first.plan_call(SENT, late) is None
    assert result(asks_first.apply_time(SENT, late)) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS})
    assert result(silent.apply_time(SENT, late)) == (AttemptState.UNKNOWN, {AttemptEffect.ALERT_STAFF})
    assert asks_first.plan_question(RETURNED) is GatewayCall.INQUIRE


def test_a_denied_number_leaves_nothing_to_ask_about() -> None:
    """An invented sale was denied: the attempt waits for its payer, and ends with its session."""
    denied = MACHINE.apply_answer(RETURNED, said(SaleState.UNPAID), NOW).attempt
    assert (denied.state, denied.sale_number) == (AttemptState.DECLINED, None)
    assert MACHINE.plan_question(denied) is None
    late = NOW + timedelta(minutes=40)
    assert result(MACHINE.apply_time(denied, late)) == (AttemptState.FAILED, {AttemptEffect.RELEASE_BILLS})
