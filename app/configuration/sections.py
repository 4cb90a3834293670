"""The groups of settings, each as one class; `app/configuration/settings.py` puts them together and reads them."""

import re
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from app.security.clamd import ClamdAddress
from domain.authorization.policy import SecondFactorInside
from store.engines.limits import DEFAULT_LIMITS, ConnectionLimits

NOT_SET = SecretStr("")


def _split_list(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _parse_networks(value: object) -> object:
    parts = _split_list(value)
    return [ip_network(str(part), strict=False) for part in parts] if isinstance(parts, list) else parts


NameList = Annotated[tuple[str, ...], BeforeValidator(_split_list)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_parse_networks)]


class SettingsSection(BaseModel):
    """A group of settings; an unknown name in it is an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class BillSettings(SettingsSection):
    """Facts about the biller that the banks need."""

    company_code: str = Field(
        "009",
        pattern=r"^[0-9]{3}$",
        description="Three-digit company code that the municipality was given for its bill ids.",
    )


class DatabaseSettings(SettingsSection):
    """Limits of a process in the database, and its waiting time for it (`store/engines/limits.py`)."""

    connections: int = Field(
        DEFAULT_LIMITS.connections, ge=2, le=1000, description="Connections to PostgreSQL that a process holds at most."
    )
    connect_timeout: float = Field(
        DEFAULT_LIMITS.connect_seconds,
        gt=0,
        description="Seconds that one host of PostgreSQL may take to answer a new connection.",
    )
    wait_timeout: float = Field(
        DEFAULT_LIMITS.wait_seconds,
        gt=0,
        description="Seconds to wait for a free connection, or for another "
        "writer of an SQLite file, before a call is answered 503.",
    )
    command_timeout: float = Field(
        DEFAULT_LIMITS.command_seconds,
        gt=0,
        description="Seconds that a statement of PostgreSQL may take; then its connection is cut.",
    )
    long_command_timeout: float = Field(
        DEFAULT_LIMITS.long_command_seconds,
        gt=0,
        description="The same for reports and other statements over whole tables.",
    )

    def connection_limits(self) -> ConnectionLimits:
        """Return them as the store takes them."""
        return ConnectionLimits(
            self.connections, self.connect_timeout, self.wait_timeout, self.command_timeout, self.long_command_timeout
        )


class BotSettings(SettingsSection):
    """A bot in a messenger; without a token there is none."""

    token: SecretStr = Field(NOT_SET, description="The bot's token, as its messenger gave it; unset: no bot.")
    username: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_]{0,64}$",
        description="The bot's user name, without @, that pages offer it by; empty: they do not.",
    )
    base_url: str = Field("", description="Where the Bot API answers, up to the token.")
    base_file_url: str = Field("", description="Where files are fetched, up to the token.")
    proxy: SecretStr = Field(
        NOT_SET, description="Proxy to the messenger, socks5://host:port or http://host:port; unset: none."
    )
    mode: Literal["polling", "webhook"] = Field(
        "polling", description="How updates come: polling asks for them, webhook has them posted to BASE_URL."
    )
    webhook_secret: SecretStr = Field(
        NOT_SET, description="Unguessable part of the webhook's address: letters, digits, _ and -."
    )
    rate: float = Field(25.0, gt=0, description="Messages a second that are sent at most.")
    timeout: float = Field(20.0, gt=0, description="Seconds to wait for the messenger's answer.")


class TelegramSettings(BotSettings):
    """The bot in Telegram."""

    base_url: str = Field("https://api.telegram.org/bot", description="Where the Bot API answers, up to the token.")
    base_file_url: str = Field(
        "https://api.telegram.org/file/bot", description="Where files are fetched, up to the token."
    )


class BaleSettings(BotSettings):
    """The bot in Bale, which speaks the same protocol."""

    base_url: str = Field("https://tapi.bale.ai/bot", description="Where the Bot API answers, up to the token.")
    base_file_url: str = Field("https://tapi.bale.ai/file/bot", description="Where files are fetched, up to the token.")


class LetterheadSettings(SettingsSection):
    """Head and foot of printed papers, and head of printed reports and statements."""

    name: str = Field(
        "",
        max_length=100,
        description="Name of the municipality on whatever is printed; empty: the text `print.municipality`.",
    )
    address: str = Field(
        "", max_length=200, description="Its address, at the foot of papers and under the name on reports."
    )
    phone: str = Field(
        "",
        max_length=40,
        pattern=r"^[0-9 +()\-]*$",
        description="Its phone, beside the address (ASCII digits).",
    )
    logo: Path | None = Field(
        None, description="PNG or JPEG file of 512 KB at most, at the head of whatever is printed; unset: none."
    )


class ContactSettings(SettingsSection):
    """Contact for citizens, in texts and on pages; for paying, banks ask for one that answers day and night."""

    phone: str = Field(
        "",
        max_length=40,
        pattern=r"^[0-9 +()\-]*$",
        description="Where the phone is answered (ASCII digits); empty: that of the letterhead. Texts name one number "
        "alone.",
    )
    address: str = Field(
        "", max_length=200, description="Address where people come in person; empty: that of the letterhead."
    )
    hours: str = Field("", max_length=100, description="When somebody answers, in words; empty: not said.")


class SecurityContactSettings(SettingsSection):
    """Contact for finders of security holes, as `/.well-known/security.txt` says it (RFC 9116)."""

    contact: NameList = Field(
        (),
        description="Addresses for reports of security holes (mailto:, https:, tel:), the best first; empty: none.",
    )
    expires: date | None = Field(
        None,
        description="Day after which these are not valid any more (YYYY-MM-DD), a year ahead at most; unset: no file.",
    )

    @field_validator("contact")
    @classmethod
    def require_uris(cls, contact: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no URI of a kind that RFC 9116 knows."""
        if not all(re.fullmatch(r"(mailto:|https://|tel:)[!-~]+", one_address) for one_address in contact):
            raise ValueError("each contact begins with mailto:, https:// or tel:")
        return contact


