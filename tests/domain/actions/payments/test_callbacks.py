"""Callbacks by a browser: kept as it came whatever it is, applied once, and never believed."""

from dataclasses import replace

import pytest

from domain.actions.payments import callbacks
from domain.actions.payments.callbacks import receive_callback
from domain.gateways.attempt import AttemptAlert, AttemptState, PaymentAttempt
from domain.gateways.callback_record import LONGEST_PAYLOAD
from domain.gateways.callback_tokens import compute_token_digest
from domain.gateways.gateway import SaleState
from tests.domain.actions.payments.conftest import REVENUE_MOBILE
from tests.support.scripted_bank import Payer, answer

CARD = "6037991234567893"


async def receive(payer: Payer, address: str = "192.0.2.9", **values: str) -> PaymentAttempt | None:
    """Let something come to the callback address."""
    return await receive_callback(payer.town.desk, payer.town.store, payer.bank, "POST", values, address)


async def test_a_callback_is_kept_as_it_came_but_for_card_numbers(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    await payer.come_back(attempt, CardHolderPan=CARD, note=f"کارت {CARD} \x00", grouped="6037-9912-3456-7893")
    (record,) = await payer.callbacks(attempt)
    assert (record.method, record.source_address, record.event) == ("POST", "192.0.2.7", "returned")
    assert record.at == payer.town.clock.at
    assert CARD not in record.payload
    assert "603799%2A%2A%2A%2A%2A%2A7893" in record.payload
    assert "3456" not in record.payload
    assert payer.town.rows("SELECT count(*) FROM payment_attempts WHERE card LIKE '%1234567%'") == [(0,)]
    await payer.come_back(attempt, long="ب" * 9000, broken="\ud800")
    assert len((await payer.callbacks(attempt))[1].payload) == LONGEST_PAYLOAD


@pytest.mark.parametrize(
    ("values", "event"),
    [
        ({"nonsense": "1"}, "unreadable"),
        ({"order": "999", "code": "0"}, "not_ours"),
        ({"reference": "nobody's", "code": "0"}, "not_ours"),
        ({"order": str(2**63), "code": "0"}, "unreadable"),
        ({"order": "0", "code": "0"}, "unreadable"),
        ({"reference": "a\x00b", "code": "0"}, "unreadable"),
        ({"order": "1", "sale": "7" * 101, "code": "0"}, "unreadable"),
        ({}, "unreadable"),
    ],
)
async def test_what_names_nothing_of_ours_is_kept_too(payer: Payer, values: dict[str, str], event: str) -> None:
    assert await receive(payer, **values) is None
    assert payer.town.rows("SELECT event, attempt_id FROM payment_callbacks") == [(event, None)]


async def test_what_a_gateway_fails_to_read_is_kept_too(payer: Payer, caplog: pytest.LogCaptureFixture) -> None:
    assert await receive(payer, order="three", code="0") is None
    assert payer.town.rows("SELECT event, payload FROM payment_callbacks") == [("unreadable", "order=three&code=0")]
    assert caplog.messages == ["a callback of bank could not be read"]


async def test_strangers_do_not_fill_the_disk(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "MOST_IDLE_KEPT", 3)
    monkeypatch.setattr(callbacks, "MOST_REPETITIONS_KEPT", 5)
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    for number in range(6):
        await receive(payer, order=str(number + 1), code="0")
    await receive(payer, "192.0.2.10", order="1", code="0")
    assert payer.town.rows("SELECT count(*) FROM payment_callbacks") == [(4,)]
    for _ in range(20):
        await payer.come_back(attempt)
    assert len(await payer.events(attempt)) == 6
    assert len(await payer.callbacks(attempt)) == 6, "of those that change nothing a few from each address"


async def test_without_the_secret_of_the_address_nothing_follows_and_nobody_is_told(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    order = str(attempt.order_number)
    for brought in ({}, {"callback_token": "0" * 32}, {"sale": "5142"}):
        assert await receive(payer, order=order, code="0", **brought) is None
    assert await payer.attempt(attempt) == attempt, "not even its revision"
    assert [record.event for record in await payer.callbacks(attempt)] == ["callback_without_token"] * 3
    assert await payer.town.sent(REVENUE_MOBILE) == []
    assert await payer.advance() == 0, "the bank is not asked"
    assert (await payer.come_back(attempt)) is not None
    assert await payer.state(attempt) is AttemptState.RETURNED


async def test_who_names_the_banks_session_without_the_secret_alerts_staff_once(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    for _ in range(2):
        assert await receive(payer, reference=attempt.reference or "", sale="5142", code="0") is None
    stored = await payer.attempt(attempt)
    assert (stored.state, stored.sale_number, stored.alert) == (AttemptState.SENT, None, AttemptAlert.FOREIGN_CALLBACK)
    assert len(await payer.town.sent(REVENUE_MOBILE)) == 1
    assert (await payer.events(attempt))[2:] == ["callback_without_token"]


async def test_the_secret_is_stored_nowhere(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    [token] = payer.bank.read_address(attempt.order_number).values()
    await payer.come_back(attempt)
    assert attempt.callback_digest == compute_token_digest(token)
    [record] = await payer.callbacks(attempt)
    assert "callback_token=%2A%2A%2A" in record.payload
    tables = ("payment_attempts", "payment_attempt_events", "payment_callbacks")
    assert token not in repr([payer.town.rows(f"SELECT * FROM {table}") for table in tables])  # noqa: S608 - names


async def test_strangers_without_the_secret_do_not_fill_the_disk(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "MOST_IDLE_KEPT", 3)
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    for _ in range(9):
        await receive(payer, order=str(attempt.order_number), code="0")
    assert len(await payer.callbacks(attempt)) == 3


async def test_a_bank_with_one_registered_address_brings_none(payer: Payer) -> None:
    payer.bank.capabilities = replace(payer.bank.capabilities, callback_carries_token=False)
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    assert (attempt.callback_digest, payer.bank.read_address(attempt.order_number)) == (None, {})
    came = await receive(payer, order=str(attempt.order_number), sale="5142", code="0")
    assert came is not None
    assert came.state is AttemptState.RETURNED


async def test_a_callback_that_does_not_match_changes_nothing_and_staff_are_told(payer: Payer) -> None:
    town = payer.town
    attempt = await payer.leave(await town.reach("awaiting_payment"))
    for _ in range(2):
        came = await payer.come_back(attempt, reference="another")
        assert came is not None
        assert (came.state, came.alert) == (AttemptState.SENT, AttemptAlert.FOREIGN_CALLBACK)
    texts = await town.sent(REVENUE_MOBILE)
    assert [message.key for message in texts] == ["staff.payment_alerts.foreign_callback"], "once for each alert"
    assert await payer.advance() == 0, "the bank is not asked"


async def test_a_thousand_forgeries_do_not_make_a_thousand_texts(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempts = [await payer.leave(code) for _ in range(6)]
    for attempt in attempts:
        await payer.come_back(attempt, reference="another")
    assert len(await town.sent(REVENUE_MOBILE)) == 3
    assert {(await payer.attempt(attempt)).alert for attempt in attempts} == {AttemptAlert.FOREIGN_CALLBACK}


async def test_one_receipt_pays_once(payer: Payer) -> None:
    town = payer.town
    codes = [await town.reach("awaiting_payment") for _ in range(2)]
    first, second = [await payer.leave(code) for code in codes]
    await payer.come_back(first, "5142")
    came = await payer.come_back(second, "5142")
    assert came is not None
    assert (came.state, came.sale_number, came.alert) == (AttemptState.SENT, None, AttemptAlert.FOREIGN_CALLBACK)
    payer.bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    await payer.advance()
    assert [len(await town.payments(code)) for code in codes] == [1, 0]


async def test_a_repeated_callback_changes_nothing(payer: Payer) -> None:
    town, code = payer.town, await payer.town.reach("awaiting_payment")
    attempt = await payer.leave(code)
    payer.bank.script(answer(SaleState.VERIFIED), answer(SaleState.SETTLED))
    for _ in range(2):
        await payer.come_back(attempt)
        await payer.come_back(attempt)
        await payer.advance()
    assert payer.bank.calls == ["verify", "settle"]
    assert len(await town.payments(code)) == 1
    assert [record.event for record in await payer.callbacks(attempt)] == ["returned"] + ["callback_repeated"] * 3


async def test_a_callback_with_the_reference_alone_finds_its_attempt(payer: Payer) -> None:
    attempt = await payer.leave(await payer.town.reach("awaiting_payment"))
    address_values = payer.bank.read_address(attempt.order_number)
    came = await receive(payer, reference=attempt.reference or "", code="17", **address_values)
    assert came is not None
    assert (came.id, came.state, came.code) == (attempt.id, AttemptState.DECLINED, "17")
