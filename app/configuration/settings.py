"""Every setting, typed and described: the only place that reads the environment.

A setting is an environment variable, `PISHKHAN_` and its path joined by `__` (`PISHKHAN_SMS__KAVENEGAR__API_KEY`), or a
key of a TOML file (`[sms.kavenegar] api_key = …`); the environment wins. Lists are separated by commas. A misspelt name
inside a known section is refused, since it would silently leave a default in force; an unknown one at the top is only
told (`unused_names`).
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from app.configuration.calendar_settings import CalendarSettings
from app.configuration.policy_settings import PolicySettings
from app.configuration.sections import (
    NOT_SET,
    BaleSettings,
    BillSettings,
    BotSettings,
    DatabaseSettings,
    HttpSettings,
    LetterheadSettings,
    MetricsSettings,
    Networks,
    SmsSettings,
    SoapSettings,
    StaffSettings,
    TelegramSettings,
)
from domain.actions.staff.authorization import SecondFactorInside
from domain.chats.chat import BALE, TELEGRAM
from domain.settings.policy import Policy

PREFIX = "PISHKHAN_"
LATER_SECTIONS = ("PAYMENTS", "SMS__MELIPAYAMAK", "SMS__KANNEL")
"""Sections of parts that are named in the contract and not built yet: what is set there is left alone."""

LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
"""The addresses of this machine itself."""

DEMO_SECRET = "demonstration"  # noqa: S105 - known to everybody, and refused outside of demo mode


class SettingsError(Exception):
    """The configuration cannot be used; `faults` has one line for each thing to mend, each naming its setting."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """All settings of a process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        enable_decoding=False,
        extra="forbid",
        hide_input_in_errors=True,
    )

    demo: bool = Field(
        False, description="Demonstration mode: the simulator is the only provider, nothing is really sent."
    )
    database_url: str = Field(
        "sqlite:///var/pishkhan.db", description="sqlite:///path or postgresql://user:password@host/name."
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="TCP port that the server listens on; 0 takes any free one.")
    base_url: str = Field("", description="Address under which people reach the server; empty: http://HOST:PORT.")
    secret_key: SecretStr = Field(
        NOT_SET,
        description="Secret that keys are derived from: seals of the history, keys of counter offices, sessions.",
    )
    trusted_proxies: Networks = Field(
        (), description="Networks of proxies whose X-Forwarded-For and -Proto are believed."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")
    texts: Path | None = Field(
        None, description="TOML file with the municipality's own texts, over those of the catalogue."
    )
    database: DatabaseSettings = DatabaseSettings()
    letterhead: LetterheadSettings = LetterheadSettings()
    bills: BillSettings = BillSettings()
    sms: SmsSettings = SmsSettings()
    telegram: TelegramSettings = TelegramSettings()
    bale: BaleSettings = BaleSettings()
    soap: SoapSettings = SoapSettings()
    http: HttpSettings = HttpSettings()
    metrics: MetricsSettings = MetricsSettings()
    staff: StaffSettings = StaffSettings()
    calendar: CalendarSettings = CalendarSettings()
    policy: PolicySettings = PolicySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which `load` gives as arguments."""
        if isinstance(env_settings, EnvSettingsSource):
            found = env_settings.env_vars
            env_settings.env_vars = {name: value for name, value in found.items() if not _later(name.upper())}
        return env_settings, init_settings

    @property
    def providers(self) -> tuple[str, ...]:
        """The SMS providers in use: the simulator alone in demo mode, whatever is configured."""
        return ("simulator",) if self.demo else self.sms.providers

    @property
    def bots(self) -> dict[str, BotSettings]:
        """The bots that there are, by messenger: those with a token, and none in demo mode, whatever is configured."""
        known: dict[str, BotSettings] = {TELEGRAM: self.telegram, BALE: self.bale}
        return {} if self.demo else {name: one for name, one in known.items() if one.token.get_secret_value()}

    @property
    def address(self) -> str:
        """Where people reach the server, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def inside_networks(self) -> Networks:
        """The organisation's own networks: none that nobody named, but for this machine in demo mode."""
        named = "inside_networks" in self.staff.model_fields_set
        return LOOPBACK if self.demo and not named else self.staff.inside_networks

    @property
    def second_factor_inside(self) -> SecondFactorInside:
        """Of whom a second factor is asked inside: in demo mode of nobody, unless somebody is named."""
        named = "second_factor_inside" in self.staff.model_fields_set
        return "nobody" if self.demo and not named else self.staff.second_factor_inside

    def secret(self, value: SecretStr) -> str:
        """Return a secret; in demo mode one that everybody knows stands in for an empty one."""
        return value.get_secret_value() or (DEMO_SECRET if self.demo else "")

    def rules(self) -> Policy:
        """Return the municipality's rules as the domain takes them."""
        return self.policy.rules(self.bills.company_code)


def load(config: Path | None = None) -> Settings:
    """Read the environment over the TOML file, if one is given; `SettingsError` names what cannot be used."""
    faults = [f"{name}: no such setting{_meant(name)}" for name in _misspelt(os.environ)]
    if faults:
        raise SettingsError(faults)
    try:
        return Settings(**_file(config))
    except ValidationError as error:
        raise SettingsError([_fault(one) for one in error.errors(include_input=False)]) from None


def _file(config: Path | None) -> dict[str, Any]:
    if config is None:
        return {}
    try:
        found = tomllib.loads(config.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"--config {config}: {error}"]) from None
    return _without_later(found)


def _without_later(table: dict[str, Any], path: str = "") -> dict[str, Any]:
    kept = {}
    for key, value in table.items():
        name = f"{path}{key.upper()}"
        if name not in LATER_SECTIONS:
            kept[key] = _without_later(value, f"{name}__") if isinstance(value, dict) else value
    return kept


def _fault(error: ErrorDetails) -> str:
    name = PREFIX + "__".join(str(part).upper() for part in error["loc"] if not isinstance(part, int))
    reason = "no such setting" if error["type"] == "extra_forbidden" else error["msg"]
    return f"{name}: {reason}{_meant(name) if error['type'] == 'extra_forbidden' else ''}"


def names() -> Iterator[str]:
    """Yield the name of every setting as an environment variable."""
    for path, _ in described():
        yield path


def described(model: type[BaseModel] = Settings, path: str = PREFIX) -> Iterator[tuple[str, str]]:
    """Yield (environment variable, description) of every setting."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from described(kind, f"{path}{name.upper()}__")
        else:
            yield f"{path}{name.upper()}", field.description or ""


def unused_names() -> list[str]:
    """Return the `PISHKHAN_` variables of the environment that nothing reads."""
    return sorted(
        name for name in _ours(os.environ) if name not in _known() and not _later(name) and not _misspelt([name])
    )


def _misspelt(environment: Mapping[str, str] | list[str]) -> list[str]:
    """Return the names inside a section that we know, which cannot mean anything but a setting of it."""
    known = _known()
    sections = {name.rpartition("__")[0] for name in known if "__" in name}
    inside = [name for name in _ours(environment) if name not in known and name not in sections and not _later(name)]
    return sorted(name for name in inside if any(name.startswith(f"{section}__") for section in sections | known))


def _ours(environment: Mapping[str, str] | list[str]) -> Iterator[str]:
    return (name.upper() for name in environment if name.upper().startswith(PREFIX))


def _known() -> set[str]:
    return set(names())


def _later(name: str) -> bool:
    return any(name == PREFIX + one or name.startswith(f"{PREFIX}{one}__") for one in LATER_SECTIONS)


def _meant(name: str) -> str:
    close = get_close_matches(name, list(names()), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
