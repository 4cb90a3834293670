"""Settings: every name of the contract, environment over file, and mistakes that are named instead of ignored."""

from datetime import date, time, timedelta
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError, create_model

from app.checking.faults import find_bot_faults, find_contact_remarks, find_plain_lines, find_remarks
from app.configuration.gateway_checks import find_gateway_faults
from app.configuration.placeholders import find_secret_faults
from app.configuration.policy_settings import describe_rule
from app.configuration.sections import BillSettings, SecurityContactSettings, StaffSettings, TelegramSettings
from app.configuration.settings import (
    DEMO_SECRET,
    Settings,
    SettingsError,
    described_settings,
    find_unused_names,
    load_settings,
)
from app.configuration.sms_settings import SmsSettings
from app.wiring import build_gateways
from channels.sms.providers.kavenegar import KavenegarSettings
from domain.fields.decimals import Length
from domain.services.machinery.rules import MACHINERY_RULES
from domain.services.taxi_leave.settings import LEAVE_RULES
from domain.settings.policy import Policy
from domain.settings.service_rules import ServiceRule
from tests.support.tables import each_row

CONTRACT = {
    "PISHKHAN_DEMO": "0",
    "PISHKHAN_DATABASE_URL": "postgresql://desk@db/pishkhan",
    "PISHKHAN_HOST": "0.0.0.0",  # noqa: S104 - a value like any other
    "PISHKHAN_PORT": "9000",
    "PISHKHAN_BASE_URL": "https://pishkhan.example.ir/",
    "PISHKHAN_SECRET_KEY": "6b3f0b6f2f7c4d1e",
    "PISHKHAN_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.7",
    "PISHKHAN_BILLS__COMPANY_CODE": "077",
    "PISHKHAN_SMS__PROVIDERS": "kavenegar, simulator",
    "PISHKHAN_SMS__KAVENEGAR__BASE_URL": "https://panel.example.ir",
    "PISHKHAN_SMS__KAVENEGAR__API_KEY": "4F6E6C79",
    "PISHKHAN_SMS__KAVENEGAR__SENDER": "10004346",
    "PISHKHAN_SMS__KAVENEGAR__WEBHOOK_SECRET": "wh-51c0ffee",
    "PISHKHAN_SMS__SIMULATOR__WEBHOOK_SECRET": "wh-2b0ffee1",
    "PISHKHAN_PAYMENTS__GATEWAY": "zarinpal",
    "PISHKHAN_PAYMENTS__ZARINPAL__BASE_URL": "https://pay.example.ir/",
    "PISHKHAN_PAYMENTS__ZARINPAL__MERCHANT_ID": "2b7e1516-28ae-d2a6-abf7-158809cf4f3c",
    "PISHKHAN_STAFF__INSIDE_NETWORKS": "172.16.0.0/12",
    "PISHKHAN_TELEGRAM__TOKEN": "7412589630:AAF-0nlyF0rTheSettings",
    "PISHKHAN_TELEGRAM__BASE_URL": "https://api.example.ir/bot",
    "PISHKHAN_TELEGRAM__BASE_FILE_URL": "https://api.example.ir/file/bot",
    "PISHKHAN_TELEGRAM__PROXY": "socks5://127.0.0.1:1080",
    "PISHKHAN_TELEGRAM__MODE": "webhook",
    "PISHKHAN_TELEGRAM__WEBHOOK_SECRET": "wh-3c0ffee2",
    "PISHKHAN_BALE__TOKEN": "918273645:AAE-0nlyF0rTheSettings",
}
LATER = {
    "PISHKHAN_SMS__MELIPAYAMAK__USERNAME": "x",
    "PISHKHAN_SMS__KANNEL__SEND_URL": "http://127.0.0.1",
}
GOOD = "5f8a2c1d9e7b4a60"


