"""May this one do that? One answer for what is offered and for what is done, by the table of rights.

Who acts is an `Actor` with its session: roles, the absent for whom it acts, from where, and what it has proved. What is
offered is what would not be refused once everything is proved (`may_use`): proofs are asked for in the middle of the
work. About requests and what is declared: `request_policy.py`.
"""

from dataclasses import replace
from typing import Literal

from domain.authorization.rights import RIGHTS, Right, RightRule
from domain.values.actors import ActingSession, Actor, Role
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden
from domain.values.reasons import ForbiddenReason, ProofReason

SecondFactorInside = Literal["nobody", "administrators", "everybody"]
"""Staff asked for a second factor inside the organisation's networks; outside it is asked of everybody."""


def needs_second_factor(inside_policy: SecondFactorInside, roles: frozenset[Role], *, inside: bool) -> bool:
    """Return whether somebody with these roles must show a second factor there. A substitute has the roles of both."""
    return not inside or inside_policy == "everybody" or (inside_policy == "administrators" and Role.ADMIN in roles)


def find_refusal(
    right: Right, actor: Actor, field: str | None = None, *, declared_roles: frozenset[Role] | None = None
) -> DomainError | None:
    """Return why this one may not use a right now; None when it may.

    `declared_roles` are those of the declaration of what it is used on (a paper, a report): the staff need a role that
    has the right and is among them. A `Forbidden` names `field`; what is still to be proved is an
    `AuthenticationFailed` with a `ProofReason`.
    """
    session = actor.session
    if session and session.lacks_second_factor:
        return AuthenticationFailed(reason=ProofReason.SECOND_FACTOR)
    if refusal := _find_unprovable_refusal(right, actor, field, declared_roles):
        return refusal
    if session and RIGHTS[right].needs_fresh_proof and not session.has_fresh_proof:
        return AuthenticationFailed(reason=ProofReason.FRESH)
    return None


def may_use(right: Right, actor: Actor, *, declared_roles: frozenset[Role] | None = None) -> bool:
    """Return whether to offer what needs this right: it would be refused for no other reason than a missing proof."""
    return _find_unprovable_refusal(right, actor, None, declared_roles) is None


def require_right(
    right: Right, actor: Actor, field: str | None = None, *, declared_roles: frozenset[Role] | None = None
) -> Actor:
    """Return the actor in the place in which it uses a right: its own, or an absent member's (`Actor.on_behalf_of`).

    Raises what `find_refusal` finds.
    """
    refusal = find_refusal(right, actor, field, declared_roles=declared_roles)
    if refusal is not None:
        raise refusal
    return take_place(right, actor, declared_roles=declared_roles)


def take_place(right: Right, actor: Actor, *, declared_roles: frozenset[Role] | None = None) -> Actor:
    """Return the actor in the place in which it would use a right, whether it may or not."""
    roles = RIGHTS[right].roles
    return actor.acting_in_role(roles if declared_roles is None else roles & declared_roles)


def is_missing_proof(error: DomainError) -> bool:
    """Return whether an error says that something is still to be proved before a right may be used."""
    return isinstance(error, AuthenticationFailed) and isinstance(error.reason, ProofReason)


def with_every_proof(actor: Actor) -> Actor:
    """Return the actor as if its session had proved all that can be asked of it."""
    if actor.session is None:
        return actor
    return replace(actor, session=ActingSession(actor.session.inside, has_fresh_proof=True))


def _find_unprovable_refusal(
    right: Right, actor: Actor, field: str | None, declared_roles: frozenset[Role] | None
) -> Forbidden | None:
    """Return why this one may not use a right, whatever it proves of itself; None when it may then."""
    rule, session = RIGHTS[right], actor.session
    if not rule.admits(actor) or (declared_roles is not None and not _has_declared_role(rule, actor, declared_roles)):
        return Forbidden(field)
    if session and not (session.inside or rule.allowed_outside):
        return Forbidden(field, ForbiddenReason.INSIDE_ONLY)
    return None


def _has_declared_role(rule: RightRule, actor: Actor, declared_roles: frozenset[Role]) -> bool:
    roles = rule.roles & declared_roles if actor.kind == "staff" else declared_roles
    return actor.kind == "system" or bool(roles & actor.role_names)
