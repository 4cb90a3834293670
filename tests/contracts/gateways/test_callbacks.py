"""Callbacks that nobody's bank sent: each is read, or refused as what a person may be told; nothing else is raised."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.gateways.gateway import DeclineReason, GatewayCallback, PaymentGateway, PaymentPage
from domain.values.errors import InvalidField, MissingField
from tests.contracts.gateways.banks import ContractBank, build_order
from tests.fakes.bank_server import FIRST_CARD

HOSTILE_VALUES = (
    "",
    " ",
    "0",
    "-1",
    "۷",
    "7.0",
    "1e3",
    "9" * 200,
    "A" * 10_000,
    "x\x00y",
    "a\r\nSet-Cookie: b=c",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\u202e7",
    "OK ",
    FIRST_CARD,
)


def read(gateway: PaymentGateway, values: Mapping[str, str]) -> GatewayCallback | None:
    """Read a callback; None where it is refused as it may be."""
    try:
        callback = gateway.read_callback(values)
    except (MissingField, InvalidField):
        return None
    assert isinstance(callback, GatewayCallback)
    assert FIRST_CARD not in f"{callback.card} {callback.code}"
    assert len(callback.code) <= 40
    assert callback.order_number is not None or callback.reference is not None
    assert callback.order_number is None or callback.order_number > 0
    assert (callback.reason is None) == callback.is_paid
    for name in (callback.reference, callback.sale_number):
        assert name is None or (name.isascii() and name.isprintable() and 0 < len(name) <= 128)
    return callback


@pytest.fixture
async def honest_callback(gateway: PaymentGateway, bank: ContractBank) -> dict[str, str]:
    """Callback of an honest browser."""
    page = await gateway.start(build_order())
    assert isinstance(page, PaymentPage)
    return bank.pay(page.reference)


async def test_no_callback_is_none(gateway: PaymentGateway) -> None:
    assert read(gateway, {}) is None
    assert read(gateway, {"something": "else"}) is None


async def test_each_field_may_be_missing_or_hostile(gateway: PaymentGateway, honest_callback: dict[str, str]) -> None:
    assert read(gateway, honest_callback)
    for field in honest_callback:
        read(gateway, {name: value for name, value in honest_callback.items() if name != field})
        for value in HOSTILE_VALUES:
            read(gateway, honest_callback | {field: value})
            read(gateway, honest_callback | {field.swapcase(): value})


async def test_nothing_but_the_banks_own_word_for_it_is_paid(gateway: PaymentGateway, bank: ContractBank) -> None:
    """A code that nobody published is kept, and claims nothing."""
    page = await gateway.start(build_order())
    assert isinstance(page, PaymentPage)
    declined = bank.decline(page.reference)
    callback = read(gateway, declined)
    assert callback
    for field, value in declined.items():
        if value == callback.code:
            unknown = read(gateway, declined | {field: "98765"})
            assert unknown is None or (not unknown.is_paid and isinstance(unknown.reason, DeclineReason))


@given(values=st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_whatever_comes_nothing_is_raised(gateway: PaymentGateway, values: dict[str, str]) -> None:
    read(gateway, values)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_whatever_comes_in_the_banks_own_fields_nothing_is_raised(
    gateway: PaymentGateway, honest_callback: dict[str, str], data: st.DataObject
) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(honest_callback)), unique=True))
    read(gateway, honest_callback | {field: data.draw(st.text(max_size=40)) for field in fields})