def put(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def faults(config: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_settings(config)
    return refused.value.faults


def test_every_name_of_the_contract_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, CONTRACT)
    settings = load_settings()
    assert (settings.demo, settings.port, settings.host) == (False, 9000, "0.0.0.0")  # noqa: S104
    assert settings.database_url == CONTRACT["PISHKHAN_DATABASE_URL"]
    assert settings.public_address == "https://pishkhan.example.ir"
    assert settings.secret_key.get_secret_value() == CONTRACT["PISHKHAN_SECRET_KEY"]
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("192.168.1.7/32"))
    assert settings.active_providers == ("kavenegar", "simulator")
    assert settings.staff.inside_networks == (ip_network("172.16.0.0/12"),)
    assert settings.build_policy().company_code == "077"
    kavenegar = settings.sms.find_provider("kavenegar")
    assert isinstance(kavenegar, KavenegarSettings)
    assert kavenegar.base_url == "https://panel.example.ir"
    assert (kavenegar.sender, kavenegar.api_key.get_secret_value()) == ("10004346", "4F6E6C79")
    assert kavenegar.webhook_secret.get_secret_value() == "wh-51c0ffee"
    assert find_secret_faults(settings) == []
    assert list(settings.active_bots) == ["telegram", "bale"]
    assert (settings.telegram.mode, settings.bale.mode) == ("webhook", "polling")
    assert settings.telegram.proxy.get_secret_value() == "socks5://127.0.0.1:1080"
    assert settings.bale.base_url == "https://tapi.bale.ai/bot"
    assert list(find_bot_faults(settings)) == []
    assert settings.active_gateways == ("zarinpal",)
    assert find_gateway_faults(settings) == []


def test_defaults_suit_a_first_try() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///var/pishkhan.db"
    assert settings.public_address == "http://127.0.0.1:8080"
    assert settings.active_providers == ("simulator",)
    assert (settings.active_gateways, build_gateways(settings)) == ((), {})
    assert settings.build_policy() == Policy()


def test_a_bot_that_cannot_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        monkeypatch,
        {
            "PISHKHAN_TELEGRAM__TOKEN": "secret-and-no-token",
            "PISHKHAN_TELEGRAM__MODE": "webhook",
            "PISHKHAN_TELEGRAM__WEBHOOK_SECRET": "with spaces in it",
            "PISHKHAN_BALE__TOKEN": "918273645:AAE-0nlyF0rTheSettings",
            "PISHKHAN_BALE__BASE_URL": "tapi.bale.ai/bot",
            "PISHKHAN_BALE__MODE": "webhook",
        },
    )
    settings = load_settings()
    found = list(find_bot_faults(settings))
    assert [line.split()[0] for line in found] == [
        "PISHKHAN_TELEGRAM__TOKEN",
        "PISHKHAN_BASE_URL",
        "PISHKHAN_TELEGRAM__WEBHOOK_SECRET",
        "PISHKHAN_BALE__BASE_URL",
        "PISHKHAN_BASE_URL",
    ]
    assert "secret-and-no-token" not in "".join(found)
    assert any(line.startswith("PISHKHAN_BALE__WEBHOOK_SECRET is not set") for line in find_secret_faults(settings))


def test_no_bot_is_started_without_a_token_nor_a_real_one_in_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().active_bots == {}
    put(monkeypatch, CONTRACT)
    assert load_settings().active_bots.keys() == {"telegram", "bale"}
    monkeypatch.setenv("PISHKHAN_DEMO", "1")
    [demo_bot] = load_settings().active_bots.values()
    assert demo_bot.base_url.startswith("http://demonstration.invalid/")


def test_what_later_parts_will_read_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(monkeypatch, LATER)
    file = tmp_path / "pishkhan.toml"
    file.write_text('port = 8081\n[sms.kannel]\nusername = "x"\n')
    assert load_settings(file).port == 8081
    assert find_unused_names() == []


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pishkhan.toml"
    file.write_text('port = 8081\n[sms]\nproviders = ["kavenegar"]\n[sms.kavenegar]\nsender = "1"\nrate = 3\n')
    monkeypatch.setenv("PISHKHAN_SMS__KAVENEGAR__SENDER", "2")
    settings = load_settings(file)
    assert (settings.port, settings.active_providers) == (8081, ("kavenegar",))
    kavenegar = settings.sms.find_provider("kavenegar")
    assert kavenegar
    assert (kavenegar.sender, kavenegar.rate) == ("2", 3)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_PORT", "")
    assert load_settings().port == 8080


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PISHKHAN_PORT", "eighty", "integer"),
        ("PISHKHAN_SMS__KAVENEGAR__RATE", "0", "greater than 0"),
        ("PISHKHAN_BILLS__COMPANY_CODE", "12345", "pattern"),
        ("PISHKHAN_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "network"),
        ("PISHKHAN_POLICY__ROUNDING_MODE", "sideways", "down"),
        ("PISHKHAN_POLICY__MAX_MACHINES", "11", "less than or equal to 10"),
    ],
)
def test_a_value_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    [fault] = faults()
    assert fault.startswith(f"{name}: ")
    assert said in fault


