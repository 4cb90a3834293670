"""Every setting, typed and described: the only place that reads the environment.

A setting is an environment variable, `PISHKHAN_` and its path joined by `__` (`PISHKHAN_SMS__KAVENEGAR__API_KEY`), or a
key of a TOML file (`[sms.kavenegar] api_key = …`); the environment wins. Lists are separated by commas. A misspelt name
inside a known section is refused, since it would silently leave a default in force; an unknown one at the top is only
reported (`find_unused_names`).
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from app.configuration.payment_settings import PaymentSettings
from app.configuration.policy_settings import PolicySettings
from app.configuration.sections import (
    NOT_SET,
    BaleSettings,
    BillSettings,
    BotSettings,
    ContactSettings,
    DatabaseSettings,
    HttpSettings,
    LetterheadSettings,
    MetricsSettings,
    NameList,
    Networks,
    SecurityContactSettings,
    SoapSettings,
    StaffSettings,
    TelegramSettings,
    UploadSettings,
)
from app.configuration.sms_settings import SmsSettings
from app.logs import LogFormat
from domain.authorization.policy import SecondFactorInside
from domain.chats.chat import BALE, TELEGRAM
from domain.settings.contact import Contact
from domain.settings.policy import Policy
from domain.values.calendar import OFFICE_HOURS, QUIET_HOURS, THURSDAY_HOURS, VISIT_HOURS, HoursOfDay, WorkingCalendar
from domain.values.languages import PERSIAN
from payments import GATEWAYS


def _split_span(value: object) -> object:
    """Read «07:30-14:30» as two times."""
    return [part.strip() for part in value.split("-")] if isinstance(value, str) else value


TimeSpan = Annotated[tuple[time, time], BeforeValidator(_split_span)]


class CalendarSettings(BaseModel):
    """Hours by Tehran's clock, written 07:30-14:30."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    thursday: bool = Field(False, description="Whether the office opens on Thursdays.")
    office_hours: TimeSpan = Field(OFFICE_HOURS, description="Office hours from Saturday to Wednesday.")
    thursday_hours: TimeSpan = Field(THURSDAY_HOURS, description="Office hours on Thursdays, when it opens then.")
    quiet_hours: TimeSpan = Field(QUIET_HOURS, description="When notices and reminders wait.")

    visit_hours: TimeSpan = Field(VISIT_HOURS, description="When officers visit, on any day that is no holiday.")

    def build_calendar(self) -> WorkingCalendar:
        """Build the calendar; `ValueError` for hours that cannot be."""
        thursday_span: HoursOfDay | None = self.thursday_hours if self.thursday else None
        return WorkingCalendar(
            office=self.office_hours, thursday=thursday_span, quiet=self.quiet_hours, visits=self.visit_hours
        )


ENV_PREFIX = "PISHKHAN_"
LATER_SECTIONS = ("SMS__MELIPAYAMAK", "SMS__KANNEL")
"""Sections of parts that are named in the contract and not built yet: what is set there is left alone."""

LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
"""The addresses of this machine itself."""

ASSUMED_PART_RIALS = 2_000
"""Price of a message part where the provider's is not set: what panels charge, rounded up."""

DEMO_BOT = BotSettings(
    token=SecretStr("1405:demonstration-of-the-bot"),
    base_url="http://demonstration.invalid/bot",
    base_file_url="http://demonstration.invalid/file/bot",
)
"""The bot of `/demo/chat`, whose messenger is in this process: its addresses lead nowhere else."""

DEMO_SECRET = "demonstration"  # noqa: S105 - known to everybody, and refused outside of demo mode