class HttpSettings(SettingsSection):
    """Waiting times of the server for callers."""

    head_timeout: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="Seconds in which a connection sends a whole head, from its opening or its last answer on.",
    )
    body_timeout: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="Seconds that a body may take, and one for each 10 KB of it; and that an answer may stay untaken.",
    )


class UploadSettings(SettingsSection):
    """Treatment of files before they are stored."""

    clamd: str = Field(
        "",
        description="Where ClamAV's clamd scans files: the path of its Unix socket, or HOST:PORT; empty: none are.",
    )
    clamd_timeout: float = Field(
        30.0, gt=0, le=300, description="Seconds that it may take for a file; then the file is refused."
    )

    @field_validator("clamd")
    @classmethod
    def require_address(cls, clamd: str) -> str:
        """Refuse what is no address."""
        if clamd:
            ClamdAddress.parse(clamd)
        return clamd


class MetricsSettings(SettingsSection):
    """Readers of the metrics."""

    token: SecretStr = Field(
        NOT_SET, description="What whoever asks for /metrics bears (Authorization: Bearer …); unset: nobody may."
    )


class SoapSettings(SettingsSection):
    """The counter offices' software."""

    clock_skew: int = Field(
        300, ge=1, le=86_400, description="Seconds that the clock of a counter office may differ from ours."
    )
    calls_per_minute: int = Field(
        600, ge=10, le=1_000_000, description="Calls that one counter office may make in a minute, in each process."
    )


class StaffSettings(SettingsSection):
    """Sign-in of the staff: ways and places."""

    host: str = Field(
        "",
        pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?)?$",
        description="Host of the staff's site alone, with its port if it has one; empty: that of all pages.",
    )
    inside_networks: Networks = Field(
        (),
        description="The organisation's networks: elsewhere a code is asked for too. Unset: none, in demo loopback.",
    )
    second_factor_inside: SecondFactorInside = Field(
        "administrators",
        description="Of whom a code is asked inside too: nobody (so in demo mode), administrators or everybody.",
    )
