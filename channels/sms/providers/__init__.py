"""The SMS providers, by the name that settings and webhook addresses use.

One file holds everything of one provider: its settings, sending, incoming texts, receipts. To add one, write its file
and name its settings here; the settings `PISHKHAN_SMS__NAME__…`, the wiring, the check and the contract suite
`tests/contracts/sms/` then know it (docs/add-an-sms-provider.md).
"""

from collections.abc import Mapping
from types import MappingProxyType

from channels.sms.provider_settings import ProviderSettings
from channels.sms.providers.kavenegar import KavenegarSettings
from channels.sms.providers.simulator import SimulatorSettings
from channels.sms.providers.sms_ir import SmsIrSettings

PROVIDERS: Mapping[str, type[ProviderSettings]] = MappingProxyType(
    {
        "kavenegar": KavenegarSettings,
        "simulator": SimulatorSettings,
        "sms_ir": SmsIrSettings,
    },
)
"""The settings of each provider, which build it. The order is that of the documentation; which are in use, and in which
order they are preferred, is the setting `PISHKHAN_SMS__PROVIDERS`.
"""