class SettingsError(Exception):
    """The configuration cannot be used; `faults` has one line for each thing to mend, each naming its setting."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """All settings of a process; the name of a section is the prefix of its own."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
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
    log_format: LogFormat = Field(
        "text", description="How entries of the log look: text for people, json for a collector (one object a line)."
    )
    texts: Path | None = Field(
        None, description="TOML file with the municipality's own texts, over those of the catalogue."
    )
    languages: NameList = Field(
        (PERSIAN.tag,),
        description="Languages that citizens may choose, separated by commas, the first for whoever chose none; "
        "each but `fa` has a folder of texts.",
    )
    voice: bool = Field(
        False,
        description="Whether bots read the state of a request aloud to whoever asks for it; needs espeak-ng, opusenc.",
    )
    database: DatabaseSettings = DatabaseSettings()
    """Limits of a process in the database."""
    letterhead: LetterheadSettings = LetterheadSettings()
    """Letterhead of printed papers."""
    contact: ContactSettings = ContactSettings()
    """Contact for citizens."""
    security: SecurityContactSettings = SecurityContactSettings()
    """Contact for finders of security holes."""
    bills: BillSettings = BillSettings()
    """Facts that the banks need."""
    payments: PaymentSettings = PaymentSettings()
    """The bank gateways; those that nobody names are not in use."""
    sms: SmsSettings = SmsSettings()
    """Providers of SMS."""
    telegram: TelegramSettings = TelegramSettings()
    """The bot in Telegram; without a token there is none."""
    bale: BaleSettings = BaleSettings()
    """The bot in Bale; without a token there is none."""
    soap: SoapSettings = SoapSettings()
    """The counter offices' software."""
    http: HttpSettings = HttpSettings()
    """Waiting times of the server for callers."""
    uploads: UploadSettings = UploadSettings()
    """Files that people send."""
    metrics: MetricsSettings = MetricsSettings()
    """Readers of the metrics."""
    staff: StaffSettings = StaffSettings()
    """Sign-in of the staff."""
    calendar: CalendarSettings = CalendarSettings()
    """Hours, by Tehran's clock."""
    policy: PolicySettings = PolicySettings()
    """Deadlines, limits and rounding."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which `load_settings` gives as arguments."""
        if isinstance(env_settings, EnvSettingsSource):
            variables = env_settings.env_vars
            env_settings.env_vars = {
                name: value for name, value in variables.items() if not _is_later_section(name.upper())
            }
        return env_settings, init_settings

    @property
    def active_providers(self) -> tuple[str, ...]:
        """The SMS providers in use: the simulator alone in demo mode, whatever is configured."""
        return ("simulator",) if self.demo else self.sms.providers

    @property
    def active_gateways(self) -> tuple[str, ...]:
        """The bank gateways in use: in demo mode those that take no real money, whatever is configured."""
        if self.demo:
            return tuple(name for name, settings_class in GATEWAYS.items() if settings_class.is_demo_only)
        return tuple(dict.fromkeys(self.payments.gateway))

    @property
    def active_bots(self) -> dict[str, BotSettings]:
        """The bots that there are, by messenger: those with a token; in demo mode none but the demonstration's own,
        whatever is configured.
        """
        if self.demo:
            return {TELEGRAM: DEMO_BOT}
        settings_by_messenger: dict[str, BotSettings] = {TELEGRAM: self.telegram, BALE: self.bale}
        return {
            messenger: bot_settings
            for messenger, bot_settings in settings_by_messenger.items()
            if bot_settings.token.get_secret_value()
        }

    @property
    def public_address(self) -> str:
        """Public address of the server, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def https_hosts(self) -> frozenset[str]:
        """The hosts under which people reach the server by TLS, the staff's among them; none where they do not."""
        public_host = self.public_address.partition("https://")[2]
        return frozenset(filter(None, (public_host, self.staff.host))) if public_host else frozenset()

    @property
    def inside_networks(self) -> Networks:
        """The organisation's own networks: none that nobody named, but for this machine in demo mode."""
        is_set = "inside_networks" in self.staff.model_fields_set
        return LOOPBACK if self.demo and not is_set else self.staff.inside_networks

    @property
    def second_factor_inside(self) -> SecondFactorInside:
        """Staff asked for a second factor inside: in demo mode none, unless somebody is named."""
        is_set = "second_factor_inside" in self.staff.model_fields_set
        return "nobody" if self.demo and not is_set else self.staff.second_factor_inside

    def reveal_secret(self, value: SecretStr) -> str:
        """Return a secret; in demo mode one that everybody knows in place of an empty one."""
        return value.get_secret_value() or (DEMO_SECRET if self.demo else "")

    def build_policy(self) -> Policy:
        """Return the municipality's rules as the domain takes them."""
        # Links in texts lead to the municipality's own domain alone; in demo mode to this machine.
        site_address = self.public_address if self.base_url or self.demo else ""
        policy = self.policy.build_policy(self.bills.company_code, site_address, self.persian_part_rials)
        voice_channels = frozenset(self.active_bots) if self.voice else frozenset()
        return replace(
            policy,
            invoice_channels=self._find_invoice_channels(),
            voice_channels=voice_channels,
            has_direction_marks=self.sms.direction_marks,
        )

    def build_contact(self) -> Contact:
        """Return where citizens find a person."""
        own, letterhead = self.contact, self.letterhead
        return Contact(own.phone or letterhead.phone, own.address or letterhead.address, own.hours)

    @property
    def persian_part_rials(self) -> int:
        """Price of a message part of a Persian text with the first provider."""
        provider = self.sms.find_provider(self.active_providers[0]) if self.active_providers else None
        part_rials = provider.persian_part_rials if provider else None
        return ASSUMED_PART_RIALS if part_rials is None else part_rials

    def _find_invoice_channels(self) -> frozenset[str]:
        """Return the messengers whose bot sends invoices, by a gateway that is in use."""
        classes = [GATEWAYS[name] for name in self.active_gateways if name in GATEWAYS]
        return frozenset(cls.needs_bot for cls in classes if cls.needs_bot and cls.needs_bot in self.active_bots)


