"""Machines and operators that a request can have at a time: one rule by which hours are offered and booked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.blocks.booking_fields import BOOKED_END, BOOKED_START
from domain.fleet.resources import Resource
from domain.requests.request import ServiceRequest
from domain.values.calendar import YEAR_AHEAD, MomentSpan
from domain.values.errors import Conflict, InvalidField
from domain.values.reasons import ConflictReason, InvalidReason


def list_work_units(request: ServiceRequest) -> list[dict[str, Any]]:
    """Return one entry for each single machine wanted."""
    return [item for item in request.fields["items"] for _ in range(item["count"])]


def find_longest_work(request: ServiceRequest) -> timedelta:
    """Return for how long the machine is wanted that is wanted longest."""
    return timedelta(hours=float(max(item["hours"] for item in request.fields["items"])))


def find_work_length(request: ServiceRequest) -> timedelta:
    """Return how long the work takes unless an end is said: as long as it is booked now, else the longest hours."""
    present_start = BOOKED_START.find(request)
    return BOOKED_END.read(request) - present_start if present_start else find_longest_work(request)


def find_span_fault(span: MomentSpan, now: datetime, longest: timedelta) -> InvalidField | None:
    """Return why nothing can be booked from `span[0]` to `span[1]`, whatever is free; None where it can."""
    start, end = span
    if end <= start:
        return InvalidField("end", InvalidReason.BEFORE_START)
    if end - start > longest:
        return InvalidField("end", InvalidReason.TOO_LONG_WORK)
    if start < now:
        return InvalidField("start", InvalidReason.PAST)
    return InvalidField("start", InvalidReason.WORK_TOO_FAR) if start > now + YEAR_AHEAD else None


def pick_machines(
    machines: Sequence[Resource],
    request: ServiceRequest,
    chosen_codes: Sequence[str] = (),
    preferred_codes: Sequence[str] = (),
) -> list[Resource]:
    """Choose a free machine for each unit: only among `chosen_codes` if there are any, the first of `preferred_codes`
    before others.

    `Conflict("machine")` when a type has none.
    """
    picked: list[Resource] = []
    for unit in list_work_units(request):
        fitting = [machine for machine in machines if machine.type == unit["machine"] and machine not in picked]
        fitting = [machine for machine in fitting if not chosen_codes or machine.code in chosen_codes]
        if not fitting:
            raise Conflict("machine", ConflictReason.NO_FREE_MACHINE, machine=unit["machine"])
        picked.append(min(fitting, key=lambda machine: _rank(machine, preferred_codes)))
    return picked


def _rank(resource: Resource, preferred_codes: Sequence[str]) -> int:
    return preferred_codes.index(resource.code) if resource.code in preferred_codes else len(preferred_codes)


def pick_operators(
    operators: Sequence[Resource],
    machines: Sequence[Resource],
    chosen_codes: Sequence[str] = (),
    preferred_codes: Sequence[str] = (),
) -> list[Resource]:
    """Choose a free operator for each machine, who drives it: only among `chosen_codes` if there are any, one of
    `preferred_codes` before others.

    `Conflict("operator")` when a machine has none.
    """
    able = [operator for operator in operators if not chosen_codes or operator.code in chosen_codes]
    able.sort(key=lambda operator: _rank(operator, preferred_codes))
    operators_by_machine = {
        machine.code: [operator.code for operator in able if drives(operator, machine.type)] for machine in machines
    }
    assignments: dict[str, str] = {}
    for machine in machines:
        if not _assign_operator(machine.code, operators_by_machine, assignments, set()):
            raise Conflict("operator", ConflictReason.NO_FREE_OPERATOR, machine=machine.type)
    return [operator for machine in machines for operator in able if assignments.get(operator.code) == machine.code]


def drives(operator: Resource, machine_type: str) -> bool:
    """Return whether an operator drives such machines; one of whom nothing is said drives all."""
    return not operator.skills or machine_type in operator.skills


def _assign_operator(
    machine: str, operators_by_machine: Mapping[str, Sequence[str]], assignments: dict[str, str], asked_codes: set[str]
) -> bool:
    """Give a machine one of its drivers; who has another machine already changes over if that one finds somebody else.

    `assignments` (driver → machine) is changed. Without the changing over, a driver of everything could be spent on a
    machine that others can drive too.
    """
    for operator in operators_by_machine[machine]:
        if operator in asked_codes:
            continue
        asked_codes.add(operator)
        if operator not in assignments or _assign_operator(
            assignments[operator], operators_by_machine, assignments, asked_codes
        ):
            assignments[operator] = machine
            return True
    return False
