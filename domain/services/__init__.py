"""The municipal services, a folder each: declaration, rules, words and texts. What has a folder here is offered."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.resources import files

from domain.language.intents import Intent
from domain.language.service import Service

SERVICES_PACKAGE = "domain.services"
DECLARATION_FILE = "declaration.py"
"""File that makes a folder of this package a service."""


def load_services() -> tuple[Service, ...]:
    """Return the services that the folders beside this module declare, in the order of menus."""
    folder_names = sorted(
        entry.name for entry in files(SERVICES_PACKAGE).iterdir() if (entry / DECLARATION_FILE).is_file()
    )
    services = [_load_declared_service(f"{SERVICES_PACKAGE}.{folder_name}.declaration") for folder_name in folder_names]
    return tuple(sorted(services, key=lambda service: (service.menu_rank, service.key)))


def _load_declared_service(module_name: str) -> Service:
    """Return the one service that a module declares; `ValueError` where it declares none, or several."""
    services = [value for value in vars(import_module(module_name)).values() if isinstance(value, Service)]
    if len(services) != 1:
        raise ValueError(f"{module_name} declares {len(services)} services: a folder has one")
    return services[0]


SERVICES: tuple[Service, ...] = load_services()
"""Every service that there is."""


def services_by_key(services: tuple[Service, ...] = SERVICES) -> Mapping[str, Service]:
    """Return services by key."""
    return {service.key: service for service in services}


def list_intents(services: Iterable[Service] = SERVICES) -> tuple[Intent, ...]:
    """Return what the words of services mean, in the order in which they are offered."""
    return tuple(intent for service in services for intent in service.intents)


def collect_intents(services: Mapping[str, Service]) -> tuple[Intent, ...]:
    """Return what the services declare, and what citizens may ask for that none of these offers: they get that
    reply.
    """
    declared_intents = list_intents(services.values())
    declared_names = {intent.name for intent in declared_intents}
    return (*declared_intents, *(intent for intent in list_intents() if intent.name not in declared_names))
