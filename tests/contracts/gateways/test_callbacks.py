"""Callbacks that nobody's bank sent: each is read, or refused as what a person may be told; nothing else is raised."""

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.gateways.gateway import DeclineReason, GatewayCallback, PaymentGateway, PaymentPage
from domain.values.errors import InvalidField, MissingField
from tests.contracts.gateways.banks import PUBLIC_ADDRESS, FakeBank, build_order
from tests.fakes.bank_server import FIRST_CARD, BankServer

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


async def paid_callback(gateway: PaymentGateway, bank: BankServer) -> dict[str, str]:
    """What an honest browser brings."""
    page = await gateway.start(build_order())
    assert isinstance(page, PaymentPage)
    return bank.pay(page.reference)


async def test_no_callback_is_none(gateway: PaymentGateway) -> None:
    assert read(gateway, {}) is None
    assert read(gateway, {"something": "else"}) is None


async def test_each_field_may_be_missing_or_hostile(gateway: PaymentGateway, bank: BankServer) -> None:
    honest = await paid_callback(gateway, bank)
    assert read(gateway, honest)
    for field in honest:
        read(gateway, {name: value for name, value in honest.items() if name != field})
        for value in HOSTILE_VALUES:
            read(gateway, honest | {field: value})
            read(gateway, honest | {field.swapcase(): value})


async def test_nothing_but_the_banks_own_word_for_it_is_paid(gateway: PaymentGateway, bank: BankServer) -> None:
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
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
def test_whatever_comes_nothing_is_raised(fake_bank: FakeBank, values: dict[str, str]) -> None:
    gateway = fake_bank.configure("http://127.0.0.1:1", 1.0).build_gateway(PUBLIC_ADDRESS)
    read(gateway, values)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
def test_whatever_comes_in_the_banks_own_fields_nothing_is_raised(fake_bank: FakeBank, data: st.DataObject) -> None:
    gateway = fake_bank.configure("http://127.0.0.1:1", 1.0).build_gateway(PUBLIC_ADDRESS)
    bank = fake_bank.open_bank()
    bank.open_sale("A1", 7, 1000, PUBLIC_ADDRESS)
    honest = bank.pay("A1")
    fields = data.draw(st.lists(st.sampled_from(sorted(honest)), unique=True))
    read(gateway, honest | {field: data.draw(st.text(max_size=40)) for field in fields})
