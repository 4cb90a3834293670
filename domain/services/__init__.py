"""The municipal services, one file each. To add one: write its declaration and texts, and register it here."""

from collections.abc import Mapping

from domain.lifecycle import Service
from domain.services.expert import EXPERT_OPINION
from domain.services.machinery import MACHINERY_WORK
from domain.services.taxi_leave import TAXI_LEAVE
from domain.services.taxi_report import TAXI_REPORT

SERVICES: tuple[Service, ...] = (MACHINERY_WORK, EXPERT_OPINION, TAXI_LEAVE, TAXI_REPORT)


def by_key(services: tuple[Service, ...] = SERVICES) -> Mapping[str, Service]:
    """Return services by key."""
    return {service.key: service for service in services}
