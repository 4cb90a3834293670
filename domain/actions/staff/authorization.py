"""Who of the staff may do what, from where: one table, which the staff's site asks before every page and every step,
and from which the actions behind take their roles.

What may be done about a single request is a matter of its declaration (`Transition.roles`); this table is about the
pages of the site. From outside the organisation's networks everything needs a second factor, and inside it does for
those of whom the municipality asks it (`needs_second_factor`). Rights that do harm in wrong hands (prices, refunds,
waivers, exports, other people's accounts) also need a fresh proof (`needs_fresh_proof`).

The auditor reads everything and changes nothing (services.md): every right to view is theirs and every right to export,
and besides nothing but the own account and asking for a verification of the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.language.service import Transition
from domain.people.sessions import StaffSession
from domain.values.actors import STAFF_ROLES, Role
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden
from domain.values.reasons import ForbiddenReason, ProofReason


@dataclass(frozen=True, slots=True)
class RightRule:
    """Which roles have a right, whether it may be used from outside, and whether it needs a fresh proof."""

    roles: frozenset[Role]
    allowed_outside: bool = True
    needs_fresh_proof: bool = False


def _right_of(*roles: Role, allowed_outside: bool = True, needs_fresh_proof: bool = False) -> RightRule:
    return RightRule(frozenset(roles), allowed_outside, needs_fresh_proof)


_EVERYBODY_RULE = RightRule(STAFF_ROLES)
_READER_ROLES = STAFF_ROLES - {Role.ADMIN}
_UNIT_ROLES = _READER_ROLES - {Role.AUDITOR}

RIGHTS: Mapping[str, RightRule] = {
    "account": _EVERYBODY_RULE,
    "account.change": RightRule(STAFF_ROLES, needs_fresh_proof=True),
    "requests.view": RightRule(_READER_ROLES),
    "requests.act": RightRule(_UNIT_ROLES),
    "requests.waive": RightRule(_UNIT_ROLES, needs_fresh_proof=True),
    "requests.enter": RightRule(_UNIT_ROLES),
    "requests.mobile": RightRule(_UNIT_ROLES),
    "payments.record": _right_of(Role.REVENUE),
    "payments.reverse": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "merged_bills.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "refunds.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "refunds.pay": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "refunds.approve": _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    "ledger.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "ledger.export": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    "ledger.post": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "suspense.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "suspense.decide": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "suspense.approve": _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    "settlement.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "settlement.bring": _right_of(Role.REVENUE),
    "settlement.book": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "attempts.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "attempts.ask": _right_of(Role.REVENUE, Role.MANAGER),
    "attempts.deny": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "registries.view": _right_of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "registries.change": _right_of(Role.TAXI_OFFICER),
    "registries.import": _right_of(Role.TAXI_OFFICER),
    "registries.export": _right_of(Role.TAXI_OFFICER, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    "duties.view": _right_of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "duties.change": _right_of(Role.TAXI_OFFICER, Role.REVENUE),
    "duties.import": _right_of(Role.TAXI_OFFICER, Role.REVENUE),
    "duties.export": _right_of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    "charges.bill": _right_of(Role.TAXI_OFFICER, Role.REVENUE),
    "charges.waive": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "fleet.view": _right_of(Role.CIVIL, Role.MANAGER, Role.AUDITOR),
    "fleet.change": _right_of(Role.CIVIL),
    "fleet.import": _right_of(Role.CIVIL),
    "fleet.export": _right_of(Role.CIVIL, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    "visits.view": _right_of(Role.EXPERT, Role.SECRETARIAT, Role.MANAGER, Role.AUDITOR),
    "tariffs.view": _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "tariffs.change": _right_of(Role.REVENUE, needs_fresh_proof=True),
    "tariffs.approve": _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    "reports.view": RightRule(_READER_ROLES - {Role.SECRETARIAT}),
    "reports.export": RightRule(_READER_ROLES - {Role.SECRETARIAT}, needs_fresh_proof=True),
    "comments.view": RightRule(_READER_ROLES),
    "comments.moderate": _right_of(Role.MANAGER),
    "messages.view": RightRule(frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMIN})),
    "messages.retry": _right_of(Role.MANAGER, Role.ADMIN),
    "offices.view": _right_of(Role.ADMIN, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "offices.change": _right_of(Role.ADMIN, Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    "offices.export": _right_of(Role.ADMIN, Role.REVENUE, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    "tills.close": _right_of(Role.REVENUE),
    "users.view": _right_of(Role.ADMIN, Role.MANAGER, Role.AUDITOR),
    "users.change": _right_of(Role.ADMIN, allowed_outside=False, needs_fresh_proof=True),
    "substitutes.name": _right_of(Role.ADMIN, Role.MANAGER, needs_fresh_proof=True),
    "settings.view": _right_of(Role.ADMIN, Role.MANAGER, Role.AUDITOR),
    "settings.change": _right_of(Role.ADMIN, allowed_outside=False, needs_fresh_proof=True),
    "audit.view": _right_of(Role.AUDITOR, Role.ADMIN, Role.MANAGER),
    "audit.export": _right_of(Role.AUDITOR, Role.ADMIN, Role.MANAGER, needs_fresh_proof=True),
    "history.verify": _right_of(Role.AUDITOR, Role.ADMIN),
}
"""Every right of the staff's site."""

