"""Faults in the settings of bank gateways, found without asking a bank."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.configuration.placeholders import find_missing_settings, list_required_fields
from app.configuration.settings import Settings
from payments import GATEWAYS
from payments.gateway_settings import LOOPBACK_HOSTS, check_bank_address

SETTING = "PISHKHAN_PAYMENTS__GATEWAY"


def find_gateway_faults(settings: Settings) -> list[str]:
    """Return a line for each thing that must be mended before the gateways in use can work."""
    faults = [fault for name in settings.active_gateways for fault in _find_faults_of(settings, name)]
    return [*faults, *_find_address_faults(settings)] if settings.active_gateways else faults


def _find_faults_of(settings: Settings, gateway_name: str) -> Iterator[str]:
    section = settings.payments.find_gateway(gateway_name)
    if section is None:
        yield f"{SETTING}: unknown gateway {gateway_name!r}; there are: {', '.join(GATEWAYS)}"
    elif section.is_demo_only and not settings.demo:
        yield f"{SETTING}: {gateway_name} takes no money; it is for PISHKHAN_DEMO alone"
    else:
        yield from find_missing_settings(
            f"PISHKHAN_PAYMENTS__{gateway_name.upper()}", section, list_required_fields(type(section))
        )
        yield from _find_bot_faults(settings, gateway_name, section.needs_bot)


def _find_bot_faults(settings: Settings, gateway_name: str, messenger: str | None) -> Iterator[str]:
    """Yield what is wrong with the bot by which a gateway is paid at."""
    if messenger is None:
        return
    bot_settings, prefix = settings.active_bots.get(messenger), f"PISHKHAN_{messenger.upper()}"
    if bot_settings is None:
        yield f"{prefix}__TOKEN is not set: {gateway_name} of {SETTING} is paid at in that messenger, by its bot"
        return
    if bot_settings.proxy.get_secret_value():
        yield f"{prefix}__PROXY is set: payments by {gateway_name} of {SETTING} are not carried by a proxy"
    try:
        check_bank_address(bot_settings.base_url)
    except ValueError as error:
        yield f"{prefix}__BASE_URL, for {gateway_name} of {SETTING}: {error}"


def _find_address_faults(settings: Settings) -> Iterator[str]:
    address = urlsplit(settings.public_address)
    if address.scheme != "https" and address.hostname not in LOOPBACK_HOSTS and not settings.demo:
        yield f"PISHKHAN_BASE_URL must begin with https:// for {SETTING}: banks send payers' browsers back there"
