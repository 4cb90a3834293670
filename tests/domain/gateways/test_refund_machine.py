"""One transfer back to a card at a time: it is inquired after silence, and never repeated before the bank denies it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, CardRefundAnswer, CardRefundState, Sale
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState, RefundEffect, get_refundable_amount
from domain.gateways.refund_machine import ABSENCE_GRACE, SENDING_LIMIT, RefundMachine

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SALE = Sale(order_number=7, reference="AF82041a", sale_number="5142", amount=200_000)
DUE = RefundAttempt(
    id=1, gateway="mellat", refund_number=31, attempt_id=2, sale=SALE, bill_row_id=3, amount=50_000,
    requested_by="staff:revenue", created_at=NOW, next_step_at=NOW,
)  # fmt: skip
MACHINE = RefundMachine()
SENT = MACHINE.begin_sending(DUE, NOW).attempt


def said(refund_state: CardRefundState | None, code: str = TIMED_OUT) -> CardRefundAnswer:
    return CardRefundAnswer(refund_state=refund_state, code="0" if refund_state else code)


def test_it_is_sent_once_and_counted_once() -> None:
    assert SENT.state is RefundAttemptState.SENT
    assert MACHINE.begin_sending(SENT, NOW).event == "sending_ignored"
    done = MACHINE.apply_answer(SENT, said(CardRefundState.DONE), NOW)
    assert done.effects == {RefundEffect.COUNT_REFUND}
    for state in (CardRefundState.DONE, CardRefundState.ABSENT, None):
        assert MACHINE.apply_answer(done.attempt, said(state), NOW).attempt == done.attempt


def test_silence_is_inquired_without_end_and_never_sent_again() -> None:
    attempt, now = SENT, NOW
    for _ in range(30):
        attempt = MACHINE.apply_request_answer(attempt, said(None), now).attempt
        assert attempt.state is RefundAttemptState.UNKNOWN
        assert attempt.next_step_at is not None
        now = attempt.next_step_at
        assert MACHINE.begin_sending(attempt, now).event == "sending_ignored"


def test_a_denial_is_believed_once_no_request_can_be_on_its_way() -> None:
    early = MACHINE.apply_answer(SENT, said(CardRefundState.ABSENT), NOW + ABSENCE_GRACE - timedelta(seconds=1))
    assert early.attempt.state is RefundAttemptState.UNKNOWN
    again = MACHINE.apply_answer(early.attempt, said(CardRefundState.ABSENT), NOW + ABSENCE_GRACE).attempt
    assert (again.state, again.refund_number) == (RefundAttemptState.DUE, DUE.refund_number)


def test_whoever_stood_still_after_storing_it_as_sent_asks_for_nothing() -> None:
    assert MACHINE.may_still_send(SENT, NOW + SENDING_LIMIT - timedelta(seconds=1))
    assert not MACHINE.may_still_send(SENT, NOW + SENDING_LIMIT), "it could arrive after «never took it» was believed"
    assert MACHINE.begin_sending(replace(SENT, state=RefundAttemptState.DUE), NOW + ABSENCE_GRACE).event == "sent"


def test_a_connection_that_never_came_about_is_due_again_after_a_pause() -> None:
    again = MACHINE.apply_request_answer(SENT, said(None, NOT_CONNECTED), NOW).attempt
    assert again.state is RefundAttemptState.DUE
    assert again.next_step_at is not None
    assert again.next_step_at > NOW
    inquired = MACHINE.apply_answer(SENT, said(None, NOT_CONNECTED), NOW).attempt
    assert inquired.state is RefundAttemptState.UNKNOWN, "an inquiry that did not connect says nothing of the request"


def test_what_the_bank_denies_for_ever_is_ended_once_nothing_can_arrive() -> None:
    late = NOW + ABSENCE_GRACE
    unknown = MACHINE.apply_answer(SENT, said(None, "49"), NOW).attempt
    assert not MACHINE.may_be_denied(unknown, late - timedelta(seconds=1))
    assert MACHINE.may_be_denied(unknown, late)
    assert MACHINE.may_be_denied(replace(unknown, state=RefundAttemptState.DUE), late)
    denied = MACHINE.apply_denial(unknown, late)
    assert (denied.event, denied.effects) == ("denied", frozenset({RefundEffect.RETURN_TO_STAFF}))
    assert not any(MACHINE.may_be_denied(one, late) for one in (DUE, SENT, denied.attempt))
    for state in (*CardRefundState, None):
        assert MACHINE.apply_answer(denied.attempt, said(state), late).attempt == denied.attempt
    proved = MACHINE.apply_late_proof(denied.attempt, said(CardRefundState.DONE), late)
    assert (proved.attempt.state, proved.effects) == (RefundAttemptState.DONE, frozenset({RefundEffect.COUNT_REFUND}))


def test_what_the_bank_refuses_is_due_by_another_way() -> None:
    refused = MACHINE.apply_answer(SENT, said(CardRefundState.REFUSED), NOW)
    assert refused.effects == {RefundEffect.RETURN_TO_STAFF}
    assert refused.attempt.next_step_at is None


@pytest.mark.parametrize(
    ("states", "rest"),
    [
        ([], 200_000),
        ([RefundAttemptState.DONE, RefundAttemptState.UNKNOWN, RefundAttemptState.SENT], 50_000),
        ([RefundAttemptState.REFUSED, RefundAttemptState.DENIED], 200_000),
        ([RefundAttemptState.DUE] * 5, 0),
    ],
)
def test_what_is_unknown_counts_as_gone(states: list[RefundAttemptState], rest: int) -> None:
    assert get_refundable_amount(200_000, [replace(DUE, state=state) for state in states]) == rest
