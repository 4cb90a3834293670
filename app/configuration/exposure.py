"""What a configuration leaves open: told by `check` and at each start, in plain words, and never refused.

Whether a network is the organisation's own, and what stands in front of this process, only its operator knows.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from app.configuration.sections import Networks
from app.configuration.settings import LOOPBACK, Settings

INSIDE, TRUSTED = "PISHKHAN_STAFF__INSIDE_NETWORKS", "PISHKHAN_TRUSTED_PROXIES"


def exposures(settings: Settings) -> Iterator[str]:
    """Yield a line for each thing that is open, or shut, and may not be meant so."""
    if settings.demo:
        if not _this_machine(settings.host):
            yield f"PISHKHAN_HOST is {settings.host} in demo mode: whoever reaches it knows every password"
        return
    yield from _of_inside(settings.inside_networks, settings.trusted_proxies)
    yield from _of_proxies(settings)
    if settings.inside_networks and settings.second_factor_inside == "nobody":
        yield "PISHKHAN_STAFF__SECOND_FACTOR_INSIDE is nobody: inside, an administrator's password opens everything"
    if not _this_machine(settings.host):
        reached = f"{settings.host}:{settings.port}"
        yield f"PISHKHAN_HOST is {settings.host}: whoever reaches {reached} passes by the proxy and its TLS"


def _of_inside(networks: Networks, trusted: Networks) -> Iterator[str]:
    if not networks:
        yield f"{INSIDE} is not set: everybody is outside; who has no authenticator gets one by `pishkhan staff totp`"
    for network in networks:
        if network.is_global or network.prefixlen == 0:
            yield f"{INSIDE} has {network}, which is open to the Internet: a password is enough from there"
    if _overlap(networks, LOOPBACK) and not _overlap(trusted, LOOPBACK):
        yield f"{INSIDE} has this machine: what a proxy on it passes on without a word counts as inside"


def _of_proxies(settings: Settings) -> Iterator[str]:
    trusted = settings.trusted_proxies
    if not trusted and settings.address.startswith("https:"):
        yield f"{TRUSTED} is not set: whoever comes through a proxy is outside, and all of them share its address"
    for network in trusted:
        if network.is_global or network.prefixlen == 0:
            yield f"{TRUSTED} has {network}, which is open to the Internet: who calls from there may be anybody he says"
    for network in (one for one in _overlap(trusted, settings.inside_networks) if one.num_addresses > 1):
        yield f"{TRUSTED} has {network}, which is inside too: who calls from there counts as a proxy, and so as outside"


def _overlap(some: Networks, others: Networks) -> Networks:
    """Return those of some networks that share addresses with others."""
    return tuple(one for one in some if any(one.version == other.version and one.overlaps(other) for other in others))


def _this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
