"""The SMS providers, by the name that settings and webhook addresses use.

One file holds everything of one provider: sending, inbound webhook, receipts. A factory takes the provider's own plain
keyword arguments (base URL, key, sender line, webhook secret, parts a second) and opens no connection. To add a
provider, write its file and name it here; the contract suite `tests/contracts/test_sms_providers.py` then asks for it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from channels.sms.providers.kavenegar import Kavenegar
from channels.sms.providers.simulator import Simulator
from domain.messages.ports import SmsProvider

PROVIDERS: Mapping[str, Callable[..., SmsProvider]] = MappingProxyType(
    {"kavenegar": Kavenegar, "simulator": Simulator},
)
