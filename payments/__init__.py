"""The bank gateways, by the name that settings and callback addresses use.

One file holds everything of one gateway: its settings, its capabilities, how its protocol is spoken. To add one, write
its file and name its settings here; the settings `PISHKHAN_PAYMENTS__NAME__…`, the wiring and the contract suite
`tests/contracts/gateways/` then know it (docs/add-a-gateway.md).
"""

from collections.abc import Mapping
from types import MappingProxyType

from payments.bale import BaleInvoiceSettings
from payments.behpardakht.settings import BehpardakhtSettings
from payments.gateway_settings import GatewaySettings
from payments.sadad import SadadSettings
from payments.saman import SamanSettings
from payments.sandbox.gateway import SandboxSettings
from payments.zarinpal import ZarinpalSettings

GATEWAYS: Mapping[str, type[GatewaySettings]] = MappingProxyType(
    {
        "bale": BaleInvoiceSettings,
        "behpardakht": BehpardakhtSettings,
        "sadad": SadadSettings,
        "saman": SamanSettings,
        "sandbox": SandboxSettings,
        "zarinpal": ZarinpalSettings,
    },
)
"""The settings of each gateway, which build it. The order is that of the documentation; which are in use, and in which
order they are offered, is the setting `PISHKHAN_PAYMENTS__GATEWAY`.
"""
