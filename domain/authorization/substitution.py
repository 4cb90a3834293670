"""Rights of a substitute in an absent member's place, and the right to name one.

Who has every right of the absent one is named by whom that right is: an administrator's substitute by an administrator
alone. Nobody names himself, and who audits does no unit's work.
"""

from domain.authorization.rights import RIGHTS, Right
from domain.people.person import StaffMember, Substitution
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, Forbidden
from domain.values.reasons import ForbiddenReason

_OWN_LENDERS = frozenset({Role.ADMIN})
"""Roles whose own members alone lend them."""


def lent_roles(substitution: Substitution, absent: StaffMember, deputy: StaffMember) -> frozenset[Role]:
    """Return the roles that a substitute has from the absent one: an administrator's where an administrator named it.

    Whoever was away when somebody else named the substitute may have become an administrator after that. None where the
    substitute named itself, or one of the two is an auditor and the other not: such substitutions were stored once,
    and roles may change after the naming.
    """
    if is_label_of(substitution.made_by, deputy.username) or not may_substitute(deputy.roles, absent.roles):
        return frozenset()
    return roles_lent_by(substitution, absent)


def roles_lent_by(substitution: Substitution, absent: StaffMember) -> frozenset[Role]:
    """Return what of the absent one's roles who named the substitute could lend."""
    return absent.roles if substitution.by_admin else absent.roles - _OWN_LENDERS


def lends_every_role(actor: Actor) -> bool:
    """Return whether substitutes that this one names have an administrator's rights too (`Substitution.by_admin`)."""
    return bool(_OWN_LENDERS & actor.role_names)


def is_label_of(label: str, username: str) -> bool:
    """Return whether an actor's label is this member's of the staff, also where the member acted for somebody else."""
    return label.partition(" for ")[0] == f"staff:{username}"


def may_substitute(deputy: frozenset[Role], absent: frozenset[Role]) -> bool:
    """Return whether somebody with the one roles may be the substitute of somebody with the other: who audits does no
    unit's work, and no unit audits its own.
    """
    return (Role.AUDITOR in deputy) == (Role.AUDITOR in absent)


def may_manage_substitute(roles: frozenset[Role], actor: Actor) -> bool:
    """Return whether that one names and ends a substitute with these roles: an administrator's is an
    administrator's.
    """
    return bool(_lender_roles(roles) & actor.role_names)


def require_lender(roles: frozenset[Role], actor: Actor) -> Actor:
    """Return the actor in the place in which it lends these roles; `Forbidden("absent")` where they are not its own to
    lend.
    """
    if not may_manage_substitute(roles, actor):
        raise Forbidden("absent", ForbiddenReason.OF_ADMIN)
    return actor.acting_in_role(_lender_roles(roles))


def find_conflict_of_interest(actor: Actor, absent: StaffMember, deputy: StaffMember) -> DomainError | None:
    """Return why this substitution is refused to whoever names it: its maker would gain by it, or it mixes auditing
    with a unit's work.
    """
    if actor.kind == "staff" and actor.identifier == deputy.username:
        return Forbidden("deputy", ForbiddenReason.OWN_SUBSTITUTE)
    return None if may_substitute(deputy.roles, absent.roles) else Forbidden("deputy", ForbiddenReason.AUDITOR_APART)


def _lender_roles(roles: frozenset[Role]) -> frozenset[Role]:
    return _OWN_LENDERS if roles & _OWN_LENDERS else RIGHTS[Right.SUBSTITUTES_NAME].roles