SecondFactorInside = Literal["nobody", "administrators", "everybody"]
"""Of whom a second factor is asked inside the organisation's networks; outside it is asked of everybody."""

RegistryRight = Literal["view", "change", "import", "export"]

_RIGHT_GROUPS: Mapping[str, str] = {"duty": "duties", "machines": "fleet", "operators": "fleet", "maintenance": "fleet"}


def registry_right(registry: str, access_kind: RegistryRight) -> str:
    """Return the right that somebody needs for this with the rows of a registry."""
    return f"{_RIGHT_GROUPS.get(registry, 'registries')}.{access_kind}"


def find_step_right(step: Transition, inputs: Mapping[str, object]) -> str:
    """Return the right that somebody needs for a step of a request with these inputs: to let the citizen off a bill, or
    to set another price than the tariff's, needs another than the rest, whatever the step is called.
    """
    override_names = {effect.override_input for effect in step.effects if effect.override_input}
    is_free = any(effect.settles_bills for effect in step.effects) or any(
        inputs.get(input_name) not in {None, ""} for input_name in override_names
    )
    return "requests.waive" if is_free else "requests.act"


def is_allowed(right: str, roles: frozenset[Role], *, inside: bool) -> bool:
    """Return whether somebody with these roles has the right from there at all: what is not, is not offered either."""
    rule = RIGHTS[right]
    return bool(rule.roles & roles) and (inside or rule.allowed_outside)


def needs_second_factor(inside_policy: SecondFactorInside, roles: frozenset[Role], *, inside: bool) -> bool:
    """Return whether somebody with these roles must show a second factor there. A substitute has the roles of both."""
    return not inside or inside_policy == "everybody" or (inside_policy == "administrators" and Role.ADMIN in roles)


def find_refusal(
    right: str, roles: frozenset[Role], session: StaffSession, now: datetime, *, inside: bool, second_factor: bool
) -> DomainError | None:
    """Return why the right may not be used now, with what this session has proved; None when it may.

    `second_factor` tells whether the session must have proved one.
    """
    if second_factor and not session.second_factor:
        return AuthenticationFailed(reason=ProofReason.SECOND_FACTOR)
    if not is_allowed(right, roles, inside=inside):
        return Forbidden(reason=ForbiddenReason.INSIDE_ONLY if RIGHTS[right].roles & roles else None)
    if RIGHTS[right].needs_fresh_proof and not session.has_fresh_proof(now):
        return AuthenticationFailed(reason=ProofReason.FRESH)
    return None
