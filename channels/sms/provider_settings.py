"""Common base of every provider's settings. A provider's file declares its own, and how it is built from them."""

from abc import ABC, abstractmethod
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from yarl import URL

from domain.messages.carriers import SmsProvider

NOT_SET = SecretStr("")


def check_panel_address(address: str) -> str:
    """Return an address of a panel without a slash at its end; `ValueError` unless it is one of HTTP."""
    panel_address = URL(address)
    if panel_address.scheme not in ("http", "https") or not panel_address.host:
        raise ValueError("no HTTP address")
    return address.rstrip("/")


PanelAddress = Annotated[str, AfterValidator(check_panel_address)]
"""An address of a panel; one that is read on its way is remarked on by `pishkhan check`."""


class ProviderSettings(BaseModel, ABC):
    """The section `PISHKHAN_SMS__NAME` of one provider. A field whose default is empty has to be set where the provider
    is in use; what nobody else may read is a `SecretStr`.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sender: str = Field("", description="Number of the line that texts are sent from and that citizens text (digits).")
    rate: float = Field(10.0, gt=0, description="Message parts a second that are sent at most.")
    persian_part_rials: int | None = Field(
        None, ge=0, description="Price of one part of a Persian text on this line, whole rials; unset: unknown."
    )
    latin_part_rials: int | None = Field(
        None, ge=0, description="Price of one part of a Latin text on this line, whole rials; unset: unknown."
    )

    @abstractmethod
    def build_provider(self, webhook_secret: str) -> SmsProvider:
        """Return the provider; no connection is opened. `webhook_secret` is that of `WebhookSettings`, in demo mode one
        that everybody knows.
        """


class WebhookSettings(ProviderSettings):
    """Of a provider whose panel calls webhooks of ours."""

    webhook_secret: SecretStr = Field(
        NOT_SET, description="Unguessable part of the webhook addresses: /sms/PROVIDER/SECRET/inbound and /delivery."
    )


class PanelSettings(ProviderSettings):
    """Of a provider that is called over HTTP with a key; it declares where (`base_url`)."""

    api_key: SecretStr = Field(NOT_SET, description="Key of the account.")
    connect_timeout: float = Field(5.0, gt=0, description="Seconds to wait for a connection.")
    timeout: float = Field(20.0, gt=0, description="Seconds to wait for an answer, the connection included.")
