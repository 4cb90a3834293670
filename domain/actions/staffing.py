"""Who of the staff acts, and for whom: absent members have substitutes for some days."""

from collections.abc import Sequence
from datetime import date

from domain.accounts import StaffMember, Substitution
from domain.actions.desk import Desk
from domain.calendar import in_tehran
from domain.errors import AuthenticationFailed, Forbidden, InvalidField, NotFound
from domain.people import Actor, Role
from domain.ports import UnitOfWork

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
    names_of = [one.absent for one in substitutes if one.deputy == member.username]
    absent = [one for one in [await uow.people.staff(name) for name in names_of] if one]
    lent = {(one.username, role) for one in absent if one.active for role in one.roles - member.roles}
    names = frozenset(one.username for one in absent if one.active)
    roles = member.roles | {role for _, role in lent}
    return Actor(roles, "staff", member.username, channel, names, frozenset(lent))


async def on_duty(uow: UnitOfWork, role: Role, today: date) -> list[StaffMember]:
    """Return who takes care of a role's work today: its active members, the substitutes in place of the absent."""
    members = {one.username: one for one in await uow.people.staff_with_role(role)}
    for one in await standing_in(uow, today):
        if one.absent in members:
            deputy = await uow.people.staff(one.deputy)
            if deputy and deputy.active:
                del members[one.absent]
                members.setdefault(deputy.username, deputy)
    return list(members.values())


async def substitute(
    desk: Desk, uow: UnitOfWork, absent: str, deputy: str, days: tuple[date, date], actor: Actor
) -> Substitution:
    """Let `deputy` act for `absent` on these days, first and last included; said again, the last day is changed.

    How it ends at once: `end_substitution`. A substitute has every right of the absent one, so an administrator's is
    named by an administrator alone. Errors: `Forbidden`, `NotFound` (`absent`, `deputy`), `InvalidField` (`deputy` is
    the same person, `to` is before `from`).
    """
    label = _appointing(actor)
    for field, name in (("absent", absent), ("deputy", deputy)):
        member = await uow.people.staff(name)
        if member is None or not member.active:
            raise NotFound(field)
        if field == "absent" and not may_appoint_for(member, actor):
            raise Forbidden("absent", detail="of_admin")
    if absent == deputy:
        raise InvalidField("deputy", detail="same_person")
    first, last = days
    if last < first:
        raise InvalidField("to", detail="before_start")
    made = Substitution(absent, deputy, first, last, label, desk.clock.now())
    await uow.people.put_substitution(made)
    await uow.audit.record(made.made_at, label, "substitute", {"absent": absent, "deputy": deputy, "to": str(last)})
    return made


async def end_substitution(
    desk: Desk, uow: UnitOfWork, absent: str, deputy: str, first: date, actor: Actor
) -> Substitution:
    """End at once that `deputy` acts for `absent` since or from `first`: its rights are gone with the next call.

    The audit keeps what it was, since nothing else does. Errors: `Forbidden` as where it is named,
    `NotFound("substitute")` when there is none, or it has ended.
    """
    label = _appointing(actor)
    member = await uow.people.staff(absent)
    if member and not may_appoint_for(member, actor):
        raise Forbidden("absent", detail="of_admin")
    ended = await uow.people.drop_substitution(absent, deputy, first)
    if ended is None or ended.last < today(desk):
        raise NotFound("substitute")
    facts = {"absent": absent, "deputy": deputy, "from": str(ended.first), "to": str(ended.last)}
    await uow.audit.record(desk.clock.now(), label, "substitute_ended", facts)
    return ended


def _appointing(actor: Actor) -> str:
    """Return as whom somebody names substitutes or ends that they are; `Forbidden("deputy")`."""
    if not APPOINT & actor.role_names:
        raise Forbidden("deputy")
    return actor.acting_by(APPOINT).label


def may_appoint_for(absent: StaffMember, actor: Actor) -> bool:
    """Tell whether who names substitutes names that one's: an administrator's is an administrator's to name."""
    return Role.ADMIN not in absent.roles or Role.ADMIN in actor.role_names


def today(desk: Desk) -> date:
    """Return the day in Tehran."""
    return in_tehran(desk.clock.now()).date()
