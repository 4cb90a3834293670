"""The staff's accounts: added, changed, switched off and on, given new passwords; all of it is audited.

Passwords come here as hashes: making one is slow by design and belongs to no unit.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from domain.actions.desk import Desk
from domain.actions.staff import attempts, own_account
from domain.people.person import StaffMember
from domain.unit_of_work import UnitOfWork
from domain.values import identifiers
from domain.values.actors import STAFF_ROLES, SYSTEM, Actor, Role
from domain.values.errors import (
    AlreadyDone,
    Conflict,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
    NotFound,
    UnknownKind,
)
from domain.values.text import persian_digits, shown
from domain.values.version_token import VersionToken, refuse_stale

KEEPERS = frozenset({Role.ADMIN})
"""Roles that keep the accounts of others."""

LONGEST_USERNAME = 40
LONGEST_NAME = 100

_USERNAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_USERNAME - 1}}}")


async def add(
    desk: Desk,
    uow: UnitOfWork,
    username: str,
    roles: Collection[str],
    password_hash: str,
    *,
    full_name: str | None = None,
    mobile: str | None = None,
    actor: Actor = SYSTEM,
) -> StaffMember:
    """Store a new member of the staff, who changes the password first; the full name is the user name where none is
    given.

    Errors: `Forbidden`, `InvalidField` (`username`, `full_name`, `mobile`), `MissingField("role")`,
    `UnknownKind("role")`, `AlreadyDone("username")`.
    """
    label, name = await _keeping(uow, actor), _username(username)
    if await uow.people.staff(name):
        raise AlreadyDone("username", detail="username_taken")
    now, number = desk.clock.now(), identifiers.mobile(mobile) if mobile else None
    given, title = _roles(roles), _full_name(full_name or name)
    member = StaffMember(name, given, title, number, password_hash, True, now, password_temporary=True)
    await uow.people.put_staff(member)
    await uow.audit.record(now, label, "staff_added", {"username": name, "roles": sorted(member.roles)})
    return member


async def change(
    desk: Desk,
    uow: UnitOfWork,
    username: str,
    *,
    roles: Collection[str],
    full_name: str,
    mobile: str | None,
    actor: Actor = SYSTEM,
    version: VersionToken | None = None,
) -> StaffMember:
    """Give a member other roles, another name or mobile; what somebody may do changes with the next call.

    `version` is that of the account that was looked at; None for whatever stands there. Errors: those of `add`,
    `NotFound("username")`, `NotAllowedNow("role")` for the last administrator, `Conflict("username")` when somebody
    else has changed the account since.
    """
    label, member = await _keeping(uow, actor), await _member(uow, username)
    number = identifiers.mobile(mobile) if mobile else None
    changed = replace(member, roles=_roles(roles), full_name=_full_name(full_name), mobile=number)
    refuse_stale(version, member.version_token, Conflict("username", detail="account_changed"))
    if not changed.roles & KEEPERS:
        await _refuse_last(uow, member)
    await uow.people.put_staff(changed)
    names = [name for name in ("roles", "full_name", "mobile") if getattr(changed, name) != getattr(member, name)]
    facts = {"changed": names, "roles": sorted(changed.roles), "roles_before": sorted(member.roles)}
    await _record(desk, uow, label, "staff_changed", username, facts)
    return changed


async def set_active(desk: Desk, uow: UnitOfWork, username: str, active: bool, *, actor: Actor = SYSTEM) -> StaffMember:
    """Let a member in again, or out: then every session ends. Said again, nothing changes.

    Errors: `Forbidden`, `NotFound("username")`, `NotAllowedNow("role")` for the last administrator.
    """
    label, member = await _keeping(uow, actor), await _member(uow, username)
    if member.active == active:
        return member
    if not active:
        await _refuse_last(uow, member)
    changed = replace(member, active=active)
    await uow.people.put_staff(changed)
    ended = 0 if active else await uow.staff_sessions.end_others(username)
    what = "staff_activated" if active else "staff_deactivated"
    await _record(desk, uow, label, what, username, {"sessions_ended": ended})
    return changed


async def reset_password(
    desk: Desk, uow: UnitOfWork, username: str, password_hash: str, *, actor: Actor = SYSTEM
) -> None:
    """Give a member a new password, which they change first; every session of theirs ends, and what locked them is
    forgotten. Errors: `Forbidden`, `NotFound("username")`.
    """
    label = await _keeping(uow, actor)
    await own_account.set_password(desk, uow, username, password_hash, label, temporary=True)
    await attempts.forget(uow, username)


async def unlock(desk: Desk, uow: UnitOfWork, username: str, *, actor: Actor = SYSTEM) -> int:
    """Forget every wrong attempt at a member's account, wherever it came from; return how many counts there were.

    Addresses that are locked for whatever account stay so. Errors: `Forbidden`, `NotFound("username")`.
    """
    label = await _keeping(uow, actor)
    await _member(uow, username)
    forgotten = await attempts.forget(uow, username)
    await _record(desk, uow, label, "unlocked", username, {"count": forgotten})
    return forgotten


async def take_second_factor(desk: Desk, uow: UnitOfWork, username: str, *, actor: Actor = SYSTEM) -> None:
    """Forget a member's lost authenticator and end their sessions.

    Errors: `Forbidden`, `NotFound` (`username`, `code`).
    """
    label = await _keeping(uow, actor)
    await _member(uow, username)
    await own_account.give_up_second_factor(desk, uow, username, label)
    await uow.staff_sessions.end_others(username)


async def end_sessions(desk: Desk, uow: UnitOfWork, username: str, *, actor: Actor = SYSTEM) -> int:
    """End every session of a member; return how many. Errors: `Forbidden`, `NotFound("username")`."""
    label = await _keeping(uow, actor)
    await _member(uow, username)
    ended = await uow.staff_sessions.end_others(username)
    await _record(desk, uow, label, "sessions_ended", username, {"sessions_ended": ended})
    return ended


async def _keeping(uow: UnitOfWork, actor: Actor) -> str:
    """Return as whom a change is audited, once no other unit changes accounts; `Forbidden("username")`.

    One at a time: two administrators who take each other's role away would leave nobody.
    """
    if actor.kind != "system" and not KEEPERS & actor.role_names:
        raise Forbidden("username")
    await uow.serialise(own_account.ACCOUNTS)
    return actor.acting_by(KEEPERS).label


async def _member(uow: UnitOfWork, username: str) -> StaffMember:
    member = await uow.people.staff(username)
    if member is None:
        raise NotFound("username")
    return member


async def _refuse_last(uow: UnitOfWork, member: StaffMember) -> None:
    """Refuse to take away the only administrator who can still come in."""
    admins = [one.username for one in await uow.people.staff_with_role(Role.ADMIN)]
    if admins == [member.username]:
        raise NotAllowedNow("role", detail="last_admin")


async def _record(desk: Desk, uow: UnitOfWork, label: str, what: str, username: str, facts: Mapping[str, Any]) -> None:
    await uow.audit.record(desk.clock.now(), label, what, {"username": username, **facts})


def _username(text: str) -> str:
    if not _USERNAME.fullmatch(text):
        raise InvalidField("username", detail="staff_username")
    return text


def _roles(names: Collection[str]) -> frozenset[Role]:
    known = {role.value: role for role in STAFF_ROLES}
    for name in names:
        if name not in known:
            raise UnknownKind("role", detail="choice", given=name[:30])
    if not names:
        raise MissingField("role", detail="no_role")
    return frozenset(known[name] for name in names)


def _full_name(text: str) -> str:
    name = shown(text)
    if not name:
        raise InvalidField("full_name", detail="empty")
    if len(name) > LONGEST_NAME:
        raise InvalidField("full_name", detail="too_long", limit=persian_digits(LONGEST_NAME))
    return name
