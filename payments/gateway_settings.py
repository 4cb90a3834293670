"""Common base of every gateway's settings. A gateway's file declares its own, and how it is built from them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from domain.gateways.gateway import PaymentGateway

NOT_SET = SecretStr("")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts at which a bank of the tests answers; everybody else is spoken to over TLS alone."""


def check_bank_address(address: str) -> str:
    """Return an address of a bank without a slash at its end; `ValueError` unless it is reached over TLS."""
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise ValueError("this is no address: it begins with https://")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("a bank is spoken to over TLS alone: the address begins with https://")
    return address.rstrip("/")


BankAddress = Annotated[str, AfterValidator(check_bank_address)]
"""An address of a bank: https, and http on this machine alone."""


@dataclass(frozen=True, slots=True)
class BotAddress:
    """Address of a messenger's bot: the bot's own settings, for a gateway inside that messenger."""

    base_url: str
    """Address of the Bot API, up to the token."""
    bot_token: SecretStr
    """The bot's token, which is a part of the address of every call."""


class GatewaySettings(BaseModel, ABC):
    """The section `PISHKHAN_PAYMENTS__NAME` of one gateway. A field whose default is empty has to be set where the
    gateway is in use; what nobody else may read is a `SecretStr`.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    is_demo_only: ClassVar[bool] = False
    """Whether it takes no real money: in demo mode these are in use and no others, elsewhere they are refused."""

    needs_bot: ClassVar[str | None] = None
    """The messenger whose bot it is paid at by, under whose name it goes itself; None: it is paid at in a browser."""

    def with_bots(self, bots: Mapping[str, BotAddress]) -> Self:
        """Return these settings with what they need of the messengers' bots; most need nothing."""
        return self

    @abstractmethod
    def build_gateway(self, public_address: str) -> PaymentGateway:
        """Return the gateway; no connection is opened. `public_address` is where people reach us, without a slash at
        its end.
        """


class ServerSettings(GatewaySettings):
    """Of a gateway that is somebody's server."""

    connect_timeout: float = Field(5.0, gt=0, le=60, description="Seconds to wait for a connection.")
    timeout: float = Field(20.0, gt=0, le=120, description="Seconds to wait for an answer, the connection included.")


class BankSettings(ServerSettings):
    """Of a gateway that is a bank's server, and sends payers' browsers back to us."""

    fixed_callback: bool = Field(
        False,
        description="Whether the bank sends payers back to one registered address alone: it then bears no secret.",
    )
