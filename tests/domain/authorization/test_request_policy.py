"""Owner of a request: every service × state × right × role, and whose own it is, reckoned from the declarations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest

from domain.authorization.policy import is_missing_proof
from domain.authorization.request_policy import (
    find_request_refusal,
    find_step_refusal,
    find_step_right,
    list_step_refusals,
    may_see_request,
    may_use_on_request,
    offers_step,
    require_steps,
)
from domain.authorization.rights import RIGHTS, Right
from domain.language.actor_guards import ActorGuard
from domain.language.service import Service, State, Transition
from domain.requests.request import ServiceRequest
from domain.services import SERVICES
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.errors import Forbidden, NotFound
from domain.values.reasons import ProofReason
from tests.support.factories import a_request
from tests.support.municipality import CITIZEN, NEIGHBOUR, OFFICE, actor, clerk
from tests.support.scenarios.site_members import at_site

BY_KEY = {service.key: service for service in SERVICES}
MANAGER = {Role.MANAGER}


def units(service: Service) -> set[Role]:
    """The units in whose queues requests of a service can be."""
    return {state.unit for state in service.states if state.unit}


def takers(service: Service) -> set[Role]:
    """Roles that take any step."""
    return {role for step in service.transitions for role in step.roles} & STAFF_ROLES


CONCERNED: Mapping[Right, Callable[[Service, State], set[Role]]] = {
    Right.REQUESTS_VIEW: lambda service, _: units(service) | takers(service) | MANAGER | {Role.AUDITOR},
    Right.REQUESTS_ASSIGN: lambda _, state: ({state.unit} if state.unit else set()) | MANAGER,
    Right.REQUESTS_ATTACH: lambda service, _: takers(service),
    Right.REQUESTS_MOBILE: lambda service, _: units(service) | MANAGER,
    Right.REQUESTS_REOPEN: lambda service, _: units(service) | MANAGER,
    Right.REQUESTS_NOTE: lambda service, _: takers(service) | units(service) | MANAGER,
    Right.BILLS_RESEND: lambda service, _: units(service) | MANAGER,
}
"""The second reckoning: who is concerned, by the declaration."""


def stored(service: Service, state: State) -> ServiceRequest:
    """A request in that state, of CITIZEN, brought by OFFICE, with an officer named."""
    request = a_request(service=service.key, state=state.name, phase=state.phase, mobile=CITIZEN, office=OFFICE)
    request.data["officer"] = "ahmadi"
    return request


def requests() -> Iterator[tuple[Service, State, ServiceRequest]]:
    """One in each state of each service."""
    for service in SERVICES:
        for state in service.states:
            yield service, state, stored(service, state)


@pytest.mark.parametrize("right", CONCERNED)
def test_the_staff_have_a_right_about_whom_the_declaration_concerns_them_with(right: Right) -> None:
    for (service, state, request), role in product(requests(), sorted(STAFF_ROLES)):
        wanted = role in RIGHTS[right].roles & CONCERNED[right](service, state)
        for who in (actor(role), at_site(role), at_site(role, inside=False)):
            refusal = find_request_refusal(right, service, request, who)
            assert (refusal is None) is wanted, (service.key, state.name, role)
            assert may_use_on_request(right, service, request, who) is wanted
            assert refusal is None or (type(refusal), refusal.field) == (Forbidden, "code")


@pytest.mark.parametrize("right", CONCERNED)
def test_citizens_and_clerks_have_it_with_their_own_alone_and_are_not_told_of_others(right: Right) -> None:
    open_to_clerks = {Right.REQUESTS_VIEW, Right.REQUESTS_ATTACH}
    open_to_citizens = {*open_to_clerks, Right.REQUESTS_REOPEN}
    for service, _, request in requests():
        for own, rights in ((actor(Role.CITIZEN, CITIZEN), open_to_citizens), (clerk(OFFICE), open_to_clerks)):
            refusal = find_request_refusal(right, service, request, own)
            assert (None if refusal is None else type(refusal)) == (None if right in rights else Forbidden)
        for other in (actor(Role.CITIZEN, NEIGHBOUR), clerk("9999"), replace(clerk(OFFICE), office_code=None)):
            assert isinstance(find_request_refusal(right, service, request, other), NotFound)


def test_whoever_takes_a_step_of_a_request_sees_it() -> None:
    for (service, _, request), role in product(requests(), sorted(STAFF_ROLES)):
        if any(find_step_refusal(step, request, actor(role)) is None for step in steps_by_hand(service)):
            assert may_see_request(BY_KEY, actor(role), request)
    assert not any(may_see_request(BY_KEY, actor(role), request) for _, _, request in requests() for role in OUTSIDERS)


OUTSIDERS = (Role.CITIZEN, Role.CLERK, Role.SYSTEM, Role.ADMIN)


def steps_by_hand(service: Service) -> list[Transition]:
    """The steps that people take."""
    return [step for step in service.transitions if step.trigger is None]


def admitted(step: Transition, request: ServiceRequest, who: Actor) -> bool:
    """Whether the step's guards about the person let this one."""
    guards = [guard for guard in step.guards if isinstance(guard, ActorGuard)]
    return request.state not in step.source_states or all(guard.admits_actor(request, who) for guard in guards)


