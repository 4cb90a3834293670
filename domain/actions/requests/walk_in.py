"""The citizen at the desk: staff enter the request with the whole form, and mend a mobile that was taken down wrong."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.actions.desk import Desk
from domain.actions.messages.notify import announce, queue, standing
from domain.actions.requests.act import locked
from domain.actions.requests.submit import read_request, submit
from domain.engine.engine import Outcome
from domain.language.service import Service
from domain.messages.records import MessageClass
from domain.people.person import Person
from domain.requests.request import RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import identifiers
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.errors import DomainError, DuplicateRequest, Forbidden, InvalidField, MissingField, NotAllowedNow
from domain.values.text import shown
from domain.values.version_token import VersionToken

WALK_IN = "walk_in"
"""The channel of what is entered at the desk: nothing of a form is deferred there."""

AT_THE_DESK = STAFF_ROLES - {Role.AUDITOR, Role.ADMIN}
"""Roles that enter requests: auditors change nothing, administrators have no requests (services.md, "People")."""

FORMS_KEEP = timedelta(days=1)
"""How long a form that made a request is known again."""

_OTHERS = 20


@dataclass(frozen=True, slots=True)
class Corrected:
    """A request with its new number, and what is open under the old one: of the same person, or of a stranger."""

    request: ServiceRequest
    others: tuple[ServiceRequest, ...]


async def enter(
    desk: Desk, uow: UnitOfWork, service: str, raw: Mapping[str, object], actor: Actor, mobile: str | None
) -> Outcome:
    """Store a walk-in citizen's request; the citizen's receipt is a text. `Forbidden`, and the errors of `submit`."""
    if not AT_THE_DESK & actor.role_names:
        raise Forbidden("service")
    at_desk = replace(actor.acting_by(AT_THE_DESK), channel=WALK_IN)
    return await submit(desk, uow, service, raw, at_desk, mobile)


async def form_faults(desk: Desk, uow: UnitOfWork, service_key: str, raw: Mapping[str, object]) -> list[DomainError]:
    """Return what is wrong with the form of somebody whose mobile is not known yet: what comes with it (a name that was
    told before) is not called missing.
    """
    service = desk.engine.service(service_key)
    _, faults = await read_request(desk, uow, service, {}, raw, None, WALK_IN)
    known_later = {one.name for one in service.form if one.autofill}
    return [one for one in faults if not (isinstance(one, MissingField) and one.field in known_later)]


async def enter_once(
    desk: Desk, uow: UnitOfWork, service: str, raw: Mapping[str, object], actor: Actor, mobile: str, key: str
) -> ServiceRequest:
    """Enter a request by a form that bears a random key of its own, and tell the citizen; return it.

    The same form again, by a second click or a reload, makes nothing and gives the request that it made; what became of
    a form is remembered as the calls of counter software are. `DuplicateRequest` when something else was entered under
    that key; the errors of `enter`.
    """
    whose, now = f"{actor.kind}:{actor.ident}", desk.clock.now()  # no office has such a code
    said = json.dumps([service, raw, mobile], sort_keys=True, default=str)
    digest = hashlib.sha256(said.encode()).hexdigest()
    earlier = await uow.calls.begin(whose, key, digest, WALK_IN, now + FORMS_KEEP, now)
    if earlier is not None:
        if earlier.digest != digest or earlier.answer is None:
            raise DuplicateRequest(detail="form_used")
        return await uow.requests.by_code(earlier.answer)
    outcome = await enter(desk, uow, service, raw, actor, mobile)
    await announce(desk, uow, outcome, actor)
    await uow.calls.answer(whose, key, outcome.request.code)
    return outcome.request


async def correct_mobile(
    desk: Desk, uow: UnitOfWork, code: str, mobile: str, proof: str, actor: Actor, version: VersionToken | None = None
) -> Corrected:
    """Give a request its citizen's right mobile; `proof` says how the citizen showed who it is.

    The new number gets the request's status at once, the old one nothing more. Managers and the units of the service
    may do so. Errors: `NotFound`, `Forbidden`, `MissingField("proof")`, `InvalidField("mobile")` (none, or the same),
    `NotAllowedNow` when the personal data was erased, `Conflict` when it is not at the `version` that was looked at.
    """
    number = identifiers.mobile(mobile)
    request = await locked(uow, code, version)
    service = desk.engine.service(request.service)
    roles = service.units | {Role.MANAGER}
    if not actor.role_names & roles:
        raise Forbidden("code")
    if not shown(proof):
        raise MissingField("proof")
    if request.erased_at:
        raise NotAllowedNow("code", detail="erased")
    if request.mobile == number:
        raise InvalidField("mobile", detail="same_mobile")
    old, request.mobile = request.mobile, number
    facts = {"mobile_before": old, "mobile": number, "proof": shown(proof)}
    await desk.engine.note(uow, request, "correct_mobile", actor.acting_by(roles, request.assignee), facts)
    await uow.people.put_person(_person(desk, service, request, number))
    others = await _leave_old(desk, uow, request, old) if old else []
    await _tell_status(desk, uow, request, number)
    return Corrected(request, tuple(others))


async def _leave_old(desk: Desk, uow: UnitOfWork, request: ServiceRequest, old: str) -> list[ServiceRequest]:
    """Take back what was meant for the old number, and what this request said of whom it belongs to."""
    await uow.outbox.withdraw(request.id, old, desk.clock.now(), "mobile_corrected")
    remaining = await uow.requests.find(RequestFilter(mobile=old, limit=_OTHERS))
    await uow.people.forget_person(old)
    if remaining:
        newest = remaining[0]
        await uow.people.put_person(_person(desk, desk.engine.service(newest.service), newest, old))
    return [one for one in remaining if not one.phase.final]


def _person(desk: Desk, service: Service, request: ServiceRequest, mobile: str) -> Person:
    told = {field.autofill: request.fields.get(field.name) for field in service.form if field.autofill}
    return Person(mobile, told.get("person.full_name"), told.get("person.national_code"), desk.clock.now())


async def _tell_status(desk: Desk, uow: UnitOfWork, request: ServiceRequest, mobile: str) -> None:
    key, facts = await standing(desk, uow, request)
    text = key if key in desk.catalogue else "sms.status"
    message = desk.catalogue.message(text, desk.wording.facts(request, facts), MessageClass.RECEIPT)
    await queue(desk, uow, mobile, message, request.id)
