"""The acting member of the staff, and for whom: absent members have substitutes for some days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.authorization.substitution import (
    find_conflict_of_interest,
    lends_every_role,
    lent_roles,
    require_lender,
    roles_lent_by,
)
from domain.people.person import StaffMember, Substitution
from domain.people.ports import StaffMemberRepository
from domain.repositories import RequestRepositories, StaffRepositories
from domain.values.actors import Actor, Role
from domain.values.calendar import to_tehran
from domain.values.errors import AuthenticationFailed, InvalidField, NotFound
from domain.values.reasons import InvalidReason


class RequestStaffRepositories(RequestRepositories, StaffRepositories, Protocol):
    """Requests, and the members of the staff who work on them."""


async def load_staff_actor(people: StaffMemberRepository, username: str, channel: str, today: date) -> Actor:
    """Return the member of the staff who acts, with the roles of those whose substitute it is today.

    `AuthenticationFailed("as")` for one who is unknown or has left.
    """
    member = await people.find_staff(username)
    if member is None or not member.active:
        raise AuthenticationFailed("as")
    return await build_staff_actor(people, member, channel, await list_substitutions(people, today))


async def list_substitutions(people: StaffMemberRepository, today: date) -> list[Substitution]:
    """Return who substitutes whom today."""
    return [substitution for substitution in await people.list_substitutions(today) if substitution.first <= today]


async def build_staff_actor(
    people: StaffMemberRepository, member: StaffMember, channel: str, substitutions: Sequence[Substitution]
) -> Actor:
    """Return an active member of the staff as who acts, with the roles of those whose substitute it is."""
    absents = [
        await people.find_staff(substitution.absent)
        for substitution in substitutions
        if substitution.deputy == member.username
    ]
    return make_staff_actor(
        member, channel, substitutions, {absent.username: absent for absent in absents if absent is not None}
    )


def make_staff_actor(
    member: StaffMember, channel: str, substitutions: Sequence[Substitution], members: Mapping[str, StaffMember]
) -> Actor:
    """Return the same, of members by user name who were read already."""
    absent_usernames: set[str] = set()
    lent_pairs: set[tuple[str, Role]] = set()
    for substitution in substitutions:
        absent = members.get(substitution.absent) if substitution.deputy == member.username else None
        if absent and absent.active and lent_roles(substitution, absent, member):
            absent_usernames.add(absent.username)
            lent_pairs |= {(absent.username, role) for role in lent_roles(substitution, absent, member) - member.roles}
    roles = member.roles | {role for _, role in lent_pairs}
    return Actor(roles, "staff", member.username, channel, frozenset(absent_usernames), frozenset(lent_pairs))


async def list_on_duty(people: StaffMemberRepository, role: Role, today: date) -> list[StaffMember]:
    """Return who takes care of a role's work today: its active members, in place of the absent their substitutes who
    have that role from them.
    """
    return select_on_duty(role, await people.list_staff(), await list_substitutions(people, today))


def select_on_duty(
    role: Role, staff: Sequence[StaffMember], substitutions: Sequence[Substitution]
) -> list[StaffMember]:
    """Return the same, of all the staff and who substitutes whom today."""
    members = {member.username: member for member in staff}
    on_duty = {member.username: member for member in staff if member.active and role in member.roles}
    for entry in substitutions:
        absent, deputy = on_duty.get(entry.absent), members.get(entry.deputy)
        if absent and deputy and deputy.active and role in lent_roles(entry, absent, deputy):
            del on_duty[entry.absent]
            on_duty.setdefault(deputy.username, deputy)
    return list(on_duty.values())


async def name_substitute(
    context: ActorContext[StaffRepositories], absent: str, deputy: str, day_range: tuple[date, date]
) -> Substitution:
    """Let `deputy` act for `absent` on these days, first and last included; called again, the last day is changed.

    How it ends at once: `end_substitution`. A substitute has every right of the absent one, so an administrator's is
    named by an administrator alone, and nobody names himself; of what changes later: `lent_roles`. Errors: `Forbidden`,
    `NotFound` (`absent`, `deputy`), `InvalidField` (`deputy` is the same person, `to` is before `from`).
    """
    require_right(Right.SUBSTITUTES_NAME, context.actor, "deputy")
    absent_member = await _find_active_member(context.uow.people, "absent", absent)
    lender = require_lender(absent_member.roles, context.actor)
    deputy_member = await _find_active_member(context.uow.people, "deputy", deputy)
    if absent == deputy:
        raise InvalidField("deputy", InvalidReason.SAME_PERSON)
    if refusal := find_conflict_of_interest(context.actor, absent_member, deputy_member):
        raise refusal
    first_day, last_day = day_range
    if last_day < first_day:
        raise InvalidField("to", InvalidReason.BEFORE_START)
    label = lender.label
    substitution = Substitution(
        absent, deputy, first_day, last_day, label, context.dependencies.clock.now(), lends_every_role(context.actor)
    )
    await context.uow.people.save_substitution(substitution)
    await context.uow.audit.add_entry(
        substitution.made_at, label, "substitute", {"absent": absent, "deputy": deputy, "to": str(last_day)}
    )
    return substitution


async def end_substitution(
    context: ActorContext[StaffRepositories], absent: str, deputy: str, first_day: date
) -> Substitution:
    """End at once that `deputy` acts for `absent` since or from `first_day`: its rights are gone with the next call.

    The audit keeps what it was, since nothing else does. Errors: `Forbidden`, also where it lends what is not the
    actor's to lend, `NotFound("substitute")` when there is none, or it has ended.
    """
    require_right(Right.SUBSTITUTES_NAME, context.actor, "deputy")
    ended, member = (
        await context.uow.people.delete_substitution(absent, deputy, first_day),
        await context.uow.people.find_staff(absent),
    )
    if ended is None or member is None or ended.last < today_in_tehran(context.dependencies):
        raise NotFound("substitute")
    label = require_lender(roles_lent_by(ended, member), context.actor).label
    facts = {"absent": absent, "deputy": deputy, "from": str(ended.first), "to": str(ended.last)}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), label, "substitute_ended", facts)
    return ended


async def _find_active_member(people: StaffMemberRepository, field_name: str, username: str) -> StaffMember:
    """Return an active member of the staff; `NotFound` of that field."""
    member = await people.find_staff(username)
    if member is None or not member.active:
        raise NotFound(field_name)
    return member


def today_in_tehran(dependencies: Dependencies) -> date:
    """Return the day in Tehran."""
    return to_tehran(dependencies.clock.now()).date()