def test_a_step_is_taken_by_its_roles_and_offered_to_nobody_else() -> None:
    for service, _, request in requests():
        for step, role in product(steps_by_hand(service), sorted(STAFF_ROLES)):
            for who in (at_site(role), replace(at_site(role), identifier="ahmadi")):
                wanted = role in step.roles and admitted(step, request, who)
                assert (find_step_refusal(step, request, who) is None) is wanted, (service.key, step.name, role)
                assert offers_step(step, request, who) is wanted


def test_a_step_that_lets_somebody_off_waits_for_a_proof_and_is_offered_before() -> None:
    for service, _, request in requests():
        for step in steps_by_hand(service):
            for role in sorted(step.roles & STAFF_ROLES):
                old = replace(at_site(role, has_fresh_proof=False), identifier="ahmadi")
                refusal = find_step_refusal(step, request, old)
                asks = find_step_right(step, {}) is Right.REQUESTS_WAIVE
                assert (refusal is not None and is_missing_proof(refusal)) is asks
                assert offers_step(step, request, old)
                nothing_proved = replace(at_site(role, lacks_second_factor=True), identifier="ahmadi")
                refusal = find_step_refusal(step, request, nothing_proved)
                assert refusal is not None
                assert refusal.reason is ProofReason.SECOND_FACTOR


def test_citizens_and_clerks_take_steps_of_what_is_theirs() -> None:
    own, other, of_office = actor(Role.CITIZEN, CITIZEN), actor(Role.CITIZEN, NEIGHBOUR), clerk(OFFICE)
    for service, _, request in requests():
        for step in steps_by_hand(service):
            assert (find_step_refusal(step, request, own) is None) is (Role.CITIZEN in step.roles)
            assert (find_step_refusal(step, request, of_office) is None) is (Role.CLERK in step.roles)
            assert find_step_refusal(step, request, clerk("9999")) is not None
            assert find_step_refusal(step, request, other) is not None
            awaiting = replace(request, awaits=NEIGHBOUR)
            assert (find_step_refusal(step, awaiting, other) is None) is step.awaited_may_take
            if step.mobile_field:
                kept = replace(request, data={**request.data, step.mobile_field.name: NEIGHBOUR})
                assert find_step_refusal(step, kept, other) is None


def test_of_the_steps_of_one_name_those_are_given_that_may_be_taken() -> None:
    for service, _, request in requests():
        for name in {step.name for step in steps_by_hand(service)}:
            named = [step for step in service.steps_named(name) if step.trigger is None]
            for role in sorted(STAFF_ROLES):
                who = replace(at_site(role), identifier="ahmadi")
                allowed = [step for step in named if find_step_refusal(step, request, who) is None]
                refusals = list_step_refusals(named, request, who, {})
                if allowed:
                    assert require_steps(named, request, refusals) == allowed
                else:
                    with pytest.raises(Forbidden):
                        require_steps(named, request, refusals)
