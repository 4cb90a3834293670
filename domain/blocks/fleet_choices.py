"""Machines and operators that may be chosen for a request, as fields find them, and those that it has."""

from domain.blocks.booking_fields import BOOKED_START
from domain.blocks.wanted_time import requested_start
from domain.blocks.work_assignment import find_work_length
from domain.fleet.ports import FleetRepository
from domain.fleet.resources import ResourceKind
from domain.language.wording import day_and_hour_text
from domain.repositories import FleetRepositories
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork


async def machine_choices(uow: FleetRepositories, request: ServiceRequest) -> dict[str, str]:
    """Return the bookable machines of the types that the request names, by code."""
    machine_types = {item["machine"] for item in request.fields["items"]}
    machines = await uow.fleet.list_resources(ResourceKind.MACHINE, bookable_only=True)
    return {machine.code: machine.title for machine in machines if machine.type in machine_types}


async def operator_choices(uow: FleetRepositories, request: ServiceRequest) -> dict[str, str]:
    """Return the bookable operators by code."""
    operators = await uow.fleet.list_resources(ResourceKind.OPERATOR, bookable_only=True)
    return {operator.code: operator.title for operator in operators}


async def propose_machines(uow: FleetRepositories, request: ServiceRequest) -> list[str]:
    """Return the codes of the machines that are held or booked for the request."""
    return await _list_booked_codes(uow.fleet, request, ResourceKind.MACHINE)


async def propose_operators(uow: FleetRepositories, request: ServiceRequest) -> list[str]:
    """Return the codes of the operators that are booked for the request."""
    return await _list_booked_codes(uow.fleet, request, ResourceKind.OPERATOR)


async def propose_booking_start(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the moment for which the request is booked, else the one that it asks for, as it is typed."""
    return day_and_hour_text(BOOKED_START.find(request) or requested_start(request))


async def propose_booking_end(uow: UnitOfWork, request: ServiceRequest) -> str:
    """Return the end of the work that begins at the proposed moment, as it is typed."""
    return day_and_hour_text((BOOKED_START.find(request) or requested_start(request)) + find_work_length(request))


async def _list_booked_codes(fleet: FleetRepository, request: ServiceRequest, kind: ResourceKind) -> list[str]:
    booked_resources = [resource for _, resource in await fleet.list_of_request(request.id)]
    return [resource.code for resource in booked_resources if resource.kind is kind]
