"""The municipal services, one file each. To add one: write its declaration and texts, and register it here."""

from collections.abc import Mapping

from domain.conversation.service_intents import SERVICE_INTENTS
from domain.language.intents import Intent
from domain.language.service import Service
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.services.taxi_report.declaration import TAXI_REPORT

SERVICES: tuple[Service, ...] = (MACHINERY_WORK, EXPERT_OPINION, TAXI_LEAVE, TAXI_REPORT)


def services_by_key(services: tuple[Service, ...] = SERVICES) -> Mapping[str, Service]:
    """Return services by key."""
    return {service.key: service for service in services}


def collect_intents(services: Mapping[str, Service]) -> tuple[Intent, ...]:
    """Return what the services declare, and what citizens may ask for that none of these offers: they get that
    reply.
    """
    declared_intents = [keyword.intent for service in services.values() for keyword in service.keywords]
    declared_intents += [lookup.intent for service in services.values() for lookup in service.lookups]
    declared_names = {intent.name for intent in declared_intents}
    return (*declared_intents, *(intent for intent in SERVICE_INTENTS if intent.name not in declared_names))
