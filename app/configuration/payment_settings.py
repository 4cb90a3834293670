"""The section of settings about payments: which gateways are in use, and one section for each gateway that there is.

The sections come from `GATEWAYS`: whoever adds a gateway declares its settings in its own file, and nothing here.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, create_model

from app.configuration.sections import NameList, SettingsSection
from payments import GATEWAYS
from payments.gateway_settings import GatewaySettings


class GatewayChoice(SettingsSection):
    """Gateways offered to payers."""

    gateway: NameList = Field(
        (),
        description="Bank gateways in order of preference, separated by commas; unset: none, in demo mode the sandbox.",
    )

    settlement_layouts: Path | None = Field(
        None, description="TOML file with the municipality's own layouts of settlement files, over the shipped ones."
    )

    def find_gateway(self, gateway_name: str) -> GatewaySettings | None:
        """Return the settings of a gateway, None when there is none of that name."""
        section = getattr(self, gateway_name, None)
        return section if isinstance(section, GatewaySettings) else None


if TYPE_CHECKING:
    PaymentSettings = GatewayChoice
else:
    PaymentSettings = create_model(
        "PaymentSettings",
        __base__=GatewayChoice,
        **{name: (settings_class, settings_class()) for name, settings_class in GATEWAYS.items()},
    )
"""The same with a section for each gateway, named as the gateway is."""
