"""Who of the staff may do what, from where: one table, which the staff's site asks before every page and every step.

What may be done about a single request is a matter of its declaration (`Transition.roles`); this table is about the
rooms of the site. From outside the organisation's networks everything needs a second factor, and inside it does for
those of whom the municipality asks it (`asks_second_factor`). Rights that do harm in wrong hands (prices, refunds,
waivers, exports, other people's accounts) also need a fresh proof (`step_up`).

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

SECOND_FACTOR, PROOF = "second_factor", "proof"
"""Details of `AuthenticationFailed`: what is still to be shown before a right may be used."""


@dataclass(frozen=True, slots=True)
class RightRule:
    """Which roles have a right, whether it may be used from outside, and whether it needs a fresh proof."""

    roles: frozenset[Role]
    outside: bool = True
    step_up: bool = False


def _of(*roles: Role, outside: bool = True, step_up: bool = False) -> RightRule:
    return RightRule(frozenset(roles), outside, step_up)


_EVERYBODY = RightRule(STAFF_ROLES)
_READERS = STAFF_ROLES - {Role.ADMIN}
_UNITS = _READERS - {Role.AUDITOR}

RIGHTS: Mapping[str, RightRule] = {
    "account": _EVERYBODY,
    "account.change": RightRule(STAFF_ROLES, step_up=True),
    "requests.view": RightRule(_READERS),
    "requests.act": RightRule(_UNITS),
    "requests.waive": RightRule(_UNITS, step_up=True),
    "requests.enter": RightRule(_UNITS),
    "requests.mobile": RightRule(_UNITS),
    "payments.record": _of(Role.REVENUE),
    "payments.reverse": _of(Role.REVENUE, step_up=True),
    "refunds.view": _of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "refunds.pay": _of(Role.REVENUE, step_up=True),
    "refunds.approve": _of(Role.REVENUE, Role.MANAGER, step_up=True),
    "registries.view": _of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "registries.change": _of(Role.TAXI_OFFICER),
    "registries.import": _of(Role.TAXI_OFFICER),
    "registries.export": _of(Role.TAXI_OFFICER, Role.MANAGER, Role.AUDITOR, step_up=True),
    "duties.view": _of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "duties.change": _of(Role.TAXI_OFFICER, Role.REVENUE),
    "duties.import": _of(Role.TAXI_OFFICER, Role.REVENUE),
    "duties.export": _of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR, step_up=True),
    "charges.bill": _of(Role.TAXI_OFFICER, Role.REVENUE),
    "charges.waive": _of(Role.REVENUE, step_up=True),
    "fleet.view": _of(Role.CIVIL, Role.MANAGER, Role.AUDITOR),
    "fleet.change": _of(Role.CIVIL),
    "fleet.import": _of(Role.CIVIL),
    "fleet.export": _of(Role.CIVIL, Role.MANAGER, Role.AUDITOR, step_up=True),
    "visits.view": _of(Role.EXPERT, Role.SECRETARIAT, Role.MANAGER, Role.AUDITOR),
    "tariffs.view": _of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "tariffs.change": _of(Role.REVENUE, step_up=True),
    "tariffs.approve": _of(Role.REVENUE, Role.MANAGER, step_up=True),
    "reports.view": RightRule(_READERS - {Role.SECRETARIAT}),
    "reports.export": RightRule(_READERS - {Role.SECRETARIAT}, step_up=True),
    "comments.view": RightRule(_READERS),
    "comments.moderate": _of(Role.MANAGER),
    "messages.view": RightRule(frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMIN})),
    "messages.retry": _of(Role.MANAGER, Role.ADMIN),
    "offices.view": _of(Role.ADMIN, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    "offices.change": _of(Role.ADMIN, Role.REVENUE, Role.MANAGER, step_up=True),
    "offices.export": _of(Role.ADMIN, Role.REVENUE, Role.MANAGER, Role.AUDITOR, step_up=True),
    "tills.close": _of(Role.REVENUE),
    "users.view": _of(Role.ADMIN, Role.MANAGER, Role.AUDITOR),
    "users.change": _of(Role.ADMIN, outside=False, step_up=True),
    "substitutes.name": _of(Role.ADMIN, Role.MANAGER, step_up=True),
    "settings.view": _of(Role.ADMIN, Role.MANAGER, Role.AUDITOR),
    "settings.change": _of(Role.ADMIN, outside=False, step_up=True),
    "audit.view": _of(Role.AUDITOR, Role.ADMIN, Role.MANAGER),
    "history.verify": _of(Role.AUDITOR, Role.ADMIN),
}
"""Every right of the staff's site."""

SecondFactorInside = Literal["nobody", "administrators", "everybody"]
"""Of whom a second factor is asked inside the organisation's networks; outside it is asked of everybody."""

RegistryRight = Literal["view", "change", "import", "export"]

_ROOMS: Mapping[str, str] = {"duty": "duties", "machines": "fleet", "operators": "fleet", "maintenance": "fleet"}


def registry_right(registry: str, what: RegistryRight) -> str:
    """Return the right that somebody needs for this with the rows of a registry."""
    return f"{_ROOMS.get(registry, 'registries')}.{what}"


def step_right(step: Transition, inputs: Mapping[str, object]) -> str:
    """Return the right that somebody needs for a step of a request with these inputs: to let the citizen off a bill, or
    to set another price than the tariff's, needs another than the rest, whatever the step is called.
    """
    own_price = {one.overrides for one in step.effects if one.overrides}
    free = any(one.settles for one in step.effects) or any(inputs.get(name) not in {None, ""} for name in own_price)
    return "requests.waive" if free else "requests.act"


def allowed(right: str, roles: frozenset[Role], *, inside: bool) -> bool:
    """Tell whether somebody with these roles has the right from there at all: what is not, is not offered either."""
    rule = RIGHTS[right]
    return bool(rule.roles & roles) and (inside or rule.outside)


def asks_second_factor(wanted: SecondFactorInside, roles: frozenset[Role], *, inside: bool) -> bool:
    """Tell whether somebody with these roles must show a second factor there. A substitute has the roles of both."""
    return not inside or wanted == "everybody" or (wanted == "administrators" and Role.ADMIN in roles)


def refusal(
    right: str, roles: frozenset[Role], session: StaffSession, now: datetime, *, inside: bool, second_factor: bool
) -> DomainError | None:
    """Return why the right may not be used now, with what this session has proved; None when it may.

    `second_factor` tells whether the session must have shown one.
    """
    if second_factor and not session.second_factor:
        return AuthenticationFailed(detail=SECOND_FACTOR)
    if not allowed(right, roles, inside=inside):
        return Forbidden(detail="inside_only" if RIGHTS[right].roles & roles else None)
    if RIGHTS[right].step_up and not session.fresh(now):
        return AuthenticationFailed(detail=PROOF)
    return None
