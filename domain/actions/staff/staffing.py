"""Who of the staff acts, and for whom: absent members have substitutes for some days."""

from collections.abc import Sequence
from datetime import date

from domain.actions.desk import Desk
from domain.people.person import StaffMember, Substitution
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role
from domain.values.calendar import in_tehran
from domain.values.errors import AuthenticationFailed, Forbidden, InvalidField, NotFound

APPOINT = frozenset({Role.ADMIN, Role.MANAGER})
"""Roles that name substitutes."""


async def staff_actor(uow: UnitOfWork, username: str, channel: str, today: date) -> Actor:
    """Return the member of the staff who acts, with the roles of those whose substitute it is today.

    `AuthenticationFailed("as")` for one who is unknown or has left.
    """
    member = await uow.people.staff(username)
    if member is None or not member.active:
        raise AuthenticationFailed("as")
    return await acting_for(uow, member, channel, await standing_in(uow, today))


async def standing_in(uow: UnitOfWork, today: date) -> list[Substitution]:
    """Return who stands for whom today."""
    return [one for one in await uow.people.substitutions(today) if one.first <= today]


async def acting_for(uow: UnitOfWork, member: StaffMember, channel: str, substitutes: Sequence[Substitution]) -> Actor:
    """Return an active member of the staff as who acts, with the roles of those whose substitute it is."""
    names: set[str] = set()
    lent: set[tuple[str, Role]] = set()
    for one in substitutes:
        absent = await uow.people.staff(one.absent) if one.deputy == member.username else None
        if absent and absent.active and lent_by(one, absent, member):
            names.add(absent.username)
            lent |= {(absent.username, role) for role in lent_by(one, absent, member) - member.roles}
    roles = member.roles | {role for _, role in lent}
    return Actor(roles, "staff", member.username, channel, frozenset(names), frozenset(lent))


def lent_by(one: Substitution, absent: StaffMember, deputy: StaffMember) -> frozenset[Role]:
    """Return the roles that a substitute has from the absent one: an administrator's where an administrator named it.

    Whoever was away when somebody else named the substitute may have become an administrator after that. None where the
    substitute named itself, or one of the two is an auditor and the other not: such substitutions were stored once,
    and roles may change after the naming.
    """
    if names(one.made_by, deputy.username) or not may_stand_for(deputy.roles, absent.roles):
        return frozenset()
    return absent.roles if one.by_admin else absent.roles - {Role.ADMIN}


def names(label: str, username: str) -> bool:
    """Tell whether an actor's label is this member's of the staff, also where the member acted for somebody else."""
    return label.partition(" for ")[0] == f"staff:{username}"


def may_stand_for(deputy: frozenset[Role], absent: frozenset[Role]) -> bool:
    """Tell whether somebody with the one roles may be the substitute of somebody with the other: who audits does no
    unit's work, and no unit audits its own.
    """
    return (Role.AUDITOR in deputy) == (Role.AUDITOR in absent)


async def on_duty(uow: UnitOfWork, role: Role, today: date) -> list[StaffMember]:
    """Return who takes care of a role's work today: its active members, in place of the absent their substitutes who
    have that role from them.
    """
    members = {one.username: one for one in await uow.people.staff_with_role(role)}
    for one in await standing_in(uow, today):
        deputy = await uow.people.staff(one.deputy) if one.absent in members else None
        if deputy and deputy.active and role in lent_by(one, members[one.absent], deputy):
            del members[one.absent]
            members.setdefault(deputy.username, deputy)
    return list(members.values())


async def substitute(
    desk: Desk, uow: UnitOfWork, absent: str, deputy: str, days: tuple[date, date], actor: Actor
) -> Substitution:
    """Let `deputy` act for `absent` on these days, first and last included; said again, the last day is changed.

    How it ends at once: `end_substitution`. A substitute has every right of the absent one, so an administrator's is
    named by an administrator alone, and nobody names himself; of what changes later: `lent_by`. Errors: `Forbidden`,
    `NotFound` (`absent`, `deputy`), `InvalidField` (`deputy` is the same person, `to` is before `from`).
    """
    _require_appointing(actor)
    away = await _there(uow, "absent", absent)
    if not may_lend(away.roles, actor):
        raise Forbidden("absent", detail="of_admin")
    instead = await _there(uow, "deputy", deputy)
    if absent == deputy:
        raise InvalidField("deputy", detail="same_person")
    _refuse_conflict_of_interest(actor, away, instead)
    first, last = days
    if last < first:
        raise InvalidField("to", detail="before_start")
    label = actor.acting_by(_lenders(away.roles)).label
    made = Substitution(absent, deputy, first, last, label, desk.clock.now(), Role.ADMIN in actor.role_names)
    await uow.people.put_substitution(made)
    await uow.audit.record(made.made_at, label, "substitute", {"absent": absent, "deputy": deputy, "to": str(last)})
    return made


async def end_substitution(
    desk: Desk, uow: UnitOfWork, absent: str, deputy: str, first: date, actor: Actor
) -> Substitution:
    """End at once that `deputy` acts for `absent` since or from `first`: its rights are gone with the next call.

    The audit keeps what it was, since nothing else does. Errors: `Forbidden`, also where it lends what is not the
    actor's to lend, `NotFound("substitute")` when there is none, or it has ended.
    """
    _require_appointing(actor)
    ended, member = await uow.people.drop_substitution(absent, deputy, first), await uow.people.staff(absent)
    if ended is None or member is None or ended.last < today(desk):
        raise NotFound("substitute")
    lent = member.roles if ended.by_admin else member.roles - {Role.ADMIN}
    if not may_lend(lent, actor):
        raise Forbidden("absent", detail="of_admin")
    label = actor.acting_by(_lenders(lent)).label
    facts = {"absent": absent, "deputy": deputy, "from": str(ended.first), "to": str(ended.last)}
    await uow.audit.record(desk.clock.now(), label, "substitute_ended", facts)
    return ended


def may_lend(roles: frozenset[Role], actor: Actor) -> bool:
    """Tell whether that one names and ends a substitute with these roles: an administrator's is an administrator's."""
    return bool(_lenders(roles) & actor.role_names)


def _lenders(roles: frozenset[Role]) -> frozenset[Role]:
    return frozenset({Role.ADMIN}) if Role.ADMIN in roles else APPOINT


def _require_appointing(actor: Actor) -> None:
    if not APPOINT & actor.role_names:
        raise Forbidden("deputy")


def _refuse_conflict_of_interest(actor: Actor, away: StaffMember, deputy: StaffMember) -> None:
    """Refuse a substitution that its maker would gain by, or that mixes auditing with a unit's work (`Forbidden`)."""
    if actor.kind == "staff" and actor.ident == deputy.username:
        raise Forbidden("deputy", detail="own_substitute")
    if not may_stand_for(deputy.roles, away.roles):
        raise Forbidden("deputy", detail="auditor_apart")


async def _there(uow: UnitOfWork, field: str, username: str) -> StaffMember:
    """Return an active member of the staff; `NotFound` of that field."""
    member = await uow.people.staff(username)
    if member is None or not member.active:
        raise NotFound(field)
    return member


def today(desk: Desk) -> date:
    """Return the day in Tehran."""
    return in_tehran(desk.clock.now()).date()
