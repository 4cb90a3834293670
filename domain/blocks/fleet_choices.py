"""Machines and operators that may be chosen for a request, as fields find them."""

from domain.fleet.resources import ResourceKind
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork


async def machine_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the bookable machines of the types that the request names, by code."""
    machine_types = {item["machine"] for item in request.fields["items"]}
    machines = await uow.fleet.list_resources(ResourceKind.MACHINE, bookable_only=True)
    return {machine.code: machine.title for machine in machines if machine.type in machine_types}


async def operator_choices(uow: UnitOfWork, request: ServiceRequest) -> dict[str, str]:
    """Return the bookable operators by code."""
    operators = await uow.fleet.list_resources(ResourceKind.OPERATOR, bookable_only=True)
    return {operator.code: operator.title for operator in operators}