def load_settings(config: Path | None = None) -> Settings:
    """Read the environment over the TOML file, if one is given; `SettingsError` names what cannot be used."""
    faults = [f"{name}: no such setting{_suggest_name(name)}" for name in _find_misspelt_names(os.environ)]
    if faults:
        raise SettingsError(faults)
    try:
        return Settings(**_read_config_file(config))
    except ValidationError as error:
        raise SettingsError(
            [_describe_fault(error_details) for error_details in error.errors(include_input=False)]
        ) from None


def _read_config_file(config: Path | None) -> dict[str, Any]:
    if config is None:
        return {}
    try:
        config_table = tomllib.loads(config.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"--config {config}: {error}"]) from None
    return _drop_later_sections(config_table)


def _drop_later_sections(table: dict[str, Any], path_prefix: str = "") -> dict[str, Any]:
    kept_entries = {}
    for key, value in table.items():
        setting_path = f"{path_prefix}{key.upper()}"
        if setting_path not in LATER_SECTIONS:
            kept_entries[key] = _drop_later_sections(value, f"{setting_path}__") if isinstance(value, dict) else value
    return kept_entries


def _describe_fault(error: ErrorDetails) -> str:
    setting_name = ENV_PREFIX + "__".join(str(part).upper() for part in error["loc"] if not isinstance(part, int))
    reason = "no such setting" if error["type"] == "extra_forbidden" else error["msg"]
    return f"{setting_name}: {reason}{_suggest_name(setting_name) if error['type'] == 'extra_forbidden' else ''}"


def setting_names() -> Iterator[str]:
    """Yield the name of every setting as an environment variable."""
    for path, _ in described_settings():
        yield path


def described_settings(model: type[BaseModel] = Settings, path_prefix: str = ENV_PREFIX) -> Iterator[tuple[str, str]]:
    """Yield (environment variable, description) of every setting."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from described_settings(annotation, f"{path_prefix}{name.upper()}__")
        else:
            yield f"{path_prefix}{name.upper()}", field.description or ""


def find_unused_names() -> list[str]:
    """Return the `PISHKHAN_` variables of the environment that nothing reads."""
    return sorted(
        name
        for name in _own_variables(os.environ)
        if name not in _known_names() and not _is_later_section(name) and not _find_misspelt_names([name])
    )


def _find_misspelt_names(environment: Mapping[str, str] | list[str]) -> list[str]:
    """Return the names inside a section that we know, which cannot mean anything but a setting of it."""
    known_names = _known_names()
    sections = {name.rpartition("__")[0] for name in known_names if "__" in name}
    names_inside = [
        name
        for name in _own_variables(environment)
        if name not in known_names and name not in sections and not _is_later_section(name)
    ]
    return sorted(
        name for name in names_inside if any(name.startswith(f"{section}__") for section in sections | known_names)
    )


def _own_variables(environment: Mapping[str, str] | list[str]) -> Iterator[str]:
    return (name.upper() for name in environment if name.upper().startswith(ENV_PREFIX))


def _known_names() -> set[str]:
    return set(setting_names())


def _is_later_section(name: str) -> bool:
    return any(
        name == ENV_PREFIX + section or name.startswith(f"{ENV_PREFIX}{section}__") for section in LATER_SECTIONS
    )


def _suggest_name(name: str) -> str:
    close_matches = get_close_matches(name, list(setting_names()), n=1)
    return f" (did you mean {close_matches[0]}?)" if close_matches else ""
