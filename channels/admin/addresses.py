"""Addresses of pages to which those of other subjects lead."""

from domain.authorization.rights import Right, registry_right
from domain.registries.declarations import Registry

REQUESTS_PATH, MENTIONS_PATH = "/staff/requests", "/staff/mentions"
REGISTRIES_PATH, FLEET_PATH = "/staff/registries", "/staff/fleet"
MERGED_BILLS_PATH, REFUNDS_PATH, SUSPENSE_PATH = "/staff/merged-bills", "/staff/refunds", "/staff/suspense"
ATTEMPTS_PATH, SETTLEMENT_PATH = "/staff/payments", "/staff/settlement"


def list_address(registry: Registry) -> str:
    """Return where a registry's list is."""
    is_fleet = registry_right(registry.key, "view") == Right.FLEET_VIEW
    return f"{FLEET_PATH if is_fleet else REGISTRIES_PATH}/{registry.key}"