def test_a_secret_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_SMS__KAVENEGAR__API_KEY", "very-secret")
    monkeypatch.setenv("PISHKHAN_SMS__KAVENEGAR__RATE", "fast")
    assert "very-secret" not in str(faults())
    monkeypatch.delenv("PISHKHAN_SMS__KAVENEGAR__RATE")
    assert "very-secret" not in repr(load_settings())


def test_a_misspelt_name_in_a_section_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_SMS__KAVENEGAR__APIKEY", "x")
    assert faults() == [
        "PISHKHAN_SMS__KAVENEGAR__APIKEY: no such setting (did you mean PISHKHAN_SMS__KAVENEGAR__API_KEY?)"
    ]


def test_an_unknown_name_at_the_top_is_only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PISHKHAN_E2E_BROWSER", "1")
    load_settings()
    assert find_unused_names() == ["PISHKHAN_E2E_BROWSER"]


@pytest.mark.parametrize("text", ["prot = 1", "[sms.kavenegar]\napikey = 'x'", "[bills]\ncompany = '1'"])
def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pishkhan.toml"
    file.write_text(text)
    [fault] = faults(file)
    assert "no such setting" in fault


@pytest.mark.parametrize("text", ["port = ", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "pishkhan.toml"
    if text is not None:
        file.write_text(text)
    [fault] = faults(file)
    assert str(file) in fault


def test_every_setting_is_described() -> None:
    assert [name for name, description in described_settings() if not description.endswith(".")] == []


def test_rules_and_calendar_follow_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        monkeypatch,
        {
            "PISHKHAN_POLICY__PAYMENT_DAYS": "5",
            "PISHKHAN_POLICY__SETTLEMENT_BANKING_DAYS": "4",
            "PISHKHAN_CALENDAR__THURSDAY": "yes",
            "PISHKHAN_CALENDAR__OFFICE_HOURS": "08:00-13:00",
        },
    )
    settings = load_settings()
    rules = settings.build_policy()
    assert (rules.payment_days, rules.settlement_banking_days) == (5, 4)
    assert settings.calendar.office_hours == (time(8), time(13))
    assert settings.calendar.build_calendar().is_working_day(date(2026, 11, 26))  # a Thursday


def test_rules_of_services_are_set_by_the_names_that_they_always_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "pishkhan.toml"
    file.write_text("[policy]\nmax_machines = 4\nmax_hours_per_machine = 6\nrefund_unused_hours = false\n")
    put(
        monkeypatch,
        {
            "PISHKHAN_POLICY__LEAVE_DAYS_A_YEAR": "12",
            "PISHKHAN_POLICY__LEAVE_COUNTS_FRIDAYS": "true",
            "PISHKHAN_POLICY__LEAVE_NOTICE_DAYS": "2",
            "PISHKHAN_POLICY__LEAVE_MAY_OVERLAP": "1",
            "PISHKHAN_POLICY__LEAVE_OF_ACTIVE_DRIVERS_ONLY": "no",
            "PISHKHAN_POLICY__LEAVE_NEEDS_CONSENT": "false",
            "PISHKHAN_POLICY__LEAVE_REFUSED_WITH_DUTIES": "yes",
        },
    )
    policy = load_settings(file).build_policy()
    values = {rule.name: rule.value_in(policy) for rule in (*MACHINERY_RULES, *LEAVE_RULES)}
    assert values == values | {"max_hours_per_machine": 6, "max_machines": 4, "refund_unused_hours": False}
    assert values == values | {"leave_days_a_year": 12, "leave_counts_fridays": True, "leave_notice_days": 2}
    assert values == values | {"leave_may_overlap": True, "leave_of_active_drivers_only": False}
    assert values == values | {"leave_needs_consent": False, "leave_refused_with_duties": True}


def test_a_rule_of_a_service_is_read_as_its_type_says() -> None:
    rule: ServiceRule[str] = ServiceRule("fences", "fence_height", Length(Decimal(1), Decimal(3)), "2", "Metres.")
    fields: dict[str, Any] = {rule.name: describe_rule(rule)}
    rules = create_model("Rules", **fields)
    assert rules(fence_height="۲٫۵ متر").model_dump() == {"fence_height": "2.5"}
    with pytest.raises(ValidationError, match="range"):
        rules(fence_height="4")


@each_row(
    "value",
    ["", "x", "changeme", "change-me-please-1234567890", "secret", "0" * 32, "<your key here 123>", DEMO_SECRET],
)
def test_placeholder_secrets_are_named(value: str) -> None:
    sms = SmsSettings.model_validate({"simulator": {"webhook_secret": GOOD}})
    settings = Settings(secret_key=SecretStr(value), sms=sms)
    [fault] = find_secret_faults(settings)
    assert fault.startswith("PISHKHAN_SECRET_KEY ")


def test_secrets_of_active_providers_alone_are_wanted() -> None:
    settings = Settings(secret_key=SecretStr(GOOD))
    settings.sms.providers = ("kavenegar",)
    named = [fault.split()[0] for fault in find_secret_faults(settings)]
    assert named == [f"PISHKHAN_SMS__KAVENEGAR__{name}" for name in ("WEBHOOK_SECRET", "API_KEY", "SENDER")]


def test_demo_mode_reaches_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, CONTRACT | {"PISHKHAN_DEMO": "1", "PISHKHAN_SECRET_KEY": ""})
    settings = load_settings()
    assert settings.active_providers == ("simulator",)
    assert find_secret_faults(settings) == []
    assert settings.reveal_secret(settings.secret_key) == DEMO_SECRET


