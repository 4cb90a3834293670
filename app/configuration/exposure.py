"""Openings that a configuration leaves: reported by `check` and at each start, in plain words, and never refused.

Whether a network is the organisation's own, and what is in front of this process, only its operator knows.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from app.configuration.sections import Networks
from app.configuration.settings import LOOPBACK, Settings

INSIDE, TRUSTED = "PISHKHAN_STAFF__INSIDE_NETWORKS", "PISHKHAN_TRUSTED_PROXIES"


def find_exposures(settings: Settings) -> Iterator[str]:
    """Yield a line for each thing that is open, or shut, and may not be meant so."""
    if settings.demo:
        if not _is_loopback_host(settings.host):
            yield f"PISHKHAN_HOST is {settings.host} in demo mode: whoever reaches it knows every password"
        return
    yield from _find_inside_exposures(settings.inside_networks, settings.trusted_proxies)
    yield from _find_proxy_exposures(settings)
    if settings.inside_networks and settings.second_factor_inside == "nobody":
        yield "PISHKHAN_STAFF__SECOND_FACTOR_INSIDE is nobody: inside, an administrator's password opens everything"
    if not _is_loopback_host(settings.host):
        listen_address = f"{settings.host}:{settings.port}"
        yield f"PISHKHAN_HOST is {settings.host}: whoever reaches {listen_address} passes by the proxy and its TLS"


def _find_inside_exposures(inside_networks: Networks, trusted_proxies: Networks) -> Iterator[str]:
    if not inside_networks:
        yield f"{INSIDE} is not set: everybody is outside; who has no authenticator gets one by `pishkhan staff totp`"
    for network in inside_networks:
        if network.is_global or network.prefixlen == 0:
            yield f"{INSIDE} has {network}, which is open to the Internet: a password is enough from there"
    if _overlapping_networks(inside_networks, LOOPBACK) and not _overlapping_networks(trusted_proxies, LOOPBACK):
        yield f"{INSIDE} has this machine: what a proxy on it passes on without a word counts as inside"


def _find_proxy_exposures(settings: Settings) -> Iterator[str]:
    trusted_proxies = settings.trusted_proxies
    if not trusted_proxies and settings.public_address.startswith("https:"):
        yield f"{TRUSTED} is not set: whoever comes through a proxy is outside, and all of them share its address"
    for network in trusted_proxies:
        if network.is_global or network.prefixlen == 0:
            yield f"{TRUSTED} has {network}, which is open to the Internet: who calls from there may be anybody he says"
    for network in (
        shared_network
        for shared_network in _overlapping_networks(trusted_proxies, settings.inside_networks)
        if shared_network.num_addresses > 1
    ):
        yield f"{TRUSTED} has {network}, which is inside too: who calls from there counts as a proxy, and so as outside"


def _overlapping_networks(networks: Networks, other_networks: Networks) -> Networks:
    """Return those of some networks that share addresses with others."""
    return tuple(
        network
        for network in networks
        if any(
            network.version == other_network.version and network.overlaps(other_network)
            for other_network in other_networks
        )
    )


def _is_loopback_host(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
