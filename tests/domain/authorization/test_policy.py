"""The policy against the table: every right × role × inside and outside × second factor × proof × on whose behalf."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from domain.authorization.policy import find_refusal, is_missing_proof, may_use, require_right
from domain.authorization.rights import RIGHTS, Right
from domain.values.actors import STAFF_ROLES, SYSTEM, Actor, Role
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden
from tests.support.municipality import actor, clerk
from tests.support.scenarios.site_members import at_site
from tests.support.tables import each_row

BOTH = (False, True)


def expected(
    right: Right, role: Role, *, inside: bool, lacks: bool, fresh: bool
) -> tuple[type[DomainError] | None, str]:
    """Holders by the table: which error, and its detail."""
    rule = RIGHTS[right]
    if lacks:
        return AuthenticationFailed, "second_factor"
    if role not in rule.roles:
        return Forbidden, ""
    if not inside and not rule.allowed_outside:
        return Forbidden, "inside_only"
    return (AuthenticationFailed, "proof") if rule.needs_fresh_proof and not fresh else (None, "")


def sessions(role: Role) -> Iterator[tuple[dict[str, bool], Actor]]:
    """A member with this role in every state of a session."""
    for inside, lacks, fresh in product(BOTH, repeat=3):
        who = at_site(role, inside=inside, lacks_second_factor=lacks, has_fresh_proof=fresh)
        yield {"inside": inside, "lacks": lacks, "fresh": fresh}, who


@each_row("right", Right)
def test_what_is_refused_and_why_is_what_the_table_says(right: Right) -> None:
    for role in sorted(STAFF_ROLES):
        for state, who in sessions(role):
            error, detail = expected(right, role, **state)
            refusal = find_refusal(right, who, "field")
            assert (type(refusal) if refusal else None, refusal.reason or "" if refusal else "") == (error, detail)
            assert not isinstance(refusal, Forbidden) or refusal.field == "field"


@each_row("right", Right)
def test_what_is_offered_is_what_is_done_once_everything_is_proved(right: Right) -> None:
    for role in sorted(STAFF_ROLES):
        for state, who in sessions(role):
            error, _ = expected(right, role, inside=state["inside"], lacks=False, fresh=True)
            assert may_use(right, who) is (error is None)
            refusal = find_refusal(right, who)
            if not state["lacks"]:  # else the missing factor hides why else it would be refused
                assert may_use(right, who) is (refusal is None or is_missing_proof(refusal))


@each_row("right", Right)
def test_without_a_session_the_roles_alone_decide(right: Right) -> None:
    rule = RIGHTS[right]
    for role in sorted(STAFF_ROLES):
        assert (find_refusal(right, actor(role)) is None) is (role in rule.roles)
    for who in (SYSTEM, clerk(), actor(Role.CITIZEN)):
        assert (find_refusal(right, who) is None) is (who.kind in rule.other_kinds), who.kind


def test_nobody_besides_the_staff_has_a_right_but_for_these() -> None:
    besides = {
        kind: {right for right, rule in RIGHTS.items() if kind in rule.other_kinds} for kind in ("citizen", "clerk")
    }
    assert besides == {"citizen": set(), "clerk": {Right.PAYMENTS_RECORD_TERMINAL}}
    unattended = {right for right, rule in RIGHTS.items() if "system" in rule.other_kinds}
    money = {
        right for right in Right if right.startswith(("refunds.", "suspense.", "payments.", "tariffs.", "attempts."))
    }
    assert not unattended & money, "no job prices, pays back or reverses by itself"


@each_row("right", Right)
def test_declared_roles_narrow_a_right_and_never_widen_it(right: Right) -> None:
    for role, declared in product(sorted(STAFF_ROLES), sorted(STAFF_ROLES)):
        may = may_use(right, at_site(role), declared_roles=frozenset({declared}))
        assert may is (role is declared and role in RIGHTS[right].roles)
    holders, others = RIGHTS[right].roles, STAFF_ROLES - RIGHTS[right].roles
    for holder, other in product(sorted(holders), sorted(others)):  # two roles, of which neither is enough
        both = replace(at_site(holder), role_names=frozenset({holder, other}))
        assert not may_use(right, both, declared_roles=frozenset({other}))


@each_row("right", Right)
def test_a_substitute_uses_a_lent_right_in_the_absent_members_place_and_an_own_one_in_its_own(right: Right) -> None:
    for role in sorted(RIGHTS[right].roles):
        lent = at_site(role)
        lent = replace(lent, substitutes_for=frozenset({"ali"}), lent_roles=frozenset({("ali", role)}))
        assert require_right(right, lent).label == "staff:sara for ali"
        own = replace(lent, lent_roles=frozenset())
        assert require_right(right, own).label == "staff:sara"