def test_what_no_bank_takes_and_nobody_reaches_is_remarked() -> None:
    bare = Settings()
    inside = StaffSettings(inside_networks=(ip_network("10.20.0.0/16"),))
    whole = Settings(
        base_url="https://desk.example.ir",
        bills=BillSettings(company_code="077"),
        staff=inside,
        trusted_proxies=(ip_network("10.20.0.2"),),
        sms=SmsSettings(providers=("kavenegar",)),
    )
    named = [
        "PISHKHAN_STAFF__INSIDE_NETWORKS",
        "PISHKHAN_SMS__PROVIDERS",
        "PISHKHAN_BILLS__COMPANY_CODE",
        "PISHKHAN_BASE_URL",
    ]
    assert [one.partition(" ")[0] for one in find_remarks(bare)] == named
    assert find_remarks(whole) == find_remarks(Settings(demo=True)) == []


@pytest.mark.parametrize(
    ("days_ahead", "remark"),
    [(-1, "was"), (0, "soon"), (30, "soon"), (31, ""), (366, ""), (367, "more than a year")],
)
def test_a_security_contact_that_ends_is_remarked(days_ahead: int, remark: str) -> None:
    today = date(2026, 11, 28)
    contact = SecurityContactSettings(contact=("mailto:a@example.ir",), expires=today + timedelta(days=days_ahead))
    remarks = list(find_contact_remarks(Settings(security=contact), today))
    assert [remark in one for one in remarks] == ([True] if remark else [])


def test_half_a_security_contact_is_remarked() -> None:
    for half in ({"contact": ("mailto:a@example.ir",)}, {"expires": date(2027, 1, 1)}):
        settings = Settings(security=SecurityContactSettings.model_validate(half))
        [remark] = find_contact_remarks(settings, date(2026, 11, 28))
        assert "there is no security.txt" in remark


def test_lines_that_are_read_on_their_way_are_remarked() -> None:
    settings = Settings(
        base_url="http://desk.example.ir",
        database_url="postgresql://pishkhan:x@10.0.0.2/pishkhan?sslmode=prefer",
        telegram=TelegramSettings(token=SecretStr("7412589630:AAF-0nlyF0rTheSettings"), base_url="http://10.0.0.3/bot"),
    )
    named = ["PISHKHAN_BASE_URL", "PISHKHAN_DATABASE_URL", "PISHKHAN_TELEGRAM__BASE_URL"]
    assert [one.partition(" ")[0] for one in find_plain_lines(settings)] == named
    safe = Settings(database_url="postgresql://pishkhan:x@10.0.0.2/pishkhan?sslmode=verify-full")
    assert list(find_plain_lines(safe)) == list(find_plain_lines(Settings())) == []
