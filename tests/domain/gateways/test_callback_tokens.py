"""The secret of a callback's address: drawn, compared, and what becomes of callbacks without it."""

from dataclasses import replace

import pytest

from domain.gateways.attempt import AttemptAlert, AttemptChange, AttemptEffect, AttemptState, PaymentAttempt
from domain.gateways.callback_tokens import add_callback_token, compute_token_digest, is_token_of
from domain.gateways.gateway import GatewayCallback
from tests.domain.gateways.test_attempt_machine import DECLINED, MACHINE, NOW, PAID, SENT
from tests.support.tables import each_row

TOKEN = "3f5c1a0e9b7d4c2f8a6e1d0b5c4f3a29"
GUARDED = replace(SENT, callback_digest=compute_token_digest(TOKEN))
STRANGERS = [
    (callback, token)
    for callback in (PAID, DECLINED)
    for token in (None, "", TOKEN[:-1], TOKEN.upper(), TOKEN + "0", "\ud800")
]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/pay/x/callback", "https://a.example/pay/x/callback?callback_token=abc"),
        ("https://a.example/pay/x/callback?link=y", "https://a.example/pay/x/callback?link=y&callback_token=abc"),
    ],
)
def test_an_address_bears_it_beside_what_it_bears(address: str, expected: str) -> None:
    assert add_callback_token(address, "abc") == expected


def test_the_digest_is_of_one_token_alone() -> None:
    assert is_token_of(compute_token_digest(TOKEN), TOKEN)
    assert not is_token_of(compute_token_digest(TOKEN), TOKEN[1:])
    assert not is_token_of(compute_token_digest(TOKEN), None)
    assert TOKEN not in compute_token_digest(TOKEN)


def test_who_bears_it_is_heard() -> None:
    assert MACHINE.apply_callback(GUARDED, replace(PAID, token=TOKEN), NOW).attempt.state is AttemptState.RETURNED
    assert MACHINE.apply_callback(GUARDED, replace(DECLINED, token=TOKEN), NOW).attempt.state is AttemptState.DECLINED


@each_row(("callback", "token"), STRANGERS)
def test_who_bears_another_or_none_moves_nothing(callback: GatewayCallback, token: str | None) -> None:
    by_order = replace(callback, reference=None, token=token)
    assert MACHINE.apply_callback(GUARDED, by_order, NOW) == AttemptChange(GUARDED, "callback_without_token")
    assert MACHINE.reject_callback(GUARDED, by_order) == AttemptChange(GUARDED, "callback_without_token")


@pytest.mark.parametrize(
    "attempt", [GUARDED, *(replace(GUARDED, state=state) for state in (AttemptState.FAILED, AttemptState.UNKNOWN))]
)
def test_who_names_the_banks_session_without_it_alerts_staff_once(attempt: PaymentAttempt) -> None:
    change = MACHINE.apply_callback(attempt, PAID, NOW)
    assert change.attempt == replace(attempt, alert=AttemptAlert.FOREIGN_CALLBACK)
    assert (change.event, set(change.effects)) == ("callback_without_token", {AttemptEffect.ALERT_STAFF})
    assert MACHINE.apply_callback(change.attempt, PAID, NOW) == AttemptChange(change.attempt, "callback_without_token")


def test_an_attempt_that_began_before_there_were_any_goes_on_by_what_is_named() -> None:
    assert MACHINE.apply_callback(SENT, PAID, NOW).attempt.state is AttemptState.RETURNED
    assert MACHINE.apply_callback(SENT, replace(PAID, token=TOKEN), NOW).attempt.state is AttemptState.RETURNED
