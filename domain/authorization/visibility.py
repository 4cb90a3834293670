"""Requests, units and topics that are open to somebody: all of those who oversee, else those of their work.

Everything follows from the declarations: who takes steps of a service, or has its requests in a queue (`State.unit`),
sees all of its requests. Who may see which services: services.md, "People".
"""

from collections.abc import Iterable, Mapping

from domain.authorization.policy import may_use
from domain.authorization.rights import RIGHTS, Right
from domain.language.service import Service
from domain.people.person import StaffMember
from domain.values.actors import Actor, Role


def oversees_requests(actor: Actor) -> bool:
    """Return whether this member of the staff sees every request."""
    return may_use(Right.ALL_REQUESTS_VIEW, actor)


def visible_services(services: Mapping[str, Service], actor: Actor) -> tuple[str, ...]:
    """Return the keys of the services whose requests this one may see: all, or those whose steps they take."""
    return tuple(service_key for service_key, service in services.items() if sees_service(service, actor))


def sees_service(service: Service, actor: Actor) -> bool:
    """Return whether this member of the staff sees the requests of a service."""
    return actor.kind == "staff" and may_use(Right.REQUESTS_VIEW, actor, declared_roles=list_seeing_roles(service))


def visible_units(services: Mapping[str, Service], actor: Actor) -> tuple[Role, ...]:
    """Return the units whose queues this one works on, or looks at, in the order of the roles."""
    all_units = frozenset[Role]().union(*(service.unit_roles for service in services.values()))
    own_units = all_units if oversees_requests(actor) else all_units & actor.role_names
    return tuple(role for role in Role if role in own_units)


def is_own_unit(unit: Role | None, actor: Actor) -> bool:
    """Return whether this one is a member of a unit, by an own role or a lent one."""
    return unit in actor.role_names


def list_members_of_units(members: Iterable[StaffMember], units: frozenset[Role]) -> list[StaffMember]:
    """Return those who are members of these units by an own role."""
    return [member for member in members if member.roles & units]


def works_on_units(actor: Actor, units: frozenset[Role]) -> bool:
    """Return whether this one takes care of requests of these units: a member of one, or who manages all."""
    return bool(actor.role_names & (units | RIGHTS[Right.ALL_REQUESTS_MANAGE].roles))


def readable_topics(services: Mapping[str, Service], actor: Actor) -> frozenset[str] | None:
    """Return the services and topics on which this one reads comments; None means on everything.

    A unit reads what is said of its own work: the design gives each service its comments (services.md, "Public comments
    and suggestions") and shows a unit no other's requests, and a complaint about a driver is as much of somebody as a
    request is. What is said of the desk at large belongs to no unit: the manager answers for it, and the auditor reads
    everything ("People").
    """
    if oversees_requests(actor) or may_use(Right.COMMENTS_MODERATE, actor):
        return None
    return frozenset[str]().union(
        *(services[service_key].topic_names for service_key in visible_services(services, actor))
    )


def openable_services(services: Mapping[str, Service], actor: Actor) -> frozenset[str] | None:
    """Return the services whose requests somebody may open; None for who sees whatever there is."""
    if actor.kind == "system" or oversees_requests(actor):
        return None
    return frozenset(visible_services(services, actor))


def list_seeing_roles(service: Service) -> frozenset[Role]:
    """Return who takes steps of a service or has its requests in a queue, and who oversees all."""
    return RIGHTS[Right.ALL_REQUESTS_VIEW].roles | service.unit_roles | service.step_roles
