"""The section of payments: which gateways are in use, what each needs, and that no bank is reached without TLS."""

import pytest
from pydantic import SecretStr

from app.configuration.gateway_checks import find_gateway_faults
from app.configuration.placeholders import list_required_fields
from app.configuration.sections import BaleSettings
from app.configuration.settings import Settings, SettingsError, described_settings, load_settings
from app.wiring import build_gateways
from payments import GATEWAYS
from payments.bale import BaleInvoiceSettings
from payments.gateway_settings import GatewaySettings
from payments.zarinpal import ZarinpalSettings

MERCHANT = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c"


BOT_TOKEN = SecretStr("12345:aaaaaaaaaaaaaaaaaaaaaaaa")


class PlaySettings(GatewaySettings):
    """A gateway that takes no real money."""

    is_demo_only = True

    def build_gateway(self, public_address: str) -> None:  # type: ignore[override]
        """Nothing is built of it here."""


def configured(*gateways: str) -> Settings:
    """Settings with these gateways in use, and Zarinpal's merchant."""
    settings = Settings()
    settings.payments.gateway = gateways
    zarinpal = settings.payments.find_gateway("zarinpal")
    assert isinstance(zarinpal, ZarinpalSettings)
    zarinpal.merchant_id = SecretStr(MERCHANT)
    return settings


def test_every_gateway_has_a_section() -> None:
    names = {name for name, _ in described_settings()}
    for gateway, section in GATEWAYS.items():
        for field in section.model_fields:
            assert f"PISHKHAN_PAYMENTS__{gateway.upper()}__{field.upper()}" in names
    assert {"gateway", "settlement_layouts", *GATEWAYS} == set(type(Settings().payments).model_fields)


def test_gateways_are_built_in_order_of_preference() -> None:
    settings = configured("zarinpal", "zarinpal")
    built = build_gateways(settings)
    assert list(built) == ["zarinpal"]
    assert built["zarinpal"].name == "zarinpal"


def test_an_unknown_gateway_is_named() -> None:
    with pytest.raises(SettingsError) as refused:
        build_gateways(configured("zarinpal", "zarrinpal"))
    [fault] = refused.value.faults
    assert fault == (f"PISHKHAN_PAYMENTS__GATEWAY: unknown gateway 'zarrinpal'; there are: {', '.join(GATEWAYS)}")


@pytest.mark.parametrize("gateway", [name for name, section in GATEWAYS.items() if not section.is_demo_only])
def test_what_the_bank_gave_has_to_be_set(gateway: str) -> None:
    settings = Settings(bale=BaleSettings(token=BOT_TOKEN))
    settings.payments.gateway = (gateway,)
    required = list_required_fields(GATEWAYS[gateway])
    assert required
    assert find_gateway_faults(settings) == [
        f"PISHKHAN_PAYMENTS__{gateway.upper()}__{field.upper()} is not set" for field in required
    ]


def test_what_takes_no_money_is_for_the_demonstration_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = configured("play")
    monkeypatch.setattr("app.configuration.settings.GATEWAYS", {"zarinpal": GATEWAYS["zarinpal"], "play": PlaySettings})
    monkeypatch.setattr(type(settings.payments), "find_gateway", lambda self, name: PlaySettings())
    assert find_gateway_faults(settings) == [
        "PISHKHAN_PAYMENTS__GATEWAY: play takes no money; it is for PISHKHAN_DEMO alone"
    ]
    settings.demo, settings.payments.gateway = True, ("zarinpal",)
    assert settings.active_gateways == ("play",)
    assert find_gateway_faults(settings) == []


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://pay.example.ir", True),
        ("http://127.0.0.1:9000/", True),
        ("http://pay.example.ir", False),
        ("pay.example.ir", False),
        ("https://", False),
    ],
)
def test_a_bank_is_reached_over_tls_alone(monkeypatch: pytest.MonkeyPatch, address: str, is_good: bool) -> None:
    monkeypatch.setenv("PISHKHAN_PAYMENTS__ZARINPAL__BASE_URL", address)
    if is_good:
        load_settings()
        return
    with pytest.raises(SettingsError) as refused:
        load_settings()
    [fault] = refused.value.faults
    assert fault.startswith("PISHKHAN_PAYMENTS__ZARINPAL__BASE_URL: ")


@pytest.mark.parametrize(("address", "count"), [("http://desk.example.ir", 1), ("https://desk.example.ir", 0)])
def test_browsers_come_back_over_tls(address: str, count: int) -> None:
    settings = configured("zarinpal")
    settings.base_url = address
    assert len(find_gateway_faults(settings)) == count


def test_no_secret_of_a_gateway_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_PAYMENTS__ZARINPAL__MERCHANT_ID", MERCHANT)
    assert MERCHANT not in repr(load_settings())
    monkeypatch.setenv("PISHKHAN_PAYMENTS__ZARINPAL__TIMEOUT", "soon")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert MERCHANT not in str(refused.value.faults)


def configured_bale(**bot_values: object) -> Settings:
    """Settings with Bale's invoices in use, and these of the bot."""
    settings = Settings(bale=BaleSettings.model_validate(bot_values))
    settings.payments.gateway = ("bale",)
    bale = settings.payments.find_gateway("bale")
    assert isinstance(bale, BaleInvoiceSettings)
    bale.provider_token = SecretStr("WALLET-0123456789")
    return settings


def test_invoices_are_sent_by_the_bot_of_their_messenger() -> None:
    settings = configured_bale(token=BOT_TOKEN)
    assert find_gateway_faults(settings) == []
    assert settings.build_policy().invoice_channels == {"bale"}
    assert build_gateways(settings)["bale"].name == "bale"
    assert configured("zarinpal").build_policy().invoice_channels == frozenset()


@pytest.mark.parametrize(
    ("bot_values", "fault"),
    [
        ({}, "PISHKHAN_BALE__TOKEN is not set: bale of PISHKHAN_PAYMENTS__GATEWAY"),
        ({"token": BOT_TOKEN, "proxy": SecretStr("socks5://127.0.0.1:1080")}, "PISHKHAN_BALE__PROXY is set"),
        ({"token": BOT_TOKEN, "base_url": "http://tapi.example.ir/bot"}, "PISHKHAN_BALE__BASE_URL, for bale"),
    ],
)
def test_without_a_bot_that_can_be_reached_there_are_no_invoices(bot_values: dict[str, object], fault: str) -> None:
    settings = configured_bale(**bot_values)
    [found] = find_gateway_faults(settings)
    assert found.startswith(fault)
    with pytest.raises(SettingsError):
        build_gateways(settings)
