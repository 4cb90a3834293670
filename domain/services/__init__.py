"""The municipal services, one file each. To add one: write its declaration and texts, and register it here."""

from collections.abc import Mapping

from domain.lifecycle import Service
from domain.services.machinery import MACHINERY_WORK

SERVICES: tuple[Service, ...] = (MACHINERY_WORK,)


def by_key(services: tuple[Service, ...] = SERVICES) -> Mapping[str, Service]:
    """Return services by key."""
    return {service.key: service for service in services}
